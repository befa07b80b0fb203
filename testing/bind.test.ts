import { afterEach, describe, expect, it, vi } from "vitest"
import { bindContract, type TestRunner } from "./bind.ts"
import { clausesFor, defineContract } from "./engine/clause.ts"
import { QUIET_PACE } from "./engine/pace.ts"
import type { ClauseResult } from "./engine/report.ts"
import type { Subject } from "./engine/subject.ts"

interface Counter {
  add(): Promise<number>
  extra?(): Promise<number>
}
interface CounterCapabilities {
  extra: boolean
}

const clause = clausesFor<Required<Counter>, CounterCapabilities>({
  "COUNTER-ADD-01": "add resolves 1 at first.",
  "COUNTER-EXTRA-01": "extra resolves 2.",
})
const counterContract = defineContract({
  service: "counter",
  version: 1,
  methods: {
    add: { kind: "write", idempotent: false },
    extra: { kind: "write", idempotent: false, capability: "extra" },
  },
  defaultCapabilities: { extra: false },
  clauses: [
    clause("COUNTER-ADD-01", {
      why: "It counts.",
      fix: "Start at 0.",
      check: async (t, counter) => t.equal(await counter.add(), 1),
    }),
    clause("COUNTER-EXTRA-01", {
      why: "It does.",
      fix: "Make it 2.",
      needs: ["extra"],
      check: async (t, counter) => t.equal(await counter.extra(), 2),
    }),
  ],
})

type CounterSubject = Subject<Counter, CounterCapabilities>

function counterFrom(start: number): CounterSubject {
  return {
    service: "counter",
    name: `from ${start}`,
    open() {
      let count = start
      return { connect: () => ({ add: async () => ++count }) }
    },
  }
}

const absent: CounterSubject = { ...counterFrom(0), available: () => "there is no server" }

interface RegisteredTest {
  readonly name: string
  readonly timeoutMs: number
  readonly body: (...context: unknown[]) => Promise<void>
}

/** Notes what is registered; a test is then run by hand. */
function createRunner() {
  const suites: string[] = []
  const tests: RegisteredTest[] = []
  const runner: TestRunner = {
    describe(name, body) {
      suites.push(name)
      body()
    },
    it: (name, body, timeoutMs) => tests.push({ name, body, timeoutMs }),
  }
  const testOf = (id: string) => tests.find(({ name }) => name.startsWith(id)) as RegisteredTest
  return { runner, suites, tests, testOf }
}

/** The test of one clause over a subject. */
function bindOne(id: string, subject: CounterSubject): RegisteredTest["body"] {
  const { runner, testOf } = createRunner()
  bindContract(runner, counterContract, subject, { seed: 7 })
  return testOf(id).body
}

class Skipped extends Error {}

/** How the runners let a test skip itself. Each gives what the runner then shows beside the test. */
const skippers = {
  async vitest(body: RegisteredTest["body"]) {
    let shown: string | undefined
    const skip = (reason: string) => {
      shown = reason
      throw new Skipped()
    }
    await expect(body({ task: { meta: {} }, skip })).rejects.toThrow(Skipped)
    return shown
  },
  async "node:test"(body: RegisteredTest["body"]) {
    const skip = vi.fn()
    await body({ skip, test: Object.freeze(() => {}) })
    return skip.mock.lastCall?.[0]
  },
  async mocha(body: RegisteredTest["body"]) {
    const test = { title: "The title" }
    const skip = () => {
      throw new Skipped()
    }
    await expect(body.call({ test, skip, timeout: () => {} })).rejects.toThrow(Skipped)
    return test.title.replace(/^The title \((.*)\)$/, "$1")
  },
}

afterEach(() => {
  vi.unstubAllEnvs()
})

// A vitest function with fixtures reads the parameters of each test.
bindContract({ describe, it: it.extend("unused", () => 1) }, counterContract, {
  service: "counter",
  name: "under vitest with fixtures",
  open: () => ({ connect: () => ({ add: async () => 1, extra: async () => 2 }) }),
})

describe("a bound contract", () => {
  it("is one suite that names service, subject and seed", () => {
    const { runner, suites } = createRunner()
    bindContract(runner, counterContract, counterFrom(0), { seed: 7 })
    expect(suites).toEqual(["counter contract: from 0 (seed 7)"])
  })

  it("is a test per clause, in the order of the catalogue, named by id and text", () => {
    const { runner, tests } = createRunner()
    bindContract(runner, counterContract, counterFrom(0))
    expect(tests.map(({ name }) => name)).toEqual([
      "COUNTER-ADD-01 add resolves 1 at first.",
      "COUNTER-EXTRA-01 extra resolves 2.",
    ])
  })

  it("takes away the runner's time limit: as third argument, or through mocha's this", async () => {
    const { runner, testOf } = createRunner()
    bindContract(runner, counterContract, counterFrom(0))
    const { body, timeoutMs } = testOf("COUNTER-ADD-01")
    const timeout = vi.fn()
    await body.call({ test: { title: "" }, timeout })
    expect(timeoutMs).toBe(2 ** 31 - 1)
    expect(timeout).toHaveBeenCalledWith(2 ** 31 - 1)
  })

  it("declares no parameter, which mocha would take for a callback", () => {
    expect(bindOne("COUNTER-ADD-01", counterFrom(0))).toHaveLength(0)
  })

  it("runs each clause once, however many tests ask", async () => {
    const open = vi.fn(counterFrom(0).open)
    const { runner, testOf } = createRunner()
    const { report } = bindContract(runner, counterContract, { ...counterFrom(0), open })
    const { body } = testOf("COUNTER-ADD-01")
    await Promise.all([body(), body(), report()])
    // Once to see what the subject has, once for the clause.
    expect(open).toHaveBeenCalledTimes(2)
  })
})

