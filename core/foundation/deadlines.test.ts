import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { Deadlines } from "./deadlines.ts"

const late = () => new Error("late")

describe("deadlines", () => {
  it("hands on what settles in time", async () => {
    const deadlines = new Deadlines(createManualClock(), 100)
    await expect(deadlines.run(Promise.resolve(1), late)).resolves.toBe(1)
    await expect(deadlines.run(Promise.reject(new Error("own")), late)).rejects.toThrow("own")
  })

  it("rejects what does not, at its time and not before", async () => {
    const clock = createManualClock()
    const deadlines = new Deadlines(clock, 100)
    const seen: string[] = []
    const hang = () => new Promise(() => {})
    deadlines.run(hang(), late).catch(() => seen.push("first"))
    await clock.advance(60)
    deadlines.run(hang(), late).catch(() => seen.push("second"))
    await clock.advance(39)
    expect(seen).toEqual([])
    await clock.advance(2)
    expect(seen).toEqual(["first"])
    await clock.advance(60)
    expect(seen).toEqual(["first", "second"])
  })

  it("let go of results while one call hangs", async () => {
    setFlagsFromString("--expose-gc")
    const collect = runInNewContext("gc") as () => void
    const deadlines = new Deadlines(createManualClock(), 100)
    deadlines.run(new Promise(() => {}), late).catch(() => {})
    const results: WeakRef<object>[] = []
    for (let count = 0; count < 10; count++) {
      results.push(new WeakRef(await deadlines.run(Promise.resolve({ count }), late)))
    }
    // What a WeakRef was made of lives until the turn of the event loop ends.
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(results.filter((result) => result.deref() !== undefined)).toEqual([])
  })

  it("are idle when nothing is pending, whether it settled or was late", async () => {
    const clock = createManualClock()
    const deadlines = new Deadlines(clock, 100)
    await deadlines.idle()
    let answer = (_: number) => {}
    const answered = deadlines.run(new Promise<number>((resolve) => (answer = resolve)), late)
    deadlines.run(new Promise(() => {}), late).catch(() => {})
    let idle = false
    const waiting = deadlines.idle().then(() => {
      idle = true
    })
    answer(1)
    expect(await answered).toBe(1)
    expect(idle).toBe(false)
    await clock.advance(101)
    await waiting
  })

  it("keeps watching after thousands of calls have settled around one that hangs", async () => {
    const clock = createManualClock()
    const deadlines = new Deadlines(clock, 100)
    await Promise.all(Array.from({ length: 3000 }, () => deadlines.run(Promise.resolve(), late)))
    const hanging = deadlines.run(new Promise(() => {}), late)
    const outcome = expect(hanging).rejects.toThrow("late")
    await Promise.all(Array.from({ length: 3000 }, () => deadlines.run(Promise.resolve(), late)))
    await clock.advance(101)
    await outcome
  })
})
