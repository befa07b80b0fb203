import { systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { shownName } from "../../contracts/foundation/shown.ts"
import type { QueueHandler } from "../../contracts/queue/message.ts"
import type { PublishItem } from "../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions, Queue } from "../../contracts/queue/queue.ts"
import { type DrainBudget, noEnd, type TestInstance } from "../foundation/drain.ts"
import type { LayerCall, Next } from "../foundation/layers.ts"
import { wrap } from "../foundation/wrap.ts"

/** A message that was published, as the publisher gave it. */
export interface PublishedMessage<T = unknown> {
  id: string
  queue: string
  data: T
  options: PublishOptions
}

/** The queue of test services: it remembers what was published through it. */
export interface TestQueue extends Queue {
  /** What was published, the first one first; of all queues where none is named. A message that is one already is not told. */
  published<T = unknown>(queue?: string): PublishedMessage<T>[]
  /** The one message that was published to a queue. @throws ServiceError PRECONDITION_FAILED where there is another number. */
  publishedOne<T = unknown>(queue: string): PublishedMessage<T>
  /** @throws ServiceError PRECONDITION_FAILED where something was published; of all queues where none is named. */
  publishedNone(queue?: string): void
  /** Forgets what was published so far. The messages stay. */
  forgetPublished(): void
}

/** Puts a recorder around a queue, and knows when it is idle. @param bare The queue that is asked for it. */
export function queueTestKit(queue: Queue, bare = queue): TestInstance {
  const recorder = new Recorder(bare)
  const instance = wrap(queue, (call, next) => recorder.around(call, next), { keepsContract: true })
  for (const name of ["published", "publishedOne", "publishedNone", "forgetPublished"] as const) {
    // Not enumerable, so that it is not taken for a queue with a spy for a method.
    Object.defineProperty(instance, name, { value: recorder[name].bind(recorder) })
  }
  return { instance, settle: (budget) => recorder.settle(budget), nextDueAt: () => recorder.nextDueAt() }
}

class Recorder {
  readonly #queue: Queue
  #published: PublishedMessage[] = []
  readonly #seen = new Set<string>()
  readonly #subscribed = new Set<string>()
  /** Ids of messages by their queue that may come later. */
  readonly #known = new Map<string, Set<string>>()
  #budget: DrainBudget | undefined
  #giveUp: (error: ServiceError) => void = () => {}
  /** Handlers that began or ended. */
  #steps = 0

  constructor(queue: Queue) {
    this.#queue = queue
  }

  async around({ args, method }: LayerCall, next: Next): Promise<unknown> {
    const [queue, given, options] = args as [string, unknown, unknown]
    switch (method) {
      case "publish": {
        const data = structuredClone(given)
        const id = (await next()) as string
        this.#record(queue, id, data, options as PublishOptions)
        return id
      }
      case "publishMany": {
        const items = structuredClone(given) as PublishItem[]
        const ids = (await next()) as string[]
        for (const [index, { data, options }] of items.entries()) {
          this.#record(queue, ids[index] as string, data, options)
        }
        return ids
      }
      case "subscribe":
        await next([queue, this.#counted(queue, given as QueueHandler), options])
        this.#subscribed.add(queue)
        return undefined
      case "unsubscribe":
        this.#subscribed.delete(queue)
        return next()
      default:
        return next()
    }
  }

  published<T>(queue?: string): PublishedMessage<T>[] {
    const of = this.#published.filter((message) => queue === undefined || message.queue === queue)
    return structuredClone(of) as PublishedMessage<T>[]
  }

  publishedOne<T>(queue: string): PublishedMessage<T> {
    const [first, ...others] = this.published<T>(queue)
    if (first !== undefined && others.length === 0) return first
    const count = first === undefined ? 0 : others.length + 1
    throw failed(`One message must have been published to ${shownName(queue)}; got ${count}. ${this.#summary()}`)
  }

  publishedNone(queue?: string): void {
    const { length } = this.published(queue)
    if (length === 0) return
    const where = queue === undefined ? "" : ` to ${shownName(queue)}`
    throw failed(`Nothing must have been published${where}; got ${length}. ${this.#summary()}`)
  }

  forgetPublished(): void {
    this.#published = []
  }

  async settle(budget: DrainBudget): Promise<void> {
    const queues = await this.#worked()
    if (queues.length === 0) return
    const over = new AbortController()
    const endless = new Promise<never>((_, reject) => {
      this.#giveUp = reject
    })
    this.#budget = budget
    try {
      const idle = Promise.all(queues.map(({ name }) => this.#queue.whenIdle(name)))
      await Promise.race([idle, endless, this.#stuck(budget, over.signal)])
    } finally {
      over.abort()
      this.#budget = undefined
    }
  }

  async nextDueAt(): Promise<number | undefined> {
    const times: number[] = []
    for (const { active, delayed, name, waiting } of await this.#worked()) {
      if (active > 0 || waiting > 0) return Number.NEGATIVE_INFINITY
      if (delayed > 0) times.push(...(await this.#timesOf(name)))
    }
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** The queues whose messages are delivered, with their numbers. */
  async #worked() {
    const stats = [...this.#subscribed].map(async (name) => ({ name, ...(await this.#queue.getQueueStats(name)) }))
    return (await Promise.all(stats)).filter(({ paused }) => !paused)
  }

  async #timesOf(queue: string): Promise<number[]> {
    const times: number[] = []
    const known = this.#known.get(queue) ?? new Set()
    for (const id of known) {
      const { dueAt, status } = (await this.#queue.getTask(queue, id)) ?? {}
      if (dueAt !== undefined) times.push(dueAt)
      else if (status === undefined || status === "completed") known.delete(id)
    }
    return times
  }

  /** Rejects when nothing happens for too long, in real time. */
  async #stuck({ timeoutMs }: DrainBudget, signal: AbortSignal): Promise<never> {
    for (let steps = -1; steps !== this.#steps; ) {
      steps = this.#steps
      await systemClock.sleep(timeoutMs, signal)
    }
    const names = (await this.#worked()).filter(({ active, waiting }) => active + waiting > 0).map(({ name }) => name)
    const remedy = "Time does not move while a handler runs: advance moves it"
    const text = `Handlers must end within ${timeoutMs} ms of real time; got none of ${names.map(shownName).join(", ")}`
    throw new ServiceError("TIMEOUT", `${text}. ${remedy}.`, { service: "queue", operation: "drain" })
  }

  #counted(queue: string, handler: QueueHandler): QueueHandler {
    return async (message, context) => {
      this.#steps++
      this.#know(queue, message.id)
      const budget = this.#budget
      if (budget !== undefined && ++budget.deliveries > budget.maxDeliveries) {
        this.#giveUp(noEnd(budget, `, the last ones in ${shownName(queue)}`))
      }
      try {
        return await handler(message, context)
      } finally {
        this.#steps++
      }
    }
  }

  #record(queue: string, id: string, data: unknown, options: PublishOptions = {}): void {
    this.#know(queue, id)
    const key = `${id} ${queue}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#published.push({ id, queue, data, options: structuredClone(options) })
  }

  #know(queue: string, id: string): void {
    const known = this.#known.get(queue) ?? new Set()
    this.#known.set(queue, known.add(id))
  }

  #summary(): string {
    const counts = new Map<string, number>()
    for (const { queue } of this.#published) counts.set(queue, (counts.get(queue) ?? 0) + 1)
    const parts = [...counts].map(([queue, count]) => `${count} to ${shownName(queue)}`)
    return parts.length === 0 ? "Nothing was published at all." : `Published were ${parts.join(", ")}.`
  }
}

function failed(message: string): ServiceError {
  return new ServiceError("PRECONDITION_FAILED", message, { service: "queue" })
}
