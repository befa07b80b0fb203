import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import { createMemoryQueue } from "../../adapters/queue/memory.ts"
import { createMemorySearch } from "../../adapters/search/memory.ts"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import type { Cache, ICacheService } from "../../contracts/cache/cache.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { FaultPlan, withFaults } from "../../testing/faults/with-faults.ts"
import { withJitter } from "../cache/layers/jitter.ts"
import { asCache } from "../cache/portable-cache.ts"
import { asQueue } from "../queue/portable-queue.ts"
import { asSearch } from "../search/portable-search.ts"
import { asStorage } from "../storage/portable-storage.ts"
import { storageOf } from "../storage/stub-storage.fixture.ts"
import { portableInfo } from "./base.ts"
import { withBreaker } from "./breaker.ts"
import { withRetry } from "./retry.ts"
import { withTimeout } from "./timeout.ts"
import { wrap } from "./wrap.ts"

/** The six methods, which do nothing but tell what they were called with. */
class SpyCache implements ICacheService {
  readonly sets: unknown[][] = []
  frames = 0
  async get(): Promise<undefined> {}
  set(...args: unknown[]): Promise<void> {
    this.sets.push(args)
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = Number.POSITIVE_INFINITY
    this.frames = framesOf(new Error("here"))
    Error.stackTraceLimit = stackTraceLimit
    return Promise.resolve()
  }
  async delete() {
    return false
  }
  async has() {
    return false
  }
  async clear() {}
  async stats() {
    return { hits: 0, misses: 0, keyCount: 0 }
  }
}

/** Frames of our code between the caller, in this file, and the store, its own included. */
function framesOf({ stack = "" }: Error): number {
  const lines = stack.split("\n").slice(1)
  const caller = lines.findIndex((line, index) => index > 0 && /portable\.test\.ts/.test(line) && !/around/.test(line))
  return caller
}

const pass = (_call: unknown, next: () => Promise<unknown>) => next()

describe("four layers", () => {
  it("are at most 16 frames from the caller to the store", async () => {
    const store = new SpyCache()
    const cache = withTimeout(withRetry(withBreaker(withJitter(asCache(store), { jitter: "10%" }))), {
      timeoutMs: 1000,
    })
    await cache.set("key", 1, 60)
    expect(store.frames).toBeGreaterThan(4)
    expect(store.frames).toBeLessThanOrEqual(16)
  })

  it("look at a value once", async () => {
    const store = new SpyCache()
    let looks = 0
    const value = {
      get member() {
        looks++
        return 1
      },
    }
    const cache = withTimeout(withRetry(withBreaker(withJitter(asCache(store), { jitter: "10%" }))), {
      timeoutMs: 1000,
    })
    await cache.set("key", value, 60)
    expect(looks).toBe(1)
  })
})

describe("what a layer passes on", () => {
  it("is checked as what the caller gave is", async () => {
    const store = new SpyCache()
    const cache = wrap(asCache(store), ({ args }, next) => next(["", args[1]]))
    await expect(cache.set("key", 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "set" })
    expect(store.sets).toEqual([])
  })

  it("reaches the layers inside", async () => {
    const store = new SpyCache()
    const seen: unknown[] = []
    const inner = wrap(asCache(store), ({ args }, next) => {
      seen.push(args[0])
      return next()
    })
    await wrap(inner, ({ args }, next) => next(["other", ...args.slice(1)])).set("key", 1)
    expect([seen, store.sets]).toEqual([["other"], [["other", 1, undefined]]])
  })
})

