import type { Clock, Timer } from "../../../contracts/foundation/clock.ts"
import { Bag, type Placed } from "./bag.ts"
import type { Backend } from "./library.ts"

/** A message that a worker has, while it has it. */
export interface Lock extends Placed {
  readonly id: string
  readonly token: string
  /** When it ends at the earliest, as a handler wished. Monotonic milliseconds. */
  keptUntil: number
  /** It is not ours any more. */
  lost(): void
  /** The queue waits no longer for what it is kept for. */
  close(): void
}

/** Renews the locks of the messages that a worker has, together. */
export class Locks {
  readonly #locks = new Bag<Lock>()
  readonly #backend: Backend
  readonly #clock: Clock
  readonly #lockMs: number
  #timer: Timer | undefined
  #closed = false

  constructor(backend: Backend, clock: Clock, lockMs: number) {
    this.#backend = backend
    this.#clock = clock
    this.#lockMs = lockMs
  }

  all(): Lock[] {
    return this.#locks.all()
  }

  add(lock: Lock): void {
    this.#locks.add(lock)
    this.#timer ??= this.#arm()
  }

  remove(lock: Lock): void {
    this.#locks.delete(lock)
  }

  /** The longest wish holds. */
  async keep(lock: Lock, ms: number): Promise<void> {
    lock.keptUntil = Math.max(lock.keptUntil, this.#clock.monotonic() + ms)
    await this.#renewOne(lock)
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
  }

  #arm(): Timer {
    return this.#clock.setTimeout(() => void this.#renew(), this.#lockMs / 3)
  }

  async #renew(): Promise<void> {
    // One that cannot be reached is asked again the next time.
    await Promise.all([this.#renewUsual(), ...this.#wished().map((lock) => this.#renewOne(lock))]).catch(() => {})
    this.#timer = this.#closed || this.#locks.size === 0 ? undefined : this.#arm()
  }

  #wished(): Lock[] {
    const usual = this.#clock.monotonic() + this.#lockMs
    return this.#locks.all().filter(({ keptUntil }) => keptUntil > usual)
  }

  async #renewUsual(): Promise<void> {
    const wished = new Set(this.#wished())
    const locks = this.#locks.all().filter((lock) => !wished.has(lock))
    if (locks.length === 0) return
    const ids = locks.map(({ id }) => id)
    const tokens = locks.map(({ token }) => token)
    const lost = new Set(await this.#backend.extendLocks(ids, tokens, this.#lockMs))
    for (const lock of locks) if (lost.has(lock.id)) this.#lose(lock)
  }

  async #renewOne(lock: Lock): Promise<void> {
    const ms = Math.max(this.#lockMs, Math.ceil(lock.keptUntil - this.#clock.monotonic()))
    if ((await this.#backend.extendLock(lock.id, lock.token, ms)) !== 1) this.#lose(lock)
  }

  #lose(lock: Lock): void {
    // What was answered for meanwhile has no lock either.
    if (!this.#locks.delete(lock)) return
    lock.lost()
  }
}
