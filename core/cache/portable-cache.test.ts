import { describe, expect, it } from "vitest"
import type { ICacheService } from "../../contracts/cache/cache.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { asCache } from "./portable-cache.ts"

/** Only the seed's six methods. */
class BareCache implements ICacheService {
  readonly #entries = new Map<string, unknown>()
  async get<T>(key: string): Promise<T | undefined> {
    return this.#entries.get(key) as T | undefined
  }
  async set(key: string, value: unknown): Promise<void> {
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
  async stats() {
    return { hits: 0, misses: 0, keyCount: this.#entries.size }
  }
}

describe("asCache over the six methods of the seed", () => {
  it("gives batches by single calls", async () => {
    const cache = asCache(new BareCache())
    await cache.setMany([
      ["a", 1],
      ["b", null],
    ])
    expect(await cache.getMany(["a", "b", "absent", "a"])).toEqual(
      new Map([
        ["a", 1],
        ["b", null],
      ]),
    )
    expect(await cache.deleteMany(["a", "absent"])).toBe(1)
  })

  it("rejects UNSUPPORTED for what it cannot do, and says so in capabilities", async () => {
    const cache = asCache(new BareCache())
    const unsupported = { code: "UNSUPPORTED", adapter: "BareCache" }
    await expect(cache.increment("a")).rejects.toMatchObject(unsupported)
    await expect(cache.invalidateTags(["a"])).rejects.toMatchObject(unsupported)
    await expect(cache.keys()[Symbol.asyncIterator]().next()).rejects.toMatchObject(unsupported)
    expect(cache.capabilities).toMatchObject({ batch: true, atomic: false, tags: false, scan: false })
  })

  it("checks arguments before the implementation sees them", async () => {
    const cache = asCache(new BareCache())
    await expect(cache.set("", 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "set" })
    await expect(cache.set("a", undefined)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    await expect(cache.set("a", 1, 0)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    await expect(
      cache.setMany([
        ["a", 1],
        ["", 2],
      ]),
    ).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    expect((await cache.stats()).keyCount).toBe(0)
  })

  it("rejects, and does not throw, when looking at a value throws", async () => {
    const hostile = {
      get trap(): never {
        throw new Error("looked at")
      },
    }
    await expect(asCache(new BareCache()).set("a", hostile)).rejects.toMatchObject({ code: "INTERNAL" })
  })

  it("is healthy until it is closed, and rejects CLOSED from then on", async () => {
    const cache = asCache(new BareCache())
    expect((await cache.healthCheck()).status).toBe("healthy")
    await cache.close()
    await cache.close()
    await expect(cache.get("a")).rejects.toMatchObject({ code: "CLOSED" })
    await expect(cache.getOrSet("a", () => 1)).rejects.toMatchObject({ code: "CLOSED" })
    expect((await cache.healthCheck()).status).toBe("unhealthy")
  })

  it("returns a cache as it is", () => {
    const cache = asCache(new BareCache())
    expect(asCache(cache)).toBe(cache)
  })

  it("turns foreign errors into INTERNAL with the original as cause, thrown ones too", async () => {
    const original = new Error("secret of a driver")
    class Failing extends BareCache {
      override get(): Promise<never> {
        throw original
      }
      override has(): Promise<never> {
        return Promise.reject(original)
      }
    }
    const cache = asCache(new Failing())
    for (const call of [cache.get("a"), cache.has("a")]) {
      const error = await call.catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: "INTERNAL", adapter: "Failing", cause: original })
      expect(JSON.stringify(error)).not.toContain("secret")
    }
  })

  it("bounds the health check of an implementation that hangs", async () => {
    class Hanging extends BareCache {
      override has(): Promise<never> {
        return new Promise(() => {})
      }
    }
    const clock = createManualClock()
    const health = asCache(new Hanging(), { clock }).healthCheck()
    await clock.advance(1000)
    const message = "No answer within 1000 ms."
    expect(await health).toEqual({ status: "unhealthy", message, latency: 1000, details: { code: "TIMEOUT" } })
  })
})

describe("asCache over atomic methods and tags", () => {
  /** Records what reaches it. */
  class TaggingCache extends BareCache {
    readonly seen: unknown[][] = []
    async fill(...args: unknown[]): Promise<boolean> {
      this.seen.push(args)
      return true
    }
    async setTagged(...args: unknown[]): Promise<void> {
      this.seen.push(args)
    }
    async invalidateTags(...args: unknown[]): Promise<void> {
      this.seen.push(args)
    }
  }

  it("hands tags on once each, and in a list of its own", async () => {
    const implementation = new TaggingCache()
    const cache = asCache(implementation)
    const tags = ["a", "b", "a"]
    await cache.setTagged("key", 1, tags, 60)
    await cache.fill("key", "token", 1, undefined, tags)
    await cache.fill("key", "token", 1)
    await cache.invalidateTags(tags)
    tags.length = 0
    expect(implementation.seen).toEqual([
      ["key", 1, ["a", "b"], 60],
      ["key", "token", 1, undefined, ["a", "b"]],
      ["key", "token", 1, undefined, undefined],
      [["a", "b"]],
    ])
  })

  it("answers an invalidation of no tags itself", async () => {
    const implementation = new TaggingCache()
    await asCache(implementation).invalidateTags([])
    expect(implementation.seen).toEqual([])
  })

  it("checks tags and tokens before the implementation sees them", async () => {
    const implementation = new TaggingCache()
    const cache = asCache(implementation)
    const many = Array.from({ length: 129 }, (_, index) => `tag-${index}`)
    const invalid = { code: "INVALID_ARGUMENT" }
    await expect(cache.setTagged("key", 1, [""])).rejects.toMatchObject({ ...invalid, operation: "setTagged" })
    await expect(cache.invalidateTags("tag" as unknown as string[])).rejects.toMatchObject(invalid)
    await expect(cache.fill("key", undefined as unknown as string, 1)).rejects.toMatchObject(invalid)
    await expect(cache.setTagged("key", 1, many)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    await expect(cache.fill("key", "token", 1, 60, many)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" })
    expect(implementation.seen).toEqual([])
  })

  it("takes any number of tags for one invalidation", async () => {
    const implementation = new TaggingCache()
    const many = Array.from({ length: 1000 }, (_, index) => `tag-${index}`)
    await asCache(implementation).invalidateTags(many)
    expect(implementation.seen).toEqual([[many]])
  })

  it("does not drop tags in silence where the implementation has none", async () => {
    const implementation = new TaggingCache()
    const cache = asCache(implementation, { capabilities: { tags: false } })
    await expect(cache.fill("key", "token", 1, 60, ["tag"])).rejects.toMatchObject({ code: "UNSUPPORTED" })
    expect(await cache.fill("key", "token", 1, 60)).toBe(true)
  })
})

describe("getOrSet", () => {
  const deferred = <T>() => {
    let resolve: (value: T) => void = () => {}
    let reject: (error: unknown) => void = () => {}
    const promise = new Promise<T>((onValue, onError) => {
      resolve = onValue
      reject = onError
    })
    return { promise, resolve, reject }
  }

  it("runs the factory once for 100 callers and caches its value", async () => {
    const cache = asCache(new BareCache())
    let calls = 0
    const load = async () => ({ call: ++calls })
    const values = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet("key", load, { ttl: 60 })))
    expect(values).toEqual(Array.from({ length: 100 }, () => ({ call: 1 })))
    expect(await cache.getOrSet("key", load)).toEqual({ call: 1 })
  })

  it("gives 100 callers the same error after one call, and calls again the next time", async () => {
    const cache = asCache(new BareCache())
    let calls = 0
    const failure = new Error("down")
    const load = async () => {
      calls++
      throw failure
    }
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => cache.getOrSet("key", load)))
    expect(calls).toBe(1)
    for (const outcome of outcomes) expect(outcome).toEqual({ status: "rejected", reason: failure })
    expect(await cache.getOrSet("key", () => "again")).toBe("again")
  })

  it("returns undefined and does not cache it", async () => {
    const cache = asCache(new BareCache())
    expect(await cache.getOrSet("key", () => undefined)).toBeUndefined()
    expect(await cache.has("key")).toBe(false)
  })

  it.each([
    ["delete", (cache: ReturnType<typeof asCache>) => cache.delete("key"), undefined],
    ["clear", (cache: ReturnType<typeof asCache>) => cache.clear(), undefined],
    ["set", (cache: ReturnType<typeof asCache>) => cache.set("key", "newer"), "newer"],
    ["deleteMany", (cache: ReturnType<typeof asCache>) => cache.deleteMany(["key"]), undefined],
    ["setMany", (cache: ReturnType<typeof asCache>) => cache.setMany([["key", "newer"]]), "newer"],
  ])("never loses a %s during the load", async (_, change, expected) => {
    const cache = asCache(new BareCache())
    const { promise, resolve } = deferred<string>()
    const started = deferred<void>()
    const loading = cache.getOrSet("key", () => {
      started.resolve()
      return promise
    })
    await started.promise
    await change(cache)
    resolve("older")
    expect(await loading).toBe("older")
    expect(await cache.get("key")).toBe(expected)
  })

  it("starts afresh for a caller that comes after a delete", async () => {
    const cache = asCache(new BareCache())
    const { promise, resolve } = deferred<string>()
    const started = deferred<void>()
    const before = cache.getOrSet("key", () => {
      started.resolve()
      return promise
    })
    await started.promise
    await cache.delete("key")
    expect(await cache.getOrSet("key", () => "fresh")).toBe("fresh")
    resolve("stale")
    expect(await before).toBe("stale")
    expect(await cache.get("key")).toBe("fresh")
  })

  it("lets one caller leave without the others, and aborts the factory when the last one has left", async () => {
    const cache = asCache(new BareCache())
    const [first, second] = [new AbortController(), new AbortController()]
    const started = deferred<AbortSignal>()
    const load = ({ signal }: { signal: AbortSignal }) => {
      started.resolve(signal)
      return new Promise<string>(() => {})
    }
    const calls = [
      cache.getOrSet("key", load, { signal: first.signal }),
      cache.getOrSet("key", load, { signal: second.signal }),
    ]
    const outcomes = Promise.allSettled(calls)
    const signal = await started.promise
    first.abort()
    await expect(calls[0]).rejects.toMatchObject({ code: "ABORTED" })
    expect(signal.aborted).toBe(false)
    second.abort()
    expect(signal.aborted).toBe(true)
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: "ABORTED" } })
    expect(await cache.getOrSet("key", () => "next")).toBe("next")
  })

  it("rejects before any work when the signal has fired already", async () => {
    const cache = asCache(new BareCache())
    await expect(cache.getOrSet("key", () => 1, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(ServiceError)
    expect(await cache.has("key")).toBe(false)
  })
})
