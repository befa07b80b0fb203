import { protocolBroken } from "../../../core/storage/for-adapters.ts"

interface Page<Item> {
  readonly items: readonly Item[]
  /** Where the next page begins; undefined behind the last. */
  readonly next: string | undefined
}

/** All that a server lists in pages. One that goes round in circles would be asked for ever. */
export async function allPages<Item>(page: (from: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = []
  const begun = new Set<string | undefined>()
  let from: string | undefined
  do {
    begun.add(from)
    const { items, next } = await page(from)
    if (next !== undefined && begun.has(next)) throw protocolBroken()
    all.push(...items)
    from = next
  } while (from !== undefined)
  return all
}
