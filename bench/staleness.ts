import { createMemoryCache } from "../adapters/cache/memory.ts"
import { createRedisCache } from "../adapters/cache/redis.ts"
import { createRedisBus, type RedisBusOptions } from "../adapters/cache/redis-bus.ts"
import type { Cache } from "../contracts/cache/cache.ts"
import { tiered } from "../core/cache/tiered/tiered.ts"
import type { Row, Target } from "./suite.ts"

const WRITES = 1000

/** How long one instance still answers the old value after the write of another was acknowledged. */
export function stalenessRow(mode: NonNullable<RedisBusOptions["mode"]>): Row {
  return {
    name: `tiered, staleness after a foreign write, ${mode}, p99`,
    needs: ["redis"],
    async ours({ redisPort = 6379 }) {
      const place = { host: "127.0.0.1", port: redisPort, keyPrefix: `staleness-${mode}` }
      const instance = () =>
        tiered(createMemoryCache(), createRedisCache(place), { bus: createRedisBus({ ...place, mode }) })
      return foreignWrites(instance(), instance())
    },
    unit: "ms",
    better: "lower",
    goal: 10,
  }
}

async function foreignWrites(writer: Cache, reader: Cache): Promise<Target> {
  let version = 0
  await writer.set("key", version)
  await untilNear(reader)
  return {
    async measure() {
      const took: number[] = []
      for (let count = 0; count < WRITES; count++) {
        await writer.set("key", ++version)
        const start = performance.now()
        // A hit in L1 takes no turn of the event loop, and the message comes in one.
        while ((await reader.get("key")) !== version) await nextTurn()
        took.push(performance.now() - start)
      }
      took.sort((left, right) => left - right)
      return took[Math.floor(took.length * 0.99)] ?? Number.NaN
    },
    async close() {
      await writer.close()
      await reader.close()
    },
  }
}

/** Until the bus is connected, L1 is not used, and nothing could be stale. */
async function untilNear(reader: Cache): Promise<void> {
  while (((await reader.getMetrics())["l1.hits"] ?? 0) === 0) {
    await reader.get("key")
    await nextTurn()
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
