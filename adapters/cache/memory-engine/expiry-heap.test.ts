import { describe, expect, it } from "vitest"
import { createSeededRandom } from "../../../testing/engine/random.ts"
import { ExpiryHeap } from "./expiry-heap.ts"

const NEVER = Number.POSITIVE_INFINITY

describe("expiry heap", () => {
  it.each([1, 2, 3])("answers as a sorted list does, whatever is set, moved and removed (seed %d)", (seed) => {
    const random = createSeededRandom(seed)
    const heap = new ExpiryHeap()
    const times = new Map<number, number>()
    let capacity = 4
    heap.grow(capacity)
    for (let step = 0; step < 5000; step++) {
      if (step % 1000 === 999) {
        capacity *= 4
        heap.grow(capacity)
      }
      const slot = random.integer(capacity)
      const time = random.next() < 0.3 ? NEVER : random.integer(100)
      heap.set(slot, time)
      if (time === NEVER) times.delete(slot)
      else times.set(slot, time)

      const earliest = Math.min(...times.values())
      expect(heap.earliest()).toBe(earliest)
      if (earliest !== NEVER) expect(times.get(heap.first())).toBe(earliest)
      expect(heap.timeOf(slot)).toBe(time)
      const now = random.integer(100)
      expect(heap.countExpired(now)).toBe([...times.values()].filter((other) => other <= now).length)
    }
  })

  it("gives back everything in order", () => {
    const random = createSeededRandom(4)
    const heap = new ExpiryHeap()
    heap.grow(1000)
    const times = Array.from({ length: 1000 }, () => random.integer(10_000))
    for (const [slot, time] of times.entries()) heap.set(slot, time)
    const given: number[] = []
    while (heap.earliest() !== NEVER) {
      given.push(heap.earliest())
      heap.set(heap.first(), NEVER)
    }
    expect(given).toEqual(times.sort((left, right) => left - right))
  })
})
