import { QUEUE_KNOWN_IDS } from "../../../contracts/queue/arguments.ts"
import { countOfId, type MessageIds, timeOfId } from "../../../core/queue/for-adapters.ts"

/** A message that is done. */
interface Done {
  readonly id: string
  /** The count in its id, -1 where that was made elsewhere. */
  readonly count: number
}

/**
 * The ids of records that were dropped. Each is known until so many others have come and for so long, so two lists take
 * turns: what is in the older one is forgotten together.
 */
export class DroppedIds {
  /** No id of a later time is forgotten. */
  forgotten: number
  readonly #ids: MessageIds
  #young = new IdList()
  #old = new IdList()
  /** When the younger list was begun. */
  #since = 0

  constructor(ids: MessageIds, forgotten: number) {
    this.#ids = ids
    this.forgotten = forgotten
  }

  get size(): number {
    return this.#young.list.length + this.#old.list.length
  }

  add({ count, id }: Done, now: number): void {
    this.forget(now)
    if (this.size === 0) this.#since = now
    this.#young.add(count === -1 ? id : count, this.#ids.time)
    if (this.#young.list.length === QUEUE_KNOWN_IDS.count) this.#turn(now)
  }

  has(id: string, now: number): boolean {
    this.forget(now)
    const count = this.#ids.made(id) ? countOfId(id) : -1
    return [this.#young, this.#old].some((list) => list.has(id) || list.has(count))
  }

  /** Whether it is known no more that no message had this id. */
  mayHaveForgotten(id: string): boolean {
    return timeOfId(id) <= this.forgotten
  }

  /** Forgets those whose time is over. */
  forget(now: number): void {
    while (now - this.#since >= QUEUE_KNOWN_IDS.ms && this.size > 0) this.#turn(this.#since + QUEUE_KNOWN_IDS.ms)
  }

  #turn(now: number): void {
    this.forgotten = Math.max(this.forgotten, this.#old.latest)
    this.#old = this.#young
    this.#young = new IdList()
    this.#since = now
  }
}

/**
 * A list, and a set once somebody asks: few queues are asked, and a set costs half as much as all the rest of a message.
 * Of an id that was made here it has the count, which is no object to keep.
 */
class IdList {
  readonly list: (number | string)[] = []
  /** The latest time of its ids, or a later one. */
  latest = Number.NEGATIVE_INFINITY
  #set: Set<number | string> | undefined

  add(key: number | string, time: number): void {
    this.list.push(key)
    this.#set?.add(key)
    this.latest = typeof key === "string" ? Math.max(this.latest, time, timeOfId(key)) : time
  }

  has(key: number | string): boolean {
    this.#set ??= new Set(this.list)
    return this.#set.has(key)
  }
}
