/** A query over the packages, whose answer is kept for a minute. */
import { createHash } from "node:crypto"
import type { SearchResult } from "@objectos/sdk/contracts"
import type { Used } from "./index-packages.ts"

export function findCached({ cache, search }: Pick<Used, "cache" | "search">, q: string): Promise<SearchResult> {
  const find = () =>
    search.search({
      object: "packages",
      q,
      fields: [{ field: "name", boost: 3 }, { field: "keywords", boost: 2 }, "description", "readme"],
      facets: [
        { field: "license", limit: 5 },
        { field: "author", limit: 5 },
      ],
      highlight: true,
      limit: 5,
    })
  return cache.getOrSet<SearchResult>(keyOf(q), find, { ttl: 60 })
}

export async function forget({ cache }: Pick<Used, "cache">, q: string): Promise<void> {
  await cache.delete(keyOf(q))
}

/** Of one length for texts of any: keys have a bound. */
function keyOf(q: string): string {
  return `query:${createHash("sha256").update(q).digest("hex")}`
}
