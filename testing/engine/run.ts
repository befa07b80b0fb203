import { createManualClock } from "../../contracts/foundation/clock.ts"
import { CheckFailed, Checks } from "./checks.ts"
import type { Clause, Contract } from "./clause.ts"
import { checkExemptions, withExemption } from "./exemptions.ts"
import { fixForMissing, inspect, missingMethod, type SubjectFacts, skipReason } from "./facts.ts"
import { CLAUSE_BUDGET_MS, DEFAULT_BUDGETS, timeout } from "./limits.ts"
import { failed, filteredOut, messageOf, type Outcome, WorldFailed } from "./outcome.ts"
import { createSeededRandom } from "./random.ts"
import { type ClauseResult, type ConformanceReport, runtimeName, totalsOf, verdictOf } from "./report.ts"
import type { Subject } from "./subject.ts"
import { destroyWorld, openWorld } from "./world.ts"

export interface RunOptions {
  /** Default: drawn, and in the report. */
  seed?: number | undefined
  /** Runs only clauses whose id contains this text; the others are reported as not-run. */
  filter?: string | undefined
  /** Runs only these clauses, by id; the others are reported as not-run. */
  only?: ReadonlySet<string> | undefined
  /** Multiplies every time budget, for slow machines. Default 1. */
  timeScale?: number | undefined
  /** Called with each result, in the order in which clauses end. */
  onResult?: ((result: ClauseResult) => void) | undefined
  /** Called with the id of each clause that begins. */
  onStart?: ((id: string) => void) | undefined
  /** Looks for what a clause left behind, once its world is destroyed. Only for clauses that run alone. */
  afterClause?: ((id: string) => Promise<{ failure?: string; warning?: string }>) | undefined
}

/**
 * Runs every clause of a contract against a subject, without a test runner.
 *
 * Never rejects for what the subject does: a subject that throws, hangs or lies makes failed clauses.
 *
 * @throws ServiceError INVALID_CONFIG for an exemption that names no clause.
 * @example
 * const report = await runContract(cacheContract, subject)
 * process.exitCode = report.verdict === "conformant" ? 0 : 1
 */
export async function runContract<Implementation, Client, Capabilities extends object>(
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  options: RunOptions = {},
): Promise<ConformanceReport> {
  const run = await prepareRun(contract, subject, options)
  return run.finish()
}

/** A run whose results can be awaited clause by clause, for bindings. */
export interface ContractRun {
  result(id: string): Promise<ClauseResult>
  finish(): Promise<ConformanceReport>
}

