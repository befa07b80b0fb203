import { describe, expect, it } from "vitest"
import type { Checks } from "./checks.ts"
import { clausesFor } from "./clause.ts"
import {
  type Counter,
  type CounterCapabilities,
  clause,
  contractOf,
  counter,
  passing,
  resultOf,
  subjectOf,
  words,
} from "./counter.fixture.ts"
import { runContract } from "./run.ts"

function raise(): never {
  throw new Error("not to be looked at")
}

describe("a clause", () => {
  it("passes when its assertions hold", async () => {
    expect(await resultOf(passing)).toMatchObject({ status: "passed" })
  })

  it("fails with what was seen and wanted, and the remedy", async () => {
    const result = await resultOf(async (t, counter) => t.equal(await counter.add(), 2))
    expect(result).toMatchObject({ status: "failed", failure: "assertion", reason: "got 1, want 2", fix: "A remedy." })
  })

  it.each([
    ["asserts nothing", async (_: unknown, client: Counter) => void (await client.add())],
    ["never calls the subject", async (t: { ok(condition: boolean, what: string): void }) => t.ok(true, "nothing")],
    [
      "does not await an assertion",
      async (t: Checks, client: Counter) => {
        await client.add()
        t.rejects(() => client.fail(), "CLOSED", "fail").catch(() => {})
      },
    ],
  ])("fails as vacuous when it %s", async (_, check) => {
    expect(await resultOf(check as typeof passing)).toMatchObject({ status: "failed", failure: "vacuous" })
  })

  it("waits longer than an answer may be old, in real time", async () => {
    const capabilities = { extra: false, maxStalenessMs: 20 }
    const result = await resultOf(async (t, counter, world) => {
      await counter.add()
      for (let round = 0; round < 5; round++) {
        const start = performance.now()
        await world.converge()
        t.ok(performance.now() - start > 20, "what is 20 ms old may still be seen")
      }
    }, subjectOf({ capabilities }))
    expect(result).toMatchObject({ status: "passed" })
  })

  it("fails by an assertion when it swallowed one", async () => {
    const result = await resultOf(async (t, counter) => {
      await counter.add()
      try {
        t.equal(1, 2)
      } catch {}
    })
    expect(result).toMatchObject({ failure: "assertion", reason: "got 1, want 2" })
  })

  it("names the method of the subject that failed", async () => {
    const result = await resultOf(async (t, counter) => t.equal(await counter.fail(), 1))
    expect(result).toMatchObject({ failure: "assertion", reason: "fail() failed: Error: broken" })
  })

  it("calls a fault of its own an error", async () => {
    const result = await resultOf(async () => {
      throw new TypeError("mistake")
    })
    expect(result).toMatchObject({ failure: "error", reason: "TypeError: mistake" })
  })

  it("ends when the subject hangs", async () => {
    const hanging = subjectOf({ open: () => ({ connect: () => ({ ...counter(), add: () => new Promise(() => {}) }) }) })
    expect(await resultOf(passing, hanging)).toMatchObject({ status: "failed", failure: "timeout" })
  })
})

