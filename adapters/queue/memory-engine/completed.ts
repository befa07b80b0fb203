import type { Message } from "./message.ts"

/** The messages that were completed last, in a ring: a new one takes the place of the oldest. */
export class Completed {
  readonly #room: number
  readonly #ring: (Message | undefined)[] = []
  /** Where the oldest is, and how many there are. */
  #oldest = 0
  size = 0

  constructor(room: number) {
    this.#room = room
  }

  /** @returns The one that is kept no longer, which is the given one where there is no room at all. */
  add(message: Message): Message | undefined {
    if (this.#room === 0) return message
    const gone = this.size === this.#room ? this.#takeOldest() : undefined
    this.#ring[(this.#oldest + this.size) % this.#room] = message
    this.size++
    return gone
  }

  /** The oldest, taken out, if its time is over. */
  takeOver(now: number): Message | undefined {
    const oldest = this.#ring[this.#oldest]
    return this.size > 0 && (oldest?.markedAt ?? 0) <= now ? this.#takeOldest() : undefined
  }

  #takeOldest(): Message | undefined {
    const oldest = this.#ring[this.#oldest]
    this.#ring[this.#oldest] = undefined
    this.#oldest = (this.#oldest + 1) % this.#room
    this.size--
    return oldest
  }
}
