/**
 * The engine against `LRUCache` of the package lru-cache: the same calls, the same answers, the same live keys, and the
 * same keys evicted in the same order.
 *
 * Alike by design: a read renews the place of an entry and not its ttl; a write renews both, and one without a ttl ends
 * an earlier ttl; looking whether a key is there renews nothing; delete of an expired key says false.
 *
 * Different by design, and made alike here:
 * - The engine evicts what has expired before what is live, wherever it stands in the order. An LRUCache evicts by the
 *   order alone; here it drops what has expired before each write, by `purgeStale`.
 * - An entry of the engine has expired once its ttl has passed, one of an LRUCache a moment later: `start` is set half a
 *   millisecond back. A `start` of 0 is none for it, so its clock begins at 1,000.
 * - An LRUCache has no `setExpiry` and no `replaceValue`: `set` of the same value, and `set` with `noUpdateTTL`.
 * - An LRUCache drops an entry that is larger than it is; the adapter refuses one before the engine sees it.
 */
import { LRUCache } from "lru-cache"
import { describe, expect, it } from "vitest"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import { createSeededRandom } from "../../../testing/engine/random.ts"
import { Entries } from "./entries.ts"

const STEPS = 3000
const KEYS = 40
const MAX_SIZE = 60
const NEVER = Number.POSITIVE_INFINITY

interface Limits {
  readonly maxEntries: number
  readonly maxBytes?: number
}

/** What both are asked to do. A life is in whole milliseconds; without one an entry lives for ever. */
interface Store {
  get(key: string): number | undefined
  has(key: string): boolean
  set(key: string, value: number, size: number, lifeMs?: number): void
  delete(key: string): boolean
  touch(key: string, lifeMs: number): boolean
  replace(key: string, value: number): boolean
  live(): string[]
}

class Engine implements Store {
  readonly #entries: Entries
  readonly #clock: ManualClock

  constructor(limits: Limits, clock: ManualClock) {
    this.#entries = new Entries({ ...limits, eviction: "lru" }, clock)
    this.#clock = clock
  }

  get(key: string): number | undefined {
    const slot = this.#entries.find(key)
    if (slot === -1) return undefined
    this.#entries.used(slot)
    return this.#entries.valueOf(slot) as number
  }

  has(key: string): boolean {
    return this.#entries.find(key) !== -1
  }

  set(key: string, value: number, size: number, lifeMs = NEVER): void {
    this.#entries.put(key, { value, mark: 0, size, expiresAt: this.#clock.monotonic() + lifeMs, tags: [] })
  }

  delete(key: string): boolean {
    const slot = this.#entries.find(key)
    if (slot !== -1) this.#entries.remove(slot)
    return slot !== -1
  }

  touch(key: string, lifeMs: number): boolean {
    const slot = this.#entries.find(key)
    if (slot === -1) return false
    this.#entries.setExpiry(slot, this.#clock.monotonic() + lifeMs)
    this.#entries.used(slot)
    return true
  }

  replace(key: string, value: number): boolean {
    const slot = this.#entries.find(key)
    if (slot !== -1) this.#entries.replaceValue(slot, value)
    return slot !== -1
  }

  live(): string[] {
    return [...this.#entries.keys()].filter((key) => this.has(key))
  }
}

class Oracle implements Store {
  readonly #lru: LRUCache<string, number>
  readonly #now: () => number
  readonly #sized: boolean

  constructor({ maxBytes, maxEntries }: Limits, clock: ManualClock) {
    this.#now = () => 1000 + clock.monotonic()
    this.#sized = maxBytes !== undefined
    const bytes = maxBytes === undefined ? {} : { maxSize: maxBytes }
    this.#lru = new LRUCache({ max: maxEntries, ...bytes, perf: { now: this.#now }, ttlResolution: 0 })
  }

  get(key: string): number | undefined {
    return this.#lru.get(key)
  }

  has(key: string): boolean {
    return this.#lru.has(key)
  }

  set(key: string, value: number, size: number, lifeMs = 0): void {
    this.#lru.purgeStale()
    this.#lru.set(key, value, { ttl: lifeMs, start: this.#now() - 0.5, ...(this.#sized && { size }) })
  }

  delete(key: string): boolean {
    this.#lru.purgeStale()
    return this.#lru.delete(key)
  }

