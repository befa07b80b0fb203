/**
 * Doubly linked lists of slots, each slot in at most one list. Two numbers a slot, in typed arrays: an object for each
 * would take five times the memory.
 *
 * Every list has a node of its own at the front of the arrays, so that adding and removing know no special case.
 */
export class SlotLists {
  readonly #lists: number
  #next: Uint32Array
  #previous: Uint32Array

  constructor(lists: number) {
    this.#lists = lists
    this.#next = Uint32Array.from({ length: lists }, (_, list) => list)
    this.#previous = this.#next.slice()
  }

  /** Makes room for slots below `capacity`. */
  grow(capacity: number): void {
    this.#next = grown(this.#next, this.#lists + capacity)
    this.#previous = grown(this.#previous, this.#lists + capacity)
  }

  /** The slot that was added first, or -1. */
  first(list: number): number {
    const node = this.#next[list] as number
    return node === list ? -1 : node - this.#lists
  }

  append(list: number, slot: number): void {
    const node = slot + this.#lists
    const last = this.#previous[list] as number
    this.#next[last] = node
    this.#previous[node] = last
    this.#next[node] = list
    this.#previous[list] = node
  }

  remove(slot: number): void {
    const node = slot + this.#lists
    const next = this.#next[node] as number
    const previous = this.#previous[node] as number
    this.#next[previous] = next
    this.#previous[next] = previous
  }

  /** Puts the slots of one list behind those of another. */
  move(from: number, to: number): void {
    const first = this.#next[from] as number
    if (first === from) return
    const last = this.#previous[from] as number
    const before = this.#previous[to] as number
    this.#next[before] = first
    this.#previous[first] = before
    this.#next[last] = to
    this.#previous[to] = last
    this.#next[from] = from
    this.#previous[from] = from
  }
}

function grown(array: Uint32Array, length: number): Uint32Array {
  const longer = new Uint32Array(length)
  longer.set(array)
  return longer
}
