import { type Clause, clausesFor, defineContract } from "./clause.ts"
import { QUIET_PACE } from "./pace.ts"
import type { ClauseResult } from "./report.ts"
import { runContract } from "./run.ts"
import type { Subject } from "./subject.ts"

/** A contract of three methods, and a subject of it, for tests of the engine. */
export interface Counter {
  add(): Promise<number>
  fail(): Promise<never>
  extra?(): Promise<number>
}
export interface CounterCapabilities {
  extra: boolean
}

export type CounterClause = Clause<Required<Counter>, CounterCapabilities>

export const clause = clausesFor<Required<Counter>, CounterCapabilities>({
  "COUNTER-A-01": "A sentence.",
  "COUNTER-A-02": "A sentence.",
  "COUNTER-B-01": "A sentence.",
})
export const words = { why: "A reason.", fix: "A remedy." } as const

export function counter(): Counter {
  let count = 0
  return {
    add: async () => ++count,
    fail: async () => {
      throw new Error("broken")
    },
  }
}

export function subjectOf(
  changes: Partial<Subject<Counter, CounterCapabilities>> = {},
): Subject<Counter, CounterCapabilities> {
  return { service: "counter", name: "counter", open: () => ({ connect: counter }), ...changes }
}

export function contractOf(...clauses: CounterClause[]) {
  const plain = { kind: "write", idempotent: false } as const
  return defineContract({
    service: "counter",
    version: 1,
    methods: { add: plain, fail: plain, extra: { ...plain, capability: "extra" } },
    defaultCapabilities: { extra: false },
    clauses,
  })
}

export async function resultOf(
  check: CounterClause["check"],
  subject = subjectOf(),
  more: Partial<CounterClause> = {},
  timeScale = 0.01,
): Promise<ClauseResult> {
  const contract = contractOf(clause("COUNTER-A-01", { ...words, check, ...more }))
  const { results } = await runContract(contract, subject, { timeScale, pace: QUIET_PACE })
  return results[0] as ClauseResult
}

export const passing: CounterClause["check"] = async (t, counter) => {
  t.equal(await counter.add(), 1)
}
