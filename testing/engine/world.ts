import type { ManualClock } from "../../contracts/foundation/clock.ts"
import { intercept } from "../../contracts/foundation/methods.ts"
import { CheckFailed } from "./checks.ts"
import type { ClauseWorld } from "./clause.ts"
import { timeout } from "./limits.ts"
import { messageOf } from "./outcome.ts"
import type { SeededRandom } from "./random.ts"
import type { Subject } from "./subject.ts"

/** A clause's world with what the engine reads from it. */
export interface RecordedWorld<Client, Capabilities> extends ClauseWorld<Client, Capabilities> {
  /** Whether the clause called a method of a client. */
  readonly touched: boolean
  /** What client calls threw or rejected with, and which method it was. */
  readonly rejections: ReadonlyMap<unknown, string>
  destroy(): Promise<void>
}

export interface WorldOptions<Capabilities> {
  readonly namespace: string
  readonly clock: ManualClock
  readonly random: SeededRandom
  readonly seed: number
  readonly signal: AbortSignal
  readonly capabilities: Capabilities
  readonly scale: number
}

/** In real time, how long after the end of a ttl an entry may still be seen on a busy machine. */
const SLACK_SECONDS = 0.05

/** Opens a subject's world and records what a clause does in it. */
export async function openWorld<Implementation, Client, Capabilities>(
  subject: Subject<Implementation, Capabilities>,
  options: WorldOptions<Capabilities>,
): Promise<RecordedWorld<Client, Capabilities>> {
  const { capabilities, clock, namespace, random, scale, seed, signal } = options
  const world = await subject.open({ namespace, clock, signal, seed })
  const resolution = resolutionSeconds(capabilities)
  const staleness = stalenessSeconds(capabilities)
  const rejections = new Map<unknown, string>()
  let touched = false

  const record = (implementation: Implementation): Client => {
    const recorded = intercept(implementation as object, ({ method }, proceed) => {
      touched = true
      try {
        const result = proceed()
        if (isThenable(result)) result.then(undefined, (error: unknown) => rejections.set(error, method))
        return isStream(result) ? watchedStream(result, (error) => rejections.set(error, method)) : result
      } catch (error) {
        rejections.set(error, method)
        throw error
      }
    })
    return recorded as Client
  }

  const pass = async (seconds: number) => {
    if (world.advance === undefined) await new Promise((resolve) => setTimeout(resolve, seconds * 1000 * scale))
    else await world.advance(seconds * 1000)
  }

  return {
    capabilities,
    random,
    manualTime: world.advance !== undefined,
    step: world.advance === undefined ? Math.max(0.25, resolution * 2) * scale : Math.max(10, resolution * 2),
    connect: async () => record(await world.connect()),
    neighbour: async () => {
      if (world.neighbour === undefined) throw new CheckFailed("shared is declared, but the world has no neighbour()")
      return record(await world.neighbour())
    },
    pass,
    settle: async () => {
      if (staleness > 0) await pass(staleness)
    },
    passTtl: (ttl) => pass(world.advance === undefined ? ttl + resolution + SLACK_SECONDS : roundUp(ttl, resolution)),
    get touched() {
      return touched
    },
    rejections,
    destroy: async () => world.destroy?.(),
  }
}

/** The step in which a ttl acts; 1 ms for services without one. */
function resolutionSeconds(capabilities: unknown): number {
  const declared = (capabilities as { ttlResolutionMs?: number }).ttlResolutionMs
  return (declared ?? 1) / 1000
}

/** How old an answer may be; 0 for services that are never stale. */
function stalenessSeconds(capabilities: unknown): number {
  const declared = (capabilities as { maxStalenessMs?: number }).maxStalenessMs
  return (declared ?? 0) / 1000
}

function roundUp(seconds: number, resolution: number): number {
  return resolution <= 0.001 ? seconds : Math.ceil(seconds / resolution) * resolution
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value
}

/** The same stream, telling of a step that fails. */
async function* watchedStream(stream: AsyncIterable<unknown>, failed: (error: unknown) => void) {
  try {
    yield* stream
  } catch (error) {
    failed(error)
    throw error
  }
}

/** Releases a world within a limit. @returns What went wrong, or undefined. */
export async function destroyWorld(
  opened: Promise<{ destroy(): Promise<void> }>,
  limitMs: number,
): Promise<string | undefined> {
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
