import type { Logger } from "../contracts/adapter.ts"
import { type Clock, createManualClock, type ManualClock, systemClock } from "../contracts/foundation/clock.ts"
import type { EventEmitter } from "../contracts/foundation/events.ts"
import type { ServiceContracts, ServiceKey } from "../contracts/services.ts"
import type { AnyAdapter, Environment } from "./config/choose-adapter.ts"
import type { PlannedInstance } from "./config/plan.ts"
import type { DrainOptions, TestInstance } from "./foundation/drain.ts"
import type { Health, HealthCheckOptions, ServicesHealth } from "./foundation/health/health.ts"
import { type Creation, closeAll, connectAll, createInstances } from "./instances.ts"
import { type AnyInstanceConfig, serviceNamed, type TestContracts } from "./service-list.ts"

/** Which services: a list, or named instances such as `{ pages: "cache", sessions: "cache" }`. */
export type Selection = readonly ServiceKey[] | Readonly<Record<string, ServiceKey>>

export type SelectedServices<
  Selected extends Selection,
  Contracts extends ServiceContracts = ServiceContracts,
> = Selected extends readonly (infer Key extends ServiceKey)[]
  ? { readonly [Name in Key]: Contracts[Name] }
  : Selected extends Readonly<Record<string, ServiceKey>>
    ? { readonly [Name in keyof Selected]: Contracts[Selected[Name]] }
    : never

export interface ServicesControl {
  /**
   * The health of every instance, and of the whole; after `close` the whole is unhealthy. An answer may be a second old,
   * unless it must be `fresh`. Never rejects.
   */
  health(options?: HealthCheckOptions): Promise<ServicesHealth>
  /** The health of the required instances alone, which may be a second old: for a readiness probe. Never rejects. */
  readiness(): Promise<ServicesHealth>
  /**
   * The metrics of every instance by `<instance>.<metric>`, such as `cache.hits`. An instance that fails to tell them
   * has `<instance>.metrics_failed`, which is 1. Never rejects.
   */
  getMetrics(): Promise<Record<string, number>>
  /** Connects every service. Rejects with what the first of them says that cannot. */
  ready(): Promise<void>
  /** Closes every service, each before those that it uses. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export type Services<Selected extends Selection = readonly ServiceKey[]> = SelectedServices<Selected> & ServicesControl

export interface ServicesOptions<Selected extends Selection = readonly ServiceKey[]> {
  /** Creates, types and requires exactly these. Default: every service that has an adapter. */
  services?: Selected | undefined
  adapters: readonly AnyAdapter[]
  /** Default: `process.env`. `<NAME>_URL` chooses an adapter by its scheme. */
  env?: Environment | undefined
  /** Goes before the environment. */
  config?: Readonly<Record<string, AnyInstanceConfig | undefined>> | undefined
  /**
   * Names of instances that the application cannot do without: while one is unhealthy, so is the whole. Default: none,
   * and a service that is down leaves the whole degraded.
   */
  required?: readonly (keyof SelectedServices<NoInfer<Selected>> & string)[] | undefined
  clock?: Clock | undefined
  /** Default: silence. `console` fits. */
  logger?: Logger | undefined
  /** Receives domain events. Default: nobody does. */
  events?: EventEmitter | undefined
  /** Default: `Math.random`. */
  random?: (() => number) | undefined
}

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * Creates the services that the configuration chooses. Nothing connects before its first call, or `ready()`.
 *
 * @throws ServiceError INVALID_CONFIG with all issues at once, each with its path.
 */
export async function createServices<const Selected extends Selection = readonly ServiceKey[]>(
  options: ServicesOptions<Selected>,
): Promise<Services<Selected>> {
  return makeServices(options)
}

/** What makes test services of services. */
interface TestParts {
  /** Names that no instance may have. */
  readonly reserved: readonly string[]
  readonly around: Creation["around"]
  /** As time stands still, an answer would else be reused for ever. */
  readonly healthMaxAgeMs: 0
}

