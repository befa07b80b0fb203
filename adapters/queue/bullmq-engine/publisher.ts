import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { utf8Length } from "../../../contracts/foundation/text.ts"
import { QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import type { PublishItem } from "../../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import { isTransient } from "../../../core/foundation/transient.ts"
import { planMessage, timeOfId } from "../../../core/queue/portable-queue.ts"
import { batchesOf } from "../../kit/engines/redis/commands.ts"
import { replyOf } from "../../kit/engines/redis/errors.ts"
import { publishScript } from "./scripts.ts"
import { announce, runScript, type Store } from "./store.ts"
import { encodePlan, FIRST_PRIORITY } from "./stored-message.ts"

/** Messages that are on their way at one time. */
const BATCH = 500
/** How far the clocks of two processes may be apart. */
const CLOCKS_MS = 5000
/** The pause before a message is sent again. */
const PAUSE_MS = 20
/** As `opts`, of a message that says nothing. */
const PLAIN = encodePlan(planMessage())

/** A message before it is sent. Sent again it is the same. */
interface Outgoing {
  readonly queue: string
  readonly id: string
  readonly type: string | undefined
  /** Whether the id was made for this call, else the application has it from before. */
  readonly fresh: boolean
  readonly args: string[]
}

/** Stores messages. The id is chosen here, so that a message whose answer was lost can be sent again. */
export class Publisher {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  publish(queue: string, data: unknown, options?: PublishOptions): Promise<string> {
    return this.#send(this.#prepare(queue, data, options))
  }

  /** Of a message that some instance has accepted: it may be larger than this one takes. */
  publishCopy(queue: string, data: unknown, options: PublishOptions): Promise<string> {
    return this.#send(this.#prepare(queue, data, options, Number.POSITIVE_INFINITY))
  }

  /** Each message is sent by itself, in the order of the items, and none before all have been checked. */
  async publishMany(queue: string, items: readonly PublishItem[]): Promise<string[]> {
    const messages = items.map(({ data, options }) => this.#prepare(queue, data, options))
    const ids: string[] = []
    for (const batch of batchesOf(messages, BATCH)) {
      const outcomes = await Promise.allSettled(batch.map((message) => this.#send(message)))
      for (const outcome of outcomes) {
        if (outcome.status === "fulfilled") ids.push(outcome.value)
      }
      const failed = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason as unknown)
      if (failed.length === 0) continue
      throw ids.length === 0 ? worstOf(failed) : this.#store.redis.partly(worstOf(failed))
    }
    return ids
  }

  #prepare(
    queue: string,
    data: unknown,
    options: PublishOptions | undefined,
    maxPayloadBytes = this.#store.options.maxPayloadBytes,
  ): Outgoing {
    const { clock, nextId } = this.#store
    const json = JSON.stringify(data)
    checkSize(json, maxPayloadBytes)
    const definition = this.#store.definitions.get(queue)
    const isPlain = options === undefined && definition === undefined
    const plan = planMessage(options, definition)
    const id = options?.id ?? nextId()
    return {
      queue,
      id,
      type: plan.type,
      fresh: options?.id === undefined,
      args: [
        id,
        json,
        isPlain ? PLAIN : encodePlan(plan),
        plan.type ?? "message",
        String(plan.priority + FIRST_PRIORITY),
        String(Math.ceil(plan.delay)),
        String(Math.floor(clock.now())),
        options?.idempotencyKey ?? "",
        String(Math.ceil(options?.idempotencyWindowMs ?? QUEUE_DEFAULTS.idempotencyWindowMs)),
      ],
    }
  }

  async #send(message: Outgoing): Promise<string> {
    const { clock, connection, options } = this.#store
    const deadline = clock.monotonic() + options.timeoutMs
    let sent = this.#run(message, !message.fresh)
    let isUnknown = false
    for (;;) {
      try {
        return this.#accepted(message, await sent)
      } catch (thrown) {
        const error = connection.mapError(thrown)
        if (!isTransient(error) || error.details !== undefined) throw error
        isUnknown ||= error.code === "TIMEOUT"
        const left = deadline - clock.monotonic() - PAUSE_MS
        if (left <= 0 || isRefusal(thrown)) throw isUnknown ? unknown(message, error) : error
        await clock.sleep(PAUSE_MS)
        // It may have been stored: sent again with its id, it is not stored twice.
        sent = within(clock, left, this.#run(message, isUnknown || !message.fresh), error)
      }
    }
  }

  async #run({ args, id, queue }: Outgoing, mayBeKnown: boolean): Promise<[number, string]> {
    const { keys } = this.#store
    const known = mayBeKnown ? ["1", String(timeOfId(id) - CLOCKS_MS)] : ["", ""]
    const names = [keys.base(queue) + id, keys.queues]
    return (await runScript(this.#store, queue, publishScript, names, ...args, ...known, queue)) as [number, string]
  }

  #accepted(message: Outgoing, [outcome, id]: [number, string]): string {
    if (outcome === 2) {
      throw unknown(message, undefined, "Its record may have been dropped since, as retention says")
    }
    // What was sent before and is there now is what this call stored.
    if (outcome === 1 || (message.fresh && id === message.id)) {
      this.#store.counts.published++
      const { queue, type } = message
      const service = this.#store.name
      announce(this.#store, "queue.task.enqueued", { service, queue, id, ...(type !== undefined && { type }) })
    }
    return id
  }
}

export function checkSize(json: string, maxPayloadBytes: number): void {
  // A UTF-16 unit is at most three bytes.
  if (json.length * 3 <= maxPayloadBytes) return
  const size = utf8Length(json)
  if (size <= maxPayloadBytes) return
  throw new ServiceError(
    "LIMIT_EXCEEDED",
    `A payload must have at most ${maxPayloadBytes} bytes, as maxPayloadBytes says; got ${size}.`,
  )
}

function unknown({ id }: Outgoing, cause: ServiceError | undefined, why = "No answer came"): ServiceError {
  return new ServiceError(
    "TIMEOUT",
    `The message may have been stored. ${why}; publish again with its id to be sure.`,
    {
      details: { outcome: "unknown", id },
      cause,
    },
  )
}

/** The server is there, and does not take it. */
function isRefusal(error: unknown): boolean {
  const reply = replyOf(error)
  return reply !== undefined && reply !== "LOADING" && reply !== "BUSY"
}

/** The outcome of a promise, or the error where it takes longer. */
async function within<T>(clock: Store["clock"], ms: number, promise: Promise<T>, error: ServiceError): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(error), ms)
    promise.then(resolve, reject).finally(() => timer.cancel())
  })
}

/** One that may have been applied, where there is one. */
function worstOf(errors: readonly unknown[]): unknown {
  return errors.find((error) => ServiceError.is(error) && error.code !== "UNAVAILABLE") ?? errors[0]
}
