import { createMemoryCache } from "../adapters/cache/memory.ts"
import { AsyncLruCache } from "./baselines.ts"
import type { Row, Suite, Target } from "./suite.ts"
import { traces } from "./traces.ts"

/** Of 100,000 keys. */
const CAPACITY = 5000

type NumberCache = { get(key: string): Promise<unknown>; set(key: string, value: number): Promise<unknown> }

/** How many reads of a trace find their key, where what is not found is set. */
function hitRatio(trace: keyof typeof traces, cache: NumberCache): Target {
  return {
    async measure() {
      let [hits, reads] = [0, 0]
      for (const key of traces[trace]()) {
        const name = `user:${key}`
        const found = await cache.get(name)
        if (found === key) hits++
        else if (found === undefined) await cache.set(name, key)
        else throw new Error("wrong value")
        reads++
      }
      return hits / reads
    },
  }
}

function row(trace: keyof typeof traces, eviction: "lru" | "lfu" | "fifo", goal: number): Row {
  return {
    name: `${trace}, ${eviction}`,
    ours: async () => hitRatio(trace, createMemoryCache({ maxEntries: CAPACITY, eviction })),
    baseline: async () => hitRatio(trace, new AsyncLruCache(CAPACITY)),
    baselineName: "lru-cache",
    unit: "hits per read",
    exact: true,
    goal,
  }
}

/** Of each policy, hits per read in room for 5 % of the keys. `lfu` ages: it must not fall behind when others get popular. */
export const evictionSuite: Suite = {
  name: "eviction",
  rows: [
    row("zipf", "lru", 1),
    row("zipf", "lfu", 1.15),
    row("zipf", "fifo", 0.9),
    row("zipf and scans", "lru", 1),
    row("zipf and scans", "lfu", 1.2),
    row("zipf and scans", "fifo", 0.9),
    row("shifting popularity", "lru", 1),
    row("shifting popularity", "lfu", 1.1),
    row("shifting popularity", "fifo", 0.9),
  ],
}