async function makeServices<Selected extends Selection>(
  options: ServicesOptions<Selected>,
  test?: TestParts,
): Promise<Services<Selected>> {
  const env = options.env ?? globalThis.process?.env ?? {}
  // Copied, so that nobody changes it later; what is no list is refused.
  const required = Array.isArray(options.required) ? [...options.required] : options.required
  // Here, so that importing the package does not load zod.
  const { planServices } = await import("./config/plan.ts")
  const planned = await planServices({ ...options, required, env }, test?.reserved)
  return createPlanned(planned, { ...options, ...test, required }) as Promise<Services<Selected>>
}

/** What the services of a plan are given besides it. */
export type PlannedOptions = Pick<ServicesOptions, "clock" | "events" | "logger" | "random"> & {
  readonly required?: readonly string[] | undefined
  readonly around?: Creation["around"]
  readonly healthMaxAgeMs?: number
}

/** Creates the services of a plan. */
export async function createPlanned(
  planned: readonly PlannedInstance[],
  options: PlannedOptions,
): Promise<ServicesControl> {
  const context = {
    clock: options.clock ?? systemClock,
    logger: options.logger ?? SILENT,
    events: options.events ?? { emit() {}, listenerCount: () => 0 },
    random: options.random ?? Math.random,
  }
  const created = await createInstances(planned, context, options)
  const required = options.required ?? []
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= closeAll(created)
    return closing
  }
  const instances = Object.fromEntries(created.map(({ instance, name }) => [name, instance]))
  const services = Object.fromEntries(planned.map(({ name, service }) => [name, service]))
  const loadHealth = async (): Promise<Health> => {
    const { createHealth } = await import("./foundation/health/health.ts")
    return createHealth(instances, {
      required,
      services,
      clock: context.clock,
      isClosed: () => closing !== undefined,
      maxAgeMs: options.healthMaxAgeMs,
    })
  }
  let loading: Promise<Health> | undefined
  const healthOf = () => {
    loading ??= loadHealth()
    return loading
  }
  const control: ServicesControl = {
    health: async (asked) => (await healthOf()).check(asked),
    readiness: async () => (await healthOf()).readiness(),
    getMetrics: async () => (await healthOf()).getMetrics(),
    ready: () => connectAll(created),
    close,
    [Symbol.asyncDispose]: close,
  }
  return { ...instances, ...control }
}

export type TestServicesOptions<Selected extends Selection = readonly ServiceKey[]> = Omit<
  ServicesOptions<Selected>,
  "env" | "clock"
>

/** The contracts of test services: some tell tests more than an application can ask. */
type TestServiceContracts = Omit<ServiceContracts, keyof TestContracts> & TestContracts

export type TestServices<Selected extends Selection = readonly ServiceKey[]> = SelectedServices<
  Selected,
  TestServiceContracts
> &
  ServicesControl & {
    readonly clock: ManualClock
    /** Moves the time of all services. */
    advance(ms: number): Promise<void>
    /**
     * Lets everything happen that was begun: messages that have a subscription are delivered, and time moves to each
     * that is delayed or waits for its next attempt. It does not move for ticks of schedules, nor while a handler runs.
     *
     * @throws Rejects LIMIT_EXCEEDED where there is no end after `maxDeliveries`, TIMEOUT where a handler does not end.
     */
    drain(options?: DrainOptions): Promise<void>
  }

/**
 * In-memory services for application tests: the environment is ignored and time stands still until `advance`, or
 * `drain`. Health is asked anew each time.
 */
export async function createTestServices<const Selected extends Selection = readonly ServiceKey[]>(
  options: TestServicesOptions<Selected>,
): Promise<TestServices<Selected>> {
  const clock = createManualClock()
  const { drainAll } = await import("./foundation/drain.ts")
  const kits: TestInstance[] = []
  const around = async (instance: object, service: string, bare: object) => {
    const kit = (await serviceNamed(service)?.testKit?.())?.(instance as never, bare as never)
    if (kit !== undefined) kits.push(kit)
    return kit?.instance ?? instance
  }
  const services = await makeServices<Selected>(
    { ...options, env: {}, clock },
    { reserved: RESERVED, around, healthMaxAgeMs: 0 },
  )
  return Object.assign(services, {
    clock,
    advance: (ms: number) => clock.advance(ms),
    drain: (limits: DrainOptions = {}) => drainAll(kits, clock, limits),
  }) as TestServices<Selected>
}

const RESERVED = ["clock", "advance", "drain"]
