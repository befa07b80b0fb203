import type { Cache } from "../contracts/cache.ts"
import type { AdapterContext, Logger } from "../contracts/foundation/adapter.ts"
import { type Clock, createManualClock, type ManualClock, systemClock } from "../contracts/foundation/clock.ts"
import { type ErrorIssue, ServiceError } from "../contracts/foundation/errors.ts"
import type { EventEmitter } from "../contracts/foundation/events.ts"
import type { IClosable } from "../contracts/foundation/lifecycle.ts"
import type { ServiceContracts } from "../contracts/services.ts"
import type { AnyAdapter, Environment, InstanceConfig } from "./config/choose-adapter.ts"
import { type CacheInstanceConfig, configError, type PlannedInstance, planServices } from "./config/plan.ts"
import type { ServicesHealth } from "./health.ts"
import { type PortableOptions, portableInfo } from "./portable/portable.ts"

export type ServiceKey = keyof ServiceContracts & string

/** Which services: a list, or named instances such as `{ pages: "cache", sessions: "cache" }`. */
export type Selection = readonly ServiceKey[] | Readonly<Record<string, ServiceKey>>

export type SelectedServices<Selected extends Selection> = Selected extends readonly (infer Key extends ServiceKey)[]
  ? { readonly [Name in Key]: ServiceContracts[Name] }
  : Selected extends Readonly<Record<string, ServiceKey>>
    ? { readonly [Name in keyof Selected]: ServiceContracts[Selected[Name]] }
    : never

export interface ServicesControl {
  /** The health of every service, and the whole. Never rejects. */
  health(): Promise<ServicesHealth>
  /** Connects every service. Rejects with what the first of them says that cannot. */
  ready(): Promise<void>
  /** Closes every service, in reverse order. */
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
  config?: Readonly<Record<string, InstanceConfig | CacheInstanceConfig | undefined>> | undefined
  clock?: Clock | undefined
  /** Default: silence. `console` fits. */
  logger?: Logger | undefined
  /** Receives domain events. Default: nobody does. */
  events?: EventEmitter | undefined
  /** Default: `Math.random`. */
  random?: (() => number) | undefined
}

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} }

type Adapt = (implementation: never, options: PortableOptions) => object

/**
 * Makes the portable type of what an adapter made; loaded when the service is chosen. Services of other packages are
 * used as they are.
 */
const PORTABLE: Partial<Record<string, () => Promise<Adapt>>> = {
  cache: async () => (await import("./portable/cache.ts")).asCache,
  queue: async () => (await import("./portable/queue.ts")).asQueue,
  search: async () => (await import("./portable/search.ts")).asSearch,
  storage: async () => (await import("./portable/storage.ts")).asStorage,
}

type Observe = (service: never, events: EventEmitter) => object

/** Announces what happens in a service; loaded when somebody wants to hear it. */
const OBSERVED: Partial<Record<string, () => Promise<Observe>>> = {
  cache: async () => (await import("./features/cache/events.ts")).withEvents,
}

/**
 * Creates the services that the configuration chooses. Nothing connects before its first call, or `ready()`.
 *
 * @throws ServiceError INVALID_CONFIG with all issues at once, each with its path.
 */
export async function createServices<const Selected extends Selection = readonly ServiceKey[]>(
  options: ServicesOptions<Selected>,
): Promise<Services<Selected>> {
  const env = options.env ?? globalThis.process?.env ?? {}
  const planned = await planServices({ ...options, env })
  const context = {
    clock: options.clock ?? systemClock,
    logger: options.logger ?? SILENT,
    events: options.events ?? { emit() {} },
    random: options.random ?? Math.random,
  }
  const created = await createInstances(planned, context, options.events)
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= closeAll(created)
    return closing
  }
  const control: ServicesControl = {
    health: async () => (await import("./health.ts")).checkHealth(created),
    ready: () => connectAll(created),
    close,
    [Symbol.asyncDispose]: close,
  }
  const services = Object.fromEntries(created.map(({ instance, name }) => [name, instance]))
  return { ...services, ...control } as Services<Selected>
}

export type TestServicesOptions<Selected extends Selection = readonly ServiceKey[]> = Omit<
  ServicesOptions<Selected>,
  "env" | "clock"
>

export type TestServices<Selected extends Selection = readonly ServiceKey[]> = Services<Selected> & {
  readonly clock: ManualClock
  /** Moves the time of all services. */
  advance(ms: number): Promise<void>
}

/** In-memory services for application tests: the environment is ignored and time stands still until `advance`. */
export async function createTestServices<const Selected extends Selection = readonly ServiceKey[]>(
  options: TestServicesOptions<Selected>,
): Promise<TestServices<Selected>> {
  const clock = createManualClock()
  const services = await createServices<Selected>({ ...options, env: {}, clock })
  return Object.assign(services, { clock, advance: (ms: number) => clock.advance(ms) })
}

interface CreatedInstance {
  readonly name: string
  readonly service: string
  readonly instance: object
}

async function createInstances(
  planned: readonly PlannedInstance[],
  shared: Omit<AdapterContext, "name">,
  events: EventEmitter | undefined,
): Promise<CreatedInstance[]> {
  const outcomes = await Promise.allSettled(
    planned.map(async (plan): Promise<CreatedInstance> => {
      const { definition, name, options, service } = plan
      const made = (await definition.create(options as never, { ...shared, name })) as object
      const adapt = await PORTABLE[service]?.()
      const bare = adapt?.(made as never, { adapter: definition.name, clock: shared.clock }) ?? made
      const compose = plan.layers && (await import("./documents/compose-cache.ts")).composeCache
      const instance = compose ? await compose(bare as Cache, plan, { ...shared, name }) : bare
      const observe = events && (await OBSERVED[service]?.())
      return { name, service, instance: events && observe ? observe(instance as never, events) : instance }
    }),
  )
  const created = outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value)
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === "rejected" ? [{ error: outcome.reason as unknown, from: planned[index] }] : [],
  )
  if (failures.length === 0) return created
  await closeAll(created).catch(() => {})
  throw configError(failures.flatMap(issuesOf), failures[0]?.error)
}

function issuesOf({ error, from }: { error: unknown; from: PlannedInstance | undefined }): ErrorIssue[] {
  const path = from?.chosenBy === "default" ? `services.${from.name}` : (from?.chosenBy ?? "services")
  const message = ServiceError.is(error) ? error.message.replace(/\.$/, "") : "the adapter could not be made; see cause"
  return [{ path, message }]
}

async function connectAll(created: readonly CreatedInstance[]): Promise<void> {
  const outcomes = await Promise.allSettled(created.map(({ instance }) => portableInfo(instance)?.connect()))
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason
}

async function closeAll(created: readonly CreatedInstance[]): Promise<void> {
  const failures: unknown[] = []
  for (const { instance } of [...created].reverse()) {
    try {
      await (instance as Partial<IClosable>).close?.()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
