import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { got } from "../../../contracts/foundation/text.ts"
import type { SpanHandle, SpanKind, SpanOptions, Tracing } from "../../../contracts/tracing/tracing.ts"
import { type PortableInfo, portableInfo } from "../../foundation/base.ts"
import type { Around, LayerCall, Next } from "../../foundation/layers.ts"
import type { Walk } from "../../foundation/walk.ts"
import { wrap } from "../../foundation/wrap.ts"
import { attributesOf, type CallAttributes, commonAttributes } from "./call-attributes.ts"
import { endFailed } from "./failure.ts"
import { isRemote } from "./systems.ts"

export interface WithTracingOptions {
  /** Whether the key that a call is about is told, as `objectos.key`. Default false. */
  keys?: boolean | undefined
}

/**
 * A span for each call of a service: `cache.get`, `storage.put`, and `storage.get.bytes` of an object that `get` gave. A
 * stream has one for the whole walk. What is built from other calls, such as `getOrSet`, has those of the calls.
 *
 * Kind `client` where calls go over a network, else `internal`. A call that rejects has the status `error`, also where the
 * service refused what was asked, such as NOT_FOUND: for its caller it failed. `error.type` is the code. Arguments that
 * break the contract are refused before, without a span. Health checks, connecting and closing have none.
 *
 * Keys, values and text of users are in no attribute. Answers, errors and their order stay as they are. Where the tracing
 * is not enabled the service itself is returned.
 *
 * @throws ServiceError INVALID_ARGUMENT for an object that no `as…` function made.
 * @example
 * const traced = withTracing(cache, tracing)
 * await tracing.withSpan("checkout", {}, () => traced.get("cart")) // checkout, and in it cache.get
 */
export function withTracing<Service extends object>(
  service: Service,
  tracing: Tracing,
  options: WithTracingOptions = {},
): Service {
  const portable = portableInfo(service)
  if (portable === undefined) {
    throw new ServiceError(
      "INVALID_ARGUMENT",
      `Tracing must stand around a portable service, which asCache makes; got ${got(service)}.`,
    )
  }
  if (tracing.getConfig().enabled === false) return service
  const layer = new TracingLayer(service, portable, tracing, options)
  return wrap(service, layer.around, { keepsContract: true })
}

class TracingLayer {
  readonly #tracing: Tracing
  readonly #service: string
  readonly #kind: SpanKind
  readonly #attributes: CallAttributes
  readonly #walks = new WeakMap<Walk, SpanHandle>()

  constructor(
    service: object,
    { adapter, service: name }: PortableInfo,
    tracing: Tracing,
    options: WithTracingOptions,
  ) {
    this.#tracing = tracing
    this.#service = name
    this.#kind = isRemote(adapter, service) ? "client" : "internal"
    this.#attributes = { common: commonAttributes(name, adapter), keys: options.keys ?? false }
  }

  readonly around: Around = (call, next) => {
    if (call.walk !== undefined) return this.#step(call, call.walk, next)
    return this.#watch(this.#start(call), next)
  }

  #start(call: LayerCall): SpanHandle {
    const options: SpanOptions = { kind: this.#kind, attributes: attributesOf(this.#service, this.#attributes, call) }
    return this.#tracing.startSpan(`${this.#service}.${call.method}`, options)
  }

  /** The promise is handed on as it is, so that a span costs no hop. The span ends before anybody else hears of it. */
  #watch(span: SpanHandle, next: Next): Promise<unknown> {
    const outcome = this.#tracing.run(span.context, () => next())
    outcome.then(
      () => span.end(),
      (error: unknown) => endFailed(span, error),
    )
    return outcome
  }

  #step(call: LayerCall, walk: Walk, next: Next): Promise<unknown> {
    const span = this.#walks.get(walk) ?? this.#walk(call, walk)
    return this.#tracing.run(span.context, () => next())
  }

  #walk(call: LayerCall, walk: Walk): SpanHandle {
    const span = this.#start(call)
    this.#walks.set(walk, span)
    walk.onEnd((failure) => (failure === undefined ? span.end() : endFailed(span, failure)))
    return span
  }
}
