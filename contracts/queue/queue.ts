/**
 * Queue: messages handed to handlers, at least once. Provisional: the base of the contract, version 1; the full
 * contract, with its clauses, comes with the queue work.
 *
 * - publish resolves once the message is accepted. It never runs a handler and never waits for one.
 * - Messages published before a subscribe wait for it.
 * - A second subscribe on the same queue by the same instance rejects ALREADY_EXISTS.
 * - The payload is JSON data and copied at publish: `undefined` is null, a member that is undefined counts as absent,
 *   everything else JSON has no form for rejects INVALID_ARGUMENT, more than `maxPayloadBytes` LIMIT_EXCEEDED.
 * - With a concurrency of 1, and while nothing fails, messages are handled in the order of their publish; a delayed
 *   one takes its place when its delay is over, never before.
 * - A handler that throws or rejects has failed. The message is delivered again, provisionally at once, until it has
 *   had maxAttempts deliveries; then it is dead, provisionally dropped and logged with its id.
 * - unsubscribe waits for running handlers; what waits stays. To await it in a handler of the same queue never ends.
 * - close takes nothing new and waits for running handlers; those that take too long see their signal abort.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"

export interface QueueMessage<T = unknown> {
  id: string
  queue: string
  /** As given to publish. */
  type?: string
  data: T
  /** Which delivery this is: 1 for the first. */
  attempts: number
  /** Epoch milliseconds of publish. */
  timestamp: number
}

export interface TaskContext {
  /** Aborts when close() waits no longer for this handler. */
  readonly signal: AbortSignal
}

/** Handles a message by returning, or by what it returns fulfilling; throwing and rejecting fail the attempt. */
export type QueueHandler<T = unknown> = (message: QueueMessage<T>, context: TaskContext) => unknown

export interface PublishOptions {
  /** What kind of message this is, for handlers that take several. */
  type?: string | undefined
  /** Milliseconds before the message may be delivered. Default 0. */
  delay?: number | undefined
  /** Deliveries before the message is dead. Default 3. */
  maxAttempts?: number | undefined
}

export interface SubscribeOptions {
  /** Handlers that run at one time. Default 1. */
  concurrency?: number | undefined
}

/** A class with publish, subscribe and unsubscribe is a queue. */
export interface IQueueService {
  /** @returns The id of the message. */
  publish<T>(queue: string, data: T, options?: PublishOptions): Promise<string>
  subscribe<T>(queue: string, handler: QueueHandler<T>, options?: SubscribeOptions): Promise<void>
  unsubscribe(queue: string): Promise<void>
  /** @returns How many messages are waiting or delayed. */
  getQueueSize?(queue: string): Promise<number>
  /** Drops what is waiting or delayed. @returns How many messages that were. */
  purge?(queue: string): Promise<number>
}

/** What an implementer writes. */
export type QueueImplementation = IQueueService & Partial<IHealthCheckable & IClosable>

export interface QueueCapabilities {
  readonly management: boolean
  readonly deadLetters: boolean
  readonly schedules: boolean
  /** Messages outlive the process. */
  readonly durable: boolean
  /** Several instances can hold one store: another process handles what this one published. */
  readonly shared: boolean
  readonly priorities: boolean
  readonly rateLimit: boolean
  readonly groups: boolean
  readonly order: "fifo" | "none"
  /** Bytes of a payload as JSON. */
  readonly maxPayloadBytes: number
  /** The smallest step in which a delay acts. */
  readonly delayResolutionMs: number
}

/** The queue that users hold: one type, whatever adapter was chosen. Missing optional methods reject UNSUPPORTED. */
export interface Queue extends IQueueService, IHealthCheckable, IClosable {
  getQueueSize(queue: string): Promise<number>
  purge(queue: string): Promise<number>
  readonly capabilities: QueueCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const

export const queueMethods = {
  publish: { ...write, idempotent: false },
  subscribe: { ...write, idempotent: false },
  unsubscribe: write,
  getQueueSize: read,
  purge: write,
} as const satisfies MethodTable<Omit<Queue, keyof IHealthCheckable | keyof IClosable | "capabilities">>
