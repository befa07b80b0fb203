import { describe, expect, it } from "vitest"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { type CounterClause, counter, resultOf, subjectOf } from "./counter.fixture.ts"

describe("a time budget that ran out", () => {
  it("is repeated once with twice the time, and says so when the clause then passes", async () => {
    let tries = 0
    const result = await resultOf(async (t, client) => {
      tries++
      await t.settles(tries === 1 ? new Promise(() => {}) : client.add(), "add")
      await client.add()
    })
    expect(result).toMatchObject({ status: "passed", warning: "failed at first: add: not settled within 50 ms" })
  })

  it("fails the clause at the second time", async () => {
    let tries = 0
    const result = await resultOf(async (t, counter) => {
      tries++
      await counter.add()
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
    const result = await resultOf(async (t, counter) => t.equal(await counter.add(), 1), subjectOf({ open }))
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
    const result = await resultOf(async (t, counter, world) => {
      await world.restart()
      t.equal(await counter.add(), 1)
    }, subjectOf({ open }))
    expect(result).toMatchObject({ status: "passed" })
  })

  it("of a health check, which then answers unhealthy, is repeated too", async () => {
    let tries = 0
    const healthCheck = async () => ({ status: ++tries === 1 ? "unhealthy" : "healthy" })
    const open = () => ({ connect: () => ({ ...counter(), healthCheck }) })
    const result = await resultOf(async (t, counter) => {
      const client = counter as unknown as { healthCheck: typeof healthCheck }
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
    const check: CounterClause["check"] = async (t, client, world) => {
      await world.faults.silent()
      await t.outcome(() => client.fail(), "fail")
      t.equal(++tries > 1, true)
    }
    expect(await resultOf(check, subjectOf({ open }), { uses: ["faults"] })).toMatchObject({ status: "failed" })
    expect(tries).toBe(1)
  })

  it("does not use up the tries for a window, nor the other way round", async () => {
    let tries = 0
    const result = await resultOf(async (t, client, world) => {
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
    const result = await resultOf(async (t, client) => {
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
    await resultOf(async (t, counter) => {
      await counter.add()
      await t.eventually(() => false, "nothing")
    }, subjectOf({ open }))
    const [first = "", second = ""] = names.filter((name) => name.endsWith("counter-a-01"))
    expect(second).not.toBe(first)
    expect(second.startsWith(first)).toBe(false)
  })

  it("is not what a failed assertion is, which is final", async () => {
    let tries = 0
    await resultOf(async (t, counter) => {
      tries++
      t.equal(await counter.add(), 2)
    })
    expect(tries).toBe(1)
  })
})

describe("a subject that cannot be looked at", () => {
  const needing = { needs: ["extra"] }
  const check: CounterClause["check"] = async (t, counter) => t.equal(await counter.add(), 1)

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
