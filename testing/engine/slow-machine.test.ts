import { describe, expect, it } from "vitest"
import { ServiceError } from "../../contracts/foundation/errors.ts"
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
    const result = await resultOf(async (t, world) => {
      const client = await world.connect()
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
    const result = await resultOf(async (t, world) => {
      world.window(++tries < 3 ? 0 : 3600)
      t.equal(await (await world.connect()).add(), 1)
    })
    expect([tries, result.status, result.warning]).toEqual([3, "passed", undefined])
  })

  it.each([
    ["is open when an assertion fails", (wrong: () => void) => wrong()],
    ["is open when the clause ends", () => {}],
    ["was closed too late", (_: () => void, close: () => void) => close()],
  ])("decides nothing when it %s", async (_, act) => {
    const result = await resultOf(async (t, world) => {
      const window = world.window(world.step / 4)
      t.equal(await (await world.connect()).add(), 1)
      stall(world.step * 1000)
      act(() => t.equal(1, 2), window.close)
    })
    expect(result).toMatchObject({ status: "not-run", reason: expect.stringContaining("machine too slow") })
  })

  it("that was closed in time leaves a later failure what it is, at the first try", async () => {
    let tries = 0
    const check: CounterClause["check"] = async (t, world) => {
      tries++
      const window = world.window(3600)
      t.equal(await (await world.connect()).add(), 1)
      window.close()
      t.equal(1, 2)
    }
    expect(await resultOf(check)).toMatchObject({ status: "failed", failure: "assertion" })
    expect(tries).toBe(1)
  })

  it("is never over where time is moved by hand", async () => {
    const subject = subjectOf({ open: ({ clock }) => ({ connect: counter, advance: (ms) => clock.advance(ms) }) })
    const result = await resultOf(async (t, world) => {
      world.window(0)
      t.equal(await (await world.connect()).add(), 1)
    }, subject)
    expect(result).toMatchObject({ status: "passed" })
  })

  it("of a clause that is exempt leaves it not run", async () => {
    const subject = subjectOf({ exempt: { "COUNTER-A-01": { reason: "known" } } })
    const result = await resultOf(async (t, world) => {
      world.window(0)
      t.equal(await (await world.connect()).add(), 1)
    }, subject)
    expect(result).toMatchObject({ status: "not-run" })
    expect(result.exempt).toBeUndefined()
  })
})

