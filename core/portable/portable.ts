import { type Clock, systemClock } from "../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type { IHealthCheckable, PluginHealthStatus } from "../../contracts/foundation/health.ts"
import type { IClosable, IConnectable } from "../../contracts/foundation/lifecycle.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"

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

const PORTABLE = Symbol.for("@objectos/sdk/portable")

type Implementation = Partial<IHealthCheckable & IClosable & IConnectable>

/** What layers need to know of a portable service to stand in front of it. */
export interface PortableInfo {
  readonly methods: Readonly<Record<string, MethodInfo>>
  /** The same portable type over another implementation of its interfaces, and with more options. */
  rebuild(implementation: object, more?: object): object
  connect(): Promise<void>
}

/** Reads what layers need, or undefined for an object that no `as…` function made. */
export function portableInfo(service: object): PortableInfo | undefined {
  return (service as { [PORTABLE]?: PortableInfo })[PORTABLE]
}

/**
 * What every portable type shares: CLOSED after close, errors with their place, bounded health.
 *
 * Checks are synchronous and an implementation's promise passes through, so the socket adds no asynchronous hop.
 */
export abstract class Portable<Impl extends object> implements IHealthCheckable, IClosable {
  readonly [PORTABLE]: PortableInfo
  protected readonly implementation: Impl & Implementation
  readonly #service: string
  protected readonly clock: Clock
  readonly #mapError: (error: unknown) => ServiceError
  readonly #healthTimeoutMs: number
  protected readonly adapter: string
  protected readonly trusted: boolean
  readonly #whole: Portable<object> | undefined
  #closed = false
  #closing: Promise<void> | undefined

  constructor(
    service: string,
    implementation: Impl & Implementation,
    options: PortableOptions,
    layering: Pick<PortableInfo, "methods" | "rebuild">,
    /** What this is a part of: it is closed with it. */
    whole?: Portable<object>,
  ) {
    this.implementation = implementation
    this.#whole = whole
    this.#service = service
    this.adapter = options.adapter ?? implementation.constructor?.name ?? "custom"
    this.clock = options.clock ?? systemClock
    this.trusted = options.trusted ?? false
    this.#mapError = options.mapError ?? defaultMapError
    this.#healthTimeoutMs = options.healthTimeoutMs ?? 1000
    this[PORTABLE] = { ...layering, connect: () => this.#connect() }
  }

  protected get closed(): boolean {
    return this.#closed || this.#whole?.closed === true
  }

  /** Hands the implementation's promise on; foreign errors become ServiceErrors. */
  protected settle<T>(operation: string, outcome: Promise<T>): Promise<T> {
    if (this.trusted) return outcome
    return Promise.resolve(outcome).catch((error: unknown) => {
      throw this.located(operation, error)
    })
  }

  /** Runs a call of the implementation, unless the service is closed. */
  protected guard<T>(operation: string, run: () => Promise<T>): Promise<T> {
    if (this.closed) return this.refuseClosed(operation)
    try {
      return this.settle(operation, run())
    } catch (error) {
      return this.reject(operation, error)
    }
  }

  protected reject(operation: string, error: unknown): Promise<never> {
    return Promise.reject(this.located(operation, error))
  }

  protected refuse(operation: string, code: ErrorCode, message: string): Promise<never> {
    return Promise.reject(this.error(operation, code, message))
  }

  protected refuseClosed(operation: string): Promise<never> {
    return Promise.reject(this.error(operation, "CLOSED", `This ${this.#service} is closed.`))
  }

  protected unsupported(operation: string): ServiceError {
    return this.error(operation, "UNSUPPORTED", `${this.adapter} does not offer ${operation}().`)
  }

  protected error(operation: string, code: ErrorCode, message: string): ServiceError {
    return new ServiceError(code, message, { service: this.#service, adapter: this.adapter, operation })
  }

  /** The error as a ServiceError that says where it happened. */
  protected located(operation: string, error: unknown): ServiceError {
    const mapped = ServiceError.is(error) ? error : this.#mapError(error)
    if (mapped.operation !== undefined && mapped.adapter !== undefined) return mapped
    return new ServiceError(mapped.code, mapped.message, {
      service: this.#service,
      adapter: this.adapter,
      operation,
      details: mapped.details,
      cause: mapped.cause,
    })
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    const start = this.clock.monotonic()
    const status = this.closed
      ? { status: "unhealthy" as const, message: `This ${this.#service} is closed.` }
      : await this.#bounded(this.#health(), (message) => ({ status: "unhealthy" as const, message }))
    return { ...status, latency: Math.max(0, this.clock.monotonic() - start) }
  }

  async getMetrics(): Promise<Record<string, number>> {
    if (this.closed) return {}
    return this.#bounded(this.#metrics(), (message) => {
      throw this.error("getMetrics", "TIMEOUT", message)
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** A cheap call without effect that proves the implementation answers, for implementations without healthCheck. */
  protected abstract probe(): Promise<unknown>

  /** Metrics for implementations without getMetrics. */
  protected abstract metrics(): Promise<Record<string, number>>

  async #close(): Promise<void> {
    this.#closed = true
    try {
      await this.implementation.close?.()
    } catch (error) {
      throw this.located("close", error)
    }
  }

  async #connect(): Promise<void> {
    if (this.closed) throw this.error("connect", "CLOSED", `This ${this.#service} is closed.`)
    try {
      await this.implementation.connect?.()
    } catch (error) {
      throw this.located("connect", error)
    }
  }

  async #health(): Promise<Omit<PluginHealthStatus, "latency">> {
    try {
      if (this.implementation.healthCheck !== undefined) return await this.implementation.healthCheck()
      await this.probe()
      return { status: "healthy" }
    } catch (error) {
      const { code, message } = this.located("healthCheck", error)
      return { status: "unhealthy", message, details: { code } }
    }
  }

  async #metrics(): Promise<Record<string, number>> {
    try {
      return (await this.implementation.getMetrics?.()) ?? (await this.metrics())
    } catch (error) {
      throw this.located("getMetrics", error)
    }
  }

  /** What health and metrics ask for, or what `late` makes of it when it takes too long. */
  async #bounded<T>(asked: Promise<T>, late: (message: string) => T): Promise<T> {
    let expire: () => void = () => {}
    const expired = new Promise<void>((resolve) => {
      expire = resolve
    })
    const timer = this.clock.setTimeout(expire, this.#healthTimeoutMs)
    try {
      return await Promise.race([asked, expired.then(() => late(`No answer within ${this.#healthTimeoutMs} ms.`))])
    } finally {
      timer.cancel()
    }
  }
}

/** The message of a foreign error may hold secrets, so it stays with the cause. */
function defaultMapError(error: unknown): ServiceError {
  return new ServiceError("INTERNAL", "The implementation failed; see cause.", { cause: error })
}
