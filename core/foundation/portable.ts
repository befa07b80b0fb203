import { type Clock, systemClock } from "../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type { IHealthCheckable, PluginHealthStatus } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import {
  type Base,
  hasEnded,
  type Implementation,
  isOver,
  lackingCapability,
  PORTABLE,
  type PortableInfo,
  type PortableOptions,
  portableInfo,
  portables,
  standInBase,
  standsIn,
  UNKNOWN_METHOD,
} from "./base.ts"
import { bounded } from "./bounded.ts"
import { callError, foreignError } from "./foreign-errors.ts"
import { followHandle } from "./handles.ts"
import { insteadOf, type Layer, type LayerEnds, type ListedLayer, nextOf } from "./layers.ts"
import { isArguments, type Refusal, refusalParts } from "./refusal.ts"
import { unhealthy } from "./unhealthy.ts"
import { Walk } from "./walk.ts"

type Invocable = Record<string, (...args: readonly unknown[]) => unknown>

/**
 * The door of every portable type. A call is checked once, runs through the layers, and reaches the implementation,
 * whose errors are mapped before the layers see them. What a layer fails with is no error of the implementation.
 *
 * Checks are synchronous and an implementation's promise passes through, so a door without layers adds no hop.
 */
export abstract class Portable<Impl extends object> implements IHealthCheckable, IClosable {
  protected readonly base: Base<Impl>
  protected readonly implementation: Impl & Implementation
  protected readonly clock: Clock
  protected readonly adapter: string
  protected readonly hasLayers: boolean
  readonly #mapError: (error: unknown) => ServiceError
  readonly #trusted: boolean
  #checking: Promise<PluginHealthStatus> | undefined

  constructor(base: Base<Impl>) {
    const { implementation, layers, options } = base
    this.base = base
    this.implementation = implementation
    this.adapter = options.adapter ?? "custom"
    this.clock = options.clock ?? systemClock
    this.hasLayers = layers.length > 0
    this.#trusted = options.trusted ?? false
    this.#mapError = options.mapError ?? foreignError
    portables.add(this)
  }

  /** A getter, so that a copy of the members is not taken for the service. */
  get [PORTABLE](): PortableInfo {
    return {
      service: this.base.service,
      adapter: this.adapter,
      clock: this.clock,
      connect: () => this.#connect(),
      layered: (service, layer, more = {}) => {
        const [base, listed] = standsIn(service)
          ? [standInBase(this.base, service as Impl), { ...layer, enter: () => {} }]
          : [this.base, this.listed(layer)]
        const { healthTimeoutMs = base.options.healthTimeoutMs } = more as PortableOptions
        const options = { ...base.options, healthTimeoutMs }
        return this.sibling({ ...base, options, layers: [listed, ...base.layers] }, more)
      },
    }
  }

  /** A layer in the list of what goes around this service. */
  protected listed(layer: Layer): ListedLayer {
    return { ...layer, enter: (method, args) => this.begin(method, args) }
  }

  /** The same portable type on another base, and with more options of its own. */
  protected abstract sibling(base: Base<Impl>, more: object): object

  /** The arguments as the implementation takes them, or why the call is refused. */
  protected abstract admit(method: string, args: readonly unknown[]): readonly unknown[] | Refusal

  /** A cheap call without effect that proves the implementation answers, for implementations without healthCheck. */
  protected abstract probe(): Promise<unknown>

  /** Metrics for implementations without getMetrics. */
  protected async metrics(): Promise<Record<string, number>> {
    return {}
  }

  protected get closed(): boolean {
    return isOver(this.base.life)
  }

  /** Whether running work may still call a method while close() waits for it. */
  protected isOpenWhileClosing(_method: string): boolean {
    return false
  }