describe("what fails in a layer or an adapter", () => {
  const original = new TypeError("secret of a driver")
  const services = {
    cache: () => createMemoryCache(),
    queue: () => createMemoryQueue(),
    search: () => createMemorySearch(),
    storage: () => createMemoryStorage(),
  }
  const calls: { [Name in keyof typeof services]: (service: ReturnType<(typeof services)[Name]>) => Promise<unknown> } =
    {
      cache: (cache) => cache.get("key"),
      queue: (queue) => queue.publish("mail", 1),
      search: (search) => search.search({ object: "things", q: "a" }),
      storage: (storage) => storage.head("files", "key"),
    }

  it.each(Object.keys(services) as (keyof typeof services)[])(
    "is INTERNAL with its cause in a layer of %s",
    async (name) => {
      const failing = [
        () => Promise.reject(original),
        () => {
          throw original
        },
      ]
      for (const around of failing) {
        const service = wrap(services[name](), around)
        const outcome = (calls[name] as (service: object) => Promise<unknown>)(service)
        await expect(outcome).rejects.toMatchObject({ code: "INTERNAL", service: name, cause: original })
      }
    },
  )

  it.each([
    ["queue", () => asQueue({ publish: fail, subscribe: fail, unsubscribe: fail }).publish("mail", 1)],
    ["search", () => asSearch({ index: fail, search: fail, deleteIndex: fail }).search({ object: "things" })],
    ["storage", () => asStorage(storageOf({ head: fail })).head("files", "key")],
  ] as const)("is INTERNAL with its cause in an adapter of %s", async (service, call) => {
    await expect(call()).rejects.toMatchObject({ code: "INTERNAL", service, cause: original })
  })

  it("is not taken by the adapter's table of errors for one of its own", async () => {
    const mapError = (cause: unknown) => new ServiceError("UNAVAILABLE", "There is no connection.", { cause })
    const cache = wrap(asCache(new SpyCache(), { mapError }), () => Promise.reject(original))
    await expect(cache.get("key")).rejects.toMatchObject({ code: "INTERNAL", cause: original })
  })

  it("of the adapter is mapped before a layer sees it, in a stream too", async () => {
    const mapError = (cause: unknown) => new ServiceError("UNAVAILABLE", "There is no connection.", { cause })
    const store = Object.assign(new SpyCache(), {
      get: fail,
      async *keys(): AsyncGenerator<string> {
        yield await fail()
      },
    })
    const seen: unknown[] = []
    const cache = wrap(asCache(store as never, { mapError }), async (_call, next) => {
      return next().catch((error: unknown) => {
        seen.push((error as ServiceError).code)
        throw error
      })
    })
    await expect(cache.get("key")).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await expect(cache.keys()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(seen).toEqual(["UNAVAILABLE", "UNAVAILABLE"])
  })

  function fail(): Promise<never> {
    return Promise.reject(original)
  }
})

describe("a service and the same with layers", () => {
  it("are closed together", async () => {
    const inner = createMemoryCache()
    const outer = wrap(wrap(inner, pass), pass)
    await outer.close()
    for (const cache of [inner, outer]) {
      await expect(cache.get("key")).rejects.toMatchObject({ code: "CLOSED" })
      expect((await cache.healthCheck()).status).toBe("unhealthy")
    }
  })

  it("are unhealthy in time when a layer's health hangs or throws", async () => {
    const clock = createManualClock()
    const asked = (health: () => Promise<never>) =>
      wrap(createMemoryCache({}, { clock }), pass, { health }).healthCheck()
    const late = asked(() => new Promise(() => {}))
    await clock.advance(1000)
    expect(await late).toMatchObject({ status: "unhealthy", latency: 1000 })
    expect(await asked(() => Promise.reject(new Error("no")))).toMatchObject({ status: "unhealthy" })
  })

  it("connect around the service, the outermost first, and say what keeps them from it", async () => {
    const seen: string[] = []
    const layered = (cache: Cache, name: string) => {
      return wrap(cache, pass, {
        async connect(next) {
          seen.push(name)
          await next()
          seen.push(`${name} is connected`)
        },
      })
    }
    const store = Object.assign(new SpyCache(), { connect: async () => void seen.push("store") })
    const cache = layered(layered(asCache(store), "inner"), "outer")
    await portableInfo(cache)?.connect()
    expect(seen).toEqual(["outer", "inner", "store", "inner is connected", "outer is connected"])
    const failing = wrap(cache, pass, { connect: () => Promise.reject(new Error("no")) })
    await expect(portableInfo(failing)?.connect()).rejects.toMatchObject({ code: "INTERNAL", operation: "connect" })
  })
})

describe("an option that needs a capability", () => {
  it("is refused where the capability is not there, before any effect", async () => {
    const calls: unknown[] = []
    const search = asSearch(
      { index: async () => {}, deleteIndex: async () => {}, search: async (query) => calls.push(query) as never },
      { capabilities: { facets: false, highlight: false } },
    )
    await expect(search.search({ object: "things", facets: [{ field: "a" }] })).rejects.toMatchObject({
      code: "UNSUPPORTED",
    })
    await search.search({ object: "things", highlight: false })
    expect(calls).toEqual([{ object: "things", highlight: false }])
  })
})

describe("a stand-in for a service, such as withFaults gives", () => {
  it("stays in between when a layer goes around it", async () => {
    const plan = new FaultPlan()
    const inner = createMemoryCache()
    const cache = withTimeout(withFaults(inner, plan), { timeoutMs: 60_000 })
    await cache.set("key", 1)
    plan.fail("get", "UNAVAILABLE")
    await expect(cache.get("key")).rejects.toMatchObject({ code: "UNAVAILABLE" })
    plan.heal()
    expect(await cache.getOrSet("other", () => 2)).toBe(2)
    expect(await inner.get("other")).toBe(2)
    await cache.close()
    await expect(inner.get("key")).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("is connected as the service is", async () => {
    let connected = 0
    const store = Object.assign(new SpyCache(), { connect: async () => void connected++ })
    const cache = withTimeout(withFaults(asCache(store), new FaultPlan()), { timeoutMs: 60_000 })
    await portableInfo(cache)?.connect()
    expect(connected).toBe(1)
  })

  it("may be a spy", async () => {
    const cache = createMemoryCache()
    let asked = 0
    cache.get = async () => void asked++ as never
    await withRetry(cache).get("key")
    expect(asked).toBe(1)
  })

  it("may be a Proxy of anybody's", async () => {
    const seen: string[] = []
    const inner = createMemoryStorage()
    const proxy = new Proxy(inner, {
      get(target, name) {
        const member = Reflect.get(target, name, target)
        if (typeof member !== "function" || typeof name === "symbol") return member
        return (...args: unknown[]) => {
          seen.push(name)
          return Reflect.apply(member, target, args)
        }
      },
    })
    await wrap(proxy, pass).createBucket("files")
    expect(seen).toEqual(["createBucket"])
  })
})