describe("a subject", () => {
  it.each([
    [
      "throws in open",
      {
        open: () => {
          throw new Error("no store")
        },
      },
      "open() of the subject failed: Error: no store",
    ],
    [
      "throws in connect",
      {
        open: () => ({
          connect: () => {
            throw new Error("no client")
          },
        }),
      },
      "connect() of the subject failed: Error: no client",
    ],
    [
      "fails in destroy",
      { open: () => ({ connect: counter, destroy: () => Promise.reject(new Error("stuck")) }) },
      "destroy() of the subject failed: Error: stuck",
    ],
    [
      "hangs in destroy",
      { open: () => ({ connect: counter, destroy: () => new Promise<void>(() => {}) }) },
      "destroy() of the subject did not settle within 100 ms",
    ],
  ])("that %s fails by name and the run goes on", async (_, changes, reason) => {
    const fix = expect.stringMatching(/^Mend \w+\(\) of the subject/)
    expect(await resultOf(passing, subjectOf(changes))).toMatchObject({
      status: "failed",
      failure: "error",
      reason,
      fix,
    })
  })

  it.each([
    [
      "gives no world",
      { open: () => undefined as never },
      "open() of the subject gave undefined, not a world with connect()",
    ],
    [
      "never connects",
      { open: () => ({ connect: () => new Promise<never>(() => {}) }) },
      "connect() of the subject not finished within 600 ms",
    ],
    ["never opens", { open: () => new Promise<never>(() => {}) }, "open() of the subject not finished within 600 ms"],
    [
      "gives no client",
      { open: () => ({ connect: () => null as never }) },
      "connect() of the subject gave null for a client",
    ],
  ])("that %s fails by name", async (_, changes, reason) => {
    expect(await resultOf(passing, subjectOf(changes))).toMatchObject({ status: "failed", failure: "error", reason })
  })

  it.each([
    ["null", null],
    ["an object without prototype", Object.create(null)],
    ["an error that cannot be read", Object.defineProperty(new Error("x"), "message", { get: () => raise() })],
    ["a proxy that throws", new Proxy({}, { get: () => raise(), ownKeys: () => raise() })],
  ])("that rejects with %s fails the clause, and no more", async (_, reason) => {
    const fail = () => Promise.reject(reason)
    const calling: typeof passing = async (_t, counter) => void (await counter.fail())
    const result = await resultOf(calling, subjectOf({ open: () => ({ connect: () => ({ ...counter(), fail }) }) }))
    expect(result).toMatchObject({ status: "failed", failure: "assertion" })
  })

  it("whose availability check never ends is not run", async () => {
    const result = await resultOf(passing, subjectOf({ available: () => new Promise<never>(() => {}) }))
    expect(result).toMatchObject({ status: "not-run", reason: "its availability check did not settle within 50 ms" })
  })

  it("that is not available is not run, and not conformant", async () => {
    const subject = subjectOf({ available: () => "no server here" })
    const report = await runContract(contractOf(clause("COUNTER-A-01", { ...words, check: passing })), subject)
    expect(report.results[0]).toMatchObject({ status: "not-run", reason: "no server here" })
    expect(report.verdict).toBe("not-run")
  })

  it("that needs a newer Node is not run and not opened, and runs on that one", async () => {
    const never = () => raise()
    const report = await runContract(
      contractOf(clause("COUNTER-A-01", { ...words, check: passing })),
      subjectOf({ node: ">=99", available: never, open: never }),
    )
    const reason = `needs Node 99 or newer; this is Node ${process.versions.node}`
    expect(report).toMatchObject({ verdict: "not-run", warnings: [], results: [{ status: "not-run", reason }] })
    expect(await resultOf(passing, subjectOf({ node: ">=20" }))).toMatchObject({ status: "passed" })
  })

  it("is refused where its `node` is not like its type", async () => {
    const node = "22" as ">=22"
    await expect(resultOf(passing, subjectOf({ node }))).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: 'node of the subject counter must be like ">=22"; got a string.',
    })
  })

  it("skips what it does not declare, and says so", async () => {
    const result = await resultOf(passing, subjectOf(), { needs: ["extra"] })
    expect(result).toMatchObject({ status: "skipped", reason: "not declared: extra" })
  })

  it("fails for a capability that it declares and does not have", async () => {
    const result = await resultOf(passing, subjectOf({ capabilities: { extra: true } }), { needs: ["extra"] })
    expect(result).toMatchObject({ status: "failed", reason: "extra is declared, but extra() is missing" })
  })

  it("is excused by an exemption while it fails, and not a moment longer", async () => {
    const exempt = { "COUNTER-A-01": { reason: "known" } }
    const failing: typeof passing = async (t, counter) => t.equal(await counter.add(), 2)
    expect(await resultOf(failing, subjectOf({ exempt }))).toMatchObject({
      status: "skipped",
      reason: "exempt: known (got 1, want 2)",
    })
    expect(await resultOf(passing, subjectOf({ exempt }))).toMatchObject({
      status: "failed",
      reason: "stale exemption, the clause passes (known)",
    })
  })

  it("is excused with the link to its issue", async () => {
    const exempt = { "COUNTER-A-01": { reason: "known", issue: "https://example.com/7" } }
    const result = await resultOf(async (t, counter) => t.equal(await counter.add(), 2), subjectOf({ exempt }))
    expect(result).toMatchObject({ reason: "exempt: known, https://example.com/7 (got 1, want 2)" })
  })

  it("fails with the method to implement where the subject has not the one it called", async () => {
    const open = () => ({ connect: () => ({}) as Counter })
    expect(await resultOf(passing, subjectOf({ open }))).toMatchObject({ status: "failed", fix: "Implement add()." })
  })
})

