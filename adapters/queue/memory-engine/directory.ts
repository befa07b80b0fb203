import { countOfId } from "../../../core/queue/for-adapters.ts"
import type { Message } from "./message.ts"

/** Messages that are found together: few, since one that stays keeps the place of all. */
const SHELF = 32

/** Messages whose counts follow one another. */
interface Shelf {
  readonly messages: (Message | undefined)[]
  size: number
}

/**
 * Messages by their ids. The count in an id that was made here is its place, which costs a fraction of a Map of texts;
 * ids that were made elsewhere are in one.
 */
export class Directory {
  size = 0
  readonly #shelves = new Map<number, Shelf>()
  readonly #others = new Map<string, Message>()
  /** Where the last one was added and removed: mostly the next one is there too. */
  #added: Shelf | undefined
  #addedAt = -1
  #removed: Shelf | undefined
  #removedAt = -1

  find(id: string): Message | undefined {
    const count = countOfId(id)
    const message = this.#shelves.get(Math.floor(count / SHELF))?.messages[count % SHELF]
    return message?.id === id ? message : this.#others.get(id)
  }

  /** `count` of the message is -1 where its id was made elsewhere. */
  add(message: Message): void {
    this.size++
    const { count } = message
    if (count === -1) {
      this.#others.set(message.id, message)
      return
    }
    const shelf = this.#shelfFor(Math.floor(count / SHELF))
    if (shelf.messages[count % SHELF] === undefined) {
      shelf.messages[count % SHELF] = message
      shelf.size++
    } else {
      // All counts were given, and this one again, while the message that had it first is still there.
      message.count = -1
      this.#others.set(message.id, message)
    }
  }

  /** Of a message that is there. */
  remove(message: Message): void {
    this.size--
    const { count } = message
    if (count === -1) {
      this.#others.delete(message.id)
      return
    }
    const at = Math.floor(count / SHELF)
    if (at !== this.#removedAt) {
      this.#removed = this.#shelves.get(at)
      this.#removedAt = at
    }
    const shelf = this.#removed as Shelf
    shelf.messages[count % SHELF] = undefined
    shelf.size--
    if (shelf.size === 0) this.#dropShelf(at)
  }

  #shelfFor(at: number): Shelf {
    if (at === this.#addedAt) return this.#added as Shelf
    let shelf = this.#shelves.get(at)
    if (shelf === undefined) {
      shelf = { messages: new Array(SHELF).fill(undefined), size: 0 }
      this.#shelves.set(at, shelf)
    }
    this.#added = shelf
    this.#addedAt = at
    return shelf
  }

  #dropShelf(at: number): void {
    this.#shelves.delete(at)
    this.#removed = undefined
    this.#removedAt = -1
    if (at !== this.#addedAt) return
    this.#added = undefined
    this.#addedAt = -1
  }
}
