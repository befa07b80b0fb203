import { stat } from "node:fs/promises"
import type { MiddlewareHandler } from "hono"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { invalidConfig } from "../../foundation/invalid-config.ts"
import type { ApiParts, Mount } from "../api.ts"
import { createCompress } from "../middleware/compress.ts"
import { corsMiddleware } from "../middleware/cors.ts"
import { rateLimit } from "../middleware/rate-limit.ts"
import { staticFiles } from "../middleware/static-files.ts"
import { type ParsedServerConfig, SERVER_CONFIG } from "./config.ts"
import { PAGE_POLICY } from "./security-headers.ts"

/** What a configuration adds to the API; what is off is not there. */
export async function partsOf(config: ParsedServerConfig, clock: Clock): Promise<Omit<ApiParts, "limits">> {
  return {
    middleware: await middlewareOf(config, clock),
    compress: config.compression ? await createCompress() : undefined,
    mounts: await mountsOf(config),
  }
}

/** Whatever refuses stands inside of what adds headers, so that the refusal has them too. */
function middlewareOf({ cors, security }: ParsedServerConfig, clock: Clock): Promise<MiddlewareHandler[]> {
  return Promise.all([
    ...(cors?.enabled ? [corsMiddleware(cors)] : []),
    ...(security.rateLimit.enabled ? [rateLimit(security.rateLimit, clock)] : []),
  ])
}

/** @throws ServiceError INVALID_CONFIG with each directory that is not there. */
async function mountsOf({ security, static: entries }: ParsedServerConfig): Promise<Mount[]> {
  const isThere = await Promise.all(entries.map(({ directory }) => isDirectory(directory)))
  const missing = [...isThere.keys()].filter((index) => !isThere[index])
  if (missing.length > 0) {
    const message = "must be a directory; got a path where none is; create it or leave the entry out"
    throw invalidConfig(
      SERVER_CONFIG,
      missing.map((index) => ({ path: `config.static.${index}.directory`, message })),
    )
  }
  const contentSecurityPolicy = security.helmet ? PAGE_POLICY : undefined
  return Promise.all(entries.map((entry) => staticFiles({ ...entry, contentSecurityPolicy })))
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() === true
}

/** Refuses a directory under a path that a route has, or that lies above or below one. The root is below all of them. */
export function checkMounts(
  { static: entries }: ParsedServerConfig,
  routes: readonly { readonly path: string }[],
): void {
  const issues = entries.flatMap(({ path }, index) => {
    const route = routes.find((route) => path !== "/" && overlap(path, route.path))
    const message = `must be a path of its own; the API has ${route?.path}; choose another one`
    return route === undefined ? [] : [{ path: `config.static.${index}.path`, message }]
  })
  if (issues.length > 0) throw invalidConfig(SERVER_CONFIG, issues)
}

function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`)
}
