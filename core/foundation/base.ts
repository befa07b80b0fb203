import type { Clock } from "../../contracts/foundation/clock.ts"
import type { ServiceError } from "../../contracts/foundation/errors.ts"
import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable, IConnectable } from "../../contracts/foundation/lifecycle.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import type { Layer, ListedLayer } from "./layers.ts"

export interface PortableOptions {
  /** Name in errors and health. Default: the implementation's class name. */
  adapter?: string | undefined
  clock?: Clock | undefined
  /**
   * Turns what the implementation rejects with into a ServiceError. Default: ServiceErrors as they are, all else
   * INTERNAL with the original as `cause`.
   */
  mapError?: ((error: unknown) => ServiceError) | undefined
  /**
   * The implementation rejects with ServiceErrors only, so its promises are handed on untouched; what it throws at once
   * is mapped. The get of a cache never throws, and also refuses malformed keys that it does not find. Default false.
   */
  trusted?: boolean | undefined
  /** Bound of a health check. Default 1,000. */
  healthTimeoutMs?: number | undefined
}

export const PORTABLE: unique symbol = Symbol.for("@objectos/sdk/portable")

/** What layers and whoever composes services need to know of a portable service. */
export interface PortableInfo {
  readonly service: string
  /** Its name in errors and health. */
  readonly adapter: string
  readonly clock: Clock
  connect(): Promise<void>
  /**
   * The service with one more layer, the outermost, and with other options. It is the one that the info was read from,
   * or a stand-in for it, such as a Proxy or a spy, which then stays in between.
   */
  layered(service: object, layer: Layer, options?: object): object
}

/** Reads what layers need, or undefined for an object that no `as…` function made. */
export function portableInfo(service: object): PortableInfo | undefined {
  return (service as { [PORTABLE]?: PortableInfo })[PORTABLE]
}

/** What an implementation may have besides the methods of its contract. */
export type Implementation = Partial<Checkable & IClosable & IConnectable>

/** `signal` is aborted once nobody waits for the answer any more, so that a store that is silent is left alone. */
interface Checkable extends IHealthCheckable {
  healthCheck(signal?: AbortSignal): ReturnType<IHealthCheckable["healthCheck"]>
}

/** Until when a service is open: whatever stands on it, with layers or without, is closed together. */
interface Life {
  /** close() was called. */
  closed: boolean
  /** close() has waited for what ran. */
  ended?: boolean
  closing?: Promise<void>
  /** The life of what this is a part of. */
  readonly whole?: Life
}

/** What portable services of one store share, whatever layers they have. */
export interface Base<Impl extends object> {
  readonly service: string
  readonly implementation: Impl & Implementation
  readonly methods: Readonly<Record<string, MethodInfo>>
  readonly options: PortableOptions
  readonly life: Life
  /** The first is the outermost. */
  readonly layers: readonly ListedLayer[]
}

/** Where a service begins: open, without layers. */
export function baseOf<Impl extends object>(
  service: string,
  implementation: Impl & Implementation,
  methods: Readonly<Record<string, MethodInfo>>,
  options: PortableOptions,
): Base<Impl> {
  const adapter = options.adapter ?? implementation.constructor?.name ?? "custom"
  return { service, implementation, methods, options: { ...options, adapter }, life: { closed: false }, layers: [] }
}

/** The capabilities that options declare, else the implementation, else the most modest. */
export function declared<Capabilities extends object>(
  modest: Capabilities,
  implementation: object,
  given: Partial<Capabilities> | undefined,
): Readonly<Capabilities> {
  const { capabilities } = implementation as { capabilities?: Partial<Capabilities> }
  return Object.freeze({ ...modest, ...capabilities, ...given })
}

/**
 * The capability that a member of the last argument needs, by `options` of the method table, and that is not there.
 *
 * @param args As they were admitted, so that the options stand at their place though they were left out.
 */
export function lackingCapability(
  options: Readonly<Record<string, string>>,
  args: readonly unknown[],
  capabilities: Readonly<Record<string, unknown>>,
): string | undefined {
  const given = args.at(-1)
  if (typeof given !== "object" || given === null) return undefined
  for (const [option, capability] of Object.entries(options)) {
    const value = (given as Readonly<Record<string, unknown>>)[option]
    const asks = value !== undefined && value !== false && value !== 0
    if (asks && capabilities[capability] === false) return capability
  }
  return undefined
}

/** Every portable service. A Proxy around one is not among them. */
export const portables = new WeakSet<object>()

/** Whether an object stands in front of a portable service: a Proxy, or the service itself with a spy for a method. */
export function standsIn(service: object): boolean {
  return !portables.has(service) || Object.values(service).some((member) => typeof member === "function")
}

/** What stands in for a service as its implementation: it checks and maps on its own, and is closed by what is made. */
export function standInBase<Impl extends object>(base: Base<Impl>, implementation: Impl): Base<Impl> {
  const options = { ...base.options, mapError: undefined, trusted: false }
  return { ...base, implementation, options, life: { closed: false }, layers: [] }
}

/** A part of the service, such as a namespace: closed by itself, and with the whole. */
export function partOf<Impl extends object>(base: Base<Impl>, implementation: Impl): Base<Impl> {
  return { ...base, implementation, life: { closed: false, whole: base.life } }
}

export function isOver(life: Life | undefined): boolean {
  return life !== undefined && (life.closed || isOver(life.whole))
}

/** Whether nothing runs any more of what close() waits for. */
export function hasEnded(life: Life | undefined): boolean {
  return life !== undefined && (life.ended === true || hasEnded(life.whole))
}

/** Of a method that no table describes. */
export const UNKNOWN_METHOD: MethodInfo = { kind: "write", idempotent: false }
