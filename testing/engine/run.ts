import { createManualClock } from "../../contracts/foundation/clock.ts"
import { type Budgets, CheckFailed, Checks } from "./checks.ts"
import type { Clause, Contract } from "./clause.ts"
import { createSeededRandom } from "./random.ts"
import { type ClauseResult, type ConformanceReport, totalsOf, verdictOf } from "./report.ts"
import type { Subject } from "./subject.ts"
import { openWorld } from "./world.ts"

export interface RunOptions {
  /** Default: drawn, and in the report. */
  seed?: number | undefined
  /** Runs only clauses whose id contains this text; the others are reported as not-run. */
  filter?: string | undefined
  /** Multiplies every time budget, for slow machines. Default 1. */
  timeScale?: number | undefined
  /** Called with each result, in the order in which clauses end. */
  onResult?: ((result: ClauseResult) => void) | undefined
}

const DEFAULT_BUDGETS: Budgets = { op: 5_000, eventually: 5_000, never: 100 }

/** A clause may need several operations; this bounds all of them. */
const CLAUSE_BUDGET_MS = 30_000

/**
 * Runs every clause of a contract against a subject, without a test runner.
 *
 * Never rejects for what the subject does: a subject that throws, hangs or lies makes failed clauses.
 *
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
  const started = performance.now()
  const seed = options.seed ?? Math.floor(Math.random() * 2_147_483_647)
  const scale = options.timeScale ?? 1
  const runId = `conformance-${Math.random().toString(36).slice(2, 10)}`
  const missing = await unavailable(subject)
  const facts: SubjectFacts<Capabilities> =
    missing === undefined
      ? await inspect(contract, subject, seed, runId)
      : {
          capabilities: { ...contract.defaultCapabilities, ...subject.capabilities },
          methods: new Set(),
          manualTime: false,
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
    if (options.filter !== undefined && !clause.id.includes(options.filter)) {
      return { status: "not-run", reason: `filtered out: not ${options.filter}` }
    }
    const skip = skipReason(clause, facts)
    if (skip !== undefined) return { status: "skipped", reason: skip }
    const lie = missingMethod(clause, contract, facts)
    const outcome = lie ?? (await check(clause))
    return withExemption(outcome, subject.exempt?.[clause.id])
  }

  const check = async (clause: Clause<Client, Capabilities>): Promise<Outcome> => {
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
    const limit = timeout(CLAUSE_BUDGET_MS * scale)
    const outcome = await Promise.race([
      body().catch((error: unknown) => failureOf(error, opened)),
      limit.promise.then(() => failed("timeout", `not finished within ${CLAUSE_BUDGET_MS * scale} ms`)),
    ])
    limit.cancel()
    controller.abort()
    const destroyed = await destroy(opened, DEFAULT_BUDGETS.op * scale)
    const settled = destroyed !== undefined && outcome.status === "passed" ? failed("error", destroyed) : outcome
    return settled.status === "failed" ? { ...settled, fix: clause.fix } : settled
  }

  const results = schedule(contract.clauses, execute, (clause) => clause.waits === true && !facts.manualTime)

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
        verdict: verdictOf(all),
        totals: totalsOf(all),
        results: all,
        durationMs: performance.now() - started,
      }
    },
  }
}

interface SubjectFacts<Capabilities> {
  readonly capabilities: Capabilities
  /** Methods of the contract, and those of health and close, that its clients have. */
  readonly methods: ReadonlySet<string>
  readonly manualTime: boolean
}

type Outcome = Pick<ClauseResult, "status" | "reason" | "failure" | "fix" | "warning">

const SHARED_METHODS = ["healthCheck", "getMetrics", "close"]

async function unavailable(subject: Subject<never, never> | Subject<unknown, object>): Promise<string | undefined> {
  try {
    return await subject.available?.()
  } catch (error) {
    return `its availability check failed: ${messageOf(error)}`
  }
}

