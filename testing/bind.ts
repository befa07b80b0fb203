import type { Contract } from "./engine/clause.ts"
import { type ClauseResult, describeResult } from "./engine/report.ts"
import { type ContractRun, prepareRun, type RunOptions } from "./engine/run.ts"
import type { Subject } from "./engine/subject.ts"

/** The two functions of a test runner: vitest, node:test and mocha all have them. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: (...context: unknown[]) => Promise<void>): unknown
}

/**
 * Registers one test per clause with the runner that is passed in; nothing here imports one. A skipped clause shows
 * its reason in the runner's own way.
 *
 * @example
 * import { describe, it } from "node:test"
 * bindContract({ describe, it }, cacheContract, subject)
 */
export function bindContract<Implementation, Client, Capabilities extends object>(
  runner: TestRunner,
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  options: RunOptions = {},
): void {
  const seed = options.seed ?? Math.floor(Math.random() * 2_147_483_647)
  let run: Promise<ContractRun> | undefined
  const resultOf = async (id: string): Promise<ClauseResult> => {
    run ??= prepareRun(contract, subject, { ...options, seed })
    return (await run).result(id)
  }
  runner.describe(`${contract.service} contract: ${subject.name} (seed ${seed})`, () => {
    for (const clause of contract.clauses) {
      // No named parameter: mocha takes one for a callback. It skips through `this`, the others through an argument.
      runner.it(`${clause.id} ${clause.text}`, async function (this: unknown, ...context: unknown[]) {
        const result = await resultOf(clause.id)
        if (result.status === "failed") {
          throw new Error(`${describeResult(result, seed)}\nHow to fix it: ${result.fix ?? clause.fix}`)
        }
        if (result.status !== "passed") skip(context[0] ?? this, result)
      })
    }
  })
}

function skip(context: unknown, result: ClauseResult): void {
  const reason = result.status === "not-run" ? `not run: ${result.reason}` : result.reason
  ;(context as { skip?: (reason?: string) => void }).skip?.(reason)
}
