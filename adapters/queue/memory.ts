/**
 * Queue in this process: first in, first out.
 *
 * @example
 * const queue = createMemoryQueue()
 * await queue.subscribe<{ to: string }>("mail", ({ data }) => send(data.to), { concurrency: 5 })
 * await queue.publish("mail", { to: "ada@example.org" })
 */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter, type Logger } from "../../contracts/adapter.ts"
import type { Clock, Timer } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { utf8Length } from "../../contracts/foundation/text.ts"
import { QUEUE_DEFAULT_MAX_ATTEMPTS, QUEUE_MAX_PAYLOAD_BYTES } from "../../contracts/queue/arguments.ts"
import type {
  IQueueService,
  PublishOptions,
  Queue,
  QueueCapabilities,
  QueueHandler,
  QueueMessage,
  SubscribeOptions,
} from "../../contracts/queue/queue.ts"
import { asQueue } from "../../core/queue/portable-queue.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"

export const memoryQueueOptionsSchema = z.strictObject({
  /** A larger payload is refused. Bytes as JSON. */
  maxPayloadBytes: z._default(z.int().check(z.minimum(1)), QUEUE_MAX_PAYLOAD_BYTES),
  /** How long close() waits for running handlers before it aborts their signals. */
  shutdownTimeoutMs: z._default(z.int().check(z.minimum(0)), 30_000),
})
export type MemoryQueueOptions = z.input<typeof memoryQueueOptionsSchema>
type ParsedOptions = z.output<typeof memoryQueueOptionsSchema>

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemoryQueue(options: MemoryQueueOptions = {}, context: Partial<AdapterContext> = {}): Queue {
  return openMemoryQueue(parseOptions(memoryQueueOptionsSchema, options, "memory queue"), {
    ...defaultContext("queue"),
    ...context,
  })
}

/** Of options that are checked. */
function openMemoryQueue(options: ParsedOptions, { clock, logger }: AdapterContext): Queue {
  const capabilities: QueueCapabilities = {
    management: false,
    deadLetters: false,
    schedules: false,
    durable: false,
    shared: false,
    priorities: false,
    rateLimit: false,
    groups: false,
    order: "fifo",
    maxPayloadBytes: options.maxPayloadBytes,
    delayResolutionMs: 1,
  }
  return asQueue(new MemoryQueue(options, clock, logger), { adapter: "memory", capabilities, clock })
}

export const memoryQueue = defineAdapter({
  service: "queue",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memoryQueueOptionsSchema,
  create: openMemoryQueue,
})

interface HeldMessage {
  readonly message: Omit<QueueMessage, "data" | "attempts">
  readonly json: string
  readonly maxAttempts: number
  attempts: number
}

interface Running {
  readonly controller: AbortController
  readonly done: Promise<void>
}

interface Lane {
  readonly waiting: HeldMessage[]
  readonly delayed: Map<HeldMessage, Timer>
  readonly running: Set<Running>
  subscription: { readonly handler: QueueHandler<never>; readonly concurrency: number } | undefined
  /** Whether deliveries are about to start. */
  due: boolean
}

class MemoryQueue implements IQueueService {
  readonly #lanes = new Map<string, Lane>()
  readonly #options: ParsedOptions
  readonly #clock: Clock
  readonly #logger: Logger

  constructor(options: ParsedOptions, clock: Clock, logger: Logger) {
    this.#options = options
    this.#clock = clock
    this.#logger = logger
  }