describe("a time budget that ran out", () => {
  it("is repeated once with twice the time, and says so when the clause then passes", async () => {
    let tries = 0
    const result = await resultOf(async (t, world) => {
      const client = await world.connect()
      tries++
      await t.settles(tries === 1 ? new Promise(() => {}) : client.add(), "add")
      await client.add()
    })
    expect(result).toMatchObject({ status: "passed", warning: "failed at first: add: not settled within 50 ms" })
  })

  it("fails the clause at the second time", async () => {
    let tries = 0
    const result = await resultOf(async (t, world) => {
      tries++
      await (await world.connect()).add()
      await t.eventually(() => false, "nothing")
    })
    expect(result).toMatchObject({ status: "failed", reason: "nothing: not within 100 ms" })
    expect(tries).toBe(2)
  })

  it.each(["TIMEOUT", "UNAVAILABLE"] as const)("of the subject, %s, is repeated too", async (code) => {
    let tries = 0
    const open = () => ({
      connect: () => ({
        ...counter(),
        add: async () => {
          if (++tries === 1) throw new ServiceError(code, "not in time")
          return 1
        },
      }),
    })
    const result = await resultOf(
      async (t, world) => t.equal(await (await world.connect()).add(), 1),
      subjectOf({ open }),
    )
    expect(result).toMatchObject({ status: "passed", warning: expect.stringContaining("not in time") })
  })

  it.each(["open", "connect", "restart"] as const)("of the world's %s is repeated too", async (method) => {
    let tries = 0
    const late = () => {
      if (++tries === 1) throw new ServiceError("TIMEOUT", "not in time")
    }
    const open = () => {
      if (method === "open" && tries < 2) late()
      return {
        connect: () => {
          if (method === "connect" && tries < 2) late()
          return counter()
        },
        restart: () => {
          if (method === "restart") late()
        },
      }
    }
    const result = await resultOf(async (t, world) => {
      await world.restart()
      t.equal(await (await world.connect()).add(), 1)
    }, subjectOf({ open }))
    expect(result).toMatchObject({ status: "passed" })
  })

  it("of a health check, which then answers unhealthy, is repeated too", async () => {
    let tries = 0
    const healthCheck = async () => ({ status: ++tries === 1 ? "unhealthy" : "healthy" })
    const open = () => ({ connect: () => ({ ...counter(), healthCheck }) })
    const result = await resultOf(async (t, world) => {
      const client = (await world.connect()) as unknown as { healthCheck: typeof healthCheck }
      t.equal((await client.healthCheck()).status, "healthy")
    }, subjectOf({ open }))
    expect(result).toMatchObject({ status: "passed", warning: expect.stringContaining("failed at first") })
  })

  it("is no excuse for a wrong answer in a clause that makes faults", async () => {
    let tries = 0
    const fail = async () => {
      throw new ServiceError("TIMEOUT", "provoked")
    }
    const none = () => {}
    const faults = { unreachable: none, silent: none, loseAnswer: none, heal: none }
    const open = () => ({ connect: () => ({ ...counter(), fail }), faults })
    const check: CounterClause["check"] = async (t, world) => {
      const client = await world.connect()
      await world.faults.silent()
      await t.outcome(() => client.fail(), "fail")
      t.equal(++tries > 1, true)
    }
    expect(await resultOf(check, subjectOf({ open }), { uses: ["faults"] })).toMatchObject({ status: "failed" })
    expect(tries).toBe(1)
  })

  it("does not use up the tries for a window, nor the other way round", async () => {
    let tries = 0
    const result = await resultOf(async (t, world) => {
      const client = await world.connect()
      tries++
      if (tries === 1) world.window(0)
      if (tries === 2) await t.settles(new Promise(() => {}), "nothing")
      t.equal(await client.add(), 1)
    })
    expect([tries, result.status]).toEqual([3, "passed"])
  })

  it("keeps the exemption of a clause that then passes", async () => {
    let tries = 0
    const subject = subjectOf({ exempt: { "COUNTER-A-01": { reason: "known" } } })
    const result = await resultOf(async (t, world) => {
      const client = await world.connect()
      if (++tries === 1) await t.settles(new Promise(() => {}), "nothing")
      t.equal(await client.add(), 1)
    }, subject)
    expect(result).toMatchObject({
      status: "skipped",
      exempt: true,
      reason: expect.stringContaining("failed at first"),
    })
  })

  it("has a world of its own for each try, whose name no other begins with", async () => {
    const names: string[] = []
    const open = ({ namespace }: { namespace: string }) => {
      names.push(namespace)
      return { connect: counter }
    }
    await resultOf(async (t, world) => {
      await (await world.connect()).add()
      await t.eventually(() => false, "nothing")
    }, subjectOf({ open }))
    const [first = "", second = ""] = names.filter((name) => name.endsWith("counter-a-01"))
    expect(second).not.toBe(first)
    expect(second.startsWith(first)).toBe(false)
  })

  it("is not what a failed assertion is, which is final", async () => {
    let tries = 0
    await resultOf(async (t, world) => {
      tries++
      t.equal(await (await world.connect()).add(), 2)
    })
    expect(tries).toBe(1)
  })
})

describe("the time of a clause that is over", () => {
  it("names the call that did not settle", async () => {
    const hanging = subjectOf({ open: () => ({ connect: () => ({ ...counter(), add: () => new Promise(() => {}) }) }) })
    const result = await resultOf(async (t, world) => t.equal(await (await world.connect()).add(), 1), hanging)
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
    const result = await resultOf(async (t, world) => {
      const client = await world.connect()
      t.equal(await client.add(), 1)
      await act(world, client as never)
    }, subjectOf({ open }))
    expect(result).toMatchObject({ status: "failed", reason: expect.stringContaining(reason) })
  })

  it("stops what still runs of the clause", async () => {
    let calls = 0
    await resultOf(async (t, world) => {
      const client = await world.connect()
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
      async (t, world) => {
        const client = await world.connect()
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
    const result = await resultOf(async (t, world) => {
      const client = await world.connect()
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
    const result = await resultOf(async (t, world) => {
      await (await world.connect()).add()
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

describe("a subject that cannot be looked at", () => {
  const needing = { needs: ["extra"] }
  const check: CounterClause["check"] = async (t, world) => t.equal(await (await world.connect()).add(), 1)

  it("is looked at once more", async () => {
    let opened = 0
    const open = () => {
      if (++opened === 1) throw new ServiceError("TIMEOUT", "not in time")
      return { connect: () => ({ ...counter(), extra: async () => 1 }) }
    }
    expect(await resultOf(check, subjectOf({ open }), needing)).toMatchObject({ status: "passed" })
  })

  it("is not said to lack what is not known", async () => {
    let opened = 0
    const open = () => {
      if (++opened <= 2) throw new ServiceError("UNAVAILABLE", "away")
      return { connect: counter }
    }
    expect(await resultOf(check, subjectOf({ open }), needing)).toMatchObject({
      status: "not-run",
      reason: "the subject could not be looked at: WorldFailed: open() of the subject failed: UNAVAILABLE: away",
    })
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
    const check: CounterClause["check"] = async (t, world) => t.equal(await (await world.connect()).add(), 1)
    const contract = contractOf(clause({ ...words, id: "COUNTER-A-01", check }))
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
