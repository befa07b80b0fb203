import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { FailureLimit } from "./failure-limit.ts"

const times = <T>(count: number, act: (index: number) => T) => Array.from({ length: count }, (_, index) => act(index))

describe("the limit of failures", () => {
  it("is reached by one more than it allows, and says when it ends", async () => {
    const clock = createManualClock()
    const limit = new FailureLimit(clock, 2)
    expect(times(3, () => limit.count("192.0.2.1"))).toEqual([undefined, undefined, 60])
    await clock.advance(59_001)
    expect(limit.count("192.0.2.1")).toBe(1)
    await clock.advance(999)
    expect(limit.count("192.0.2.1")).toBeUndefined()
  })

  it("is of each network", () => {
    const limit = new FailureLimit(createManualClock(), 1)
    limit.count("2001:db8::1")
    expect(limit.count("2001:db8::2")).toBe(60)
    expect(limit.count("2001:db8:0:1::2")).toBeUndefined()
    limit.count(undefined)
    expect(limit.count("no address")).toBe(60)
  })

  it("forgets the network that began first once it remembers 4096", () => {
    const limit = new FailureLimit(createManualClock(), 1)
    const address = (index: number) => `10.0.${index >> 8}.${index & 255}`
    times(4096, (index) => limit.count(address(index)))
    expect(limit.count(address(0))).toBe(60)
    limit.count("192.0.2.1")
    expect(limit.count(address(1))).toBe(60)
    expect(limit.count(address(0))).toBeUndefined()
  })

  it("counts the age of a network from its last minute", async () => {
    const clock = createManualClock()
    const limit = new FailureLimit(clock, 1)
    const address = (index: number) => `10.0.${index >> 8}.${index & 255}`
    limit.count("192.0.2.1")
    times(4095, (index) => limit.count(address(index)))
    await clock.advance(60_000)
    limit.count("192.0.2.1")
    limit.count("192.0.2.2")
    expect(limit.count("192.0.2.1")).toBe(60)
  })
})
