import { createClient } from "@redis/client"
import { LRUCache } from "lru-cache"

/** The least that an asynchronous in-memory cache does: no checks, no copies, no ttl, no counters. */
export class AsyncLruCache {
  readonly #entries: LRUCache<string, object | string | number>

  constructor(max = 100_000) {
    this.#entries = new LRUCache({ max })
  }

  async get(key: string): Promise<object | string | number | undefined> {
    return this.#entries.get(key)
  }

  async set(key: string, value: object | string | number): Promise<void> {
    this.#entries.set(key, value)
  }
}

/** The client library on its documented fast path: one connection, its per-command timeout off. */
export async function rawRedisClient(port: number | undefined) {
  const withoutTimeout: object = { timeout: undefined }
  const client = createClient({ socket: { host: "127.0.0.1", port: port ?? 6379 }, commandOptions: withoutTimeout })
  client.on("error", () => {})
  await client.connect()
  return client
}