describe("the test of a clause", () => {
  it("resolves when the clause passes", async () => {
    await expect(bindOne("COUNTER-ADD-01", counterFrom(0))()).resolves.toBeUndefined()
  })

  it("fails with what was seen, the remedy, and how to replay it", async () => {
    await expect(bindOne("COUNTER-ADD-01", counterFrom(1))()).rejects.toThrow(
      new Error(
        "COUNTER-ADD-01 add resolves 1 at first: got 2, want 1 (seed 7)\n" +
          "How to fix it: Start at 0.\n" +
          "How to replay it: CONFORMANCE_SEED=7",
      ),
    )
  })

  it.each(Object.entries(skippers))("is skipped with its reason in %s", async (_, skip) => {
    expect(await skip(bindOne("COUNTER-EXTRA-01", counterFrom(0)))).toBe("not declared: extra")
    expect(await skip(bindOne("COUNTER-ADD-01", absent))).toBe("not run: there is no server")
  })

  it("fails in a runner without a way to skip when the clause could not run", async () => {
    await expect(bindOne("COUNTER-EXTRA-01", counterFrom(0))()).resolves.toBeUndefined()
    await expect(bindOne("COUNTER-ADD-01", absent)()).rejects.toThrow("not run: there is no server")
  })

  it.each([
    ["passed", 0],
    ["failed", 1],
  ] as const)("leaves its result in vitest's task when it %s", async (status, start) => {
    const meta: { conformance?: ClauseResult } = {}
    await bindOne("COUNTER-ADD-01", counterFrom(start))({ task: { meta } }).catch(() => {})
    expect(meta.conformance).toMatchObject({ id: "COUNTER-ADD-01", status })
  })
})

describe("the report of a bound contract", () => {
  it("has the results of the tests", async () => {
    const { runner, tests } = createRunner()
    const { report } = bindContract(runner, counterContract, counterFrom(1), { seed: 7 })
    await Promise.allSettled(tests.map(({ body }) => body()))
    const { results, seed, verdict } = await report()
    expect({ seed, verdict }).toEqual({ seed: 7, verdict: "failed" })
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      ["COUNTER-ADD-01", "failed"],
      ["COUNTER-EXTRA-01", "skipped"],
    ])
  })

  it("is whole when the runner filtered tests out", async () => {
    const { runner, testOf } = createRunner()
    const { report } = bindContract(runner, counterContract, counterFrom(0))
    await testOf("COUNTER-EXTRA-01").body()
    expect((await report()).totals).toMatchObject({ passed: 1, skipped: 1, notRun: 0, clauses: 2 })
  })

  it("is whole when no test ran at all", async () => {
    const { report } = bindContract(createRunner().runner, counterContract, counterFrom(0))
    expect((await report()).totals).toMatchObject({ passed: 1, skipped: 1, notRun: 0, clauses: 2 })
  })
})

describe("the environment of a bound contract", () => {
  const bind = (options: { seed?: number; timeScale?: number } = {}, subject = counterFrom(0)) =>
    bindContract(createRunner().runner, counterContract, subject, { pace: QUIET_PACE, ...options })

  it("sets the seed, unless the options do", async () => {
    vi.stubEnv("CONFORMANCE_SEED", "4711")
    expect((await bind().report()).seed).toBe(4711)
    expect((await bind({ seed: 7 }).report()).seed).toBe(7)
  })

  it("sets the time scale, unless the options do", async () => {
    const hanging = {
      ...counterFrom(0),
      open: () => ({ connect: () => ({ add: () => new Promise<number>(() => {}) }) }),
    }
    vi.stubEnv("CONFORMANCE_TIME_SCALE", "0.01")
    expect((await bind({}, hanging).report()).results[0]?.reason).toContain("600 ms")
    expect((await bind({ timeScale: 0.02 }, hanging).report()).results[0]?.reason).toContain("1200 ms")
  })

  it("leaves the defaults where its variables are empty", async () => {
    vi.stubEnv("CONFORMANCE_SEED", "")
    vi.stubEnv("CONFORMANCE_TIME_SCALE", " ")
    expect((await bind().report()).verdict).toBe("conformant")
  })

  it.each([
    ["CONFORMANCE_SEED", "lucky"],
    ["CONFORMANCE_SEED", "-1"],
    ["CONFORMANCE_SEED", "1.5"],
    ["CONFORMANCE_TIME_SCALE", "0"],
    ["CONFORMANCE_TIME_SCALE", "Infinity"],
  ])("is refused by name: %s=%s", (name, value) => {
    vi.stubEnv(name, value)
    const refusal = {
      code: "INVALID_CONFIG",
      message: expect.stringMatching(`${name} must be a .*number.*; got (a string|${value})\\.`),
    }
    expect(() => bind()).toThrow(expect.objectContaining(refusal))
  })
})
