import type { Contract } from "./engine/clause.ts"
import { checkExemptions } from "./engine/exemptions.ts"
import { type ClauseResult, type ConformanceReport, describeResult } from "./engine/report.ts"
import { type ContractRun, checkOptions, prepareRun, type RunOptions } from "./engine/run.ts"
import type { Subject } from "./engine/subject.ts"
import { seedFromEnvironment, timeScaleFromEnvironment } from "./environment.ts"

/** The two functions of a test runner: vitest, node:test and mocha all have them. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  /** `timeoutMs` is for runners that take a test's time limit as a third argument. */
  it(name: string, body: (...context: unknown[]) => Promise<void>, timeoutMs: number): unknown
}

/** A contract whose clauses are tests of a runner. */
export interface BoundContract {
  /**
   * All results, for a report file. Call it when the tests have run, in an `after` or `afterAll` of the file.
   *
   * The clauses run together, begun by the first test: the report has those, too, whose tests the runner filtered out.
   */
  report(): Promise<ConformanceReport>
}

/** The longest time that a timer takes, which mocha reads as no limit: clauses are bounded by the engine. */
const NO_LIMIT_MS = 2_147_483_647

/**
 * Registers one test per clause with the runner that is passed in; nothing here imports one.
 *
 * - A clause that fails says what was seen, how to fix it and how to replay it.
 * - One that does not apply, or could not run, is skipped with its reason. node:test and mocha always show it, mocha
 *   behind the title; vitest does with `--reporter=verbose`.
 * - The runner's time limit does not apply, since a test may wait for others: the engine bounds each clause.
 * - In vitest each test has its result in `task.meta.conformance`, for JSON reporters.
 *
 * The environment variables `CONFORMANCE_SEED` and `CONFORMANCE_TIME_SCALE` are the defaults of `seed` and `timeScale`.
 *
 * @throws ServiceError INVALID_CONFIG when an option or one of the two variables is not a number it takes, and for an
 * exemption that names no clause.
 * @example
 * import { writeFile } from "node:fs/promises"
 * import { after, describe, it } from "node:test"
 *
 * const { report } = bindContract({ describe, it }, cacheContract, subject)
 * after(async () => writeFile("conformance.json", JSON.stringify(await report())))
 */
export function bindContract<Implementation, Client, Capabilities extends object>(
  runner: TestRunner,
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  options: RunOptions = {},
): BoundContract {
  checkExemptions(contract, subject)
  checkOptions(options)
  const seed = options.seed ?? seedFromEnvironment() ?? Math.floor(Math.random() * 2_147_483_647)
  const timeScale = options.timeScale ?? timeScaleFromEnvironment()
  let started: Promise<ContractRun> | undefined
  const start = () => {
    started ??= prepareRun(contract, subject, { ...options, seed, timeScale })
    return started
  }
  runner.describe(`${contract.service} contract: ${subject.name} (seed ${seed})`, () => {
    for (const { fix, id, text } of contract.clauses) {
      // No parameters: mocha takes one for a callback, and vitest for a list of fixtures.
      async function test(this: unknown): Promise<void> {
        // biome-ignore lint/complexity/noArguments: for the same reason.
        const context = (arguments[0] ?? this) as TestContext | undefined
        context?.timeout?.(NO_LIMIT_MS)
        const result = await (await start()).result(id)
        if (context?.task !== undefined) context.task.meta.conformance = result
        if (result.status === "failed") {
          const lines = [describeResult(result, seed), `How to fix it: ${result.fix ?? fix}`]
          throw new Error([...lines, `How to replay it: CONFORMANCE_SEED=${seed}`].join("\n"))
        }
        if (result.status !== "passed") skip(context, result)
      }
      runner.it(`${id} ${text}`, test, NO_LIMIT_MS)
    }
  })
  return { report: async () => (await start()).finish() }
}

/** What a runner hands to a test: vitest and node:test as an argument, mocha as `this`, others nothing. */
interface TestContext {
  skip?(reason: string): void
  /** vitest. */
  readonly task?: { readonly meta: { conformance?: ClauseResult } }
  /** mocha; in node:test a method. */
  readonly test?: { title: string } | (() => unknown)
  /** mocha. */
  timeout?(ms: number): void
}

function skip(context: TestContext | undefined, { reason, status }: ClauseResult): void {
  const why = status === "not-run" ? `not run: ${reason}` : (reason ?? status)
  // mocha's skip() takes no reason.
  if (typeof context?.test === "object") context.test.title += ` (${why})`
  if (context?.skip !== undefined) context.skip(why)
  // A runner that cannot skip a test that has begun shows what does not apply as passed, but never what was not tried.
  else if (status === "not-run") throw new Error(why)
}
