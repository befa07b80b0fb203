import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { got } from "../../../contracts/foundation/text.ts"
import type { SpanHandle, Tracing, TracingImplementation } from "../../../contracts/tracing/tracing.ts"
import { type PortableInfo, portableInfo } from "../../foundation/base.ts"
import type { Around, LayerCall, Next } from "../../foundation/layers.ts"
import type { Walk } from "../../foundation/walk.ts"
import { wrap } from "../../foundation/wrap.ts"
import { asTracing } from "../portable-tracing.ts"
import { CallSpans } from "./call-spans.ts"
import { endFailed } from "./failure.ts"
import { MessageTraces } from "./message-traces.ts"
import { isRemote } from "./systems.ts"

export interface WithTracingOptions {
  /** Whether the key that a call is about is told, as `objectos.key`. Default false. */
  keys?: boolean | undefined
  /** Of a queue: a message that was published longer ago has a trace of its own. Milliseconds, default 3,600,000. */
  linkAfterMs?: number | undefined
  /** Says how old messages are. Default: that of the service. */
  clock?: Pick<Clock, "now"> | undefined
}

const HOUR_MS = 60 * 60 * 1000

/**
 * A span for each call of a service: `cache.get`, `storage.put`, and `storage.get.bytes` of an object that `get` gave. A
 * stream has one for the whole walk. What is built from other calls, such as `getOrSet`, has those of the calls.
 *
 * Kind `client` where calls go over a network, else `internal`. A call that rejects has the status `error`, also where the
 * service refused what was asked, such as NOT_FOUND: for its caller it failed. `error.type` is the code. Arguments that
 * break the contract are refused before, without a span. Health checks, connecting and closing have none.
 *
 * Messages of a queue take the trace of their publisher along, in their metadata: `queue.publish` has the kind `producer`, and
 * the handler runs in a span `queue.process`, kind `consumer`, which is its child. It begins a new trace, with a link to the
 * publisher, where it comes for another reason (`origin` of its context), or more than `linkAfterMs` later.
 *
 * Keys, values and text of users are in no attribute. Answers, errors and their order stay as they are. Where the tracing
 * is not enabled the service itself is returned. A class of your own is taken as tracing too, as `asTracing` makes it.
 *
 * @throws ServiceError INVALID_ARGUMENT for an object that no `as…` function made.
 * @example
 * const traced = withTracing(cache, tracing)
 * await tracing.withSpan("checkout", {}, () => traced.get("cart")) // checkout, and in it cache.get
 */
export function withTracing<Service extends object>(
  service: Service,
  tracing: TracingImplementation,
  options: WithTracingOptions = {},
): Service {
  const portable = portableInfo(service)
  if (portable === undefined) {
    throw new ServiceError(
      "INVALID_ARGUMENT",
      `Tracing must stand around a portable service, which asCache makes; got ${got(service)}.`,
    )
  }
  const quiet = asTracing(tracing)
  if (quiet.getConfig().enabled === false) return service
  const layer = new TracingLayer(service, portable, quiet, options)
  return wrap(service, layer.around, { keepsContract: true })
}

class TracingLayer {
  readonly #tracing: Tracing
  readonly #spans: CallSpans
  readonly #messages: MessageTraces | undefined
  readonly #walks = new WeakMap<Walk, SpanHandle>()

  constructor(service: object, portable: PortableInfo, tracing: Tracing, options: WithTracingOptions) {
    const { adapter, service: name } = portable
    const { clock = portable.clock, keys = false, linkAfterMs = HOUR_MS } = options
    const kind = isRemote(adapter, service) ? "client" : "internal"
    this.#tracing = tracing
    this.#spans = new CallSpans({ service: name, adapter, kind, keys })
    const { common } = this.#spans
    this.#messages = name === "queue" ? new MessageTraces({ tracing, clock, common, linkAfterMs }) : undefined
  }

  readonly around: Around = (call, next) => {
    if (call.walk !== undefined) return this.#step(call, call.walk, next)
    const span = this.#start(call)
    if (this.#messages === undefined) return this.#watch(span, next)
    const args = this.#messages.argumentsOf(call, span)
    const told = call.method === "publish" ? "messaging.message.id" : undefined
    return this.#messages.answerOf(
      call.method,
      this.#watch(span, () => next(args), told),
    )
  }

  #start(call: LayerCall): SpanHandle {
    const { name, options } = this.#spans.of(call)
    return this.#tracing.startSpan(name, options)
  }

  /**
   * The promise is handed on as it is, so that a span costs no hop. The span ends before anybody else hears of it.
   *
   * @param told The attribute that the answer is.
   */
  #watch(span: SpanHandle, next: Next, told?: string): Promise<unknown> {
    const outcome = this.#tracing.run(span.context, () => next())
    outcome.then(
      (answer) => {
        if (told !== undefined) span.setAttribute(told, answer)
        span.end()
      },
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
