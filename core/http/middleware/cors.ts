import type { MiddlewareHandler } from "hono"
import { missingPeer } from "../../foundation/missing-peer.ts"

interface CorsOptions {
  readonly origins: string | readonly string[]
  readonly methods: readonly string[]
  readonly credentials: boolean
  /** How long browsers remember the answer to a preflight, in seconds. */
  readonly maxAge?: number | undefined
}

/** Headers of answers that scripts of other origins may read. */
const EXPOSED = ["Accept-Ranges", "Allow", "Content-Disposition", "Content-Range", "ETag", "Location", "Retry-After"]

/** Lets scripts of other origins read the answers, errors too. A preflight is answered here. */
export async function corsMiddleware(options: CorsOptions): Promise<MiddlewareHandler> {
  const { credentials, maxAge, methods, origins } = options
  const cors = await loadCors()
  const answer = cors({
    origin: typeof origins === "string" ? one(origins) : [...origins],
    allowMethods: [...methods],
    exposeHeaders: EXPOSED,
    credentials,
    ...(maxAge !== undefined && { maxAge }),
  })
  return (context, next) => (isPlainOptions(context.req.raw) ? next() : answer(context, next))
}

/** A single origin is a list too, so that caches are told that the answer depends on it. */
function one(origin: string): string | string[] {
  return origin === "*" ? origin : [origin]
}

/** OPTIONS that is no preflight: it asks what a path allows. */
function isPlainOptions({ headers, method }: Request): boolean {
  return method === "OPTIONS" && !headers.has("access-control-request-method")
}

async function loadCors() {
  try {
    return (await import("hono/cors")).cors
  } catch (error) {
    throw missingPeer("hono", error)
  }
}