describe("a run", () => {
  it("refuses an exemption that names no clause", async () => {
    const subject = subjectOf({ exempt: { "COUNTER-A-07": { reason: "later" } } })
    await expect(resultOf(passing, subject)).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      message: "The subject counter must exempt clauses of counter; got COUNTER-A-07.",
    })
  })
})

describe("a report", () => {
  it("accounts for every clause of the catalogue", async () => {
    const contract = contractOf(
      clause("COUNTER-A-01", { ...words, check: passing }),
      clause("COUNTER-A-02", { ...words, check: passing, needs: ["extra"] }),
      clause("COUNTER-B-01", { ...words, check: passing }),
    )
    const report = await runContract(contract, subjectOf(), { filter: "-A-", seed: 7 })
    expect(report.totals).toEqual({ passed: 1, failed: 0, skipped: 1, notRun: 1, clauses: 3 })
    expect(report.seed).toBe(7)
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ schemaVersion: 1, service: "counter" })
  })

  it("is the same data for the same seed", async () => {
    const drawn: number[] = []
    const contract = contractOf(
      clause("COUNTER-A-01", {
        ...words,
        check: async (t, counter, world) => {
          drawn.push(world.random.integer(1_000_000))
          t.equal(await counter.add(), 1)
        },
      }),
    )
    for (const seed of [1, 1, 2]) await runContract(contract, subjectOf(), { seed })
    expect(drawn[0]).toBe(drawn[1])
    expect(drawn[0]).not.toBe(drawn[2])
  })
})

describe("defineContract", () => {
  it("refuses two clauses of one id, and a clause without a sentence", () => {
    const one = clause("COUNTER-A-01", { ...words, check: passing })
    expect(() => contractOf(one, one)).toThrow("COUNTER-A-01")
    expect(() => clause("COUNTER-C-01", { ...words, check: passing })).toThrow("COUNTER-C-01")
  })
})

describe("an option that is no such number", () => {
  it.each([
    [{ many: 0 }, "many: must be a whole number of 1 or more; got 0"],
    [{ many: Number.NaN }, "many: must be a whole number of 1 or more; got NaN"],
    [{ seed: -1 }, "seed: must be a whole number of 0 or more; got -1"],
    [{ timeScale: 0 }, "timeScale: must be a number above 0; got 0"],
  ])("is refused: %o", async (options, message) => {
    const run = runContract(contractOf(clause("COUNTER-A-01", { ...words, check: passing })), subjectOf(), options)
    await expect(run).rejects.toMatchObject({ code: "INVALID_CONFIG", message })
  })
})

describe("a clause without a sentence", () => {
  it.each(["COUNTER-A-02", "toString", "COUNTER-A-03"])("is refused: %s", (id) => {
    const make = clausesFor<Required<Counter>, CounterCapabilities>({ "COUNTER-A-03": "" })
    expect(() => make(id, { ...words, check: passing })).toThrow(`${id} has none`)
  })
})
