import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { isMessageId, QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import type { FailedMessage } from "../../../contracts/queue/message.ts"
import { listDeadScript, replayAllScript, replayScript } from "./manage-scripts.ts"
import { horizon, runScript, type Store } from "./store.ts"
import { errorIn, failuresOf, type JobFields, jobFields, numberIn, storedOptions } from "./stored-message.ts"
import { trim } from "./trim.ts"

/** Messages in one step, so that nobody waits for long. */
const STEP = 500

const CURSOR = /^(\d+):(.+)$/

/** Messages that died, the first one first. */
export class DeadLetters {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async listFailed<T>(
    queue: string,
    page: { limit?: number | undefined; cursor?: string | undefined } = {},
  ): Promise<{ items: FailedMessage<T>[]; cursor?: string }> {
    const { connection, keys } = this.#store
    const limit = page.limit ?? QUEUE_DEFAULTS.page
    const [from, behind] = readCursor(page.cursor, Math.floor(horizon(this.#store).dead))
    const names = [this.#key(queue)]
    const found = (await runScript(
      this.#store,
      queue,
      listDeadScript,
      names,
      from,
      behind,
      String(limit + 1),
    )) as string[]
    const rows: { readonly id: string; readonly diedAt: number }[] = []
    for (let index = 0; index < found.length; index += 2) {
      rows.push({ id: found[index] ?? "", diedAt: Number(found[index + 1]) })
    }
    const shown = rows.slice(0, limit)
    const items = await Promise.all(
      shown.map(async ({ diedAt, id }) => {
        const key = keys.base(queue) + id
        const fields = jobFields(await connection.send(key, ["HGETALL", key]))
        // It was replayed meanwhile.
        return fields.has("data") && fields.has("o:why") ? [messageOf<T>(queue, id, diedAt, fields)] : []
      }),
    )
    const last = shown.at(-1)
    const hasMore = rows.length > limit && last !== undefined
    return { items: items.flat(), ...(hasMore && { cursor: `${last.diedAt}:${last.id}` }) }
  }

  async replay(queue: string, id: string): Promise<void> {
    const { clock } = this.#store
    const args = [id, String(Math.floor(clock.now())), String(Math.floor(horizon(this.#store).dead))]
    const answer = isMessageId(id) ? await runScript(this.#store, queue, replayScript, [this.#key(queue)], ...args) : 0
    if (answer !== 1) throw new ServiceError("NOT_FOUND", "No dead message of this queue has this id.")
  }

  async replayAll(queue: string): Promise<number> {
    const until = Math.floor(this.#store.clock.now())
    const from = String(Math.floor(horizon(this.#store).dead))
    return this.#inSteps(async () => {
      const args = [String(Math.floor(this.#store.clock.now())), from, String(until), String(STEP)]
      return (await runScript(this.#store, queue, replayAllScript, [this.#key(queue)], ...args)) as [number, number]
    })
  }

  async purgeFailed(queue: string): Promise<number> {
    const until = String(Math.floor(this.#store.clock.now()))
    return this.#inSteps(async () => {
      const dropped = await trim(this.#store, queue, this.#key(queue), until, Number.MAX_SAFE_INTEGER)
      return [dropped, dropped]
    })
  }

  /** Sums up the steps; the last one had less to do than it could. */
  async #inSteps(step: () => Promise<[seen: number, done: number]>): Promise<number> {
    let sum = 0
    try {
      for (;;) {
        const [seen, done] = await step()
        sum += done
        if (seen < STEP) return sum
      }
    } catch (error) {
      throw sum > 0 ? this.#store.redis.partly(error) : error
    }
  }

  #key(queue: string): string {
    return `${this.#store.keys.base(queue)}failed`
  }
}

function readCursor(cursor: string | undefined, oldest: number): [from: string, behind: string] {
  if (cursor === undefined) return [String(oldest), ""]
  const [, from, behind] = CURSOR.exec(cursor) ?? []
  if (from !== undefined && behind !== undefined) return [String(Math.max(Number(from), oldest)), behind]
  throw new ServiceError("INVALID_ARGUMENT", "page.cursor must be one that listFailed gave.")
}

function messageOf<T>(queue: string, id: string, diedAt: number, fields: JobFields): FailedMessage<T> {
  const { metadata, type } = storedOptions(fields)
  return {
    id,
    queue,
    ...(type !== undefined && { type }),
    data: JSON.parse(fields.get("data") ?? "null") as T,
    ...(metadata !== undefined && { metadata: { ...metadata } }),
    timestamp: numberIn(fields, "timestamp") ?? 0,
    attempts: numberIn(fields, "o:starts") ?? 0,
    diedAt,
    reason: (fields.get("o:why") ?? "max_attempts") as FailedMessage["reason"],
    error: errorIn(fields) ?? { message: fields.get("failedReason") ?? "" },
    failures: failuresOf(fields),
  }
}
