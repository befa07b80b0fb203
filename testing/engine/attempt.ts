import { createManualClock } from "../../contracts/foundation/clock.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import { CheckFailed, Checks } from "./checks.ts"
import type { Clause } from "./clause.ts"
import type { SubjectFacts } from "./facts.ts"
import { type Budgets, scaledBudgets, timeout } from "./limits.ts"
import { failed, messageOf, type Outcome, WorldFailed } from "./outcome.ts"
import { createSeededRandom } from "./random.ts"
import { isRetryable } from "./recorder.ts"
import type { Subject } from "./subject.ts"
import { inWords, TooSlow, tooSlow } from "./window.ts"
import { destroyWorld, openWorld, type RecordedWorld } from "./world.ts"

export interface AttemptOptions {
  /** The method table of the contract. */
  readonly methods: Readonly<Record<string, MethodInfo>>
  readonly namespace: string
  readonly seed: number
  /** What every time budget is multiplied by, and in real time every step. */
  readonly scale: number
  readonly many?: number | undefined
}

/** One try of a clause in a world of its own. */
export interface Attempt {
  readonly outcome: Outcome
  readonly warnings: readonly string[]
  /** What a slow machine may be to blame for: a missed window, or a time budget, ours or the subject's, that ran out. */
  readonly lacked?: "window" | "budget"
}

/** Longer than this on average, an answer is slow; a clause that gets faster ones and does not end is endless. */
const SLOW_ANSWER_MS = 10

export async function runAttempt<Implementation, Client, Capabilities extends object>(
  clause: Clause<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  facts: SubjectFacts<Capabilities>,
  { many, methods, namespace, scale, seed }: AttemptOptions,
): Promise<Attempt> {
  const budgets = scaledBudgets(scale)
  const checks = new Checks(budgets)
  const controller = new AbortController()
  const opened = openWorld<Implementation, Client, Capabilities>(subject, {
    namespace,
    clock: createManualClock(),
    random: createSeededRandom(seed),
    seed,
    signal: controller.signal,
    methods,
    capabilities: facts.capabilities,
    declared: facts.declared,
    uses: clause.uses,
    scale,
    many,
  })
  let world: RecordedWorld<Client, Capabilities> | undefined
  const body = async (): Promise<Outcome> => {
    world = await opened
    await clause.check(checks, await world.connect(), world)
    if (checks.pending > 0) return failed("vacuous", "an assertion was not awaited")
    if (checks.firstFailure !== undefined) throw checks.firstFailure
    if (world.missed !== undefined) throw world.missed
    if (checks.made === 0) return failed("vacuous", "the clause asserted nothing")
    if (!world.touched) return failed("vacuous", "the clause never called the subject")
    return { status: "passed" }
  }
  let retryable = false
  const limit = timeout(budgets.clause)
  const ended = await Promise.race([
    body().catch((error: unknown) => {
      retryable = isRetryable(error instanceof WorldFailed ? error.cause : error)
      return outcomeOf(error, world)
    }),
    limit.promise.then(() => unfinished(world, budgets)),
  ])
  const overLimit = limit.over
  limit.cancel()
  controller.abort()
  const unreleased = await destroyWorld(opened, budgets.op)
  const outcome = ended.status === "passed" && unreleased !== undefined ? worldFailed(unreleased) : ended
  const { warnings } = checks
  if (outcome.status === "passed") return { outcome, warnings }
  if (outcome.status === "not-run" && !overLimit) return { outcome, warnings, lacked: "window" }
  // What a clause provokes by faults says nothing of the machine.
  const subjectRanOut = retryable || (world?.ranOut === true && clause.uses?.includes("faults") !== true)
  const ranOut = overLimit || checks.ranOut || unreleased !== undefined || subjectRanOut
  return { outcome, warnings, ...(ranOut && { lacked: "budget" }) }
}

/** What an error, of the clause or of the subject, says of the clause. */
function outcomeOf(error: unknown, world: RecordedWorld<unknown, unknown> | undefined): Outcome {
  const missed = error instanceof TooSlow ? error : world?.missed
  if (missed !== undefined) return { status: "not-run", reason: missed.message }
  if (error instanceof CheckFailed) return failed("assertion", error.message)
  if (error instanceof WorldFailed) return worldFailed(error)
  const method = world?.rejections.get(error)
  if (method !== undefined) return failed("assertion", `${method}() failed: ${messageOf(error)}`)
  return failed("error", messageOf(error))
}

/** Of a clause whose time is over: it hangs, it goes on without end, or all of it is slow. */
async function unfinished(
  world: RecordedWorld<unknown, unknown> | undefined,
  { clause: limitMs, op }: Budgets,
): Promise<Outcome> {
  const failure = `not finished within ${limitMs} ms`
  if (world === undefined) return worldFailed(new WorldFailed("open", failure))
  const { awaited, oldestCall } = world
  await timeout(op).promise
  if (awaited !== undefined && world.awaited === awaited) return worldFailed(new WorldFailed(awaited.method, failure))
  if (oldestCall !== undefined && world.oldestCall === oldestCall) {
    return failed("timeout", `${failure}: ${oldestCall.method}() did not settle`)
  }
  const { count, tookMs } = world.answers
  if (tookMs <= count * SLOW_ANSWER_MS) return failed("timeout", failure)
  return { status: "not-run", reason: tooSlow(`${count} answers came within ${inWords(limitMs)} ms`) }
}

function worldFailed({ fix, message }: WorldFailed): Outcome {
  return { ...failed("error", message), fix }
}
