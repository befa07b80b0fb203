/** A cache in a process of its own, for tests of races: does what it is told and answers. */
import { createRedisCache } from "../redis.ts"

export interface Order {
  readonly id: number
  readonly method:
    | "increment"
    | "setIfAbsent"
    | "take"
    | "lease"
    | "fill"
    | "set"
    | "delete"
    | "clear"
    | "invalidateTags"
  /** Arguments of each call; the calls are made at once. */
  readonly calls: readonly unknown[][]
}

export interface Answer {
  readonly id: number
  readonly values?: readonly unknown[]
  readonly error?: string
}

const cache = createRedisCache(JSON.parse(process.argv[2] ?? "{}"))

process.on("message", async ({ calls, id, method }: Order) => {
  const call = cache[method] as (...args: unknown[]) => Promise<unknown>
  try {
    const values = await Promise.all(calls.map((args) => call.apply(cache, args)))
    send({ id, values })
  } catch (error) {
    send({ id, error: String(error) })
  }
})
process.on("disconnect", () => process.exit())
await cache.has("ready")
send({ id: 0, values: [] })

function send(answer: Answer): void {
  process.send?.(answer)
}
