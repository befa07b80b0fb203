import { onTestFinished } from "vitest"
import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { Search, SearchQuery, SearchResult } from "../../../contracts/search/search.ts"
import { type ElasticsearchServer, startElasticsearch } from "../../../servers/elasticsearch.ts"
import { createElasticsearchSearch, type ElasticsearchSearchOptions } from "../elasticsearch.ts"

let server: Promise<ElasticsearchServer> | undefined
let prefixes = 0

/** One node for all tests of a file. */
export function elasticsearch(): Promise<ElasticsearchServer> {
  server ??= startElasticsearch()
  return server
}

export async function stopElasticsearch(): Promise<void> {
  await (await server)?.stop()
  server = undefined
}

/** A prefix that no other test has. */
export function newPrefix(): string {
  return `test-${++prefixes}`
}

export interface OpenOptions extends ElasticsearchSearchOptions {
  readonly context?: Partial<AdapterContext> | undefined
}

/** A search on the node of the file, which is closed after the test. */
export async function openSearch({ context, ...options }: OpenOptions = {}): Promise<Search> {
  const { endpoint } = await elasticsearch()
  const defaults = {
    nodes: [endpoint],
    indexPrefix: newPrefix(),
    replicas: 0,
    refreshIntervalMs: 50,
    timeoutMs: 30_000,
  }
  const search = createElasticsearchSearch({ ...defaults, ...options }, context)
  onTestFinished(() => search.close())
  return search
}

/** What the node itself answers. */
export async function ask(method: string, path: string, body?: object): Promise<Record<string, never>> {
  const { endpoint } = await elasticsearch()
  const response = await fetch(`${endpoint}${path}`, {
    method,
    ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  })
  return (await response.json()) as Record<string, never>
}

/** Names of the indexes of a prefix. */
export async function indexesOf(prefix: string): Promise<string[]> {
  return Object.keys(await ask("GET", `/${prefix}.*?expand_wildcards=all`)).sort()
}

export function idsOf({ hits }: SearchResult): string[] {
  return hits.map(({ id }) => id)
}

/** Ids of all pages of a walk. */
export async function walk(search: Search, query: SearchQuery): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined = "*"
  while (cursor !== undefined) {
    const page: SearchResult = await search.search({ ...query, cursor })
    ids.push(...idsOf(page))
    cursor = page.cursor
  }
  return ids
}
