import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../../adapters/cache/memory.ts"
import { createMemorySearch } from "../../../adapters/search/memory.ts"
import { createMemoryStorage } from "../../../adapters/storage/memory.ts"
import { createMemoryTracing } from "../../../adapters/tracing/memory.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { asCache } from "../../cache/portable-cache.ts"
import { wrap } from "../../foundation/wrap.ts"
import { withTracing } from "./with-tracing.ts"

const names = (tracing: ReturnType<typeof createMemoryTracing>) => tracing.getSpans().map(({ name }) => name)

describe("spans of calls", () => {
  it("have the name of the service and the method, and say no key and no value", async () => {
    const tracing = createMemoryTracing()
    const cache = withTracing(createMemoryCache(), tracing)
    await cache.set("secret", "hunter2")
    const [span] = tracing.getSpans()
    expect(span).toMatchObject({ name: "cache.set", kind: "internal", status: { code: "unset" } })
    expect(span?.attributes).toEqual({ "objectos.service": "cache", "objectos.adapter": "memory" })
  })

  it("are children of the active span, and active in what a layer inside does", async () => {
    const tracing = createMemoryTracing()
    let active: string | undefined
    const inner = wrap(createMemoryCache(), (_call, next) => {
      active = tracing.activeContext()?.spanId
      return next()
    })
    await tracing.withSpan("request", {}, () => withTracing(inner, tracing).get("a"))
    const [call, request] = tracing.getSpans()
    expect(call?.parentSpanId).toBe(request?.context.spanId)
    expect(active).toBe(call?.context.spanId)
  })

  it("are those of the calls that a composite is made of, also in a namespace", async () => {
    const tracing = createMemoryTracing()
    const cache = withTracing(createMemoryCache(), tracing)
    await cache.namespace("part").setIfAbsent("b", 1)
    await cache.getOrSet("a", () => 1)
    expect(names(tracing)[0]).toBe("cache.setIfAbsent")
    expect(names(tracing)).toContain("cache.get")
    expect(names(tracing)).not.toContain("cache.getOrSet")
  })

  it("say the key where that is wished", async () => {
    const tracing = createMemoryTracing()
    await withTracing(createMemoryCache(), tracing, { keys: true }).get("user:1")
    expect(tracing.getSpans()[0]?.attributes["objectos.key"]).toBe("user:1")
  })

  it("are none of health checks, metrics, connecting and closing", async () => {
    const tracing = createMemoryTracing()
    const cache = withTracing(createMemoryCache(), tracing)
    await cache.healthCheck()
    await cache.close()
    expect(tracing.stats().started).toBe(0)
  })

  it("say the index of a search", async () => {
    const tracing = createMemoryTracing()
    const search = withTracing(createMemorySearch(), tracing)
    await search.index("books", "1", { title: "Faust" })
    await search.search({ object: "books", q: "faust" })
    expect(tracing.getSpans().map(({ attributes, name }) => [name, attributes["db.collection.name"]])).toEqual([
      ["search.index", "books"],
      ["search.search", "books"],
    ])
  })

  it("say the bucket of a storage, and name the methods of an object after the call that gave it", async () => {
    const tracing = createMemoryTracing()
    const storage = withTracing(createMemoryStorage(), tracing)
    await storage.createBucket("files")
    await storage.put("files", "a", "text")
    await (await storage.get("files", "a")).text()
    expect(names(tracing)).toEqual(["storage.createBucket", "storage.put", "storage.get", "storage.get.text"])
    expect(tracing.getSpans()[2]?.attributes["objectos.storage.bucket"]).toBe("files")
  })

  it("have the kind client and the system of a database that is asked over a network", async () => {
    const tracing = createMemoryTracing()
    const store = createMemoryCache()
    const redis = asCache(
      {
        get: async () => undefined,
        set: store.set,
        delete: store.delete,
        has: store.has,
        clear: store.clear,
        stats: store.stats,
      },
      { adapter: "redis", capabilities: { shared: true } },
    )
    await withTracing(redis, tracing).get("a")
    expect(tracing.getSpans()[0]).toMatchObject({
      kind: "client",
      attributes: { "db.system.name": "redis", "db.operation.name": "get", "objectos.adapter": "redis" },
    })
  })
})

