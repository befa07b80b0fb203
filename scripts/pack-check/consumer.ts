/** What a user writes: files that are compiled against the packed package. */

/** Everything a user does, without a cast and without types of Node. */
export const TYPED_CONSUMER = `
import { asCache, attempt, closeOnSignals, createServices, createTestServices, defineAdapter, ServiceError } from "@objectos/sdk"
import type { Cache, CacheStats, ICacheService } from "@objectos/sdk/contracts"
import { defineRoute, serveHttp } from "@objectos/sdk/http"
import { bindContract, cacheContract, defineSubject, runContract } from "@objectos/sdk/testing"
import * as z from "zod"

interface User {
  readonly name: string
}

export class MyCache implements ICacheService {
  readonly #entries = new Map<string, unknown>()

  async get<T = unknown>(key: string): Promise<T | undefined>
  async get(key: string): Promise<unknown> {
    return this.#entries.get(key)
  }

  async set(key: string, value: unknown, _ttl?: number): Promise<void> {
    this.#entries.set(key, value)
  }

  async delete(key: string): Promise<boolean> {
    return this.#entries.delete(key)
  }

  async has(key: string): Promise<boolean> {
    return this.#entries.has(key)
  }

  async clear(): Promise<void> {
    this.#entries.clear()
  }

  async stats(): Promise<CacheStats> {
    return { hits: 0, misses: 0, keyCount: this.#entries.size }
  }
}

const mine = defineAdapter({
  service: "cache",
  name: "mine",
  contractVersion: 1,
  schemes: ["mine"],
  optionsSchema: z.strictObject({ size: z.int().default(10) }),
  create: ({ size }) => {
    const limit: number = size
    return limit > 0 ? new MyCache() : new MyCache()
  },
})

export async function use(name: string | undefined): Promise<User | undefined> {
  const cache: Cache = asCache(new MyCache())
  const loaded: User = await cache.getOrSet("user", async () => ({ name: name ?? "Ada" }), { ttl: 60 })
  const services = await createServices({ services: ["cache"], adapters: [mine], env: { CACHE_URL: "mine:" } })
  const found: User | undefined = await services.cache.get<User>(loaded.name)
  const result = await attempt(() => services.cache.get<User>("user"))
  const code: string = result.isErr() ? result.error.code : "none"
  const { cache: tested, advance } = await createTestServices({ services: ["cache"] })
  await tested.set(code, found)
  await advance(1_000)
  await services.close()
  return found
}

export function isGone(error: unknown): boolean {
  return ServiceError.is(error) && error.code === "NOT_FOUND" && !error.retryable
}

const subject = defineSubject({ service: "cache", name: "mine", open: () => ({ connect: () => new MyCache() }) })

export function prove(
  describe: (name: string, body: () => void) => void,
  it: (name: string, body: () => Promise<void>) => void,
): void {
  bindContract({ describe, it }, cacheContract, subject)
}

const hello = defineRoute({
  method: "GET",
  path: "/api/v1/hello/:name",
  operationId: "hello",
  summary: "Greets somebody.",
  permission: "public",
  params: z.strictObject({ name: z.string() }),
  answers: { 200: { description: "The greeting." } },
  handle: (_services: unknown, { params: { name } }) => ({ text: name.toUpperCase() }),
})

export async function serve(): Promise<number> {
  const services = await createServices({ services: ["cache"] })
  const server = await serveHttp(services, { port: 3000, routes: [hello], config: { bodyLimit: "1mb" } })
  closeOnSignals([server, services])
  return server.port
}

export async function report(): Promise<number> {
  const { totals } = await runContract(cacheContract, subject, { seed: 1 })
  return totals.passed
}
`

/** A service that this package does not know. */
export const TYPED_OWN_SERVICE = `
import { createServices, defineAdapter } from "@objectos/sdk"
import type { ServiceContracts } from "@objectos/sdk/contracts"
import * as z from "zod"

interface Mail {
  send(to: string): Promise<void>
}

declare module "@objectos/sdk/contracts" {
  interface ServiceContracts {
    mail: Mail
  }
}

const memoryMail = defineAdapter({
  service: "mail",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: z.strictObject({}),
  create: (): ServiceContracts["mail"] => ({ send: async () => {} }),
})

export async function greet(): Promise<void> {
  const { close, mail } = await createServices({ services: ["mail"], adapters: [memoryMail] })
  await mail.send("ada@example.org")
  await close()
}
`
