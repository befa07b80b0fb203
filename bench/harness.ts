import { memoryCacheSubject } from "../subjects/cache.ts"
import { cacheContract } from "../testing/cache/contract.ts"
import { clausesFor, defineContract } from "../testing/engine/clause.ts"
import { runContract } from "../testing/engine/run.ts"
import type { Suite, Target } from "./suite.ts"

const CLAUSES = 2000
const ASSERTIONS_PER_CLAUSE = 1000

interface Trivial {
  answer(): number
}

const clause = clausesFor<Trivial, object>(
  Object.fromEntries(Array.from({ length: CLAUSES }, (_, index) => [`TRIVIAL-A-${index}`, "A sentence."])),
)

/** Clauses that do nothing but connect and assert: what is left is the engine. */
function trivialContract(clauses: number, assertions: number) {
  return defineContract<Trivial, object>({
    service: "trivial",
    version: 1,
    methods: { answer: { kind: "read", idempotent: true } },
    defaultCapabilities: {},
    clauses: Array.from({ length: clauses }, (_, index) =>
      clause(`TRIVIAL-A-${index}`, {
        why: "A reason.",
        fix: "A remedy.",
        async check(t, client) {
          for (let count = 0; count < assertions; count++) t.equal(client.answer(), 42)
        },
      }),
    ),
  })
}

/** Microseconds for each clause, or for each assertion. */
async function engineCost(clauses: number, assertions: number): Promise<Target> {
  const contract = trivialContract(clauses, assertions)
  const client: Trivial = { answer: () => 42 }
  const subject = { service: "trivial", name: "trivial", open: () => ({ connect: () => client }) }
  return {
    async measure() {
      const start = performance.now()
      const { totals } = await runContract(contract, subject)
      if (totals.passed !== clauses) throw new Error("not every clause passed")
      return ((performance.now() - start) * 1000) / (clauses * assertions)
    },
  }
}

/** What proving costs. Absolute: nothing else does the same. */
export const harnessSuite: Suite = {
  name: "harness",
  rows: [
    {
      name: "engine, a clause with one assertion",
      ours: () => engineCost(CLAUSES, 1),
      unit: "microseconds",
      better: "lower",
      goal: 100,
    },
    {
      name: "engine, an assertion",
      ours: () => engineCost(CLAUSES / 10, ASSERTIONS_PER_CLAUSE),
      unit: "microseconds",
      better: "lower",
      goal: 5,
    },
    {
      name: `cache catalogue on memory, ${cacheContract.clauses.length} clauses`,
      async ours() {
        return {
          async measure() {
            const start = performance.now()
            const { verdict } = await runContract(cacheContract, memoryCacheSubject)
            if (verdict !== "conformant") throw new Error(`the memory cache is ${verdict}`)
            return performance.now() - start
          },
        }
      },
      unit: "ms",
      better: "lower",
      goal: 1000,
    },
  ],
}
