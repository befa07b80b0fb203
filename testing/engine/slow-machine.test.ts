import { describe, expect, it } from "vitest"
import { type CounterClause, clause, contractOf, counter, resultOf, subjectOf, words } from "./counter.fixture.ts"
import { timeout } from "./limits.ts"
import { describePace, measurePace } from "./pace.ts"
import { runContract } from "./run.ts"

/** Holds this process up, as others on the machine do. */
function stall(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe("a window", () => {
  it("that is missed has the clause tried again with longer steps, until it is met", async () => {
    const steps: number[] = []
    const result = await resultOf(async (t, client, world) => {
      steps.push(world.step * 1000)
      const window = world.window(world.step)
      stall(60)
      t.equal(await client.add(), steps.length < 3 ? "wrong" : 1)
      window.close()
    })
    expect(result).toMatchObject({ status: "not-run" })
    expect(steps).toEqual([3, 6, 12, 24])
    expect(result.reason).toMatch(/^machine too slow \(steps took \d+ ms of 24\), try --time-scale$/)
  })

  it("that is met at a later try lets the clause pass", async () => {
    let tries = 0
    const result = await resultOf(async (t, counter, world) => {
      world.window(++tries < 3 ? 0 : 3600)
      t.equal(await counter.add(), 1)
    })
    expect([tries, result.status, result.warning]).toEqual([3, "passed", undefined])
  })

  it.each([
    ["is open when an assertion fails", (wrong: () => void) => wrong()],
    ["is open when the clause ends", () => {}],
    ["was closed too late", (_: () => void, close: () => void) => close()],
  ])("decides nothing when it %s", async (_, act) => {
    const result = await resultOf(async (t, counter, world) => {
      const window = world.window(world.step / 4)
      t.equal(await counter.add(), 1)
      stall(world.step * 1000)
      act(() => t.equal(1, 2), window.close)
    })
    expect(result).toMatchObject({ status: "not-run", reason: expect.stringContaining("machine too slow") })
  })

  it("that was closed in time leaves a later failure what it is, at the first try", async () => {
    let tries = 0
    const check: CounterClause["check"] = async (t, counter, world) => {
      tries++
      const window = world.window(3600)
      t.equal(await counter.add(), 1)
      window.close()
      t.equal(1, 2)
    }
    expect(await resultOf(check)).toMatchObject({ status: "failed", failure: "assertion" })
    expect(tries).toBe(1)
  })

  it("is never over where time is moved by hand", async () => {
    const subject = subjectOf({ open: ({ clock }) => ({ connect: counter, advance: (ms) => clock.advance(ms) }) })
    const result = await resultOf(async (t, counter, world) => {
      world.window(0)
      t.equal(await counter.add(), 1)
    }, subject)
    expect(result).toMatchObject({ status: "passed" })
  })

  it("of a clause that is exempt leaves it not run", async () => {
    const subject = subjectOf({ exempt: { "COUNTER-A-01": { reason: "known" } } })
    const result = await resultOf(async (t, counter, world) => {
      world.window(0)
      t.equal(await counter.add(), 1)
    }, subject)
    expect(result).toMatchObject({ status: "not-run" })
    expect(result.exempt).toBeUndefined()
  })
})

describe("the time of a clause that is over", () => {
  it("names the call that did not settle", async () => {
    const hanging = subjectOf({ open: () => ({ connect: () => ({ ...counter(), add: () => new Promise(() => {}) }) }) })
    const result = await resultOf(async (t, counter) => t.equal(await counter.add(), 1), hanging)
    expect(result).toMatchObject({
      status: "failed",
      failure: "timeout",
      reason: "not finished within 600 ms: add() did not settle",
    })
  })

  it.each([
    [
      "a method of the world",
      async (world: { restart(): Promise<void> }) => world.restart(),
      "restart() of the subject",
    ],
    [
      "the return of a stream",
      async (_: unknown, client: { walk(): AsyncIterable<number> }) => {
        for await (const _step of client.walk()) break
      },
      "walk() did not settle",
    ],
  ])("names %s that did not settle", async (_, act, reason) => {
    const walk = () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: () => new Promise(() => {}),
      }),
    })
    const open = () => ({ connect: () => ({ ...counter(), walk }), restart: () => new Promise<void>(() => {}) })
    const result = await resultOf(async (t, client, world) => {
      t.equal(await client.add(), 1)
      await act(world, client as never)
    }, subjectOf({ open }))
    expect(result).toMatchObject({ status: "failed", reason: expect.stringContaining(reason) })
  })

  it("stops what still runs of the clause", async () => {
    let calls = 0
    await resultOf(async (t, client) => {
      for (;;) {
        t.equal((await client.add()) > 0, true)
        calls++
        await new Promise((resolve) => setTimeout(resolve))
      }
    })
    const before = calls
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve))
    expect(calls - before).toBeLessThanOrEqual(1)
  })

  it("is not held against a subject whose answers are slow", async () => {
    const late = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      return 1
    }
    const result = await resultOf(
      async (t, client) => {
        for (;;) t.equal(await client.add(), 1)
      },
      subjectOf({ open: () => ({ connect: () => ({ ...counter(), add: late }) }) }),
      {},
      0.02,
    )
    expect(result).toMatchObject({
      status: "not-run",
      reason: expect.stringMatching(/^machine too slow \(\d+ answers came within 1,200 ms\), try --time-scale$/),
    })
  })

  it("is held against one whose answers are fast and do not end", async () => {
    const result = await resultOf(async (t, client) => {
      for (let calls = 1; ; calls++) {
        await client.add()
        if (calls % 100 === 0) await new Promise((resolve) => setTimeout(resolve))
        t.ok(true, "goes on")
      }
    })
    expect(result).toMatchObject({ status: "failed", failure: "timeout", reason: "not finished within 600 ms" })
  })
})

