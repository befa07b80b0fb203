/**
 * Adapters as data. The rules of their options are CONFIG-01 to 05 of `foundation/clauses.ts`.
 */
import type { $ZodType } from "zod/v4/core"
import type { InvalidationBus } from "./cache/invalidation-bus.ts"
import type { Clock } from "./foundation/clock.ts"
import type { EventEmitter } from "./foundation/events.ts"
import type { ServiceContracts, ServiceKey } from "./services.ts"

/** Where adapters write. Silent unless the application passes one; `console` fits. */
export interface Logger {
  debug(message: string, details?: Record<string, unknown>): void
  info(message: string, details?: Record<string, unknown>): void
  warn(message: string, details?: Record<string, unknown>): void
  error(message: string, details?: Record<string, unknown>): void
}

/** What every adapter is given besides its options. */
export interface AdapterContext {
  readonly clock: Clock
  readonly logger: Logger
  readonly events: EventEmitter
  /** The name of this instance among the services: `cache`, or `sessions` where it was named. */
  readonly name: string
  /** A number in [0, 1), as `Math.random`; seeded in tests. */
  readonly random: () => number
  /**
   * The instance of a service that the definition names in `needs`: the one with the name of the service, else the only
   * one. It is there when `create` runs, and until the instance that uses it has been closed.
   *
   * @throws ServiceError INVALID_CONFIG for a service that `needs` does not name.
   */
  use<Service extends ServiceKey>(service: Service): ServiceContracts[Service]
}

/**
 * An adapter as data: what it is, what it accepts, how it is made.
 *
 * `create` does no I/O; the first call of the service, or `services.ready()`, connects.
 */
export interface AdapterDefinition<Service extends string = string, Options = unknown, Instance = unknown> {
  readonly service: Service
  /** `memory` for the embedded adapter, the product's name for every other. */
  readonly name: string
  readonly contractVersion: 1
  /** URL schemes, without the colon, that choose this adapter. */
  readonly schemes: readonly string[]
  /**
   * A strict object schema with its defaults, of `zod` or of `zod/mini`; what it does not know is refused. It is not
   * async. One that has only `safeParse`, as those of zod 3, works too; what a query says is text for it.
   */
  readonly optionsSchema: $ZodType<Options>
  /**
   * Options in the URL before its query string, as a plain object. The query string is read by the schema. `text` is the
   * URL as it was written: `file:data` reads as `file:///data`.
   */
  readonly fromUrl?: ((url: URL, text: string) => Record<string, unknown>) | undefined
  /** Packages that the user installs for this adapter, with their ranges. */
  readonly peers?: Readonly<Record<string, string>> | undefined
  /** Services that the instance uses, by `context.use`. They are created before it and closed after it. */
  readonly needs?: readonly ServiceKey[] | undefined
  /** `options` are checked and have their defaults: they are not parsed again. */
  create(options: Options, context: AdapterContext): Instance | Promise<Instance>
  /** Cache: what tells near tiers in front of it of each other's writes; undefined where these options have none. */
  createBus?(
    options: Options,
    context: AdapterContext,
  ): InvalidationBus | undefined | Promise<InvalidationBus | undefined>
}

/** A definition of whatever options and instance, as lists of adapters hold them. */
export interface AnyAdapterDefinition extends Omit<AdapterDefinition, "optionsSchema" | "create" | "createBus"> {
  readonly optionsSchema: $ZodType
  create(options: never, context: AdapterContext): unknown
  createBus?(options: never, context: AdapterContext): unknown
}

/** A definition that is loaded when it is chosen, and not before. */
export interface LazyAdapter {
  readonly service: string
  readonly name: string
  readonly schemes: readonly string[]
  load(): Promise<AnyAdapterDefinition>
}

/**
 * Types a definition: `create` receives what `optionsSchema` gives.
 *
 * @example
 * export const fileCache = defineAdapter({
 *   service: "cache", name: "file", contractVersion: 1, schemes: ["file"],
 *   optionsSchema: z.strictObject({ directory: z.string() }),
 *   fromUrl: (url) => ({ directory: url.pathname }),
 *   create: (options) => new FileCache(options.directory),
 * })
 */
export function defineAdapter<const Service extends string, Options, Instance>(
  definition: AdapterDefinition<Service, Options, Instance>,
): AdapterDefinition<Service, Options, Instance> {
  return definition
}
