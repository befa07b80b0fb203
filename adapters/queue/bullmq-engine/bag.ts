/** Where a bag has an item; -1 while it is in none. */
export interface Placed {
  place: number
}

/**
 * Items in no order, added and removed at once. A Set that changes for each message makes tables for ever, each of which
 * keeps alive what was in it, until the next full collection of garbage.
 */
export class Bag<Item extends Placed> {
  readonly #items: Item[] = []

  get size(): number {
    return this.#items.length
  }

  add(item: Item): void {
    item.place = this.#items.length
    this.#items.push(item)
  }

  /** @returns Whether it was in the bag. */
  delete(item: Item): boolean {
    const { place } = item
    if (place === -1) return false
    const last = this.#items.pop() as Item
    if (last !== item) {
      this.#items[place] = last
      last.place = place
    }
    item.place = -1
    return true
  }

  /** A copy, so that they may leave meanwhile. */
  all(): Item[] {
    return [...this.#items]
  }
}