  touch(key: string, lifeMs: number): boolean {
    const value = this.#lru.get(key)
    if (value !== undefined) this.set(key, value, this.#sizeOf(key), lifeMs)
    return value !== undefined
  }

  replace(key: string, value: number): boolean {
    const found = this.#lru.has(key)
    if (found) this.#lru.set(key, value, { noUpdateTTL: true, ...(this.#sized && { size: this.#sizeOf(key) }) })
    return found
  }

  live(): string[] {
    return [...this.#lru.keys()]
  }

  #sizeOf(key: string): number {
    return this.#lru.info(key)?.size ?? 0
  }
}

describe.each([
  ["bounded by entries", { maxEntries: 12 }],
  ["bounded by bytes", { maxEntries: 1000, maxBytes: 400 }],
  ["bounded by both", { maxEntries: 12, maxBytes: 400 }],
])("the engine %s", (_, limits: Limits) => {
  it.each([1, 2, 3])("does what an LRUCache does (seed %d)", async (seed) => {
    const random = createSeededRandom(seed)
    const clock = createManualClock()
    const [engine, oracle] = [new Engine(limits, clock), new Oracle(limits, clock)]
    const evictions = { lived: 0 }
    const both = <Answer>(step: number, what: string, call: (store: Store) => Answer): Answer => {
      const before = oracle.live().length
      const [ours, theirs] = [call(engine), call(oracle)]
      const at = `seed ${seed}, step ${step}: ${what}`
      expect(ours, at).toEqual(theirs)
      const live = oracle.live()
      expect(engine.live().sort(), `live keys at ${at}`).toEqual([...live].sort())
      if (what.startsWith("set") && live.length <= before) evictions.lived++
      return ours
    }
    for (let step = 0; step < STEPS; step++) {
      if (random.integer(4) === 0) await clock.advance(random.integer(5))
      const key = `key-${random.integer(KEYS)}`
      const [size, lifeMs] = [1 + random.integer(MAX_SIZE), 1 + random.integer(60)]
      const lasting = random.integer(2) === 0
      const calls: [string, (store: Store) => unknown][] = [
        [`set ${key}`, (store) => store.set(key, step, size, lasting ? undefined : lifeMs)],
        [`set ${key} again`, (store) => store.set(key, step, size, lasting ? undefined : lifeMs)],
        [`get ${key}`, (store) => store.get(key)],
        [`get ${key} again`, (store) => store.get(key)],
        [`has ${key}`, (store) => store.has(key)],
        [`touch ${key}`, (store) => store.touch(key, lifeMs)],
        [`replace ${key}`, (store) => store.replace(key, step)],
        [`delete ${key}`, (store) => store.delete(key)],
      ]
      const [what, call] = calls[random.integer(calls.length)] as (typeof calls)[number]
      both(step, what, call)
      // Fills it with new keys, so that every old one goes, in its order.
      if (step % 500 === 499) {
        for (let index = 0; index < 20; index++)
          both(step, `set fresh ${index}`, (store) => store.set(`fresh-${index}`, step, MAX_SIZE))
      }
    }
    expect(evictions.lived, "writes that evicted or replaced").toBeGreaterThan(STEPS / 20)
  })
})

describe("where the engine differs from an LRUCache by design", () => {
  it("it evicts what has expired, and an LRUCache what was used longest ago", async () => {
    const clock = createManualClock()
    const lru = new LRUCache<string, number>({ max: 2, perf: { now: () => 1 + clock.monotonic() }, ttlResolution: 0 })
    const engine = new Engine({ maxEntries: 2 }, clock)
    engine.set("lasting", 1, 0)
    engine.set("short", 1, 0, 10)
    lru.set("lasting", 1).set("short", 1, { ttl: 10 })
    await clock.advance(20)
    engine.set("new", 1, 0)
    lru.set("new", 1)
    expect(engine.live()).toEqual(["lasting", "new"])
    expect([...lru.keys()]).toEqual(["new"])
  })

  it("its entries have expired when their ttl has passed, and not a moment later", async () => {
    const clock = createManualClock()
    const lru = new LRUCache<string, number>({ max: 2, perf: { now: () => 1 + clock.monotonic() }, ttlResolution: 0 })
    const engine = new Engine({ maxEntries: 2 }, clock)
    engine.set("key", 1, 0, 10)
    lru.set("key", 1, { ttl: 10 })
    await clock.advance(10)
    expect([engine.has("key"), lru.has("key")]).toEqual([false, true])
  })
})
