/** Act 4: the packages behind the HTTP API, until the process is told to end. */
import { closeOnSignals, createServices, describeConfig, ServiceError } from "@objectos/sdk"
import type { IClosable } from "@objectos/sdk/contracts"
import { defineRoute, serveHttp } from "@objectos/sdk/http"
import { signedUrlRoutes } from "@objectos/sdk/storage"
import * as z from "zod/mini"
import { createIndexer, indexPackages, type Progress, SERVICES, type Used } from "./index-packages.ts"
import { readPackages } from "./packages.ts"
import { findCached } from "./query.ts"

export interface ServeOptions {
  readonly dir: string
  readonly env: Record<string, string | undefined>
  readonly host: string | undefined
  readonly port: string
  readonly log: (line: string) => void
  readonly progress: Progress
}

export async function serve({ dir, env, host, log, port: portText, progress }: ServeOptions): Promise<void> {
  const port = portOf(portText)
  const { packages } = await readPackages(dir)
  const { baseUrl, services } = await createWithSignedUrls(env, `http://${nameOf(host)}:${port}/storage`)
  let done = 0
  const worker = createIndexer(services, () => progress(++done, packages.length))
  // Whatever uses another one stands before it.
  const parts: IClosable[] = [worker, services]
  try {
    const signed = services.storage.capabilities.verifyPresigned ? signedUrlRoutes(services.storage, baseUrl) : []
    const server = await serveHttp(services, { host, port, env, routes: [findPackages, ...signed] })
    parts.unshift(server)
    closeOnSignals(parts)
    await services.ready()
    const indexed = await indexPackages(services, worker, packages)
    log(`  ${indexed} packages indexed; process ${process.pid} serves them on ${server.url} until Ctrl+C or SIGTERM`)
    log(usageOf(server.url))
  } catch (error) {
    for (const part of parts) await part.close()
    throw error
  }
}

function usageOf(url: string): string {
  const withToken = 'curl -H "Authorization: Bearer $API_TOKEN"'
  return `
  For everybody:
    curl '${url}/api/v1/health'
    curl '${url}/api/v1/packages?q=http+client'

  With a token in API_TOKEN, all that the OpenAPI document shows:
    ${withToken} '${url}/api/v1/openapi.json'
    ${withToken} '${url}/api/v1/search?object=packages&q=http+client&limit=3'`
}

/** A route of the program itself: everybody may look for packages. */
const findPackages = defineRoute({
  method: "GET",
  path: "/api/v1/packages",
  operationId: "findPackages",
  summary: "Finds packages by their words. An answer may be a minute old.",
  permission: "public",
  query: z.strictObject({ q: z.string().check(z.minLength(1), z.describe("Words to look for.")) }),
  answers: {
    200: {
      description: "The five best.",
      schema: z.strictObject({
        packages: z.array(
          z.strictObject({
            name: z.string(),
            description: z.string(),
            readme: z.optional(z.string().check(z.describe("Where its README is, for ten minutes."))),
          }),
        ),
      }),
    },
  },
  handle: async (services: Used, { query: { q } }) => {
    const { hits } = await findCached(services, q)
    const packages = hits.map(async ({ doc, id }) => ({
      name: id,
      description: String(doc?.["description"] ?? ""),
      readme: await readmeUrl(services, id),
    }))
    return { packages: await Promise.all(packages) }
  },
})

async function readmeUrl({ storage }: Used, name: string): Promise<string | undefined> {
  if (!storage.capabilities.presign) return undefined
  return (await storage.presign("packages", `${name}/README.md`, { method: "GET", expiresIn: 600 })).url
}

/**
 * Storages whose signed URLs lead to this program are told where it is, unless the environment says so already. With
 * `OTEL_EXPORTER_OTLP_ENDPOINT` tracing sees every request and what it calls.
 */
async function createWithSignedUrls(env: ServeOptions["env"], ownUrl: string) {
  const { instances } = await describeConfig({ services: SERVICES, env })
  const options = instances.find(({ name }) => name === "storage")?.options ?? []
  const baseUrl = options.find(({ key }) => key === "baseUrl")
  if (baseUrl?.source !== "default") {
    return { baseUrl: baseUrl?.value, services: await createServices({ env }) }
  }
  const config = { storage: { options: { baseUrl: ownUrl } } }
  return { baseUrl: ownUrl, services: await createServices({ env, config }) }
}

/** It stands in signed URLs before anything listens, so it must be known. */
function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new ServiceError(
    "INVALID_ARGUMENT",
    `--port must be a whole number from 1 to 65535; got ${JSON.stringify(text)}; choose one, or leave it out for 3000.`,
  )
}

/** How this machine calls a host in a URL. */
function nameOf(host = "localhost"): string {
  if (host === "0.0.0.0" || host === "::") return "localhost"
  return host.includes(":") ? `[${host}]` : host
}