  async publish(queue: string, data: unknown, options: PublishOptions = {}): Promise<string> {
    const { type, delay = 0, maxAttempts = QUEUE_DEFAULT_MAX_ATTEMPTS } = options
    const json = JSON.stringify(data)
    this.#checkSize(json)
    const id = crypto.randomUUID()
    const message = { id, queue, ...(type !== undefined && { type }), timestamp: this.#clock.now() }
    this.#hold(this.#lane(queue), { message, json, maxAttempts, attempts: 0 }, this.#clock.monotonic() + delay)
    return id
  }

  async subscribe(queue: string, handler: QueueHandler<never>, options: SubscribeOptions = {}): Promise<void> {
    const lane = this.#lane(queue)
    if (lane.subscription !== undefined)
      throw new ServiceError("ALREADY_EXISTS", "This queue has a subscription; end that one first.")
    lane.subscription = { handler, concurrency: options.concurrency ?? 1 }
    this.#wake(lane)
  }

  async unsubscribe(queue: string): Promise<void> {
    const lane = this.#lanes.get(queue)
    if (lane === undefined) return
    lane.subscription = undefined
    await allDone(lane.running)
  }

  async getQueueSize(queue: string): Promise<number> {
    const lane = this.#lanes.get(queue)
    return lane === undefined ? 0 : lane.waiting.length + lane.delayed.size
  }

  async purge(queue: string): Promise<number> {
    const lane = this.#lanes.get(queue)
    return lane === undefined ? 0 : drop(lane)
  }

  async close(): Promise<void> {
    const running = [...this.#lanes.values()].flatMap((lane) => [...lane.running])
    for (const lane of this.#lanes.values()) {
      lane.subscription = undefined
      drop(lane)
    }
    if (running.length === 0) return
    let timer: Timer | undefined
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(() => {
        for (const { controller } of running) controller.abort()
        resolve()
      }, this.#options.shutdownTimeoutMs)
    })
    await Promise.race([allDone(running), late])
    timer?.cancel()
  }

  #lane(queue: string): Lane {
    const lane = this.#lanes.get(queue) ?? {
      waiting: [],
      delayed: new Map(),
      running: new Set(),
      subscription: undefined,
      due: false,
    }
    this.#lanes.set(queue, lane)
    return lane
  }

  /** Asks the clock again when a timer fires, because timers may fire early. */
  #hold(lane: Lane, held: HeldMessage, dueAt: number): void {
    const left = dueAt - this.#clock.monotonic()
    if (left > 0) {
      lane.delayed.set(
        held,
        this.#clock.setTimeout(() => this.#hold(lane, held, dueAt), left),
      )
      return
    }
    lane.delayed.delete(held)
    lane.waiting.push(held)
    this.#wake(lane)
  }

  /** Deliveries start in a task of their own, so that a handler that blocks does not hold up its publisher. */
  #wake(lane: Lane): void {
    if (lane.due) return
    lane.due = true
    setImmediate(() => {
      lane.due = false
      while (lane.subscription !== undefined && lane.running.size < lane.subscription.concurrency) {
        const held = lane.waiting.shift()
        if (held === undefined) break
        this.#start(lane, lane.subscription.handler, held)
      }
    })
  }

  #start(lane: Lane, handler: QueueHandler<never>, held: HeldMessage): void {
    const controller = new AbortController()
    const done = this.#deliver(lane, handler, held, controller.signal).then(() => {
      lane.running.delete(running)
      this.#wake(lane)
    })
    const running: Running = { controller, done }
    lane.running.add(running)
  }

  async #deliver(lane: Lane, handler: QueueHandler<never>, held: HeldMessage, signal: AbortSignal): Promise<void> {
    held.attempts++
    const message = { ...held.message, data: JSON.parse(held.json), attempts: held.attempts }
    try {
      await handler(message as QueueMessage<never>, { signal })
    } catch (error) {
      if (held.attempts < held.maxAttempts) lane.waiting.unshift(held)
      else this.#logger.error("A message is dead.", { ...held.message, attempts: held.attempts, error })
    }
  }

  #checkSize(json: string): void {
    const { maxPayloadBytes } = this.#options
    const size = utf8Length(json)
    if (size <= maxPayloadBytes) return
    throw new ServiceError(
      "LIMIT_EXCEEDED",
      `A payload must have at most ${maxPayloadBytes} bytes, as maxPayloadBytes says; got ${size}.`,
    )
  }
}

async function allDone(running: Iterable<Running>): Promise<void> {
  await Promise.all(Array.from(running, ({ done }) => done))
}

/** Drops what waits or is delayed, and says how much that was. */
function drop(lane: Lane): number {
  const dropped = lane.waiting.length + lane.delayed.size
  for (const timer of lane.delayed.values()) timer.cancel()
  lane.delayed.clear()
  lane.waiting.length = 0
  return dropped
}
