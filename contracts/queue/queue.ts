/**
 * Queue: messages handed to handlers, at least once. Contract version 1.
 *
 * Implement `IQueueService`, and any optional interface you can do natively; `asQueue` from `@objectos/sdk` makes the
 * full `Queue` of it, and `queueContract` from `@objectos/sdk/testing` proves it. The rules, each under the id of its
 * clause in the harness, are in `clauses.ts`; those of every service are in `contracts/foundation/clauses.ts`.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"
import type { QueueHandler } from "./message.ts"
import type { IDeadLetters, IQueueManagement, IQueueScheduler } from "./optional-interfaces.ts"
import type { PublishOptions, SubscribeOptions } from "./options.ts"

export type * from "./events.ts"
export * from "./message.ts"
export type * from "./optional-interfaces.ts"
export type * from "./options.ts"

/** A class with publish, subscribe and unsubscribe is a queue. */
export interface IQueueService {
  /** @returns The id of the message. */
  publish<T>(queue: string, data: T, options?: PublishOptions): Promise<string>
  /** Competes with every other subscription of the queue for its messages. */
  subscribe<T>(queue: string, handler: QueueHandler<T>, options?: SubscribeOptions): Promise<void>
  /** Ends the subscription and waits for running handlers; awaited in one of them it never ends. */
  unsubscribe(queue: string): Promise<void>
  /** @returns How many messages are waiting or delayed. */
  getQueueSize?(queue: string): Promise<number>
  /** Drops what is waiting or delayed. @returns How many messages that were. */
  purge?(queue: string): Promise<number>
}

/** What an implementer writes: the base, and any of the optional interfaces. */
export type QueueImplementation = IQueueService &
  Partial<IQueueManagement & IDeadLetters & IQueueScheduler & IHealthCheckable & IClosable>

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
  /** `fifo`: messages of one priority are delivered in the order of their publish. */
  readonly order: "fifo" | "none"
  /** Bytes of a payload as JSON. At least 4,096. */
  readonly maxPayloadBytes: number
  /** The smallest step in which a delay acts. */
  readonly delayResolutionMs: number
}

/** The queue that users hold: one type, whatever adapter was chosen. Missing optional methods reject UNSUPPORTED. */
export interface Queue
  extends IQueueService,
    IQueueManagement,
    IDeadLetters,
    IQueueScheduler,
    IHealthCheckable,
    IClosable {
  getQueueSize(queue: string): Promise<number>
  purge(queue: string): Promise<number>
  readonly capabilities: QueueCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const

export const queueMethods = {
  publish: { ...write, idempotent: false, options: { priority: "priorities", groupKey: "groups" } },
  subscribe: { ...write, idempotent: false, options: { rateLimit: "rateLimit", groupConcurrency: "groups" } },
  unsubscribe: write,
  getQueueSize: read,
  purge: write,
  publishMany: { ...write, idempotent: false, capability: "management" },
  defineQueue: { ...write, capability: "management", options: { rateLimit: "rateLimit" } },
  listQueues: { ...read, capability: "management" },
  getQueueStats: { ...read, capability: "management" },
  getTask: { ...read, capability: "management" },
  cancel: { ...write, capability: "management" },
  pause: { ...write, capability: "management" },
  resume: { ...write, capability: "management" },
  whenIdle: { ...read, capability: "management" },
  listFailed: { ...read, capability: "deadLetters" },
  replay: { ...write, idempotent: false, capability: "deadLetters" },
  replayAll: { ...write, capability: "deadLetters" },
  purgeFailed: { ...write, capability: "deadLetters" },
  schedule: { ...write, capability: "schedules" },
  unschedule: { ...write, capability: "schedules" },
  listSchedules: { ...read, capability: "schedules" },
} as const satisfies MethodTable<Omit<Queue, keyof IHealthCheckable | keyof IClosable | "capabilities">>
