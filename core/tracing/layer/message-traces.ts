import type { Clock } from "../../../contracts/foundation/clock.ts"
import type {
  FailedMessage,
  QueueHandler,
  QueueMessage,
  TaskContext,
  TaskRecord,
} from "../../../contracts/queue/message.ts"
import type { PublishItem } from "../../../contracts/queue/optional-interfaces.ts"
import type { GivenAttributes, SpanHandle, SpanOptions, Tracing } from "../../../contracts/tracing/tracing.ts"
import type { LayerCall } from "../../foundation/layers.ts"
import { endFailed } from "./failure.ts"
import { carrierOf, withCarrier, withoutCarrierIn } from "./message-carrier.ts"
import { readMark } from "./trace-mark.ts"
import { TracedContext } from "./traced-context.ts"

export interface MessageTracesOptions {
  readonly tracing: Tracing
  readonly clock: Pick<Clock, "now">
  /** Of every span. */
  readonly common: GivenAttributes
  /** A message that was published longer ago has a trace of its own. */
  readonly linkAfterMs: number
}

type Metadata = Readonly<Record<string, string>>

/** Options of publish or schedule. */
interface Carrying {
  readonly metadata?: Metadata | undefined
}

/** Takes the trace of a publisher along with its messages. */
export class MessageTraces {
  readonly #options: MessageTracesOptions

  constructor(options: MessageTracesOptions) {
    this.#options = options
  }

  /** Arguments in place of those of the call. */
  argumentsOf({ args, method }: LayerCall, span: SpanHandle): readonly unknown[] {
    const [queue, given, options] = args
    switch (method) {
      case "publish":
        return [queue, given, this.#carrying(span)(options as Carrying | undefined)]
      case "publishMany": {
        const carrying = this.#carrying(span)
        const items = given as readonly PublishItem[]
        return [queue, items.map((item) => ({ ...item, options: carrying(item.options) }))]
      }
      case "subscribe":
        return [queue, this.#traced(queue as string, given as QueueHandler), options]
      case "schedule":
        return [...args.slice(0, 4), this.#carrying(span)(args[4] as Carrying | undefined)]
      default:
        return args
    }
  }

  /** What the answer of a method shows of messages: the metadata as they were given. */
  answerOf(method: string, outcome: Promise<unknown>): Promise<unknown> {
    switch (method) {
      case "getTask":
        return outcome.then((record) => record && withoutCarrierIn(record as TaskRecord))
      case "listFailed":
        return outcome.then((page) => {
          const { items } = page as { items: readonly FailedMessage[] }
          return { ...(page as object), items: items.map(withoutCarrierIn) }
        })
      default:
        return outcome
    }
  }

  /** Puts where the span stands into options. A trace context that the user gives stays where no span is active. */
  #carrying({ context }: SpanHandle): (options: Carrying | undefined) => Carrying | undefined {
    const { tracing } = this.#options
    const carrier = carrierOf(tracing, context)
    const isActive = tracing.activeContext() !== undefined
    const isRelayed = (given: Metadata) => readMark(given) === undefined && tracing.extract(given) !== undefined
    return (options) => {
      const given = options?.metadata
      if (!isActive && given !== undefined && isRelayed(given)) return options
      const metadata = withCarrier(given, carrier)
      return metadata === given ? options : { ...options, metadata }
    }
  }

  /** The handler in a span of its own. What it gives is handed on at once where it gives it at once. */
  #traced(queue: string, handler: QueueHandler): QueueHandler {
    return (message, context) => {
      const span = this.#start(queue, message, context)
      try {
        const { tracing } = this.#options
        const shown = withoutCarrierIn(message)
        const outcome = tracing.run(span.context, () => handler(shown, new TracedContext(context, span)))
        if (isThenable(outcome)) return follow(Promise.resolve(outcome), span, context)
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

/** The span ends with the handler, or with its attempt where that is over before. */
function follow(outcome: Promise<unknown>, span: SpanHandle, { signal }: Partial<TaskContext>): Promise<unknown> {
  signal?.addEventListener("abort", () => endFailed(span, signal.reason), { once: true })
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
