const NEVER = Number.POSITIVE_INFINITY
/** Children of a node. With four the heap is half as deep as with two, and they are next to each other in memory. */
const CHILDREN = 4
/** In `#places`, of slots that do not expire. */
const NOWHERE = 0xffffffff

/** When slots expire, the earliest first: a heap that knows where each slot is. Takes no memory until one expires. */
export class ExpiryHeap {
  /** By slot, its place in the heap. */
  #places = new Uint32Array(0)
  /** By place. */
  #slots = new Uint32Array(0)
  /** By place. */
  #times = new Float64Array(0)
  #size = 0
  #capacity = 0

  /** Makes room for slots below `capacity`. */
  grow(capacity: number): void {
    this.#capacity = capacity
    if (this.#places.length > 0) this.#allocate()
  }

  /** When a slot expires; Infinity for never. */
  timeOf(slot: number): number {
    if (this.#size === 0) return NEVER
    const place = this.#places[slot] as number
    return place === NOWHERE ? NEVER : (this.#times[place] as number)
  }

  /** The slot that expires first; of no meaning when none does. */
  first(): number {
    return this.#slots[0] as number
  }

  /** When `first` expires; Infinity for never. */
  earliest(): number {
    return this.#size === 0 ? NEVER : (this.#times[0] as number)
  }

  /** @param time Infinity: the slot does not expire. */
  set(slot: number, time: number): void {
    if (time === NEVER) {
      this.#remove(slot)
      return
    }
    if (this.#places.length === 0) this.#allocate()
    const place = this.#places[slot] as number
    if (place === NOWHERE) this.#rise(this.#size++, slot, time)
    else this.#move(place, slot, time)
  }

  /** How many slots have expired at `now`. */
  countExpired(now: number, place = 0): number {
    if (place >= this.#size || (this.#times[place] as number) > now) return 0
    let count = 1
    for (let child = 1; child <= CHILDREN; child++) count += this.countExpired(now, CHILDREN * place + child)
    return count
  }

  #allocate(): void {
    const [places, slots, times] = [this.#places, this.#slots, this.#times]
    this.#places = new Uint32Array(this.#capacity).fill(NOWHERE, places.length)
    this.#slots = new Uint32Array(this.#capacity)
    this.#times = new Float64Array(this.#capacity)
    this.#places.set(places)
    this.#slots.set(slots)
    this.#times.set(times)
  }

  #remove(slot: number): void {
    if (this.#size === 0) return
    const place = this.#places[slot] as number
    if (place === NOWHERE) return
    this.#places[slot] = NOWHERE
    this.#size--
    if (place < this.#size) this.#move(place, this.#slots[this.#size] as number, this.#times[this.#size] as number)
  }

  /** Puts a slot where `place` is free, or near it. */
  #move(place: number, slot: number, time: number): void {
    if (place > 0 && (this.#times[parentOf(place)] as number) > time) this.#rise(place, slot, time)
    else this.#sink(place, slot, time)
  }

  #rise(from: number, slot: number, time: number): void {
    let place = from
    while (place > 0) {
      const parent = parentOf(place)
      if ((this.#times[parent] as number) <= time) break
      this.#put(place, this.#slots[parent] as number, this.#times[parent] as number)
      place = parent
    }
    this.#put(place, slot, time)
  }

  #sink(from: number, slot: number, time: number): void {
    let place = from
    for (;;) {
      const first = CHILDREN * place + 1
      const end = Math.min(first + CHILDREN, this.#size)
      let next = place
      let earliest = time
      for (let child = first; child < end; child++) {
        const childTime = this.#times[child] as number
        if (childTime >= earliest) continue
        next = child
        earliest = childTime
      }
      if (next === place) break
      this.#put(place, this.#slots[next] as number, earliest)
      place = next
    }
    this.#put(place, slot, time)
  }

  #put(place: number, slot: number, time: number): void {
    this.#slots[place] = slot
    this.#times[place] = time
    this.#places[slot] = place
  }
}

function parentOf(place: number): number {
  return Math.floor((place - 1) / CHILDREN)
}
