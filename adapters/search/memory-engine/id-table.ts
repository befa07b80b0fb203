/** Which document of a segment has an id: a hash table of document numbers, without an object for each. */
export class IdTable {
  readonly ids: string[] = []
  /** 1 and the number of the document, 0 where there is none; of several with one id it is the last one's. */
  #slots = new Uint32Array(64)

  add(id: string): number {
    const doc = this.ids.length
    this.ids.push(id)
    if (this.ids.length * 2 > this.#slots.length) this.#grow()
    else this.#put(doc)
    return doc
  }

  /** The last document with an id, where it is in the set; else -1. */
  find(id: string, live: { has(doc: number): boolean }): number {
    const doc = (this.#slots[this.#slotOf(id)] as number) - 1
    return doc >= 0 && live.has(doc) ? doc : -1
  }

  #put(doc: number): void {
    this.#slots[this.#slotOf(this.ids[doc] as string)] = doc + 1
  }

  /** That of the id, or a free one. */
  #slotOf(id: string): number {
    const mask = this.#slots.length - 1
    for (let slot = hashOf(id) & mask; ; slot = (slot + 1) & mask) {
      const doc = (this.#slots[slot] as number) - 1
      if (doc < 0 || this.ids[doc] === id) return slot
    }
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let doc = 0; doc < this.ids.length; doc++) this.#put(doc)
  }
}

/** FNV-1a over UTF-16 units, mixed so that its low bits depend on all. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
