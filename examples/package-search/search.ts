/** Act 2: packages go through storage, queue and search; queries are cached. */
import { createServices, describeConfig, ServiceError } from "@objectos/sdk"
import type { FacetResult } from "@objectos/sdk/contracts"
import { createIndexer, indexPackages, type Progress, SERVICES, type Used } from "./index-packages.ts"
import { readPackages } from "./packages.ts"
import { findCached, forget } from "./query.ts"

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
  readonly progress: Progress
}

export async function search({ dir, env, log, progress, query }: SearchOptions): Promise<SearchSummary> {
  const { packages, skipped } = await readPackages(dir)
  const { instances } = await describeConfig({ services: SERVICES, env })
  for (const { adapter, chosenBy, name } of instances) log(`  ${name.padEnd(8)} ${adapter.padEnd(8)} ${chosenBy}`)
  const services = await createServices({ services: SERVICES, env })
  let done = 0
  const worker = createIndexer(services, () => progress(++done, packages.length))
  try {
    await services.ready()
    const start = performance.now()
    const indexed = await indexPackages(services, worker, packages)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    log(
      `  ${indexed} packages indexed in ${seconds} s${skipped > 0 ? `, ${skipped} folders without a readable package.json skipped` : ""}`,
    )
    const adapters = Object.fromEntries(instances.map(({ adapter, name }) => [name, adapter]))
    return { adapters, indexed, ...(await ask(services, await query())) }
  } finally {
    await worker.close()
    await services.close()
  }
}

/** The same question twice: the second answer comes from the cache. */
async function ask(services: Used, q: string) {
  if (q.trim() === "") throw new ServiceError("INVALID_ARGUMENT", "The query is empty: say what to look for.")
  await forget(services, q)
  const timed = async () => {
    const start = performance.now()
    const result = await findCached(services, q)
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
