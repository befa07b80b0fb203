import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Message } from "./message.ts"
import { TurnList } from "./turns.ts"

export interface DeadPage {
  readonly items: Message[]
  readonly cursor: string | undefined
}

/** The number of the death that was listed last, and its message. */
export interface DeadCursor {
  readonly number: number
  readonly id: string
}

/** @throws ServiceError INVALID_ARGUMENT for what no page gave. */
export function readCursor(cursor: string | undefined): DeadCursor | undefined {
  if (cursor === undefined) return undefined
  const [, number, id] = /^(\d{1,15})-(.+)$/.exec(cursor) ?? []
  if (number !== undefined && id !== undefined) return { number: Number(number), id }
  throw new ServiceError("INVALID_ARGUMENT", "page.cursor must be the cursor of another page; got another text.")
}

/** The dead in the order of their deaths. */
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
  page(limit: number, after: DeadCursor | undefined, find: (id: string) => Message | undefined): DeadPage {
    let next = after === undefined ? this.first : this.#after(after, find)
    const items: Message[] = []
    while (next !== undefined && items.length < limit) {
      items.push(next)
      next = next.next as Message | undefined
    }
    const last = items.at(-1)
    return { items, cursor: next === undefined || last === undefined ? undefined : `${numberOf(last)}-${last.id}` }
  }

  /** The one that the cursor names may be dead no more, or again. */
  #after({ id, number }: DeadCursor, find: (id: string) => Message | undefined): Message | undefined {
    const listed = find(id)
    if (listed !== undefined && numberOf(listed) === number) return listed.next as Message | undefined
    let next = this.first
    while (next !== undefined && numberOf(next) <= number) next = next.next as Message | undefined
    return next
  }
}

/** 0 of one that is not dead. */
function numberOf({ details }: Message): number {
  return details?.death?.number ?? 0
}
