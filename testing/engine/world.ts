import type { ManualClock } from "../../contracts/foundation/clock.ts"
import { intercept } from "../../contracts/foundation/methods.ts"
import { CheckFailed } from "./checks.ts"
import type { ClauseWorld } from "./clause.ts"
import { timeout } from "./limits.ts"
import { messageOf, WorldFailed } from "./outcome.ts"
import type { SeededRandom } from "./random.ts"
import { show } from "./show.ts"
import type { Subject, World, WorldFeature } from "./subject.ts"

/** A clause's world with what the engine reads from it. */
export interface RecordedWorld<Client, Capabilities> extends ClauseWorld<Client, Capabilities> {
  /** Whether the clause called a method of a client. */
  readonly touched: boolean
  /** What client calls threw or rejected with, and which method it was. */
  readonly rejections: ReadonlyMap<unknown, string>
  readonly features: ReadonlySet<WorldFeature>
  /** The method of the subject whose end is awaited, if one is. */
  readonly awaited: string | undefined
  destroy(): Promise<void>
}

export interface WorldOptions<Capabilities> {
  readonly namespace: string
  readonly clock: ManualClock
  readonly random: SeededRandom
  readonly seed: number
  readonly uses?: readonly WorldFeature[] | undefined
  readonly signal: AbortSignal
  readonly capabilities: Capabilities
  /** What the first instance declared; every other must declare the same. */
  readonly declared?: unknown
  readonly scale: number
}

/** In real time, how long after its end a ttl, or an old answer, may still be seen on a busy machine. */
const SLACK_SECONDS = 0.05

const FEATURES: readonly WorldFeature[] = ["adjustClock", "faults", "restart", "fork", "corrupt", "configuration"]

/** Opens a subject's world and records what a clause does in it. */
export async function openWorld<Implementation, Client, Capabilities>(
  subject: Subject<Implementation, Capabilities>,
  options: WorldOptions<Capabilities>,
): Promise<RecordedWorld<Client, Capabilities>> {
  const { capabilities, clock, declared, namespace, random, scale, seed, signal, uses = [] } = options
  let awaited: string | undefined
  /** What a method of the subject gives; an error of it says whose it is. */
  const made = async <T>(method: string, make: () => T | Promise<T>): Promise<T> => {
    awaited = method
    try {
      return await make()
    } catch (error) {
      if (error instanceof CheckFailed) throw error
      throw new WorldFailed(method, `failed: ${messageOf(error)}`)
    } finally {
      awaited = undefined
    }
  }
  const world = await made("open", () => subject.open({ namespace, clock, signal, seed, uses }))
  if (typeof world?.connect !== "function") {
    throw new WorldFailed("open", `gave ${show(world)}, not a world with connect()`)
  }
  const recorder = new Recorder<Client>(declared)
  const pass = async (seconds: number) => {
    if (world.advance === undefined) await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    else await made("advance", () => world.advance?.(seconds * 1000))
  }
  const { maxStalenessMs, resolution } = timesOf(capabilities)
  return {
    capabilities,
    random,
    manualTime: world.advance !== undefined,
    step: world.advance === undefined ? Math.max(0.25, resolution * 2) * scale : Math.max(10, resolution * 2),
    secrets: world.secrets ?? [],
    connect: async () => recorder.record("connect", await made("connect", () => world.connect())),
    neighbour: async () => {
      if (world.neighbour === undefined) throw new CheckFailed("shared is declared, but the world has no neighbour()")
      return recorder.record("neighbour", await made("neighbour", () => world.neighbour?.()))
    },
    fork: async () => {
      const forked = await made("fork", () => offered(world, "fork").call(world))
      return { client: recorder.record("fork", forked.client), kill: () => forked.kill() }
    },
    settle: async () => {
      const slack = world.advance === undefined ? SLACK_SECONDS * Math.max(scale, 0.1) : 0
      if (maxStalenessMs > 0) await pass(maxStalenessMs / 1000 + slack)
    },
    pass,
    passTtl: (ttl) =>
      pass(world.advance === undefined ? ttl + resolution + SLACK_SECONDS * scale : roundUp(ttl, resolution)),
    get faults() {
      return offered(world, "faults")
    },
    restart: async () => offered(world, "restart").call(world),
    adjustClock: async (ms) => offered(world, "adjustClock").call(world, ms),
    corrupt: async (key) => offered(world, "corrupt").call(world, key),
    get configuration() {
      const { create, ...samples } = offered(world, "configuration")
      return {
        ...samples,
        create: async (options: Readonly<Record<string, unknown>>) => {
          recorder.touched = true
          return recorder.watch("configuration.create", await create(options))
        },
      }
    },
    get touched() {
      return recorder.touched
    },
    get awaited() {
      return awaited
    },
    rejections: recorder.rejections,
    features: new Set(FEATURES.filter((name) => world[name] !== undefined)),
    destroy: async () => world.destroy?.(),
  }
}

