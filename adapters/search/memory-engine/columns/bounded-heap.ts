/** The first few of many numbers, in an order that the caller tells. */
export class BoundedHeap {
  readonly #limit: number
  readonly #isBefore: (a: number, b: number) => boolean
  /** Each is before, or the same as, the one at half its place: the last of all is in front. */
  readonly #items: number[] = []

  constructor(limit: number, isBefore: (a: number, b: number) => boolean) {
    this.#limit = limit
    this.#isBefore = isBefore
  }

  /** The last of those held; undefined while there is room for more. */
  get last(): number | undefined {
    return this.#items.length < this.#limit ? undefined : this.#items[0]
  }

  offer(item: number): void {
    if (this.#items.length < this.#limit) this.#rise(this.#items.push(item) - 1)
    else if (this.#limit > 0 && this.#isBefore(item, this.#items[0] as number)) this.#sink(item)
  }

  /** What is held, in order. */
  sorted(): number[] {
    return this.#items.slice().sort((a, b) => (this.#isBefore(a, b) ? -1 : 1))
  }

  #rise(from: number): void {
    const items = this.#items
    const item = items[from] as number
    let place = from
    while (place > 0) {
      const parent = (place - 1) >>> 1
      if (!this.#isBefore(items[parent] as number, item)) break
      items[place] = items[parent] as number
      place = parent
    }
    items[place] = item
  }

  /** Puts an item in the place of the first. */
  #sink(item: number): void {
    const items = this.#items
    let place = 0
    for (;;) {
      let child = place * 2 + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.#isBefore(items[child] as number, items[child + 1] as number)) child++
      if (!this.#isBefore(item, items[child] as number)) break
      items[place] = items[child] as number
      place = child
    }
    items[place] = item
  }
}
