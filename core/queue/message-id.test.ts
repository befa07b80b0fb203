import { describe, expect, it } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { isMessageId } from "../../contracts/queue/arguments.ts"
import { countOfId, MessageIds, messageIds, timeOfId } from "./message-id.ts"

const half = () => 0.5

describe("ids of messages", () => {
  it("have the form that the contract knows, and tell their time and count", () => {
    const ids = new MessageIds(Math.random)
    for (let count = 0; count < 5000; count++) {
      const id = ids.next(1_800_000_000_000.7)
      expect(isMessageId(id)).toBe(true)
      expect([timeOfId(id), countOfId(id), ids.count]).toEqual([1_800_000_000_000, count, count])
    }
  })

  it("sort as they were made, within a millisecond, later, and when the clock is set back", () => {
    const clock = createManualClock()
    const next = messageIds(clock, half)
    const made: string[] = []
    for (const ms of [0, 1, -1000, 5, -3, 3_600_000]) {
      clock.adjust(ms)
      for (let count = 0; count < 1500; count++) made.push(next())
    }
    expect(made).toEqual([...made].sort())
    expect(new Set(made).size).toBe(made.length)
  })

  it("sort when the count begins again, also within a millisecond", () => {
    for (const later of [0, 1]) {
      const ids = new MessageIds(half)
      ids.next(1000)
      ids.count = 32 ** 6 - 1025
      const made = Array.from({ length: 1024 }, () => ids.next(1000))
      made.push(ids.next(1000 + later), ids.next(1000 + later))
      expect(made.slice(-3).map(countOfId)).toEqual([32 ** 6 - 1, 0, 1])
      expect(made).toEqual([...made].sort())
    }
  })

  it("differ between makers", () => {
    const numbers = [0.1, 0.9]
    const [one, other] = numbers.map((number) => new MessageIds(() => number).next(1))
    expect(one).not.toBe(other)
    expect(one?.slice(0, 16)).toBe(other?.slice(0, 16))
  })
})
