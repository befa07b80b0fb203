import { expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { WallTime } from "./wall-time.ts"

it("tells a time the same, whenever between two milliseconds it is asked", () => {
  let elapsed = 0
  const clock = { ...createManualClock(), now: () => Math.floor(1000.9 + elapsed), monotonic: () => elapsed }
  const time = new WallTime(clock)
  const told = new Set<number>()
  for (let step = 0; step < 50; step++) {
    elapsed += 0.3
    told.add(time.of(500))
  }
  expect(told.size).toBe(1)
})

it("follows the wall clock where it is set", async () => {
  const clock = createManualClock(1000)
  const time = new WallTime(clock)
  expect(time.of(10)).toBe(1010)
  clock.adjust(60_000)
  await clock.advance(5)
  expect(time.of(10)).toBe(61_010)
})

it("does not take a pause between two looks at a clock for a clock that was set", () => {
  let elapsed = 0
  let pauseMs = 0
  const now = () => {
    elapsed += pauseMs
    return 1000 + elapsed
  }
  const time = new WallTime({ ...createManualClock(), now, monotonic: () => elapsed })
  expect(time.of(500)).toBe(1500)
  pauseMs = 100
  expect(time.of(500)).toBe(1500)
})
