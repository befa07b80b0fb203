const NONE: ReadonlySet<number> = new Set()

/** Which slots have which tags, both ways, so that nothing of an entry that is gone stays behind. */
export class TagIndex {
  readonly #tagsOf = new Map<number, ReadonlySet<string>>()
  readonly #slotsOf = new Map<string, Set<number>>()

  /** Replaces the tags of a slot. */
  set(slot: number, tags: readonly string[]): void {
    if (this.#tagsOf.size > 0) this.#drop(slot)
    if (tags.length === 0) return
    const distinct = new Set(tags)
    this.#tagsOf.set(slot, distinct)
    for (const tag of distinct) {
      const slots = this.#slotsOf.get(tag)
      if (slots === undefined) this.#slotsOf.set(tag, new Set([slot]))
      else slots.add(slot)
    }
  }

  slotsOf(tag: string): ReadonlySet<number> {
    return this.#slotsOf.get(tag) ?? NONE
  }

  #drop(slot: number): void {
    const tags = this.#tagsOf.get(slot)
    if (tags === undefined) return
    this.#tagsOf.delete(slot)
    for (const tag of tags) {
      const slots = this.#slotsOf.get(tag)
      slots?.delete(slot)
      if (slots?.size === 0) this.#slotsOf.delete(tag)
    }
  }
}
