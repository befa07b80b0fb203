import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { Eviction } from "./eviction.ts"
import { ExpiryHeap } from "./expiry-heap.ts"
import { LfuEviction } from "./lfu-eviction.ts"
import { FifoEviction, LruEviction } from "./lru-and-fifo-eviction.ts"
import type { Sweepable } from "./sweeper.ts"
import { TagIndex } from "./tag-index.ts"

const EVICTIONS = { lru: LruEviction, lfu: LfuEviction, fifo: FifoEviction }
/** Slots that room is made for at first; then it doubles. */
const FIRST_CAPACITY = 64
const NEVER = Number.POSITIVE_INFINITY
/** Expired entries removed between two looks at the clock. */
const SWEPT_AT_ONCE = 16

export interface EntryLimits {
  readonly maxEntries: number
  /** Sizes are kept when this is set. */
  readonly maxBytes?: number | undefined
  readonly eviction: keyof typeof EVICTIONS
}

/** What is stored under a key. */
export interface NewEntry {
  readonly value: unknown
  /** A mark that the caller gets back with the value; a small number. */
  readonly mark: number
  /** Of key and value; of no meaning without `maxBytes`. */
  readonly size: number
  /** On the monotonic clock; Infinity for never. */
  readonly expiresAt: number
  readonly tags: readonly string[]
}

/**
 * Entries in numbered slots: each property of an entry is an array of its own, which takes a third of the memory that
 * an object for each would. Bounds hold after every `put`.
 */
export class Entries implements Sweepable {
  readonly #limits: EntryLimits
  readonly #slots = new Map<string, number>()
  readonly #keys: string[] = []
  readonly #values: unknown[] = []
  #marks = new Uint8Array(0)
  #sizes = new Float64Array(0)
  #bytes = 0
  readonly #free: number[] = []
  readonly #expiry = new ExpiryHeap()
  readonly #tags = new TagIndex()
  readonly #eviction: Eviction
  readonly #clock: Clock

  constructor(limits: EntryLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    this.#eviction = new EVICTIONS[limits.eviction]()
  }

  /** Entries held, those included that have expired and are not removed yet. */
  get size(): number {
    return this.#slots.size
  }

  /** Sum of the sizes of the entries held. */
  get bytes(): number {
    return this.#bytes
  }

  keys(): Iterable<string> {
    return this.#slots.keys()
  }

  /** The slot of a key that is there and has not expired, or -1. */
  find(key: string): number {
    const slot = this.#slots.get(key)
    if (slot === undefined) return -1
    const expiry = this.#expiry.timeOf(slot)
    return expiry === NEVER || expiry > this.#clock.monotonic() ? slot : -1
  }

  valueOf(slot: number): unknown {
    return this.#values[slot]
  }

  markOf(slot: number): number {
    return this.#marks[slot] as number
  }

  /** On the monotonic clock; Infinity for never. */
  expiryOf(slot: number): number {
    return this.#expiry.timeOf(slot)
  }

  /** Tells the eviction policy that the entry was of use. */
  used(slot: number): void {
    this.#eviction.read(slot)
  }

  /** Stores under a key and replaces what was there. Of a size above `maxBytes` there must be none. */
  put(key: string, entry: NewEntry): void {
    const slot = this.#makeRoom(this.#slots.get(key), entry.size)
    if (slot === undefined) this.#add(key, entry)
    else this.#overwrite(slot, entry)
  }

  /** Changes the value of an entry and nothing else about it. */
  replaceValue(slot: number, value: unknown): void {
    this.#values[slot] = value
    this.#eviction.overwritten(slot)
  }

  setExpiry(slot: number, time: number): void {
    this.#expiry.set(slot, time)
  }

  slotsOfTag(tag: string): Iterable<number> {
    return this.#tags.slotsOf(tag)
  }

  remove(slot: number): void {
    this.#remove(slot, "deleted")
  }

  countExpired(): number {
    return this.#expiry.countExpired(this.#clock.monotonic())
  }

  earliestExpiry(): number {
    return this.#expiry.earliest()
  }

  removeExpired(now: number): void {
    for (let removed = 0; removed < SWEPT_AT_ONCE; removed++) {
      if (this.#expiry.earliest() > now) return
      this.#remove(this.#expiry.first(), "outlived")
    }
  }

  /** Removes expired entries, then victims, until `size` fits. @returns The slot, unless it had to go as well. */
  #makeRoom(slot: number | undefined, size: number): number | undefined {
    let kept = slot
    while (!this.#fits(kept, size)) {
      const earliest = this.#expiry.earliest()
      const expired = earliest !== NEVER && earliest <= this.#clock.monotonic()
      const victim = expired ? this.#expiry.first() : this.#eviction.victim()
      this.#remove(victim, "outlived")
      if (victim === kept) kept = undefined
    }
    return kept
  }

  #fits(slot: number | undefined, size: number): boolean {
    const { maxEntries, maxBytes } = this.#limits
    if (slot === undefined && this.#slots.size >= maxEntries) return false
    if (maxBytes === undefined) return true
    const before = slot === undefined ? 0 : (this.#sizes[slot] as number)
    return this.#bytes - before + size <= maxBytes
  }

  #add(key: string, entry: NewEntry): void {
    const slot = this.#free.pop() ?? this.#keys.length
    if (slot === this.#marks.length) this.#grow()
    this.#slots.set(key, slot)
    this.#keys[slot] = key
    this.#eviction.added(slot, key)
    this.#fill(slot, entry)
  }

  #overwrite(slot: number, entry: NewEntry): void {
    this.#eviction.overwritten(slot)
    this.#fill(slot, entry)
  }

  #fill(slot: number, { value, mark, size, expiresAt, tags }: NewEntry): void {
    this.#values[slot] = value
    this.#marks[slot] = mark
    this.#expiry.set(slot, expiresAt)
    this.#tags.set(slot, tags)
    if (this.#limits.maxBytes === undefined) return
    this.#bytes += size - (this.#sizes[slot] as number)
    this.#sizes[slot] = size
  }

  #remove(slot: number, why: "deleted" | "outlived"): void {
    const key = this.#keys[slot] as string
    this.#slots.delete(key)
    this.#eviction.removed(slot, key, why)
    this.#fill(slot, NOTHING)
    this.#keys[slot] = ""
    this.#free.push(slot)
  }

  #grow(): void {
    const capacity = Math.min(this.#limits.maxEntries, Math.max(FIRST_CAPACITY, 2 * this.#marks.length))
    const [marks, sizes] = [this.#marks, this.#sizes]
    this.#marks = new Uint8Array(capacity)
    this.#marks.set(marks)
    if (this.#limits.maxBytes !== undefined) {
      this.#sizes = new Float64Array(capacity)
      this.#sizes.set(sizes)
    }
    this.#expiry.grow(capacity)
    this.#eviction.grow(capacity)
  }
}

/** What an empty slot holds. */
const NOTHING: NewEntry = { value: undefined, mark: 0, size: 0, expiresAt: NEVER, tags: [] }