describe("a quiet period", () => {
  it("is looked at when it is over, though the process was held up in it", async () => {
    let changed = false
    const result = await resultOf(async (t, counter) => {
      await counter.add()
      setTimeout(() => {
        changed = true
      }, 1)
      let looks = 0
      await t.never(() => {
        if (++looks === 1) stall(50)
        return changed
      }, "the change")
    })
    expect(result).toMatchObject({ status: "failed", reason: "the change: it happened" })
  })
})

describe("a time limit", () => {
  it("is over in any case after ten times its length", async () => {
    const limit = timeout(20)
    let stalls = 0
    // Of 1 ms, a tick; as two ticks each, ten of them would be 20 ms.
    for (; !limit.over; stalls++) {
      stall(30)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(stalls).toBeLessThan(10)
  })

  it("counts a time in which the process was held up as two ticks", async () => {
    const limit = timeout(200)
    stall(400)
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(limit.over).toBe(false)
    await limit.promise
    expect(limit.over).toBe(true)
  })
})

describe("the pace of the machine", () => {
  it("is in the report, and what budgets are multiplied by is handed to the subject", async () => {
    const scales: number[] = []
    const open = ({ timeScale }: { timeScale: number }) => {
      scales.push(timeScale)
      return { connect: counter }
    }
    const pace = { workMs: 120, timerLateMs: 1, scale: 3 }
    const check: CounterClause["check"] = async (t, counter) => t.equal(await counter.add(), 1)
    const contract = contractOf(clause("COUNTER-A-01", { ...words, check }))
    const report = await runContract(contract, subjectOf({ open }), { pace, timeScale: 2 })
    expect(report.pace).toEqual(pace)
    expect(new Set(scales)).toEqual(new Set([6]))
  })

  it("is measured where it is not given, and never below 1", async () => {
    const pace = await measurePace()
    expect(pace.workMs).toBeGreaterThan(0)
    expect(pace.scale).toBeGreaterThanOrEqual(1)
    expect(describePace({ workMs: 64, timerLateMs: 3.4, scale: 1.6 })).toBe(
      "budgets × 1.6: the work took 64 ms, timers came 3 ms late",
    )
  })
})
