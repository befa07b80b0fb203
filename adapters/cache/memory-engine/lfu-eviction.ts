import type { Eviction } from "./eviction.ts"
import { SlotLists } from "./slot-lists.ts"

/** What one use counts. More than 1, so that a halved count still tells what was used from what was not. */
const USE = 4
/** Counts stop here. */
const MOST = 1023
/** Counts are halved once every entry was used this often, on average. */
const USES_BEFORE_HALVING = 10
/** Below this many uses nothing is halved: a small cache would forget at once. */
const LEAST_USES_BEFORE_HALVING = 1000

/**
 * Least frequently used, with ageing: the lowest count goes, of equal counts the one used longest ago.
 *
 * Entries of one count are a list. Halving all counts joins lists in pairs and touches no entry: a slot keeps the count
 * it had and the age it had it in, and is halved once for each age since when its count is next needed.
 *
 * What is evicted or expires leaves its count behind, in `CountMemory`, and takes it up again when it comes back:
 * entries that are set again and again would otherwise start from nothing each time.
 */
export class LfuEviction implements Eviction {
  readonly #lists = new SlotLists(MOST + 1)
  readonly #memory = new CountMemory()
  #counts = new Uint16Array(0)
  #ages = new Uint32Array(0)
  #age = 0
  #size = 0
  #usesInAge = 0
  /** No list below this one has slots. */
  #lowest = 0

  grow(capacity: number): void {
    const [counts, ages] = [this.#counts, this.#ages]
    this.#counts = new Uint16Array(capacity)
    this.#ages = new Uint32Array(capacity)
    this.#counts.set(counts)
    this.#ages.set(ages)
    this.#lists.grow(capacity)
    this.#memory.grow(capacity)
  }

  added(slot: number, key: string): void {
    this.#size++
    this.#use(slot, this.#memory.recall(key, this.#age))
  }

  read(slot: number): void {
    const count = this.#countOf(slot)
    this.#lists.remove(slot)
    this.#use(slot, count)
  }

  overwritten(slot: number): void {
    this.read(slot)
  }

  removed(slot: number, key: string, why: "deleted" | "outlived"): void {
    this.#size--
    this.#lists.remove(slot)
    if (why === "outlived") this.#memory.keep(key, this.#countOf(slot), this.#age)
  }

  victim(): number {
    for (;;) {
      const slot = this.#lists.first(this.#lowest)
      if (slot !== -1) return slot
      this.#lowest++
    }
  }

  #countOf(slot: number): number {
    return halved(this.#counts[slot] as number, this.#age - (this.#ages[slot] as number))
  }

  #use(slot: number, before: number): void {
    const count = Math.min(MOST, before + USE)
    this.#counts[slot] = count
    this.#ages[slot] = this.#age
    this.#lists.append(count, slot)
    if (count < this.#lowest) this.#lowest = count
    this.#usesInAge++
    if (this.#usesInAge >= Math.max(LEAST_USES_BEFORE_HALVING, USES_BEFORE_HALVING * this.#size)) this.#halve()
  }

  #halve(): void {
    this.#usesInAge = 0
    this.#age++
    this.#lowest = 0
    for (let count = 1; count <= MOST; count++) this.#lists.move(count, count >>> 1)
  }
}

/**
 * Counts of keys that are gone, in a table of fixed size: a later key takes the place of an earlier one. A key is known
 * by its hash alone; two keys of one hash would share a count, which costs nothing but a worse choice.
 */
class CountMemory {
  #hashes = new Uint32Array(0)
  #counts = new Uint16Array(0)
  #ages = new Uint32Array(0)

  /** At least one place an entry. What was kept is lost: a cache that still grows has not evicted anything yet. */
  grow(capacity: number): void {
    const places = 2 ** Math.ceil(Math.log2(capacity))
    this.#hashes = new Uint32Array(places)
    this.#counts = new Uint16Array(places)
    this.#ages = new Uint32Array(places)
  }

  keep(key: string, count: number, age: number): void {
    const hash = hashOf(key)
    const place = hash & (this.#hashes.length - 1)
    this.#hashes[place] = hash
    this.#counts[place] = count
    this.#ages[place] = age
  }

  recall(key: string, age: number): number {
    const hash = hashOf(key)
    const place = hash & (this.#hashes.length - 1)
    if (this.#hashes[place] !== hash) return 0
    return halved(this.#counts[place] as number, age - (this.#ages[place] as number))
  }
}

function halved(count: number, times: number): number {
  return times > 10 ? 0 : count >>> times
}

/** FNV-1a over the UTF-16 units. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
