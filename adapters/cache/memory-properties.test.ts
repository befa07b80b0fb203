/** The memory cache by its public type against a Map: whatever is called, in whatever order, both answer the same. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Cache } from "../../contracts/cache/cache.ts"
import { createManualClock, type ManualClock } from "../../contracts/foundation/clock.ts"
import { seen } from "../kit/seen.fixture.ts"
import { createMemoryCache, type MemoryCacheOptions } from "./memory.ts"

/** `CONFORMANCE_SEED=…` replays a failure. */
const seed = Number(process.env["CONFORMANCE_SEED"] ?? Date.now() % 2 ** 31)

interface Entry {
  value: unknown
  readonly tags: readonly string[]
  expiresAt: number
}

/** A cache in the plainest way. */
class Model {
  readonly entries = new Map<string, Entry>()
  nowMs = 0
  hits = 0
  misses = 0

  find(key: string): Entry | undefined {
    const entry = this.entries.get(key)
    return entry !== undefined && entry.expiresAt > this.nowMs ? entry : undefined
  }

  read(key: string): unknown {
    const entry = this.find(key)
    if (entry === undefined) this.misses++
    else this.hits++
    return entry?.value
  }

  store(key: string, value: unknown, ttlMs: number | undefined, tags: readonly string[] = []): void {
    this.entries.set(key, { value, tags, expiresAt: this.nowMs + (ttlMs ?? Number.POSITIVE_INFINITY) })
  }

  remove(key: string): Entry | undefined {
    const entry = this.find(key)
    this.entries.delete(key)
    return entry
  }

  live(prefix = ""): string[] {
    return [...this.entries.keys()].filter((key) => key.startsWith(prefix) && this.find(key) !== undefined)
  }
}

interface Real {
  readonly cache: Cache
  readonly clock: ManualClock
}

type Call = (model: Model, cache: Cache) => Promise<void>

/** A call by the name of what it does, as a failure shows it. */
class Command implements fc.AsyncCommand<Model, Real> {
  readonly #name: string
  readonly #run: (model: Model, real: Real) => Promise<void>

  constructor(name: string, args: readonly unknown[], run: (model: Model, real: Real) => Promise<void>) {
    this.#name = `${name}(${args.map((arg) => fc.stringify(arg)).join(", ")})`
    this.#run = run
  }

  check(): boolean {
    return true
  }

  /** After each call, the same keys are live, for as long. */
  async run(model: Model, real: Real): Promise<void> {
    await this.#run(model, real)
    expect((await real.cache.stats()).keyCount).toBe(model.live().length)
    for (const [key, { expiresAt }] of model.entries) {
      expect(await real.cache.ttl(key), key).toBe(model.find(key) && (expiresAt - model.nowMs) / 1000)
    }
  }

  toString(): string {
    return this.#name
  }
}

const keys = fc.constantFrom("a", "ab", "b", "__proto__")
const tags = fc.subarray(["red", "green", "blue"])
const ttls = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined })
const values = fc.anything({
  values: [
    fc.constantFrom(null, true, -0, Number.NaN),
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.date(),
    fc.uint8Array(),
  ],
  key: fc.oneof(fc.string(), fc.constantFrom("__proto__", "length")),
  withBigInt: true,
  withMap: true,
  withSet: true,
  maxDepth: 2,
})
/** Half of them integers, so that increment finds some. */
const stored = fc.oneof(fc.integer(), values)

const seconds = (ttlMs: number | undefined) => (ttlMs === undefined ? undefined : ttlMs / 1000)

function commands<Args extends unknown[]>(
  name: string,
  args: { [Index in keyof Args]: fc.Arbitrary<Args[Index]> },
  call: (...args: Args) => Call,
): fc.Arbitrary<Command> {
  return fc
    .tuple<Args>(...args)
    .map((given) => new Command(name, given, (model, { cache }) => call(...given)(model, cache)))
}