  /** Of a service that is closed, or closing. */
  #refuses(method: string): boolean {
    return !this.isOpenWhileClosing(method) || hasEnded(this.base.life)
  }

  /** Through the door: check, layers, implementation. */
  protected call<T>(method: string, args: readonly unknown[]): Promise<T> {
    if (this.closed && this.#refuses(method)) return this.refuseClosed(method)
    try {
      const admitted = this.admitted(method, args)
      return this.pass(method, admitted, true)
    } catch (error) {
      return Promise.reject(this.located(method, error))
    }
  }

  /** Called when a call reaches the implementation, or comes out of a layer around this service. */
  protected begin(_method: string, _args: readonly unknown[]): void {}

  /** Behind the checks: layers, implementation. `begins`: `begin` is called whenever it reaches the implementation. */
  protected pass<T>(method: string, args: readonly unknown[], begins = false): Promise<T> {
    const info = this.#infoOf(method)
    const [first] = this.base.layers
    let outcome: Promise<unknown>
    if (first === undefined) {
      if (begins) this.begin(method, args)
      outcome = this.#perform(method, args)
    } else {
      const ends: LayerEnds = {
        check: (now) => this.admitted(method, now),
        // A call that comes out of the layers after close goes no further.
        last: (now) => {
          if (this.closed && this.#refuses(method)) return this.refuseClosed(method)
          if (begins) this.begin(method, args)
          return this.#perform(method, now)
        },
      }
      const call = { method, args, info }
      outcome = this.#outOfLayers(method, first.around(call, nextOf(this.base.layers, 1, call, ends)))
    }
    if (info.kind !== "handle") return outcome as Promise<T>
    return outcome.then((handle) => this.#handle(method, info.returns, handle)) as Promise<T>
  }

  /** A stream of the implementation, with the layers around each step. It is opened by the first one. */
  protected async *stream<T>(method: string, args: readonly unknown[]): AsyncGenerator<T, void, undefined> {
    if (this.closed) await this.refuseClosed(method)
    const info = this.#infoOf(method)
    let iterator: AsyncIterator<T> | undefined
    const step = (now: readonly unknown[]) => {
      iterator ??= (Reflect.apply(this.#methodOf(method), this.implementation, now) as AsyncIterable<T>)[
        Symbol.asyncIterator
      ]()
      return iterator.next()
    }
    const walk = this.hasLayers ? new Walk() : undefined
    let failure: ServiceError | undefined
    let done: boolean | undefined
    try {
      const admitted = this.admitted(method, args)
      for (;;) {
        const check = (now: readonly unknown[]) => this.admitted(method, now)
        const result = (await this.#through(method, info, admitted, step, check, walk)) as IteratorResult<T, void>
        done = result.done
        if (result.done) return
        if (this.closed) await this.refuseClosed(method)
        yield result.value
      }
    } catch (error) {
      failure = this.located(method, error, this.#mapError)
      throw failure
    } finally {
      walk?.end(failure)
      // Where a step hangs, its end would be waited for without end.
      const end = done ? undefined : iterator?.return?.()
      if (failure) end?.catch(() => {})
      else await end
    }
  }

  /** Hands the implementation's promise on; foreign errors become ServiceErrors. */
  protected mapRejection<T>(method: string, outcome: Promise<T>): Promise<T> {
    if (this.#trusted) return outcome
    return Promise.resolve(outcome).catch((error: unknown) => {
      throw this.located(method, error, this.#mapError)
    })
  }

  protected refuse(method: string, refusal: Refusal): Promise<never> {
    return Promise.reject(this.refused(method, refusal))
  }

  protected refused(method: string, refusal: Refusal): ServiceError {
    const { code, message } = refusalParts(refusal)
    return this.#error(method, code, message)
  }

  protected refuseClosed(method: string): Promise<never> {
    return Promise.reject(this.#error(method, "CLOSED", `This ${this.base.service} is closed.`))
  }

  /** The error as a ServiceError that says where it happened. */
  protected located(method: string, error: unknown, map: (error: unknown) => ServiceError = callError): ServiceError {
    const mapped = ServiceError.is(error) ? error : map(error)
    if (mapped.operation !== undefined && mapped.adapter !== undefined) return mapped
    return new ServiceError(mapped.code, mapped.message, {
      service: this.base.service,
      adapter: this.adapter,
      operation: method,
      details: mapped.details,
      cause: mapped.cause,
    })
  }

  /** Checks that are asked for while one runs share it. */
  async healthCheck(): Promise<PluginHealthStatus> {
    if (this.closed) return { ...unhealthy("CLOSED", `This ${this.base.service} is closed.`), latency: 0 }
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined
    })
    return { ...(await this.#checking) }
  }

  async #check(): Promise<PluginHealthStatus> {
    const start = this.clock.monotonic()
    const since = () => Math.max(0, this.clock.monotonic() - start)
    const late = new AbortController()
    const ask = insteadOf(
      async () => ({ ...(await this.#health(late.signal)), latency: since() }),
      this.base.layers.map(({ health }) => health),
    )
    try {
      const health = (await this.#bounded(ask(), (message) => {
        late.abort()
        return unhealthy("TIMEOUT", message)
      })) as Omit<PluginHealthStatus, "latency"> | undefined
      return { ...(health ?? unhealthy("INTERNAL", "A layer gave no health.")), latency: since() }
    } catch (error) {
      return { ...this.#unhealthy(error), latency: since() }
    }
  }

  async getMetrics(): Promise<Record<string, number>> {
    if (this.closed) return {}
    return this.#bounded(this.#metrics(), (message) => {
      throw this.#error("getMetrics", "TIMEOUT", message)
    })
  }

  close(): Promise<void> {
    const { life } = this.base
    life.closing ??= this.#close()
    return life.closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What `admit` gives. @throws ServiceError where the call is refused; `operation` is what it then names. */
  protected admitted(method: string, args: readonly unknown[], operation: string = method): readonly unknown[] {
    if ((this.implementation as Invocable)[method] === undefined) {
      throw this.#error(method, "UNSUPPORTED", `${this.adapter} does not offer ${method}().`)
    }
    const { options } = this.#infoOf(method)
    const admitted = this.admit(method, args)
    if (!isArguments(admitted)) throw this.refused(operation, admitted)
    const { capabilities = {} } = this as { capabilities?: Readonly<Record<string, unknown>> }
    const lacking = options && lackingCapability(options, admitted, capabilities)
    if (lacking !== undefined) {
      throw this.#error(method, "UNSUPPORTED", `${this.adapter} does not offer ${lacking}.`)
    }
    return admitted
  }

  /** A run of a step, or of a method of what a call resolved, through the layers. */
  #through(
    method: string,
    info: MethodInfo,
    args: readonly unknown[],
    run: (args: readonly unknown[]) => Promise<unknown>,
    check: (args: readonly unknown[]) => readonly unknown[] = (now) => now,
    walk?: Walk,
  ): Promise<unknown> {
    if (this.closed) return this.refuseClosed(method)
    if (!this.hasLayers) return this.runMapped(method, () => run(args))
    const ends: LayerEnds = {
      check,
      last: (now) => (this.closed ? this.refuseClosed(method) : this.runMapped(method, () => run(now))),
    }
    return this.#outOfLayers(method, nextOf(this.base.layers, 0, { method, args, info, walk }, ends)())
  }

  /** What a layer rejects with, or what is no promise, is no fault of the caller. */
  #outOfLayers(method: string, outcome: Promise<unknown>): Promise<unknown> {
    return Promise.resolve(outcome).catch((error: unknown) => {
      throw this.located(method, error)
    })
  }

  #perform(method: string, args: readonly unknown[]): Promise<unknown> {
    try {
      return this.mapRejection(
        method,
        Reflect.apply(this.#methodOf(method), this.implementation, args) as Promise<unknown>,
      )
    } catch (error) {
      return Promise.reject(this.located(method, error, this.#mapError))
    }
  }

  /** What a call resolved, with the door before each of its methods. */
  #handle(method: string, table: Readonly<Record<string, MethodInfo>>, handle: unknown): unknown {
    return followHandle(handle, method, table, {
      isClosed: () => this.closed,
      walk: () => (this.hasLayers ? new Walk() : undefined),
      call: (name, info, args, last, walk) => this.#through(name, info, args, last, undefined, walk),
      mapRejection: (name, outcome) => this.mapRejection(name, outcome),
    })
  }

  /** A call of the implementation, with foreign errors mapped. */
  protected runMapped<T>(method: string, run: () => Promise<T>): Promise<T> {
    try {
      return this.mapRejection(method, run())
    } catch (error) {
      return Promise.reject(this.located(method, error, this.#mapError))
    }
  }

  #methodOf(method: string): Invocable[string] {
    return (this.implementation as Invocable)[method] as Invocable[string]
  }

  #infoOf(method: string): MethodInfo {
    return this.base.methods[method] ?? UNKNOWN_METHOD
  }

  #error(method: string, code: ErrorCode, message: string): ServiceError {
    return new ServiceError(code, message, { service: this.base.service, adapter: this.adapter, operation: method })
  }

  async #close(): Promise<void> {
    const { life } = this.base
    life.closed = true
    try {
      await this.implementation.close?.()
    } catch (error) {
      throw this.located("close", error, this.#mapError)
    } finally {
      life.ended = true
    }
  }

  async #connect(): Promise<void> {
    if (this.closed) await this.refuseClosed("connect")
    const around = this.base.layers.map(({ connect }) => connect)
    await this.#outOfLayers("connect", insteadOf(() => this.#connectStore(), around)())
  }

  async #connectStore(): Promise<void> {
    try {
      await (portableInfo(this.implementation) ?? this.implementation).connect?.()
    } catch (error) {
      throw this.located("connect", error, this.#mapError)
    }
  }

  async #health(signal: AbortSignal): Promise<Omit<PluginHealthStatus, "latency">> {
    try {
      if (this.implementation.healthCheck !== undefined) return await this.implementation.healthCheck(signal)
      await this.probe()
      return { status: "healthy" }
    } catch (error) {
      return this.#unhealthy(error, this.#mapError)
    }
  }

  #unhealthy(error: unknown, map = callError): Omit<PluginHealthStatus, "latency"> {
    const { code, details, message } = this.located("healthCheck", error, map)
    return unhealthy(code, message, details?.["reason"])
  }

  #bounded<Asked, Late>(asked: Promise<Asked>, late: (message: string) => Late): Promise<Asked | Late> {
    return bounded(asked, this.clock, this.base.options.healthTimeoutMs ?? 1000, late)
  }

  async #metrics(): Promise<Record<string, number>> {
    try {
      return (await this.implementation.getMetrics?.()) ?? (await this.metrics())
    } catch (error) {
      throw this.located("getMetrics", error, this.#mapError)
    }
  }
}
