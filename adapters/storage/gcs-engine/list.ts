import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { ListedObject, ListPage } from "../../../contracts/storage/object.ts"
import type { ListOptions } from "../../../contracts/storage/options.ts"
import { bucketNotFound, cursorOf, placeOf, protocolBroken } from "../../../core/storage/for-adapters.ts"
import type { GcsApi } from "./api.ts"
import { type Marks, pagesOf, tokenOf } from "./pages.ts"
import type { Ask } from "./requests.ts"
import { jsonOf, listedOf, resourceOf } from "./resource.ts"

/** The most that GCS gives in one page. */
const MAX_RESULTS = 1000

/** An object, or what the keys of several begin with. */
interface Entry {
  readonly text: string
  readonly object: ListedObject | undefined
}

/** What a page is asked for, in the words of the JSON API. */
export interface PageQuery {
  readonly prefix?: string | undefined
  readonly delimiter?: string | undefined
  readonly startOffset?: string | undefined
  readonly maxResults: number
  readonly versions?: string | undefined
  readonly pageToken?: string | undefined
}

export interface Page {
  readonly items: readonly unknown[]
  readonly prefixes: readonly string[]
  readonly next: Marks | undefined
}

/**
 * A page of a list. Our cursor is the last entry that was given: it stays good however long it is kept, and an entry
 * stands in no second page. A server that gives more than it was asked for is cut short.
 */
export async function list(api: GcsApi, bucket: string, options: ListOptions): Promise<ListPage> {
  const { cursor, delimiter, limit = MAX_RESULTS, prefix } = options
  const last = cursor === undefined ? undefined : placeOf(cursor, options)
  const query = {
    ...{ prefix: prefix || undefined, delimiter, startOffset: last },
    // The entry that was given last comes again, as the first.
    maxResults: Math.min(last === undefined ? limit : limit + 1, MAX_RESULTS),
  }
  for await (const page of pagesOf((marks) => pageOf(api, bucket, { ...query, ...marks }))) {
    const entries = entriesOf(bucket, page).filter(
      ({ text }) => last === undefined || compareCodePoints(text, last) > 0,
    )
    const given = entries.slice(0, limit)
    const end = given.at(-1)?.text
    if (end === undefined) continue
    const goesOn = entries.length > given.length || page.next !== undefined
    return {
      objects: given.flatMap(({ object }) => object ?? []),
      prefixes: given.flatMap(({ object, text }) => (object === undefined ? text : [])),
      ...(goesOn && { cursor: cursorOf(options, end) }),
    }
  }
  return { objects: [], prefixes: [] }
}

/** One page as the server gives it. */
export async function pageOf(
  api: GcsApi,
  bucket: string,
  query: PageQuery,
  how: Pick<Ask, "attempts" | "signal"> = {},
): Promise<Page> {
  const reply = await api.requests.send({
    method: "GET",
    path: `${api.bucketPath(bucket)}/o`,
    query: { ...query },
    kind: "read",
    expected: [404],
    ...how,
  })
  if (reply.status === 404) throw bucketNotFound()
  const json = jsonOf(reply.text)
  const { items = [], kind, prefixes = [] } = json
  if (kind !== "storage#objects" || !Array.isArray(items) || !Array.isArray(prefixes)) throw protocolBroken()
  return { items, prefixes, next: tokenOf(json) }
}

/** Objects and prefixes together, in order. */
function entriesOf(bucket: string, { items, prefixes }: Page): Entry[] {
  const objects = items.map((item) => listedOf(bucket, resourceOf(item)))
  return [
    ...objects.map((object) => ({ text: object.key, object })),
    ...prefixes.map((text) => ({ text, object: undefined })),
  ].sort((a, b) => compareCodePoints(a.text, b.text))
}