const allCommands = [
  commands("set", [keys, stored, ttls], (key, value, ttlMs) => async (model, cache) => {
    await cache.set(key, value, seconds(ttlMs))
    model.store(key, value, ttlMs)
  }),
  commands("get", [keys], (key) => async (model, cache) => {
    expect(seen(await cache.get(key))).toStrictEqual(seen(model.read(key)))
  }),
  commands("has", [keys], (key) => async (model, cache) => {
    expect(await cache.has(key)).toBe(model.find(key) !== undefined)
  }),
  commands("delete", [keys], (key) => async (model, cache) => {
    expect(await cache.delete(key)).toBe(model.remove(key) !== undefined)
  }),
  commands("take", [keys], (key) => async (model, cache) => {
    expect(seen(await cache.take(key))).toStrictEqual(seen(model.remove(key)?.value))
  }),
  commands("touch", [keys, fc.integer({ min: 1, max: 50 })], (key, ttlMs) => async (model, cache) => {
    const entry = model.find(key)
    expect(await cache.touch(key, ttlMs / 1000)).toBe(entry !== undefined)
    if (entry !== undefined) entry.expiresAt = model.nowMs + ttlMs
  }),
  commands("setIfAbsent", [keys, stored, ttls], (key, value, ttlMs) => async (model, cache) => {
    const absent = model.find(key) === undefined
    expect(await cache.setIfAbsent(key, value, seconds(ttlMs))).toBe(absent)
    if (absent) model.store(key, value, ttlMs)
  }),
  commands("increment", [keys, fc.integer(), ttls], (key, by, ttlMs) => async (model, cache) => {
    const entry = model.find(key)
    const sum = entry === undefined ? by : Number.isSafeInteger(entry.value) ? (entry.value as number) + by : Number.NaN
    const call = cache.increment(key, by, seconds(ttlMs))
    if (!Number.isSafeInteger(sum)) return expect(call).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
    expect(await call).toBe(sum)
    if (entry === undefined) model.store(key, sum, ttlMs)
    else entry.value = sum
  }),
  commands("fill", [keys, stored, fc.constantFrom("nothing", "delete", "tags")], (key, value, meanwhile) => {
    return async (model, cache) => {
      const token = await cache.lease(key, 1)
      const absent = model.find(key) === undefined
      expect(token !== undefined).toBe(absent)
      if (meanwhile === "tags") await cache.invalidateTags(["of nothing"])
      if (meanwhile === "delete") await cache.delete(key)
      if (meanwhile === "delete") model.remove(key)
      const fills = absent && meanwhile === "nothing"
      expect(await cache.fill(key, token ?? "none", value)).toBe(fills)
      if (fills) model.store(key, value, undefined)
    }
  }),
  commands("setTagged", [keys, stored, tags, ttls], (key, value, given, ttlMs) => async (model, cache) => {
    await cache.setTagged(key, value, given, seconds(ttlMs))
    model.store(key, value, ttlMs, given)
  }),
  commands("invalidateTags", [tags], (given) => async (model, cache) => {
    await cache.invalidateTags(given)
    for (const [key, entry] of model.entries) if (entry.tags.some((tag) => given.includes(tag))) model.remove(key)
  }),
  commands(
    "setMany",
    [fc.array(fc.tuple(keys, stored), { maxLength: 5 }), ttls],
    (entries, ttlMs) => async (model, cache) => {
      await cache.setMany(entries, seconds(ttlMs))
      for (const [key, value] of entries) model.store(key, value, ttlMs)
    },
  ),
  commands("getMany", [fc.array(keys, { maxLength: 5 })], (given) => async (model, cache) => {
    const found = [...new Set(given)].map((key) => [key, model.read(key)] as const)
    const wanted = new Map(found.filter(([, value]) => value !== undefined))
    expect(seen(await cache.getMany(given))).toStrictEqual(seen(wanted))
  }),
  commands("keys", [fc.constantFrom("", "a", "ab", "x")], (prefix) => async (model, cache) => {
    const walked: string[] = []
    for await (const key of cache.keys({ prefix })) walked.push(key)
    expect(walked.sort()).toEqual(model.live(prefix).sort())
  }),
  commands("stats", [], () => async (model, cache) => {
    const { hits, misses } = await cache.stats()
    expect({ hits, misses }).toEqual({ hits: model.hits, misses: model.misses })
  }),
  commands("clear", [], () => async (model, cache) => {
    await cache.clear()
    model.entries.clear()
  }),
  fc.integer({ min: 0, max: 60 }).map(
    (ms) =>
      new Command("advance", [ms], async (model, { clock }) => {
        await clock.advance(ms)
        model.nowMs += ms
      }),
  ),
]

describe(`the memory cache answers as a Map does (seed ${seed})`, () => {
  it.each<[string, MemoryCacheOptions]>([
    ["as it is", {}],
    ["frozen, by lfu, within bytes", { freeze: true, eviction: "lfu", maxBytes: 2 ** 30 }],
    ["just large enough", { maxEntries: 4, eviction: "fifo" }],
  ])("%s", async (_, options) => {
    await fc.assert(
      fc.asyncProperty(fc.commands(allCommands, { maxCommands: 60, size: "max" }), async (calls) => {
        const clock = createManualClock()
        const cache = createMemoryCache(options, { clock })
        await fc.asyncModelRun(() => ({ model: new Model(), real: { cache, clock } }), calls)
        await cache.close()
      }),
      { seed, numRuns: 100 },
    )
  })
})
