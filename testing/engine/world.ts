import type { ManualClock } from "../../contracts/foundation/clock.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import { CheckFailed } from "./checks.ts"
import type { ClauseWorld } from "./clause.ts"
import { timeout } from "./limits.ts"
import { messageOf, WorldFailed } from "./outcome.ts"
import type { SeededRandom } from "./random.ts"
import { type PendingCall, Recorder } from "./recorder.ts"
import { show } from "./show.ts"
import type { Subject, World, WorldFeature } from "./subject.ts"
import { type TooSlow, type Window, Windows } from "./window.ts"

/** A clause's world with what the engine reads from it. */
export interface RecordedWorld<Client, Capabilities> extends ClauseWorld<Client, Capabilities> {
  /** Whether the clause called a method of a client. */
  readonly touched: boolean
  /** What client calls threw or rejected with, and which method it was. */
  readonly rejections: ReadonlyMap<unknown, string>
  readonly features: ReadonlySet<WorldFeature>
  /** The method of the world whose end is awaited, if one is. */
  readonly awaited: PendingCall | undefined
  /** The client's call that is under way for longest, if one is. */
  readonly oldestCall: PendingCall | undefined
  /** How many answers of clients came, and how long they took together. */
  readonly answers: { readonly count: number; readonly tookMs: number }
  /** Whether a time limit of the subject's own ran out. */
  readonly ranOut: boolean
  /** A window of the clause that is over. */
  readonly missed: TooSlow | undefined
  destroy(): Promise<void>
}

export interface WorldOptions<Capabilities> {
  readonly namespace: string
  readonly clock: ManualClock
  readonly random: SeededRandom
  readonly seed: number
  readonly uses?: readonly WorldFeature[] | undefined
  readonly signal: AbortSignal
  /** The method table of the contract. */
  readonly methods: Readonly<Record<string, MethodInfo>>
  readonly capabilities: Capabilities
  /** What the first instance declared; every other must declare the same. */
  readonly declared?: unknown
  readonly scale: number
  readonly many?: number | undefined
}

const MANY = 10_000

/** In real time, how long after its end a ttl, or an old answer, may still be seen on a busy machine. */
const SLACK_SECONDS = 0.05
const MAX_SLACK_SECONDS = 0.25
/** In real time, how long a ttl is that a clause waits for. */
const STEP_SECONDS = 0.3
/** So far from a whole second are the first multiples of a step, or rounding to whole seconds would not be seen. */
const OFF_WHOLE_SECONDS = 0.08
const MANUAL_STEP_SECONDS = 10

const FEATURES: readonly WorldFeature[] = [
  "adjustClock",
  "faults",
  "restart",
  "fork",
  "corrupt",
  "received",
  "configuration",
]

/** Opens a subject's world and records what a clause does in it. */
export async function openWorld<Implementation, Client, Capabilities>(
  subject: Subject<Implementation, Capabilities>,
  options: WorldOptions<Capabilities>,
): Promise<RecordedWorld<Client, Capabilities>> {
  const { capabilities, clock, declared, methods, namespace, random, scale, seed, signal, uses = [] } = options
  const making = new Set<PendingCall>()
  /** What a method of the subject gives; an error of it says whose it is. */
  const made = async <T>(method: string, make: () => T | Promise<T>): Promise<T> => {
    const call = { method }
    making.add(call)
    try {
      return await make()
    } catch (error) {
      if (error instanceof CheckFailed) throw error
      throw new WorldFailed(method, `failed: ${messageOf(error)}`, error)
    } finally {
      making.delete(call)
    }
  }
  const world = await made("open", () => subject.open({ namespace, clock, signal, seed, uses, timeScale: scale }))
  if (typeof world?.connect !== "function") {
    throw new WorldFailed("open", `gave ${show(world)}, not a world with connect()`)
  }
  const recorder = new Recorder<Client>(methods, declared)
  const windows = new Windows()
  const manualTime = world.advance !== undefined
  const pass = async (seconds: number) => {
    if (manualTime) await made("advance", () => world.advance?.(seconds * 1000))
    else await realTime(seconds * 1000)
  }
  const window = (seconds: number) => (manualTime ? ENDLESS : windows.open(seconds))
  const { maxStalenessMs, resolution } = timesOf(capabilities)
  const slack = manualTime ? 0 : Math.min(SLACK_SECONDS * scale, MAX_SLACK_SECONDS)
  return {
    capabilities,
    random,
    manualTime,
    many: options.many ?? MANY,
    step: manualTime
      ? Math.max(MANUAL_STEP_SECONDS, resolution * 2)
      : offWhole(Math.max(STEP_SECONDS, resolution * 2) * scale),
    window,
    lateWindow: (ttl) => {
      const whole = Math.floor(ttl) + 1
      // Longer ttls are those of tries on a slow machine, which need the time more than a look at rounding.
      return window(whole > ttl * 1.5 + 2 * resolution ? Math.min(ttl * 2, whole) : ttl * 2)
    },
    get missed() {
      return windows.missed
    },
    secrets: world.secrets ?? [],
    connect: async () => recorder.record("connect", await made("connect", () => world.connect())),
    neighbour: async () => {
      if (world.neighbour === undefined) throw new CheckFailed("shared is declared, but the world has no neighbour()")
      return recorder.record("neighbour", await made("neighbour", () => world.neighbour?.()))
    },
    fork: async () => {
      const forked = await made("fork", () => offered(world, "fork").call(world))
      return { client: recorder.record("fork", forked.client), kill: () => made("kill", () => forked.kill()) }
    },
    converge: async () => {
      if (maxStalenessMs > 0) await pass(maxStalenessMs / 1000 + slack)
    },
    pass,
    passTtl: (ttl) => pass(manualTime ? roundUp(ttl, resolution) : ttl + resolution + slack),
    get faults() {
      const faults = offered(world, "faults")
      return {
        unreachable: () => made("unreachable", () => faults.unreachable()),
        silent: () => made("silent", () => faults.silent()),
        loseAnswer: () => made("loseAnswer", () => faults.loseAnswer()),
        heal: () => made("heal", () => faults.heal()),
      }
    },
    restart: () => made("restart", () => offered(world, "restart").call(world)),
    adjustClock: (ms) => made("adjustClock", () => offered(world, "adjustClock").call(world, ms)),
    corrupt: (key) => made("corrupt", () => offered(world, "corrupt").call(world, key)),
    received: (client) => made("received", () => offered(world, "received").call(world, client as never)),
    fetch: (request) => made("fetch", () => (world.fetch === undefined ? fetch(request) : world.fetch(request))),
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
      const [oldest] = making
      return oldest
    },
    get oldestCall() {
      return recorder.oldestCall
    },
    answers: recorder.answers,
    rejections: recorder.rejections,
    get ranOut() {
      return recorder.ranOut
    },
    features: new Set(FEATURES.filter((name) => world[name] !== undefined)),
    async destroy() {
      recorder.end()
      await world.destroy?.()
    },
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

/** The same or a little more, so that neither it nor its first multiples are whole seconds. */
function offWhole(seconds: number): number {
  const isWhole = (value: number) => Math.abs(value - Math.round(value)) < OFF_WHOLE_SECONDS && value > 0.5
  return [1, 2, 3, 4].some((times) => isWhole(seconds * times)) ? offWhole(seconds * 1.03) : seconds
}

const ENDLESS: Window = { close() {} }

/** Not a millisecond less than `ms`, which a timer may be early by. */
async function realTime(ms: number): Promise<void> {
  const end = performance.now() + ms
  for (let left = ms; left > 0; left = end - performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(left)))
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
