import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { utf8Length } from "../../../contracts/foundation/text.ts"
import { QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import type { PublishItem } from "../../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import { isTransient } from "../../../core/foundation/transient.ts"
import { droppedOutcome, planMessage, timeOfId } from "../../../core/queue/for-adapters.ts"
import { isRefusal } from "../../kit/engines/redis/errors.ts"
import { publishScript } from "./scripts.ts"
import { announce, runScript, type Store } from "./store.ts"
import { encodePlan, FIRST_PRIORITY } from "./stored-message.ts"

/** Messages that are on their way at one time. The connection carries what keeps running messages, too. */
const BATCH = { count: 500, length: 1_048_576 }
/** Messages that the server stores in one step, during which it serves nobody else. */
const PAGE = { count: 50, length: 65_536 }
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
  /** Of its payload. */
  readonly length: number
  readonly args: readonly string[]
}

/** What the server says of a message, and the id that it has there. */
type Answer = readonly [outcome: number, id: string]

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

  /** Messages are sent in pages, in the order of the items, and none before all have been checked. */
  async publishMany(queue: string, items: readonly PublishItem[]): Promise<string[]> {
    const messages = items.map(({ data, options }) => this.#prepare(queue, data, options))
    const ids: string[] = []
    for (const batch of splitBy(BATCH, messages)) {
      const outcomes = await Promise.allSettled(splitBy(PAGE, batch).flatMap((page) => this.#sendPage(queue, page)))
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
      length: json.length,
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

  /** What a page that was lost did for each message, the message finds out for itself. */
  #sendPage(queue: string, page: readonly Outgoing[]): Promise<string>[] {
    const answers = this.#run(queue, page)
    return page.map((message, index) =>
      this.#send(
        message,
        answers.then((all) => answerAt(all, index)),
      ),
    )
  }

  async #send(message: Outgoing, first = this.#runOne(message, false)): Promise<string> {
    const { clock, connection, options } = this.#store
    const deadline = clock.monotonic() + options.timeoutMs
    let sent = first
    let isUnknown = false
    for (;;) {
      try {
        return this.#accepted(message, await sent)
      } catch (thrown) {
        const error = connection.mapError(thrown)
        if (error.details !== undefined) throw error
        isUnknown ||= error.code === "TIMEOUT"
        const left = deadline - clock.monotonic() - PAUSE_MS
        if (left <= 0 || !isTransient(error) || isRefusal(thrown)) throw isUnknown ? unknown(message, error) : error
        await clock.sleep(PAUSE_MS)
        // It may have been stored: sent again with its id, it is not stored twice.
        sent = within(clock, left, this.#runOne(message, isUnknown), () => unknown(message, error))
      }
    }
  }

  async #runOne(message: Outgoing, wasSent: boolean): Promise<Answer> {
    return answerAt(await this.#run(message.queue, [message], wasSent), 0)
  }

  #run(queue: string, messages: readonly Outgoing[], wereSent = false): Promise<readonly unknown[]> {
    const { keys, redis } = this.#store
    const base = keys.base(queue)
    const names = [keys.queues]
    const values: string[] = [queue]
    for (const { args, fresh, id } of messages) {
      names.push(base + id)
      values.push(...args)
      if (wereSent || !fresh) values.push("1", String(timeOfId(id) - CLOCKS_MS))
      else values.push("", "")
    }
    redis.load(publishScript)
    return runScript(this.#store, queue, publishScript, names, ...values) as Promise<readonly unknown[]>
  }

  #accepted(message: Outgoing, [outcome, id]: Answer): string {
    if (outcome === 2) throw droppedOutcome(id)
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

function answerAt(answers: readonly unknown[], index: number): Answer {
  return [Number(answers[index * 2]), String(answers[index * 2 + 1])]
}

/** Runs of messages, in their order, none over a limit unless it is of one message. */
function splitBy(limit: { count: number; length: number }, messages: readonly Outgoing[]): Outgoing[][] {
  const runs: Outgoing[][] = []
  let run: Outgoing[] = []
  let length = 0
  for (const message of messages) {
    if (run.length === limit.count || (run.length > 0 && length + message.length > limit.length)) {
      runs.push(run)
      run = []
      length = 0
    }
    run.push(message)
    length += message.length
  }
  if (run.length > 0) runs.push(run)
  return runs
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

function unknown({ id }: Outgoing, cause: ServiceError): ServiceError {
  const message = "The message may have been stored. No answer came; publish again with its id to be sure."
  return new ServiceError("TIMEOUT", message, { details: { outcome: "unknown", id }, cause })
}

/** The outcome of a promise, or an error where it takes longer: nobody knows then what comes of it. */
async function within<T>(clock: Store["clock"], ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(late()), ms)
    promise.then(resolve, reject).finally(() => timer.cancel())
  })
}

/** One that may have been applied, where there is one. */
function worstOf(errors: readonly unknown[]): unknown {
  return errors.find((error) => ServiceError.is(error) && error.code !== "UNAVAILABLE") ?? errors[0]
}
