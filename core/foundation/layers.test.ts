import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import type { Cache, ICacheService } from "../../contracts/cache/cache.ts"
import { type Clock, createManualClock, systemClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { bindContract } from "../../testing/bind.ts"
import { cacheContract } from "../../testing/cache/contract.ts"
import { defineSubject } from "../../testing/define-subject.ts"
import { withJitter } from "../cache/layers/jitter.ts"
import { asCache } from "../cache/portable-cache.ts"
import { deferred } from "../cache/test-store.fixture.ts"
import { asSearch } from "../search/portable-search.ts"
import { asStorage } from "../storage/portable-storage.ts"
import { storageOf } from "../storage/stub-storage.fixture.ts"
import { withRetry } from "./retry.ts"
import { withTimeout } from "./timeout.ts"
import { wrap } from "./wrap.ts"

const impatient: Clock = { ...systemClock, sleep: async () => {} }

/** Fails the first calls of each method, then works. */
function flakyCache(failures: number, code: "UNAVAILABLE" | "INVALID_ARGUMENT" = "UNAVAILABLE") {
  const calls: string[] = []
  const inner = createMemoryCache()
  const call = async <T>(method: string, run: () => Promise<T>): Promise<T> => {
    calls.push(method)
    if (calls.filter((name) => name === method).length <= failures) throw new ServiceError(code, "not now")
    return run()
  }
  const service: ICacheService & { increment(key: string): Promise<number> } = {
    get: (key) => call("get", () => inner.get(key)),
    set: (key, value, ttl) => call("set", () => inner.set(key, value, ttl)),
    delete: (key) => call("delete", () => inner.delete(key)),
    has: (key) => call("has", () => inner.has(key)),
    clear: () => call("clear", () => inner.clear()),
    stats: () => call("stats", () => inner.stats()),
    increment: () => call("increment", async () => 1),
  }
  return { cache: asCache(service), calls }
}

for (const [name, layer] of [
  ["withRetry", <T extends object>(service: T) => withRetry(service, { clock: impatient })],
  ["withTimeout", <T extends object>(service: T) => withTimeout(service, { timeoutMs: 10_000 })],
] as const) {
  bindContract(
    { describe, it },
    cacheContract,
    defineSubject({
      service: "cache",
      name: `memory ${name}`,
      open: ({ clock }) => {
        const cache = layer(createMemoryCache({ maxValueBytes: 4 * 1024 * 1024 }, { clock }))
        return { connect: () => cache, advance: (ms) => clock.advance(ms) }
      },
    }),
  )
}

describe("withRetry", () => {
  it("repeats idempotent operations until they succeed", async () => {
    const { cache, calls } = flakyCache(2)
    const steady = withRetry(cache, { attempts: 3, clock: impatient })
    await steady.set("key", 1)
    expect(await steady.get("key")).toBe(1)
    expect(calls).toEqual(["set", "set", "set", "get", "get", "get"])
  })

  it("ends a pause where the signal of the call aborts", async () => {
    const storage = asStorage(storageOf({ get: () => Promise.reject(new ServiceError("UNAVAILABLE", "not now")) }))
    const controller = new AbortController()
    const { signal } = controller
    const get = withRetry(storage, { delayMs: 3_600_000, maxDelayMs: 3_600_000 }).get("files", "key", { signal })
    await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    await expect(get).rejects.toMatchObject({ code: "ABORTED" })
  })

  it("gives up after its attempts with the last error", async () => {
    const { cache, calls } = flakyCache(5)
    await expect(withRetry(cache, { attempts: 3, clock: impatient }).get("key")).rejects.toMatchObject({
      code: "UNAVAILABLE",
    })
    expect(calls).toHaveLength(3)
  })

  it("does not repeat what is not idempotent, nor what cannot succeed", async () => {
    const once = flakyCache(1)
    await expect(withRetry(once.cache, { clock: impatient }).increment("key")).rejects.toThrow("not now")
    const final = flakyCache(1, "INVALID_ARGUMENT")
    await expect(withRetry(final.cache, { clock: impatient }).get("key")).rejects.toThrow("not now")
    expect([once.calls, final.calls]).toEqual([["increment"], ["get"]])
  })

  it("pauses twice as long each time, up to the longest pause", async () => {
    const pauses: number[] = []
    const clock: Clock = { ...systemClock, sleep: async (ms) => void pauses.push(ms) }
    const { cache } = flakyCache(4)
    await withRetry(cache, { attempts: 5, delayMs: 100, maxDelayMs: 300, clock, random: () => 0 }).get("key")
    expect(pauses).toEqual([100, 200, 300, 300])
  })

  it("retries what getOrSet is built from", async () => {
    const { cache, calls } = flakyCache(1)
    expect(await withRetry(cache, { clock: impatient }).getOrSet("key", () => "loaded")).toBe("loaded")
    expect(calls).toEqual(["get", "get", "set", "set"])
  })
})

describe("withTimeout", () => {
  it("rejects TIMEOUT when the operation takes too long", async () => {
    const clock = createManualClock()
    const hanging = wrap(createMemoryCache(), () => new Promise(() => {}))
    const bounded = withTimeout(hanging, { timeoutMs: 100, clock })
    const outcome = bounded.get("key").catch((error: unknown) => error)
    await clock.advance(100)
    expect(await outcome).toMatchObject({ code: "TIMEOUT", operation: "get" })
  })

  it("bounds each step of a stream", async () => {
    const clock = createManualClock()
    const hanging = wrap(createMemoryCache(), () => new Promise(() => {}))
    const bounded = withTimeout(hanging, { timeoutMs: 100, clock })
    const outcome = bounded
      .keys()
      [Symbol.asyncIterator]()
      .next()
      .catch((error: unknown) => error)
    await clock.advance(100)
    expect(await outcome).toMatchObject({ code: "TIMEOUT", operation: "keys" })
  })
})

describe("wrap", () => {
  it("sees each step of a stream", async () => {
    const seen: string[] = []
    const cache = wrap(createMemoryCache(), ({ method, info }, next) => {
      seen.push(`${method} ${info.kind}`)
      return next()
    })
    await cache.set("a", 1)
    for await (const key of cache.keys()) seen.push(key)
    expect(seen).toEqual(["set write", "keys stream", "a", "keys stream"])
  })

  it("sees each call once, with what the contract says of it", async () => {
    const seen: string[] = []
    const cache = wrap(createMemoryCache(), ({ method, info }, next) => {
      seen.push(`${method} ${info.kind}`)
      return next()
    })
    await cache.setMany([["a", 1]])
    await cache.getOrSet("a", () => 2)
    expect(seen).toEqual(["setMany write", "get read"])
  })

  it("turns what a layer throws into a ServiceError", async () => {
    const original = new Error("raw")
    const rejecting = wrap(createMemoryCache(), () => Promise.reject(original))
    await expect(rejecting.get("a")).rejects.toMatchObject({ code: "INTERNAL", cause: original })
    const throwing = wrap(createMemoryCache(), () => {
      throw original
    })
    await expect(throwing.get("a")).rejects.toMatchObject({ code: "INTERNAL", cause: original })
  })

  it("refuses an object that is not portable", () => {
    expect(() => wrap({}, (_, next) => next())).toThrowError(expect.objectContaining({ code: "INVALID_ARGUMENT" }))
  })
})

describe("arguments that a layer replaces", () => {
  it("are checked also where a layer that keeps the contract is inside", async () => {
    const inner = withJitter(createMemoryCache(), { jitter: "10%" })
    const cache = wrap(inner, ({ args }, next) => next(["", ...args.slice(1)]))
    await expect(cache.set("key", 1, 60)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })

  it("come to the layers inside as the contract has them: an iterable is read once", async () => {
    const { cache, calls } = flakyCache(1)
    const seen: unknown[] = []
    const inner = wrap(withRetry(cache, { clock: impatient }), ({ args }, next) => {
      seen.push(args[0])
      return next()
    })
    const outer = wrap(inner, ({ args }, next) => next([(args[0] as Map<string, unknown>).entries(), args[1]]))
    await outer.setMany([["a", 1]])
    expect(seen).toEqual([new Map([["a", 1]])])
    expect(calls).toEqual(["set", "set"])
  })

  it("count for the first step of a stream", async () => {
    const inner = createMemoryCache()
    await inner.setMany([
      ["a:1", 1],
      ["b:1", 1],
    ])
    const cache = wrap(inner, (_call, next) => next([{ prefix: "a:" }]))
    const keys: string[] = []
    for await (const key of cache.keys()) keys.push(key)
    expect(keys).toEqual(["a:1"])
    const wrong = wrap(inner, (_call, next) => next([{ prefix: 5 }]))
    await expect(wrong.keys()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })

  it("do not evade the check of capabilities by one more", async () => {
    const search = asSearch(
      { index: async () => {}, deleteIndex: async () => {}, search: async () => ({}) as never },
      { capabilities: { facets: false } },
    )
    const facets = [{ field: "a" }]
    const asking = wrap(search, ({ args }, next) => next([{ ...(args[0] as object), facets }, undefined]))
    await expect(asking.search({ object: "things" })).rejects.toMatchObject({ code: "UNSUPPORTED" })
  })
})

describe("a call that is in a layer when the service is closed", () => {
  it("does not reach the implementation", async () => {
    const { cache, calls } = flakyCache(1)
    const paused = deferred<void>()
    const steady = withRetry(cache, { clock: { ...systemClock, sleep: () => paused.promise } })
    const outcome = steady.set("key", 1).catch((error: unknown) => error)
    await expect.poll(() => calls).toEqual(["set"])
    await steady.close()
    paused.resolve()
    expect(await outcome).toMatchObject({ code: "CLOSED" })
    expect(calls).toEqual(["set"])
  })
})

describe("loads of a cache with layers that rename keys", () => {
  const tenant = (cache: Cache, id: string) =>
    wrap(cache, ({ args }, next) => next([`${id}:${args[0]}`, ...args.slice(1)]))

  it("are not shared with those of another one", async () => {
    const inner = createMemoryCache()
    const [a, b] = [tenant(inner, "a"), tenant(inner, "b")]
    const slow = deferred<string>()
    const loads = Promise.all([a.getOrSet("user", () => slow.promise), b.getOrSet("user", () => "of b")])
    slow.resolve("of a")
    expect(await loads).toEqual(["of a", "of b"])
    expect(await b.get("user")).toBe("of b")
  })

  it("are superseded by a write that comes through the layer, also in a namespace", async () => {
    for (const inner of [createMemoryCache(), createMemoryCache().namespace("part")]) {
      const slow = deferred<string>()
      const started = deferred()
      const load = inner.getOrSet("a:key", () => {
        started.resolve()
        return slow.promise
      })
      await started.promise
      await tenant(inner, "a").set("key", "new")
      slow.resolve("old")
      expect(await load).toBe("old")
      expect(await inner.get("a:key")).toBe("new")
    }
  })

  it("go on through a close of another object of the same namespace, and an invalidation of no tags", async () => {
    const cache = createMemoryCache()
    const [one, other] = [cache.namespace("part"), cache.namespace("part")]
    const slow = deferred<string>()
    const load = other.getOrSet("key", () => slow.promise)
    await one.close()
    await cache.invalidateTags([])
    slow.resolve("value")
    await load
    expect(await other.get("key")).toBe("value")
  })

  it("lose to a write that is repeated, when they began in its pause", async () => {
    let failed = false
    const failsOnce = wrap(createMemoryCache(), ({ method }, next) => {
      if (method !== "set" || failed) return next()
      failed = true
      return Promise.reject(new ServiceError("UNAVAILABLE", "not now"))
    })
    const paused = deferred()
    const steady = withRetry(failsOnce, { clock: { ...systemClock, sleep: () => paused.promise } })
    const write = steady.set("key", "new")
    const slow = deferred<string>()
    const load = steady.getOrSet("key", () => slow.promise)
    await expect.poll(() => failed).toBe(true)
    paused.resolve()
    await write
    slow.resolve("old")
    await load
    expect(await steady.get("key")).toBe("new")
  })
})
