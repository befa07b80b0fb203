import type { Clock } from "../../contracts/foundation/clock.ts"

/** Crockford's base 32: its characters sort by their value. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const TIME_DIGITS = 10
const COUNT_DIGITS = 6
const MAKER_DIGITS = 10
const COUNTS = 32 ** COUNT_DIGITS
/** The last digits of a count, which alone change from most ids to the next. */
const TAIL_DIGITS = 2
const TAILS = 32 ** TAIL_DIGITS

/**
 * Makes ids of 26 characters that sort by the time of publish: those of one maker exactly as they were made, also within
 * a millisecond and when the wall clock is set back. Chance keeps the ids of several makers apart.
 *
 * An id is the time, a count that goes on from id to id, and the maker.
 */
export class MessageIds {
  /** The count in the id that was made last. */
  count = -1
  /** The ends of ids, so that most are made by putting two texts together. */
  readonly #tails: readonly string[]
  readonly #maker: string
  #time = -1
  #head = ""

  constructor(random: () => number) {
    this.#maker = Array.from({ length: MAKER_DIGITS }, () => DIGITS[Math.floor(random() * 32)]).join("")
    this.#tails = Array.from({ length: TAILS }, (_, tail) => digitsOf(tail, TAIL_DIGITS) + this.#maker)
  }

  /** The time in the id that was made last, which is the latest. */
  get time(): number {
    return this.#time
  }

  /** Whether an id has the form of those that are made here. */
  made(id: string): boolean {
    return id.endsWith(this.#maker)
  }

  /** @param now Epoch milliseconds. */
  next(now: number): string {
    const time = Math.floor(now)
    const isLater = time > this.#time
    this.count++
    if (this.count === COUNTS) {
      // From the start again, where the time tells apart.
      this.count = 0
      this.#setHead(isLater ? time : this.#time + 1)
    } else if (isLater) this.#setHead(time)
    else if (this.count % TAILS === 0) this.#setHead(this.#time)
    return this.#head + this.#tails[this.count % TAILS]
  }

  #setHead(time: number): void {
    this.#time = time
    const count = Math.floor(this.count / TAILS)
    this.#head = digitsOf(time, TIME_DIGITS) + digitsOf(count, COUNT_DIGITS - TAIL_DIGITS)
  }
}

/** Makes ids of the times of a clock. */
export function messageIds(clock: Pick<Clock, "now">, random: () => number): () => string {
  const ids = new MessageIds(random)
  return () => ids.next(clock.now())
}

/** When a message with this id was published, in epoch milliseconds. */
export function timeOfId(id: string): number {
  return numberIn(id, 0, TIME_DIGITS)
}

/** The count that its maker had when it made this id. */
export function countOfId(id: string): number {
  return numberIn(id, TIME_DIGITS, TIME_DIGITS + COUNT_DIGITS)
}

function numberIn(id: string, start: number, end: number): number {
  let value = 0
  for (let index = start; index < end; index++) value = value * 32 + DIGITS.indexOf(id[index] ?? "0")
  return value
}

function digitsOf(value: number, length: number): string {
  let digits = ""
  for (let rest = value, left = length; left > 0; left--, rest = Math.floor(rest / 32))
    digits = DIGITS[rest % 32] + digits
  return digits
}
