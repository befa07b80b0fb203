/** Lists that are walked to their end, and what they should give. */
import { compareCodePoints } from "../../contracts/foundation/text.ts"
import type { ListPage } from "../../contracts/storage/object.ts"
import type { ListOptions } from "../../contracts/storage/options.ts"
import { CheckFailed } from "../engine/checks.ts"
import { forAll } from "../families/roles.ts"
import { FILES, type StorageClient } from "./clause.ts"

/** What all pages together have. */
export interface Listed {
  readonly keys: string[]
  readonly prefixes: string[]
  readonly pages: readonly ListPage[]
}

/** More pages than any list of a clause has, empty ones included. */
const ENDLESS = 5000

/** Follows the cursor, from the first page or from that of a cursor. */
export async function walk(storage: StorageClient, options: ListOptions = {}, bucket: string = FILES): Promise<Listed> {
  const pages: ListPage[] = []
  for (let { cursor } = options; pages.length === 0 || cursor !== undefined; cursor = pages.at(-1)?.cursor) {
    if (pages.length === ENDLESS) throw new CheckFailed(`list has no end: ${ENDLESS} pages had a cursor`)
    pages.push(await storage.list(bucket, { ...options, cursor }))
  }
  return {
    keys: pages.flatMap(({ objects }) => objects.map(({ key }) => key)),
    prefixes: pages.flatMap(({ prefixes }) => prefixes),
    pages,
  }
}

/** What a list of such keys gives, by the words of the contract. */
export function grouped(
  keys: readonly string[],
  { delimiter, prefix = "" }: ListOptions = {},
): { keys: string[]; prefixes: string[] } {
  const matching = keys.filter((key) => key.startsWith(prefix)).toSorted(compareCodePoints)
  const groupOf = (key: string) => {
    const at = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length)
    return at < 0 ? undefined : key.slice(0, at + (delimiter ?? "").length)
  }
  const groups = matching.map(groupOf).filter((group) => group !== undefined)
  return { keys: matching.filter((key) => groupOf(key) === undefined), prefixes: [...new Set(groups)] }
}

/** Puts an object under each key, which is its text. */
export async function putKeys(storage: StorageClient, keys: readonly string[], bucket: string = FILES): Promise<void> {
  await storage.createBucket(bucket)
  await forAll(keys, (key) => storage.put(bucket, key, key))
}

export async function deleteKeys(storage: StorageClient, keys: readonly string[]): Promise<void> {
  await forAll(keys, (key) => storage.delete(FILES, key))
}

/** The first page that is not empty. */
export async function firstPage(storage: StorageClient, options: ListOptions): Promise<ListPage> {
  let page = await storage.list(FILES, options)
  while (page.cursor !== undefined && page.objects.length + page.prefixes.length === 0) {
    page = await storage.list(FILES, { ...options, cursor: page.cursor })
  }
  return page
}

/** In another order each time. */
export function shuffled<Item>(items: readonly Item[], random: { next(): number }): Item[] {
  return items
    .map((item) => [random.next(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item)
}