/** Opens one client to see what it has. A subject that cannot even be opened fails clause by clause later. */
async function inspect<Implementation, Client, Capabilities extends object>(
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  seed: number,
  runId: string,
): Promise<SubjectFacts<Capabilities>> {
  const names = [...Object.keys(contract.methods), ...SHARED_METHODS]
  const opened = openWorld<Implementation, Client, Capabilities>(subject, {
    namespace: `${runId}-inspect`,
    clock: createManualClock(),
    random: createSeededRandom(seed),
    seed,
    signal: new AbortController().signal,
    capabilities: contract.defaultCapabilities,
    scale: 1,
  })
  try {
    const limit = timeout(DEFAULT_BUDGETS.op)
    const world = await Promise.race([opened, limit.promise.then(() => undefined)])
    limit.cancel()
    if (world === undefined) throw new Error("open did not settle")
    const client = (await world.connect()) as Record<string, unknown>
    const methods = new Set(names.filter((name) => typeof client[name] === "function"))
    const told: Record<string, boolean> = {}
    for (const [name, { capability }] of Object.entries(contract.methods)) {
      if (capability !== undefined) told[capability] = (told[capability] ?? true) && methods.has(name)
    }
    const declared = client["capabilities"] as Partial<Capabilities> | undefined
    return {
      capabilities: { ...contract.defaultCapabilities, ...told, ...declared, ...subject.capabilities },
      methods,
      manualTime: world.manualTime,
    }
  } catch {
    const capabilities = { ...contract.defaultCapabilities, ...subject.capabilities }
    return { capabilities, methods: new Set(names), manualTime: false }
  } finally {
    await destroy(opened, DEFAULT_BUDGETS.op)
  }
}

function skipReason<Client, Capabilities extends object>(
  clause: Clause<Client, Capabilities>,
  facts: SubjectFacts<Capabilities>,
): string | undefined {
  const declared = facts.capabilities as Record<string, unknown>
  const absent = clause.needs?.find((name) => declared[name] === false)
  if (absent !== undefined) return `not declared: ${absent}`
  const present = clause.lacks?.find((name) => declared[name] !== false)
  if (present !== undefined) return `declared, so there is nothing to refuse: ${present}`
  const method = clause.methods?.find((name) => !facts.methods.has(name))
  return method === undefined ? undefined : `the subject has no ${method}()`
}

/** A declared capability whose methods are not there. */
function missingMethod<Client, Capabilities extends object>(
  clause: Clause<Client, Capabilities>,
  contract: Contract<Client, Capabilities>,
  facts: SubjectFacts<Capabilities>,
): Outcome | undefined {
  for (const [name, { capability, kind }] of Object.entries(contract.methods)) {
    if (capability === undefined || kind === "composite" || !clause.needs?.includes(capability)) continue
    if (facts.methods.has(name)) continue
    const outcome = failed("assertion", `${capability} is declared, but ${name}() is missing`)
    return { ...outcome, fix: `Implement ${name}(), or declare ${capability}: false.` }
  }
  return undefined
}

function withExemption(outcome: Outcome, exemption: { reason: string } | undefined): Outcome {
  if (exemption === undefined) return outcome
  if (outcome.status === "passed") {
    return { ...failed("assertion", `stale exemption, the clause passes (${exemption.reason})`), fix: "Remove it." }
  }
  return { status: "skipped", reason: `exempt: ${exemption.reason} (${outcome.reason})` }
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
  const world = await opened.catch(() => undefined)
  if (world === undefined) return failed("error", `open or connect failed: ${messageOf(error)}`)
  const method = world.rejections.get(error)
  if (method !== undefined) return failed("assertion", `${method}() failed: ${messageOf(error)}`)
  return failed("error", messageOf(error))
}

async function destroy(opened: Promise<{ destroy(): Promise<void> }>, limitMs: number): Promise<string | undefined> {
  const limit = timeout(limitMs)
  const late = limit.promise.then(() => `destroy did not settle within ${limitMs} ms`)
  const done = opened.then(
    (world) =>
      world.destroy().then(
        () => undefined,
        (error: unknown) => `destroy failed: ${messageOf(error)}`,
      ),
    () => undefined,
  )
  const problem = await Promise.race([done, late])
  limit.cancel()
  return problem
}

function failed(failure: NonNullable<ClauseResult["failure"]>, reason: string): Outcome {
  return { status: "failed", failure, reason }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = (error as { code?: unknown }).code
  return typeof code === "string" ? `${code}: ${error.message}` : `${error.name}: ${error.message}`
}

function timeout(ms: number): { promise: Promise<void>; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return { promise, cancel: () => clearTimeout(timer) }
}
