import type { Context, MiddlewareHandler } from "hono"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { networkOf } from "../auth/network.ts"
import type { Client } from "../gate.ts"
import { isProbe } from "../probes.ts"

interface RateLimitOptions {
  readonly windowMs: number
  readonly maxRequests: number
}

/** Networks that are counted one by one in a window; all others share a count. */
const MAX_CLIENTS = 100_000
const OTHERS = "others"

/** Refuses what a client asks beyond its number of requests in a window, which is the same one for all. Probes are free. */
export function rateLimit({ maxRequests, windowMs }: RateLimitOptions, clock: Clock): MiddlewareHandler {
  const counts = new Map<string, number>()
  let endsAt = 0

  return async ({ env, req }: Context<{ Bindings: Client }>, next) => {
    if (isProbe(req.path)) return next()
    const now = clock.monotonic()
    if (now >= endsAt) {
      counts.clear()
      endsAt = now + windowMs
    }
    const network = networkOf(env.address) || OTHERS
    const client = counts.size < MAX_CLIENTS || counts.has(network) ? network : OTHERS
    const count = (counts.get(client) ?? 0) + 1
    counts.set(client, count)
    if (count > maxRequests) throw tooMany({ maxRequests, windowMs }, endsAt - now)
    return next()
  }
}

function tooMany({ maxRequests, windowMs }: RateLimitOptions, leftMs: number): ServiceError {
  return new ServiceError("RATE_LIMITED", `A client must send at most ${maxRequests} requests in ${windowMs} ms.`, {
    details: { retryAfterSeconds: Math.ceil(leftMs / 1000) },
  })
}
