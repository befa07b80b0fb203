import { QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import type { FailedMessage, TaskRecord, TaskStatus } from "../../../contracts/queue/message.ts"
import type { PublishOptions, QueueDefinition } from "../../../contracts/queue/queue.ts"
import type { ReferenceOptions } from "../../foundation/reference-service.ts"
import { ReferenceChecks } from "./checks.ts"
import { type HeldMessage, HeldQueue, QueueStore } from "./store.ts"

export type QueueReferenceOptions = ReferenceOptions<QueueStore>

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

/** What the reference queue keeps, in small methods that mutants change one of. */
export abstract class ReferenceMessages extends ReferenceChecks {
  readonly definitions = new Map<string, QueueDefinition>()

  constructor(options: QueueReferenceOptions) {
    super({ ...options, store: options.store ?? new QueueStore() })
  }

  /** Begins the stored name of every queue of this service. Its length in front keeps namespaces apart. */
  prefix(): string {
    return `${this.namespace.length}:${this.namespace}:`
  }

  encodeName(queue: string): string {
    return queue
  }

  queueOf(queue: string): HeldQueue {
    const name = this.prefix() + this.encodeName(queue)
    const held = this.store.queues.get(name) ?? new HeldQueue()
    this.store.queues.set(name, held)
    return held
  }

  /** Starts what is due, soon. */
  abstract wake(queue: string): void

  /** Stores a message, unless it is there. @returns Its id. */
  add(queue: string, data: unknown, options: PublishOptions = {}): string {
    const held = this.queueOf(queue)
    const known = this.knownId(held, options)
    if (known !== undefined) return known
    this.promote(held)
    const id = options.id ?? this.newId()
    const message = this.newMessage(queue, id, this.copyIn(data), options, ++held.published)
    held.messages.set(id, message)
    this.holdKey(held, options, id)
    this.wake(queue)
    return id
  }

  /** Those that are due take their place before one that comes now. */
  promote(held: HeldQueue): void {
    for (const message of this.due(held)) {
      message.state = "waiting"
      message.order = ++held.published
    }
  }

  /** What is due, the one that was due first first. */
  due(held: HeldQueue): HeldMessage[] {
    const due = this.messagesOf(held, "delayed").filter((message) => this.isDue(message))
    return due.sort((one, other) => one.dueAt - other.dueAt || one.order - other.order)
  }

  /** When the next message is due, or never. */
  nextDueAt(held: HeldQueue): number {
    const delayed = this.messagesOf(held, "delayed").filter((message) => !this.isDue(message))
    return Math.min(...delayed.map(({ dueAt }) => dueAt))
  }

  isDue({ dueAt }: HeldMessage): boolean {
    return this.clock.monotonic() >= dueAt
  }

  newMessage(queue: string, id: string, json: string, options: PublishOptions, order: number): HeldMessage {
    const delay = this.delayOf(options)
    return {
      id,
      queue,
      json,
      options: this.withDefaults(queue, options),
      timestamp: this.timestampNow(),
      order,
      state: delay > 0 ? "delayed" : "waiting",
      dueAt: this.clock.monotonic() + delay,
      attempts: 0,
      failures: [],
    }
  }

  delayOf({ delay = 0 }: PublishOptions): number {
    return delay
  }

  timestampNow(): number {
    return this.clock.now()
  }

  withDefaults(queue: string, options: PublishOptions): PublishOptions {
    const { backoff, maxAttempts } = this.definitions.get(queue) ?? {}
    return {
      ...options,
      metadata: options.metadata && { ...options.metadata },
      priority: this.priorityOf(options),
      maxAttempts: options.maxAttempts ?? maxAttempts ?? QUEUE_DEFAULTS.maxAttempts,
      backoff: options.backoff ?? backoff,
    }
  }

  priorityOf({ priority = QUEUE_DEFAULTS.priority }: PublishOptions): number {
    return priority
  }

  copyIn(data: unknown): string {
    return JSON.stringify(data ?? null)
  }

  copyOut(json: string): unknown {
    return JSON.parse(json)
  }

  newId(): string {
    const time = base32(this.clock.now(), 10)
    return time + base32(++this.store.idsGiven, 16)
  }

  knownId(held: HeldQueue, options: PublishOptions): string | undefined {
    const { id } = options
    if (id !== undefined) return held.messages.has(id) || held.dropped.has(id) ? id : undefined
    return this.idOfKey(held, options.idempotencyKey)
  }

  idOfKey(held: HeldQueue, key: string | undefined): string | undefined {
    const known = key === undefined ? undefined : held.keys.get(this.encodeKey(key))
    return known !== undefined && this.clock.monotonic() < known.endsAt ? known.id : undefined
  }

  encodeKey(key: string): string {
    return key
  }

  holdKey(held: HeldQueue, options: PublishOptions, id: string): void {
    const { idempotencyKey, idempotencyWindowMs = QUEUE_DEFAULTS.idempotencyWindowMs } = options
    if (idempotencyKey === undefined) return
    held.keys.set(this.encodeKey(idempotencyKey), { id, endsAt: this.clock.monotonic() + idempotencyWindowMs })
  }

  /** Forgets a message that has not started, with its key. */
  remove(held: HeldQueue, message: HeldMessage): void {
    held.messages.delete(message.id)
    this.freeKey(held, message)
  }

  /** Forgets a message that is done, but for its id. */
  dropRecord(held: HeldQueue, { id }: HeldMessage): void {
    held.messages.delete(id)
    held.dropped.set(id, this.clock.monotonic())
  }

  freeKey(held: HeldQueue, { id, options }: HeldMessage): void {
    const { idempotencyKey } = options
    if (idempotencyKey === undefined) return
    const key = this.encodeKey(idempotencyKey)
    if (held.keys.get(key)?.id === id) held.keys.delete(key)
  }

  messagesOf(held: HeldQueue, ...states: HeldMessage["state"][]): HeldMessage[] {
    return [...held.messages.values()].filter(({ state }) => states.includes(state))
  }

  /** What purge and getQueueSize are about. */
  unstarted(held: HeldQueue): HeldMessage[] {
    return this.messagesOf(held, "waiting", "delayed")
  }

  /** The dead, the one that died first first. */
  dead(held: HeldQueue): HeldMessage[] {
    return this.messagesOf(held, "dead").sort((one, other) => one.order - other.order)
  }

  recordOf(message: HeldMessage): TaskRecord {
    const { attempts, failures, id, options, queue, timestamp } = message
    return {
      id,
      queue,
      timestamp,
      data: this.copyOut(message.json),
      ...shown({ type: options.type, metadata: options.metadata && { ...options.metadata } }),
      status: this.statusOf(message),
      priority: options.priority ?? QUEUE_DEFAULTS.priority,
      attempts,
      maxAttempts: options.maxAttempts ?? QUEUE_DEFAULTS.maxAttempts,
      failures: failures.map((failure) => ({ ...failure })),
      ...shown({
        dueAt: message.state === "delayed" ? this.clock.now() + message.dueAt - this.clock.monotonic() : undefined,
        startedAt: message.startedAt,
        finishedAt: message.finishedAt,
        progress: message.progress,
        result: message.result === undefined ? undefined : JSON.parse(message.result),
        error: message.error,
      }),
    }
  }

  statusOf({ failures, state }: HeldMessage): TaskStatus {
    if (state === "active") return "processing"
    if (state === "completed" || state === "dead") return state
    const last = failures.at(-1)
    if (last !== undefined) return last.reason === "timeout" ? "timeout" : "failed"
    return state === "delayed" ? "pending" : "queued"
  }

  failedOf(message: HeldMessage): FailedMessage {
    const { data, failures, id, metadata, queue, timestamp, type } = this.recordOf(message)
    const { attempts, error = { message: "unknown" }, finishedAt = 0, reason = "max_attempts" } = message
    return {
      id,
      queue,
      data,
      timestamp,
      ...shown({ type, metadata }),
      attempts,
      diedAt: finishedAt,
      reason,
      error,
      failures,
    }
  }
}

/** The members that are there. */
function shown<Members extends object>(members: Members): { [Name in keyof Members]: NonNullable<Members[Name]> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof Members]: NonNullable<Members[Name]> }
}

function base32(value: number, length: number): string {
  let digits = ""
  for (let rest = Math.floor(value); digits.length < length; rest = Math.floor(rest / 32))
    digits = DIGITS[rest % 32] + digits
  return digits
}