/** Watches what clauses call and what comes of it. */
class Recorder<Client> {
  readonly rejections = new Map<unknown, string>()
  touched = false
  readonly #declared: unknown

  constructor(declared: unknown) {
    this.#declared = declared
  }

  /** A client as every other: its capabilities are those of the first. */
  record(method: string, implementation: unknown): Client {
    const client = this.watch(method, implementation)
    this.#checkCapabilities(implementation as object)
    return client
  }

  /** A client whose calls are recorded. */
  watch(method: string, implementation: unknown): Client {
    if (typeof implementation !== "object" || implementation === null) {
      throw new WorldFailed(method, `gave ${show(implementation)} for a client`)
    }
    const recorded = intercept(implementation, ({ method }, proceed) => {
      this.touched = true
      const failed = (error: unknown) => void this.rejections.set(error, method)
      try {
        const result = proceed()
        if (isThenable(result)) result.then(undefined, failed)
        return isStream(result) ? watchedStream(result, failed) : result
      } catch (error) {
        failed(error)
        throw error
      }
    })
    return recorded as Client
  }

  #checkCapabilities({ capabilities }: { capabilities?: unknown }): void {
    if (this.#declared === undefined || capabilities === undefined) return
    for (const [name, value] of Object.entries(this.#declared as object)) {
      const now = (capabilities as Record<string, unknown>)[name]
      if (!Object.is(now, value) && JSON.stringify(now) !== JSON.stringify(value)) {
        throw new CheckFailed(`capabilities differ between instances: ${name} was ${show(value)}, now ${show(now)}`)
      }
    }
  }
}

/** What the engine made sure of before it ran the clause. */
function offered<Implementation, Name extends WorldFeature>(
  world: World<Implementation>,
  name: Name,
): NonNullable<World<Implementation>[Name]> {
  const feature = world[name]
  if (feature === undefined || feature === null) throw new CheckFailed(`the world has no ${name} any more`)
  return feature as NonNullable<World<Implementation>[Name]>
}

/** The step in which a ttl acts, and how old an answer may be; 1 ms and 0 for services that declare none. */
function timesOf(capabilities: unknown): { resolution: number; maxStalenessMs: number } {
  const { maxStalenessMs = 0, ttlResolutionMs = 1 } = capabilities as {
    maxStalenessMs?: number
    ttlResolutionMs?: number
  }
  return { resolution: ttlResolutionMs / 1000, maxStalenessMs }
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
): Promise<WorldFailed | undefined> {
  const limit = timeout(limitMs)
  const late = limit.promise.then(() => new WorldFailed("destroy", `did not settle within ${limitMs} ms`))
  const done = opened.then(
    (world) =>
      world.destroy().then(
        () => undefined,
        (error: unknown) => new WorldFailed("destroy", `failed: ${messageOf(error)}`),
      ),
    () => undefined,
  )
  const problem = await Promise.race([done, late])
  limit.cancel()
  return problem
}