describe("a call that fails", () => {
  it("rejects with the same error, which is the status of its span", async () => {
    const tracing = createMemoryTracing()
    const error = new ServiceError("UNAVAILABLE", "not now", { service: "cache", adapter: "memory", operation: "get" })
    const broken = wrap(createMemoryCache(), () => Promise.reject(error))
    await expect(withTracing(broken, tracing).get("a")).rejects.toBe(error)
    expect(tracing.getSpans()[0]).toMatchObject({
      status: { code: "error", message: "not now" },
      attributes: { "error.type": "UNAVAILABLE" },
    })
  })

  it("is an error also where the service refuses what was asked", async () => {
    const tracing = createMemoryTracing()
    const storage = withTracing(createMemoryStorage(), tracing)
    await expect(storage.get("files", "a")).rejects.toMatchObject({ code: "NOT_FOUND" })
    expect(tracing.getSpans()[0]).toMatchObject({
      status: { code: "error" },
      attributes: { "error.type": "NOT_FOUND" },
    })
  })

  it("has no span where its arguments break the contract", async () => {
    const tracing = createMemoryTracing()
    await expect(withTracing(createMemoryCache(), tracing).get("")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(tracing.stats().started).toBe(0)
  })
})

describe("a walk of a stream", () => {
  const filled = async (tracing: ReturnType<typeof createMemoryTracing>) => {
    const cache = createMemoryCache()
    for (const key of ["a", "b", "c"]) await cache.set(key, 1)
    return withTracing(cache, tracing)
  }

  it("has one span, which ends with it", async () => {
    const tracing = createMemoryTracing()
    const cache = await filled(tracing)
    for await (const _ of cache.keys()) expect(tracing.stats().ended).toBe(0)
    expect(names(tracing)).toEqual(["cache.keys"])
  })

  it("ends where its reader leaves", async () => {
    const tracing = createMemoryTracing()
    const cache = await filled(tracing)
    for await (const _ of cache.keys()) break
    expect(tracing.getSpans()).toMatchObject([{ name: "cache.keys", status: { code: "unset" } }])
  })

  it("of two at one time each has a span of its own", async () => {
    const tracing = createMemoryTracing()
    const cache = await filled(tracing)
    for await (const _ of cache.keys()) for await (const _inner of cache.keys()) break
    expect(new Set(tracing.getSpans().map(({ context }) => context.spanId)).size).toBe(4)
  })

  it("has the status error where a step fails", async () => {
    const tracing = createMemoryTracing()
    const broken = wrap(createMemoryCache(), () => Promise.reject(new ServiceError("UNAVAILABLE", "not now")))
    const walk = async () => {
      for await (const _ of withTracing(broken, tracing).keys());
    }
    await expect(walk()).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(tracing.getSpans()).toMatchObject([{ attributes: { "error.type": "UNAVAILABLE" } }])
  })

  it("of the bytes of an object has one span, also where they are cancelled", async () => {
    const tracing = createMemoryTracing()
    const storage = withTracing(createMemoryStorage(), tracing)
    await storage.createBucket("files")
    await storage.put("files", "a", "text")
    for await (const _ of (await storage.get("files", "a")).stream());
    await (await storage.get("files", "a")).stream().cancel()
    expect(names(tracing).filter((name) => name === "storage.get.stream")).toEqual(["storage.get.stream"])
    expect(tracing.stats().ended).toBe(tracing.stats().started)
  })
})

describe("withTracing", () => {
  it("returns the service itself where the tracing is not enabled", () => {
    const cache = createMemoryCache()
    expect(withTracing(cache, createMemoryTracing({ enabled: false }))).toBe(cache)
  })

  it("takes a class of the user's, whatever it throws", async () => {
    const error = new Error("not of the cache")
    const broken = () => {
      throw error
    }
    const tracing = {
      startSpan: broken,
      withSpan: broken,
      activeContext: broken,
      run: broken,
      inject: broken,
      extract: broken,
      stats: broken,
      flush: broken,
      getConfig: () => ({
        get enabled(): boolean {
          throw error
        },
      }),
    }
    const cache = withTracing(createMemoryCache(), tracing)
    await cache.set("a", 1)
    expect(await cache.get("a")).toBe(1)
  })

  it("refuses an object that is not portable", () => {
    expect(() => withTracing({}, createMemoryTracing())).toThrowError(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    )
  })

  it("ends a span before the caller hears of the answer", async () => {
    const tracing = createMemoryTracing()
    const get = withTracing(createMemoryCache(), tracing).get("a")
    await get.then(() => expect(tracing.stats().ended).toBe(1))
  })
})
