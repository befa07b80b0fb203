import { resolve } from "node:path"
import type { Context, Next } from "hono"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { missingPeer } from "../../foundation/missing-peer.ts"
import type { Mount } from "../api.ts"

interface StaticFilesOptions {
  /** Under which the files are: `/docs`, or `/` for all that is no route. */
  readonly path: string
  readonly directory: string
  /** Sent with each file, as is the next one. */
  readonly cacheControl?: string | undefined
  readonly contentSecurityPolicy?: string | undefined
}

/** The files of a directory, for everybody. What begins with a dot is not there. */
export async function staticFiles(options: StaticFilesOptions): Promise<Mount> {
  const { cacheControl, contentSecurityPolicy, directory, path } = options
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
    // Whether it is compressed or not: a cache may hand it to others.
    response.headers.append("vary", "Accept-Encoding")
    if (cacheControl !== undefined) response.headers.set("cache-control", cacheControl)
    if (contentSecurityPolicy !== undefined) response.headers.set("content-security-policy", contentSecurityPolicy)
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
