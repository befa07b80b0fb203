import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Message } from "./message.ts"
import { TurnList } from "./turns.ts"

export interface DeadPage {
  readonly items: Message[]
  readonly cursor: string | undefined
}

/** The dead in the order of their deaths. A cursor is the number of the last death that was listed, and its message. */
export class DeadLetters {
  readonly #list = new TurnList()
  size = 0

  get first(): Message | undefined {
    return this.#list.first as Message | undefined
  }

  add(message: Message): void {
    this.#list.append(message)
    this.size++
  }

  remove(message: Message): void {
    this.#list.remove(message)
    this.size--
  }

  /** @param find The message with an id, dead or not. */
  page(limit: number, cursor: string | undefined, find: (id: string) => Message | undefined): DeadPage {
    let next = cursor === undefined ? this.first : this.#after(cursor, find)
    const items: Message[] = []
    while (next !== undefined && items.length < limit) {
      items.push(next)
      next = next.next as Message | undefined
    }
    const last = items.at(-1)
    return { items, cursor: next === undefined || last === undefined ? undefined : `${numberOf(last)}-${last.id}` }
  }

  /** The one that the cursor names may be dead no more, or again. */
  #after(cursor: string, find: (id: string) => Message | undefined): Message | undefined {
    const [, number, id] = /^(\d{1,15})-(.+)$/.exec(cursor) ?? []
    if (number === undefined || id === undefined) {
      throw new ServiceError("INVALID_ARGUMENT", "page.cursor must be the cursor of another page; got another text.")
    }
    const listed = find(id)
    if (listed !== undefined && numberOf(listed) === Number(number)) return listed.next as Message | undefined
    let next = this.first
    while (next !== undefined && numberOf(next) <= Number(number)) next = next.next as Message | undefined
    return next
  }
}

/** 0 of one that is not dead. */
function numberOf({ details }: Message): number {
  return details?.death?.number ?? 0
}
