/** A process with a cache of its own: it loads what it is told to, and says when its factory runs. */
import { createRedisCache } from "../redis.ts"

export interface LoadOrder {
  readonly key: string
  readonly callers: number
  /** How long the factory takes. Without it, until the message "finish" comes. */
  readonly ms?: number
  readonly fails?: boolean
  readonly leaseMs?: number
}

export type LoadNote =
  | { readonly kind: "ready" }
  | { readonly kind: "called" }
  | { readonly kind: "answers"; readonly values: readonly string[] }

const cache = createRedisCache({ port: Number(process.argv[2]), keyPrefix: "loads", timeoutMs: 30_000 })
const note = (message: LoadNote) => process.send?.(message)

let finish = () => {}

process.on("message", async (message: LoadOrder | "finish") => {
  if (message === "finish") return finish()
  const { callers, fails, key, leaseMs, ms } = message
  const load = async () => {
    note({ kind: "called" })
    await new Promise<void>((resolve) => {
      if (ms === undefined) finish = resolve
      else setTimeout(resolve, ms)
    })
    if (fails) throw new Error("down")
    return `by ${process.pid}`
  }
  const calls = Array.from({ length: callers }, () => cache.getOrSet(key, load, { ttl: 60, leaseMs }))
  const outcomes = await Promise.allSettled(calls)
  const values = outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : outcome.reason.message))
  note({ kind: "answers", values })
})
// A machine that is busy with other tests may need more than one deadline to connect.
while (
  !(await cache.has("connected").then(
    () => true,
    () => false,
  ))
) {}
note({ kind: "ready" })
