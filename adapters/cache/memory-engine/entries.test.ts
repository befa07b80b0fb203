import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { createSeededRandom } from "../../../testing/engine/random.ts"
import { Entries } from "./entries.ts"

interface Held {
  readonly value: number
  readonly size: number
  expiresAt: number
}

/** The same in the plainest way: the first key of the Map goes first. */
class PlainEntries {
  readonly #limits: { maxEntries: number; maxBytes: number; eviction: "lru" | "fifo" }
  readonly held = new Map<string, Held>()

  constructor(limits: { maxEntries: number; maxBytes: number; eviction: "lru" | "fifo" }) {
    this.#limits = limits
  }

  bytes(): number {
    return [...this.held.values()].reduce((sum, { size }) => sum + size, 0)
  }

  read(key: string, now: number): number | undefined {
    const entry = this.held.get(key)
    if (entry === undefined || entry.expiresAt <= now) return undefined
    if (this.#limits.eviction === "lru") {
      this.held.delete(key)
      this.held.set(key, entry)
    }
    return entry.value
  }

  put(key: string, entry: Held, now: number): void {
    const before = this.held.get(key)
    for (;;) {
      const others = this.bytes() - (this.held.get(key)?.size ?? 0)
      const room = this.held.has(key) || this.held.size < this.#limits.maxEntries
      if (room && others + entry.size <= this.#limits.maxBytes) break
      const expired = [...this.held].filter(([, other]) => other.expiresAt <= now)
      const earliest = expired.sort(([, left], [, right]) => left.expiresAt - right.expiresAt)[0]
      this.held.delete((earliest ?? [...this.held][0])?.[0] as string)
    }
    if (before !== undefined) this.held.delete(key)
    this.held.set(key, entry)
  }
}

describe("entries", () => {
  it.each([
    ["lru", 1],
    ["lru", 2],
    ["fifo", 3],
    ["fifo", 4],
  ] as const)("%s holds what a plain list would, whatever happens (seed %d)", async (eviction, seed) => {
    const random = createSeededRandom(seed)
    const clock = createManualClock()
    const limits = { maxEntries: 20, maxBytes: 500, eviction }
    const [entries, plain] = [new Entries(limits, clock), new PlainEntries(limits)]
    for (let step = 0; step < 3000; step++) {
      // Times all differ, so that there is one that expires first.
      if (step % 10 === 0) await clock.advance(1)
      const now = clock.monotonic()
      const key = `key-${random.integer(60)}`
      const slot = entries.find(key)
      const chance = random.next()
      if (chance < 0.5) {
        const expiresAt =
          random.next() < 0.5 ? Number.POSITIVE_INFINITY : now + random.integer(20) + (step + 1) / 10_000
        const entry = { value: step, size: 1 + random.integer(60), expiresAt }
        entries.put(key, { ...entry, mark: 0, tags: [] })
        plain.put(key, entry, now)
      } else if (chance < 0.9) {
        if (slot !== -1) entries.used(slot)
        expect(slot === -1 ? undefined : entries.valueOf(slot)).toBe(plain.read(key, now))
      } else if (slot !== -1) {
        entries.remove(slot)
        plain.held.delete(key)
      }
      expect([...entries.keys()].sort()).toEqual([...plain.held.keys()].sort())
      expect(entries.bytes).toBe(plain.bytes())
      expect(entries.countExpired()).toBe([...plain.held.values()].filter(({ expiresAt }) => expiresAt <= now).length)
    }
  })
})
