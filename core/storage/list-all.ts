import { onAbort } from "../../contracts/foundation/on-abort.ts"
import type { ListedObject, Storage } from "../../contracts/storage/storage.ts"
import { aborted, protocolBroken } from "./errors.ts"

export interface ListAllOptions {
  /** Keys that begin with it. */
  prefix?: string | undefined
  /** Leaves out keys that have it behind the prefix: `/` lists one folder. */
  delimiter?: string | undefined
  /** Objects that are asked for at once, 1 to 1,000. Default 1,000. */
  pageSize?: number | undefined
  /** Ends the list with ABORTED, also while a page is on its way. */
  signal?: AbortSignal | undefined
}

/**
 * All objects of a bucket in the order of their keys, page by page: the next page is asked for when the one before was
 * read. What is put and deleted meanwhile may be listed or not.
 *
 * @throws ServiceError as of `list`, and UNAVAILABLE, reason "protocol", where the store repeats a page.
 * @example
 * for await (const { key, size } of listAll(storage, "files", { prefix: "reports/" })) total += size
 */
export async function* listAll(
  storage: Pick<Storage, "list">,
  bucket: string,
  { delimiter, pageSize: limit, prefix, signal }: ListAllOptions = {},
): AsyncGenerator<ListedObject, void, undefined> {
  const seen = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await untilAborted(() => storage.list(bucket, { prefix, delimiter, limit, cursor }), signal)
    for (const object of page.objects) {
      if (signal?.aborted) throw aborted(signal)
      yield object
    }
    cursor = page.cursor
    if (cursor !== undefined && seen.has(cursor)) throw protocolBroken()
    if (cursor !== undefined) seen.add(cursor)
  } while (cursor !== undefined)
}

async function untilAborted<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return call()
  if (signal.aborted) throw aborted(signal)
  let endWait = () => {}
  const failed = new Promise<never>((_, reject) => {
    endWait = onAbort(signal, () => reject(aborted(signal)))
  })
  try {
    return await Promise.race([call(), failed])
  } finally {
    endWait()
  }
}