/** Reads what the subject declares and starts the run. */
export async function prepareRun<Implementation, Client, Capabilities extends object>(
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  options: RunOptions = {},
): Promise<ContractRun> {
  checkExemptions(contract, subject)
  const started = performance.now()
  const seed = options.seed ?? Math.floor(Math.random() * 2_147_483_647)
  const scale = options.timeScale ?? 1
  const runId = `conformance-${Math.random().toString(36).slice(2, 10)}`
  const missing = await unavailable(subject, DEFAULT_BUDGETS.op * scale)
  const facts: SubjectFacts<Capabilities> =
    missing === undefined
      ? await inspect(contract, subject, seed, runId, scale)
      : {
          capabilities: { ...contract.defaultCapabilities, ...subject.capabilities },
          methods: new Set(),
          manualTime: false,
          warnings: [],
        }

  const execute = async (clause: Clause<Client, Capabilities>): Promise<ClauseResult> => {
    const { id, level, text } = clause
    const start = performance.now()
    const outcome = await outcomeOf(clause)
    const result = { id, level, text, ...outcome, durationMs: performance.now() - start }
    options.onResult?.(result)
    return result
  }

  const outcomeOf = async (clause: Clause<Client, Capabilities>): Promise<Outcome> => {
    if (missing !== undefined) return { status: "not-run", reason: missing }
    const out = filteredOut(clause.id, options.filter)
    if (out !== undefined) return out
    if (options.only?.has(clause.id) === false) return { status: "not-run", reason: "not selected" }
    const skip = skipReason(clause, facts)
    if (skip !== undefined) return { status: "skipped", reason: skip }
    const lie = missingMethod(clause, contract, facts)
    const outcome = lie ?? (await check(clause))
    return withExemption(outcome, subject.exempt?.[clause.id])
  }

  const alone = (clause: Clause<Client, Capabilities>) => clause.waits !== true || facts.manualTime

  const check = async (clause: Clause<Client, Capabilities>): Promise<Outcome> => {
    options.onStart?.(clause.id)
    const checks = new Checks({
      op: DEFAULT_BUDGETS.op * scale,
      eventually: DEFAULT_BUDGETS.eventually * scale,
      never: DEFAULT_BUDGETS.never * scale,
    })
    const controller = new AbortController()
    const opened = openWorld<Implementation, Client, Capabilities>(subject, {
      namespace: `${runId}-${clause.id.toLowerCase()}`,
      clock: createManualClock(),
      random: createSeededRandom(seed),
      seed,
      signal: controller.signal,
      capabilities: facts.capabilities,
      declared: facts.declared,
      uses: clause.uses,
      scale,
    })
    const body = async (): Promise<Outcome> => {
      const world = await opened
      await clause.check(checks, world)
      if (checks.pending > 0) return failed("vacuous", "an assertion was not awaited")
      if (checks.firstFailure !== undefined) throw checks.firstFailure
      if (checks.made === 0) return failed("vacuous", "the clause asserted nothing")
      if (!world.touched) return failed("vacuous", "the clause never called the subject")
      return { status: "passed" }
    }
    let awaited = (): string | undefined => "open"
    opened.then((world) => {
      awaited = () => world.awaited
    }, noop)
    const limit = timeout(CLAUSE_BUDGET_MS * scale)
    const late = () => {
      const [method, failure] = [awaited(), `not finished within ${CLAUSE_BUDGET_MS * scale} ms`]
      return method === undefined ? failed("timeout", failure) : worldFailed(new WorldFailed(method, failure))
    }
    const outcome = await Promise.race([
      body().catch((error: unknown) => failureOf(error, opened)),
      limit.promise.then(late),
    ])
    limit.cancel()
    controller.abort()
    const destroyed = await destroyWorld(opened, DEFAULT_BUDGETS.op * scale)
    const left = alone(clause) ? await options.afterClause?.(clause.id) : undefined
    const checked = outcome.status === "passed" ? afterwards(outcome, destroyed, left?.failure) : outcome
    const warnings = [...checks.warnings, ...(left?.warning === undefined ? [] : [left.warning])]
    return {
      ...checked,
      ...(checked.status === "failed" && { fix: checked.fix ?? fixForMissing(checked, contract, facts) ?? clause.fix }),
      ...(warnings.length > 0 && { warning: warnings.join("; ") }),
    }
  }

  const results = schedule(contract.clauses, execute, (clause) => !alone(clause))

  return {
    async result(id) {
      const result = results.get(id)
      if (result === undefined) throw new Error(`${contract.service} has no clause ${id}`)
      return result
    },
    async finish() {
      const all = await Promise.all(results.values())
      return {
        schemaVersion: 1,
        service: contract.service,
        contractVersion: contract.version,
        subject: { name: subject.name, ...(subject.version !== undefined && { version: subject.version }) },
        capabilities: facts.capabilities as Record<string, unknown>,
        seed,
        time: facts.manualTime ? "manual" : "real",
        runtime: runtimeName(),
        verdict: verdictOf(all),
        totals: totalsOf(all),
        warnings: facts.warnings,
        results: all,
        durationMs: performance.now() - started,
      }
    },
  }
}

async function unavailable(
  subject: Subject<never, never> | Subject<unknown, object>,
  limitMs: number,
): Promise<string | undefined> {
  const limit = timeout(limitMs)
  try {
    const late = limit.promise.then(() => `its availability check did not settle within ${limitMs} ms`)
    return await Promise.race([subject.available?.(), late])
  } catch (error) {
    return `its availability check failed: ${messageOf(error)}`
  } finally {
    limit.cancel()
  }
}

/** Clauses run one after the other; those that wait for real time run side by side after them. */
function schedule<Client, Capabilities>(
  clauses: readonly Clause<Client, Capabilities>[],
  execute: (clause: Clause<Client, Capabilities>) => Promise<ClauseResult>,
  concurrent: (clause: Clause<Client, Capabilities>) => boolean,
): Map<string, Promise<ClauseResult>> {
  const results = new Map<string, Promise<ClauseResult>>()
  let previous: Promise<unknown> = Promise.resolve()
  for (const clause of clauses) {
    if (concurrent(clause)) continue
    const result = previous.then(() => execute(clause))
    results.set(clause.id, result)
    previous = result
  }
  for (const clause of clauses) {
    if (concurrent(clause))
      results.set(
        clause.id,
        previous.then(() => execute(clause)),
      )
  }
  return new Map(clauses.map(({ id }) => [id, results.get(id) as Promise<ClauseResult>]))
}

async function failureOf(
  error: unknown,
  opened: Promise<{ rejections: ReadonlyMap<unknown, string> }>,
): Promise<Outcome> {
  if (error instanceof CheckFailed) return failed("assertion", error.message)
  if (error instanceof WorldFailed) return worldFailed(error)
  const world = await opened.catch(() => undefined)
  const method = world?.rejections.get(error)
  if (method !== undefined) return failed("assertion", `${method}() failed: ${messageOf(error)}`)
  return failed("error", messageOf(error))
}

function noop(): void {}

/** What a clause that passed is worth once its world has been looked at. */
function afterwards(outcome: Outcome, destroyed: WorldFailed | undefined, left: string | undefined): Outcome {
  if (destroyed !== undefined) return worldFailed(destroyed)
  return left === undefined ? outcome : failed("error", left)
}

function worldFailed({ fix, message }: WorldFailed): Outcome {
  return { ...failed("error", message), fix }
}
