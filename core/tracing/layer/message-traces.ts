import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { QueueHandler, QueueMessage, TaskContext } from "../../../contracts/queue/message.ts"
import type { PublishItem, ScheduleOptions } from "../../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions } from "../../../contracts/queue/options.ts"
import type { GivenAttributes, SpanHandle, SpanOptions, Tracing } from "../../../contracts/tracing/tracing.ts"
import type { LayerCall } from "../../foundation/layers.ts"
import { endFailed } from "./failure.ts"
import { carrierOf, itemsWithCarrier, withCarrier } from "./message-carrier.ts"
import { TracedContext } from "./traced-context.ts"

export interface MessageTracesOptions {
  readonly tracing: Tracing
  readonly clock: Pick<Clock, "now">
  /** Of every span. */
  readonly common: GivenAttributes
  /** A message that was published longer ago has a trace of its own. */
  readonly linkAfterMs: number
}

/** Takes the trace of a publisher along with its messages. */
export class MessageTraces {
  readonly #options: MessageTracesOptions

  constructor(options: MessageTracesOptions) {
    this.#options = options
  }

  /** Arguments in place of those of the call. */
  argumentsOf({ args, method }: LayerCall, { context }: SpanHandle): readonly unknown[] {
    const { tracing } = this.#options
    const [queue, given, options] = args
    switch (method) {
      case "publish":
        return [queue, given, withCarrier(options as PublishOptions | undefined, carrierOf(tracing, context))]
      case "publishMany":
        return [queue, itemsWithCarrier(given as readonly PublishItem[], carrierOf(tracing, context))]
      case "subscribe":
        return [queue, this.#traced(queue as string, given as QueueHandler), options]
      case "schedule":
        return [...args.slice(0, 4), withCarrier(args[4] as ScheduleOptions | undefined, carrierOf(tracing, context))]
      default:
        return args
    }
  }

  /** The handler in a span of its own. What it gives is handed on at once where it gives it at once. */
  #traced(queue: string, handler: QueueHandler): QueueHandler {
    return (message, context) => {
      const span = this.#start(queue, message, context)
      try {
        const { tracing } = this.#options
        const outcome = tracing.run(span.context, () => handler(message, new TracedContext(context, span)))
        if (isThenable(outcome)) return follow(Promise.resolve(outcome), span)
        span.end()
        return outcome
      } catch (error) {
        endThrown(span, error)
        throw error
      }
    }
  }

  #start(queue: string, message: QueueMessage, { origin }: TaskContext): SpanHandle {
    const { common, tracing } = this.#options
    const attributes = {
      ...common,
      "messaging.destination.name": queue,
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.message.id": message.id,
      "objectos.queue.attempt": message.attempts,
      ...(origin !== undefined && { "objectos.queue.origin": origin }),
    }
    return tracing.startSpan("queue.process", { kind: "consumer", attributes, ...this.#place(message, origin) })
  }

  /** A child of the publisher, or a new trace with a link to it where the publish is not the reason, or long ago. */
  #place({ metadata, timestamp }: QueueMessage, origin: TaskContext["origin"]): SpanOptions {
    const { clock, linkAfterMs, tracing } = this.#options
    const publisher = metadata && tracing.extract(metadata)
    if (publisher === undefined) return { parent: null }
    const isApart = origin !== undefined || clock.now() - timestamp > linkAfterMs
    return isApart ? { parent: null, links: [{ context: publisher }] } : { parent: publisher }
  }
}

function follow(outcome: Promise<unknown>, span: SpanHandle): Promise<unknown> {
  outcome.then(
    () => span.end(),
    (error: unknown) => endThrown(span, error),
  )
  return outcome
}

function endThrown(span: SpanHandle, error: unknown): void {
  span.recordException(error)
  endFailed(span, error)
}

/** @throws What the `then` of a strange object throws when it is read. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false
  return typeof (value as { then?: unknown }).then === "function"
}
