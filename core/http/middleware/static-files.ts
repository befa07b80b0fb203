import { resolve } from "node:path"
import type { Context, Next } from "hono"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { missingPeer } from "../../foundation/missing-peer.ts"
import type { Mount } from "../api.ts"

interface StaticFilesOptions {
  /** Under which the files are: `/docs`, or `/` for all that is no route. */
  readonly path: string
  readonly directory: string
  /** Sent with each file. */
  readonly cacheControl?: string | undefined
}

/** What pages may load and run, where the document says nothing else. */
const PAGE_POLICY = [
  "default-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "style-src 'self' 'unsafe-inline'",
].join("; ")

/** The files of a directory, for everybody. What begins with a dot is not there. */
export async function staticFiles(options: StaticFilesOptions): Promise<Mount> {
  const { cacheControl, directory, path } = options
  const prefix = path === "/" ? "" : path
  const serve = (await loadServeStatic())({
    root: resolve(directory),
    rewriteRequestPath: (requested) => requested.slice(prefix.length),
  })
  const handler = async (context: Context, next: Next) => {
    const { method } = context.req
    if (method !== "GET" && method !== "HEAD") throw otherMethod()
    if (context.req.path.slice(prefix.length).includes("/.")) return next()
    const response = await serve(context, async () => {})
    if (response === undefined) return next()
    response.headers.set("content-security-policy", PAGE_POLICY)
    if (cacheControl !== undefined) response.headers.set("cache-control", cacheControl)
    return response
  }
  return { path, handler }
}

function otherMethod(): ServiceError {
  return new ServiceError("UNSUPPORTED", "The method must be GET or HEAD.", {
    details: { reason: "method", allow: ["GET", "HEAD"] },
  })
}

async function loadServeStatic() {
  try {
    return (await import("@hono/node-server/serve-static")).serveStatic
  } catch (error) {
    throw missingPeer("@hono/node-server", error)
  }
}
