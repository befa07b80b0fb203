import type { TaskError } from "../../../contracts/queue/message.ts"
import type { MessageIds } from "../../../core/queue/for-adapters.ts"
import { Completed } from "./completed.ts"
import { DeadLetters } from "./dead-letters.ts"
import { Directory } from "./directory.ts"
import { DroppedIds } from "./dropped-ids.ts"
import { DueHeap } from "./due-heap.ts"
import { IdempotencyKeys } from "./idempotency-keys.ts"
import { ACTIVE, COMPLETED, DEAD, DELAYED, type DeathReason, GONE, type Message, READY } from "./message.ts"
import { Ready } from "./ready.ts"

export interface Retention {
  readonly completedMs: number
  readonly completedCount: number
  readonly deadMs: number
}

/**
 * All messages of a queue by what has become of them. Times are of the monotonic clock; what its time has come for is
 * moved when somebody asks: there is no timer here.
 */
export class MessageStore {
  readonly ready = new Ready()
  readonly delayed = new DueHeap<Message>()
  readonly dead = new DeadLetters()
  readonly keys = new IdempotencyKeys()
  /** Of messages that are done. */
  readonly dropped: DroppedIds
  active = 0
  readonly #byId = new Directory()
  readonly #retention: Retention
  readonly #completed: Completed
  #deaths = 0

  /** @param forgotten No id of a later time was in a store of this queue that is gone. */
  constructor(retention: Retention, ids: MessageIds, forgotten: number) {
    this.#retention = retention
    this.dropped = new DroppedIds(ids, forgotten)
    this.#completed = new Completed(retention.completedCount)
  }

  get completed(): number {
    return this.#completed.size
  }

  hasMessages(now: number): boolean {
    this.forget(now)
    return this.#byId.size > 0
  }

  /** Whether nothing is left that anybody could ask for. */
  isEmpty(now: number): boolean {
    this.keys.forget(now)
    this.dropped.forget(now)
    return !this.hasMessages(now) && this.keys.size === 0 && this.dropped.size === 0
  }

  find(id: string): Message | undefined {
    return this.#byId.find(id)
  }

  /** A message that is new here, due now. */
  add(message: Message): void {
    this.#byId.add(message)
    this.ready.add(message)
  }

  /** A message that is new here, due at `time`. */
  addDelayed(message: Message, time: number): void {
    this.#byId.add(message)
    this.hold(message, time)
  }

  /** Keeps a message that runs no more until `time`. */
  hold(message: Message, time: number): void {
    message.state = DELAYED
    this.delayed.add(message, time)
  }

  /** Makes ready what is due. */
  promote(now: number): void {
    for (let message = this.delayed.takeDue(now); message !== undefined; message = this.delayed.takeDue(now)) {
      message.markedAt = now
      this.requeue(message)
    }
  }

  requeue(message: Message): void {
    message.state = READY
    this.ready.add(message)
  }

  /** The next that may start, or undefined. */
  take(): Message | undefined {
    const message = this.ready.take()
    if (message === undefined) return undefined
    message.state = ACTIVE
    message.attempts++
    this.active++
    return message
  }

  /** A message has no handler any more; it is for the caller to say where it goes. */
  release(message: Message): void {
    this.active--
    const groupKey = message.keys?.groupKey
    if (groupKey !== undefined) this.ready.release(groupKey)
  }

  complete(message: Message, now: number): void {
    message.state = COMPLETED
    message.markedAt = now + this.#retention.completedMs
    const gone = this.#completed.add(message)
    if (gone !== undefined) this.#dropRecord(gone, now)
  }

  bury(message: Message, reason: DeathReason, error: TaskError, now: number): void {
    this.forget(now)
    message.state = DEAD
    message.markedAt = now + this.#retention.deadMs
    message.note({ death: { reason, error, number: ++this.#deaths } })
    this.dead.add(message)
  }

  /** Takes a dead message back, with all its attempts. */
  revive(message: Message): void {
    this.dead.remove(message)
    message.reset()
    message.note({ origin: "replay" })
    this.requeue(message)
  }

  /** @returns How many were dead. */
  dropDead(now: number): number {
    const count = this.dead.size
    for (let message = this.dead.first; message !== undefined; message = this.dead.first) {
      this.dead.remove(message)
      this.#dropRecord(message, now)
    }
    return count
  }

  /** Removes a message that waits or is delayed; its key is free. */
  remove(message: Message): void {
    if (message.state === READY) this.ready.remove(message)
    else this.delayed.remove(message)
    this.#drop(message)
  }

  /** @returns How many were waiting or delayed. */
  purge(): number {
    const count = this.ready.size + this.delayed.size
    const drop = (message: Message) => this.#drop(message)
    this.ready.clear(drop)
    this.delayed.clear(drop)
    return count
  }

  /** Drops the records that are too old. */
  forget(now: number): void {
    for (let gone = this.#completed.takeOver(now); gone !== undefined; gone = this.#completed.takeOver(now)) {
      this.#dropRecord(gone, now)
    }
    for (let oldest = this.dead.first; oldest !== undefined; oldest = this.dead.first) {
      if ((oldest.markedAt ?? 0) > now) break
      this.dead.remove(oldest)
      this.#dropRecord(oldest, now)
    }
  }

  /** Of a message that is done. */
  #dropRecord(message: Message, now: number): void {
    this.#byId.remove(message)
    this.dropped.add(message, now)
  }

  #drop(message: Message): void {
    message.state = GONE
    this.#byId.remove(message)
    const idempotencyKey = message.keys?.idempotencyKey
    if (idempotencyKey !== undefined) this.keys.free(idempotencyKey, message.id)
  }
}
