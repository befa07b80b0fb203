/** What can be in a heap: it keeps its place there, -1 while it is in none. */
export interface Placed {
  place: number
}

/** Children of a node: half the time of two. */
const WIDTH = 4

/** What is due first comes first; what is due at one time, in the order in which it was added. */
export class DueHeap<Item extends Placed> {
  readonly #items: Item[] = []
  /** When each is due, and when it was added: lists of plain numbers, which need no object each. */
  readonly #times: number[] = []
  readonly #orders: number[] = []
  #added = 0

  get size(): number {
    return this.#items.length
  }

  /** When the first is due; Infinity when there is none. */
  get earliest(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY
  }

  timeOf(item: Item): number {
    return this.#times[item.place] ?? Number.POSITIVE_INFINITY
  }

  add(item: Item, time: number): void {
    this.#rise(this.#items.length, item, time, this.#added++)
  }

  /** The first, taken out, if it is due. */
  takeDue(now: number): Item | undefined {
    const first = this.#items[0]
    if (first === undefined || this.earliest > now) return undefined
    this.remove(first)
    return first
  }

  remove(item: Item): void {
    const { place } = item
    item.place = -1
    const last = this.#items.pop() as Item
    const time = this.#times.pop() as number
    const order = this.#orders.pop() as number
    if (last === item) return
    if (place > 0 && this.#isBefore(time, order, Math.floor((place - 1) / WIDTH))) this.#rise(place, last, time, order)
    else this.#sink(place, last, time, order)
  }

  /** Takes out all of them, in no order. */
  clear(visit: (item: Item) => void): void {
    const items = this.#items.splice(0)
    this.#times.length = 0
    this.#orders.length = 0
    for (const item of items) {
      item.place = -1
      visit(item)
    }
  }

  #rise(from: number, item: Item, time: number, order: number): void {
    let place = from
    while (place > 0) {
      const parent = Math.floor((place - 1) / WIDTH)
      if (!this.#isBefore(time, order, parent)) break
      this.#move(parent, place)
      place = parent
    }
    this.#put(place, item, time, order)
  }

  #sink(from: number, item: Item, time: number, order: number): void {
    let place = from
    for (;;) {
      const child = this.#firstChild(place)
      if (child === -1 || this.#isBefore(time, order, child)) break
      this.#move(child, place)
      place = child
    }
    this.#put(place, item, time, order)
  }

  #firstChild(place: number): number {
    const start = place * WIDTH + 1
    const end = Math.min(start + WIDTH, this.#items.length)
    if (start >= end) return -1
    let first = start
    for (let child = start + 1; child < end; child++) {
      if (this.#isBefore(this.#times[child] as number, this.#orders[child] as number, first)) first = child
    }
    return first
  }

  #isBefore(time: number, order: number, other: number): boolean {
    const otherTime = this.#times[other] as number
    return time < otherTime || (time === otherTime && order < (this.#orders[other] as number))
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#items[from] as Item, this.#times[from] as number, this.#orders[from] as number)
  }

  #put(place: number, item: Item, time: number, order: number): void {
    this.#items[place] = item
    this.#times[place] = time
    this.#orders[place] = order
    item.place = place
  }
}
