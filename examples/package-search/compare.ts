/** Act 3: the same query on memory and on the adapters that the environment sets. */
import { builtinAdapters, describeConfig } from "@objectos/sdk"
import { type SearchSummary, search } from "./search.ts"

const START: Record<string, string> = { redis: "npm run server -- redis" }

/** Prints what differs; true when nothing does. */
export async function compare(dir: string, query: string, env: Record<string, string | undefined>): Promise<boolean> {
  const silent = { dir, query: async () => query, log: () => {}, progress: () => {} }
  const expected = await search({ ...silent, env: {} })
  console.log(`  memory: ${expected.hits.length} hits, cold ${expected.cold_ms} ms, cached ${expected.cached_ms} ms`)

  const { instances } = await describeConfig({ env })
  const chosen = instances.filter(({ adapter }) => adapter !== "memory")
  let same = true
  if (chosen.length > 0) {
    const actual = await search({ ...silent, env })
    const names = chosen.map(({ adapter, name }) => `${name}=${adapter}`).join(", ")
    const differences = differing(expected, actual)
    same = differences.length === 0
    console.log(`  ${names}: ${actual.hits.length} hits, cold ${actual.cold_ms} ms, cached ${actual.cached_ms} ms`)
    console.log(`  differences: ${same ? "none" : differences.join("; ")}`)
  }
  for (const { name, service } of builtinAdapters) {
    if (name === "memory" || chosen.some((one) => one.service === service && one.adapter === name)) continue
    const start = START[name] === undefined ? "" : `${START[name]}, then `
    console.log(`  ${service}=${name} is not set. To compare it too: ${start}${service.toUpperCase()}_URL=…`)
  }
  return same
}

function differing(expected: SearchSummary, actual: SearchSummary): string[] {
  return (["indexed", "hits", "facets"] as const)
    .filter((part) => JSON.stringify(expected[part]) !== JSON.stringify(actual[part]))
    .map((part) => `${part}: ${JSON.stringify(expected[part])} and ${JSON.stringify(actual[part])}`)
}
