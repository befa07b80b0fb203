import { ServiceError } from "../../contracts/foundation/errors.ts"
import { got } from "../../contracts/foundation/text.ts"
import { runAttempt } from "./attempt.ts"
import type { Clause, Contract } from "./clause.ts"
import { checkExemptions, withExemption } from "./exemptions.ts"
import { fixForMissing, inspect, missingMethod, type SubjectFacts, skipReason, unknownReason } from "./facts.ts"
import { scaledBudgets, timeout } from "./limits.ts"
import { nodeTooOld } from "./node-version.ts"
import { failed, filteredOut, messageOf, type Outcome } from "./outcome.ts"
import { currentPace, type Pace } from "./pace.ts"
import { type ClauseResult, type ConformanceReport, runtimeName, totalsOf, verdictOf } from "./report.ts"
import type { Subject } from "./subject.ts"

export interface RunOptions {
  /** Default: drawn, and in the report. */
  seed?: number | undefined
  /** Runs only clauses whose id contains this text; the others are reported as not-run. */
  filter?: string | undefined
  /** Runs only these clauses, by id; the others are reported as not-run. */
  only?: ReadonlySet<string> | undefined
  /** Multiplies every time budget, beside what the pace of the machine does. Default 1. */
  timeScale?: number | undefined
  /** How many are many in clauses about large numbers, `world.many`. Default 10,000. */
  many?: number | undefined
  /** How fast the machine is. Default: measured at the start, in about 50 ms, where it was not in the last 10 s. */
  pace?: Pace | undefined
  /** Called with each result, in the order in which clauses end. */
  onResult?: ((result: ClauseResult) => void) | undefined
  /** Called with the id of each clause that begins, also when it is tried again. */
  onStart?: ((id: string) => void) | undefined
  /** Looks for what a clause left behind, once its world is destroyed. Only for clauses that run alone. */
  afterClause?: ((id: string) => Promise<{ failure?: string; warning?: string }>) | undefined
}

/**
 * Runs every clause of a contract against a subject, without a test runner.
 *
 * Never rejects for what the subject does: a subject that throws, hangs or lies makes failed clauses.
 *
 * @throws ServiceError INVALID_CONFIG for an exemption that names no clause, and for a number that an option does not take.
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

/** @throws ServiceError INVALID_CONFIG for a number that an option does not take. */
export function checkOptions({ many, seed, timeScale }: RunOptions): void {
  const check = (name: string, value: number | undefined, what: string, valid: (value: number) => boolean) => {
    if (value === undefined || (typeof value === "number" && valid(value))) return
    throw new ServiceError("INVALID_CONFIG", `${name}: must be ${what}; got ${got(value)}`)
  }
  check("seed", seed, "a whole number of 0 or more", (value) => Number.isSafeInteger(value) && value >= 0)
  check("timeScale", timeScale, "a number above 0", (value) => Number.isFinite(value) && value > 0)
  check("many", many, "a whole number of 1 or more", (value) => Number.isSafeInteger(value) && value >= 1)
}

/** A window is missed for good when its steps are eight times as long. */
const MORE_TRIES_FOR_WINDOW = 3
const MORE_TRIES_FOR_BUDGET = 1
/** A subject that has run out of budgets in both tries of so many clauses is not given a second one any more. */
const ENOUGH_CONFIRMED = 5

/** How a clause ended, and what speaks against it although it did not fail in the end. */
interface JudgedOutcome {
  readonly outcome: Outcome
  readonly doubt?: string
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
  checkOptions(options)
  const started = performance.now()
  const seed = options.seed ?? Math.floor(Math.random() * 2_147_483_647)
  const pace = options.pace ?? (await currentPace())
  const scale = (options.timeScale ?? 1) * pace.scale
  const runId = `conformance-${Math.random().toString(36).slice(2, 10)}`
  const missing = nodeTooOld(subject) ?? (await unavailable(subject, scaledBudgets(scale).op))
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
    const { id, text } = clause
    const start = performance.now()
    const outcome = await outcomeOf(clause)
    const result = { id, text, ...outcome, durationMs: performance.now() - start }
    options.onResult?.(result)
    return result
  }

  const outcomeOf = async (clause: Clause<Client, Capabilities>): Promise<Outcome> => {
    if (missing !== undefined) return { status: "not-run", reason: missing }
    const out = filteredOut(clause.id, options.filter)
    if (out !== undefined) return out
    if (options.only?.has(clause.id) === false) return { status: "not-run", reason: "not selected" }
    const unknown = unknownReason(clause, facts)
    if (unknown !== undefined) return { status: "not-run", reason: unknown }
    const skip = skipReason(clause, facts)
    if (skip !== undefined) return { status: "skipped", reason: skip }
    const lie = missingMethod(clause, contract, facts)
    const { doubt, outcome } = lie === undefined ? await check(clause) : { outcome: lie, doubt: undefined }
    return withExemption(outcome, subject.exempt?.[clause.id], doubt)
  }

  const alone = (clause: Clause<Client, Capabilities>) => clause.waits !== true || facts.manualTime

  /** Clauses for which a budget ran out in both tries. */
  let confirmed = 0

  /** Tries a clause, and tries it again with twice the time where a slow machine may be to blame for what came of it. */
  const check = async (clause: Clause<Client, Capabilities>): Promise<JudgedOutcome> => {
    const triesLeft = {
      window: MORE_TRIES_FOR_WINDOW,
      budget: confirmed < ENOUGH_CONFIRMED ? MORE_TRIES_FOR_BUDGET : 0,
    }
    const tryOnce = (number: number) => {
      options.onStart?.(clause.id)
      const namespace = `${number === 1 ? runId : `${runId}-try${number}`}-${clause.id.toLowerCase()}`
      const { methods } = contract
      return runAttempt(clause, subject, facts, {
        methods,
        namespace,
        seed,
        scale: scale * 2 ** (number - 1),
        many: options.many,
      })
    }
    let last = await tryOnce(1)
    let failedAtFirst: string | undefined
    for (let number = 2; last.lacked !== undefined && triesLeft[last.lacked] > 0; number++) {
      triesLeft[last.lacked]--
      if (last.outcome.status === "failed") failedAtFirst = `failed at first: ${last.outcome.reason}`
      last = await tryOnce(number)
    }
    if (last.lacked === "budget") confirmed++
    const { outcome, warnings } = last
    const left = alone(clause) ? await options.afterClause?.(clause.id) : undefined
    const leak = outcome.status === "passed" ? left?.failure : undefined
    const checked = leak === undefined ? outcome : failed("error", leak)
    const doubt = checked.status === "failed" ? undefined : failedAtFirst
    const noticed = [...warnings, doubt, left?.warning].filter((warning) => warning !== undefined)
    return {
      outcome: {
        ...checked,
        ...(checked.status === "failed" && {
          fix: checked.fix ?? fixForMissing(checked, contract, facts) ?? clause.fix,
        }),
        ...(noticed.length > 0 && { warning: noticed.join("; ") }),
      },
      ...(doubt !== undefined && { doubt }),
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
        pace,
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

/** So many clauses wait side by side. More would hold each other up, and what comes late by that looks like a fault. */
const LANES = 8

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
  const lanes = Array.from({ length: LANES }, () => previous)
  for (const [index, clause] of clauses.filter(concurrent).entries()) {
    const lane = index % LANES
    const result = (lanes[lane] ?? previous).then(() => execute(clause))
    results.set(clause.id, result)
    lanes[lane] = result
  }
  return new Map(clauses.map(({ id }) => [id, results.get(id) as Promise<ClauseResult>]))
}
