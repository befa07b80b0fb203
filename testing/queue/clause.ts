import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import type { QueueClauseId } from "../../contracts/queue/clauses.ts"
import { queueSentences } from "../../contracts/queue/clauses.ts"
import type { QueueHandler, QueueMessage, TaskContext } from "../../contracts/queue/message.ts"
import type { IDeadLetters, IQueueManagement, IQueueScheduler } from "../../contracts/queue/optional-interfaces.ts"
import type { IQueueService, QueueCapabilities, SubscribeOptions } from "../../contracts/queue/queue.ts"
import type { Checks } from "../engine/checks.ts"
import { type ClauseWorld, clausesFor } from "../engine/clause.ts"

/** A queue as clauses see it: what a clause `needs` is there. */
export type QueueClient = Required<IQueueService> &
  IQueueManagement &
  IDeadLetters &
  IQueueScheduler &
  IHealthCheckable &
  IClosable

export type QueueWorld = ClauseWorld<QueueClient, QueueCapabilities>

export const clause = clausesFor<QueueClient, QueueCapabilities, QueueClauseId>(queueSentences)

/** Clients of one store; the same one again and again where a store cannot be shared. */
export function clientsOf(world: QueueWorld, count: number): Promise<QueueClient[]> {
  return Promise.all(Array.from({ length: count }, () => world.connect()))
}

/** What a handler of a clause does with a message. Undefined: nothing. */
export type Work = ((message: QueueMessage<never>, context: TaskContext) => unknown) | undefined

/** A handler that remembers what it was given. */
export class Deliveries {
  readonly #t: Checks
  readonly #work: Work
  /** Each delivery when it starts, as it was handed over. */
  readonly messages: QueueMessage[] = []
  /** Handlers that run now, and how many did at most. */
  running = 0
  most = 0
  ended = 0

  constructor(t: Checks, work?: Work) {
    this.#t = t
    this.#work = work
  }

  readonly handler: QueueHandler<never> = async (message, context) => {
    this.messages.push(structuredClone(message))
    this.running++
    this.most = Math.max(this.most, this.running)
    try {
      return await this.#work?.(message, context)
    } finally {
      this.running--
      this.ended++
    }
  }

  get data(): unknown[] {
    return this.messages.map(({ data }) => data)
  }

  /** Waits until so many deliveries have started, for each hundred of them as for one. */
  async reach(count: number, what = `${count} deliveries`): Promise<void> {
    do {
      const next = Math.min(count, this.messages.length + 100)
      await this.#t.eventually(() => this.messages.length >= next, what)
    } while (this.messages.length < count)
  }

  async end(count: number, what = `${count} deliveries`): Promise<void> {
    await this.#t.eventually(() => this.ended >= count, what)
  }

  /** For a while no more deliveries than so many start. */
  async stay(count: number, what: string): Promise<void> {
    await this.#t.never(() => this.messages.length > count, what)
  }
}

/** Subscribes a handler that remembers. */
export async function listen(
  t: Checks,
  queue: QueueClient,
  name: string,
  work?: Work,
  options?: SubscribeOptions,
): Promise<Deliveries> {
  const deliveries = new Deliveries(t, work)
  await queue.subscribe(name, deliveries.handler, options)
  return deliveries
}

/** A promise that a clause resolves, such as to let a handler end. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Publishes numbers from 0 in order, one after the other. Gives their ids. */
export async function publishNumbers(
  queue: QueueClient,
  name: string,
  count: number,
  options?: Parameters<QueueClient["publish"]>[2],
): Promise<string[]> {
  const ids: string[] = []
  for (let number = 0; number < count; number++) ids.push(await queue.publish(name, number, options))
  return ids
}

/** Seconds by which what is due may be late on an idle machine. */
export function lateness({ manualTime, step }: QueueWorld): number {
  return manualTime ? 0 : step * 1.2
}

/** Lets so many seconds pass, and then what it may take until what is due is noticed. */
export async function passDue(world: QueueWorld, seconds: number): Promise<void> {
  const { delayResolutionMs } = world.capabilities
  const ms = Math.ceil((seconds * 1000) / delayResolutionMs - 1e-6) * delayResolutionMs
  await world.pass(ms / 1000 + lateness(world))
}

/** Attempts without a wait between them. */
export const AT_ONCE = { type: "fixed", delayMs: 0 } as const

/** Of a message that fails a few times: it has attempts left, without a wait between them. */
export const AGAIN = { backoff: AT_ONCE, maxAttempts: 5 } as const
