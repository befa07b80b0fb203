/** Act 2: packages go through storage, queue and search; queries are cached. */
import { createServices, describeConfig, ServiceError, type Services } from "@objectos/sdk"
import type { FacetResult, SearchResult } from "@objectos/sdk/contracts"
import { readPackages } from "./packages.ts"

const SERVICES = ["cache", "queue", "search", "storage"] as const
type Used = Services<typeof SERVICES>

export interface SearchSummary {
  readonly adapters: Record<string, string>
  readonly indexed: number
  readonly hits: { id: string; score: number; snippet: string }[]
  readonly facets: Record<string, FacetResult>
  readonly cold_ms: number
  readonly cached_ms: number
}

export interface SearchOptions {
  readonly dir: string
  /** Asked for once the packages are indexed. */
  readonly query: () => Promise<string>
  readonly env: Record<string, string | undefined>
  readonly log: (line: string) => void
  readonly progress: (done: number, all: number) => void
}

export async function search({ dir, env, log, progress, query }: SearchOptions): Promise<SearchSummary> {
  const { packages, skipped } = await readPackages(dir)
  const { instances } = await describeConfig({ services: SERVICES, env })
  for (const { adapter, chosenBy, name } of instances) log(`  ${name.padEnd(8)} ${adapter.padEnd(8)} ${chosenBy}`)
  const services = await createServices({ services: SERVICES, env })
  try {
    await services.ready()
    const start = performance.now()
    const indexed = await index(services, packages, progress)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    log(
      `  ${indexed} packages indexed in ${seconds} s${skipped > 0 ? `, ${skipped} folders without a readable package.json skipped` : ""}`,
    )
    const adapters = Object.fromEntries(instances.map(({ adapter, name }) => [name, adapter]))
    return { adapters, indexed, ...(await ask(services, await query())) }
  } finally {
    await services.close()
  }
}

/** One message per package; a worker reads it back from storage and indexes it. */
async function index(
  { queue, search, storage }: Used,
  packages: { name: string; manifest: string; readme: string }[],
  progress: (done: number, all: number) => void,
): Promise<number> {
  await storage.createBucket("packages")
  let done = 0
  const finished = new Promise<void>((resolve, reject) => {
    const handle = async ({ data: { name } }: { data: { name: string } }) => {
      const manifest = JSON.parse(await (await storage.get("packages", `${name}/package.json`)).text())
      const readme = await (await storage.get("packages", `${name}/README.md`)).text()
      await search.index("packages", name, {
        name,
        description: String(manifest.description ?? ""),
        keywords: [manifest.keywords ?? []].flat().join(" "),
        readme,
        license: String(manifest.license?.type ?? manifest.license ?? "none"),
        author: String(manifest.author?.name ?? manifest.author ?? "unknown").replace(/ *[<(].*/, ""),
      })
      progress(++done, packages.length)
      if (done === packages.length) resolve()
    }
    queue.subscribe("index-package", handle, { concurrency: 4 }).catch(reject)
  })
  for (const { manifest, name, readme } of packages) {
    await storage.put("packages", `${name}/package.json`, manifest, { contentType: "application/json" })
    await storage.put("packages", `${name}/README.md`, readme, { contentType: "text/markdown" })
    await queue.publish("index-package", { name })
  }
  await finished
  await queue.unsubscribe("index-package")
  return done
}

/** The same question twice: the second answer comes from the cache. */
async function ask({ cache, search }: Used, q: string) {
  if (q.trim() === "") throw new ServiceError("INVALID_ARGUMENT", "The query is empty: say what to look for.")
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
  const key = `query:${Buffer.from(q).toString("hex").slice(0, 400)}`
  await cache.delete(key)
  const timed = async () => {
    const start = performance.now()
    const result = await cache.getOrSet<SearchResult>(key, find, { ttl: 60 })
    return { result, ms: Math.round((performance.now() - start) * 1000) / 1000 }
  }
  const [cold, cached] = [await timed(), await timed()]
  const { facets = {}, hits } = cached.result
  return {
    hits: hits.map(({ highlights = {}, id, score }) => ({
      id,
      score: Math.round(score * 1000) / 1000,
      snippet: Object.values(highlights).flat()[0] ?? "",
    })),
    facets: { license: facets["license"] ?? [], author: facets["author"] ?? [] },
    cold_ms: cold.ms,
    cached_ms: cached.ms,
  }
}
