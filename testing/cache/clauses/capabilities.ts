import type { CacheCapabilities } from "../../../contracts/cache/cache.ts"
import type { Checks } from "../../engine/checks.ts"
import type { ClauseWorld } from "../../engine/clause.ts"
import { type CacheClient, clause } from "../clause.ts"
import { cacheCalls } from "../probes.ts"

const shared = {
  level: "MUST",
  why: "A method that half works is worse than none: callers cannot tell.",
} as const

export const capabilityClauses = [
  clause({
    ...shared,
    id: "CACHE-CAP-01",
    text: "Without batch, its methods are absent or reject UNSUPPORTED.",
    fix: "Remove getMany, setMany and deleteMany, let them reject UNSUPPORTED, or declare batch: true.",
    lacks: ["batch"],
    check: (t, world) => refuses(t, world, "batch"),
  }),
  clause({
    ...shared,
    id: "CACHE-CAP-02",
    text: "Without atomic, its methods are absent or reject UNSUPPORTED.",
    fix: "Remove the methods of ICacheAtomic, let them reject UNSUPPORTED, or declare atomic: true.",
    lacks: ["atomic"],
    check: (t, world) => refuses(t, world, "atomic"),
  }),
  clause({
    ...shared,
    id: "CACHE-CAP-03",
    text: "Without tags, its methods are absent or reject UNSUPPORTED.",
    fix: "Remove setTagged and invalidateTags, let them reject UNSUPPORTED, or declare tags: true.",
    lacks: ["tags"],
    check: (t, world) => refuses(t, world, "tags"),
  }),
  clause({
    ...shared,
    id: "CACHE-CAP-04",
    text: "Without scan, its methods are absent or reject UNSUPPORTED.",
    fix: "Remove keys, let it reject UNSUPPORTED, or declare scan: true.",
    lacks: ["scan"],
    check: (t, world) => refuses(t, world, "scan"),
  }),
  clause({
    id: "CACHE-CAP-05",
    level: "MUST",
    text: "Declared capabilities have the types and ranges of CacheCapabilities: keys of 64 bytes and values of 4,096 at least.",
    why: "Callers and features decide by them.",
    fix: "Declare booleans as true or false, limits as whole numbers of that size, and eviction by one of its words.",
    async check(t, world) {
      const { capabilities } = world
      await (await world.connect()).stats()
      for (const name of ["batch", "atomic", "tags", "scan", "shared", "durable"] as const) {
        t.equal(typeof capabilities[name], "boolean", name)
      }
      const { eviction, maxKeyBytes, maxStalenessMs, maxValueBytes, ttlResolutionMs } = capabilities
      t.ok(Number.isSafeInteger(maxKeyBytes) && maxKeyBytes >= 64, `maxKeyBytes is ${maxKeyBytes}`)
      t.ok(Number.isSafeInteger(maxValueBytes) && maxValueBytes >= 4096, `maxValueBytes is ${maxValueBytes}`)
      t.ok(Number.isFinite(ttlResolutionMs) && ttlResolutionMs > 0, `ttlResolutionMs is ${ttlResolutionMs}`)
      t.ok(Number.isFinite(maxStalenessMs) && maxStalenessMs >= 0, `maxStalenessMs is ${maxStalenessMs}`)
      t.ok(["lru", "lfu", "fifo", "none", "server"].includes(eviction), `eviction is ${eviction}`)
    },
  }),
  clause({
    id: "CACHE-CAP-06",
    level: "MUST",
    text: "Declared capabilities stay what they are, in use and after close.",
    why: "Callers read them once.",
    fix: "Declare what holds for the life of the instance, and freeze it.",
    async check(t, world) {
      const cache = await world.connect()
      const declared = () => ({ ...(cache as { capabilities?: object }).capabilities })
      const before = declared()
      await cache.set("key", 1)
      await cache.get("key")
      await cache.clear()
      t.equal(declared(), before, "in use")
      if (typeof cache.close !== "function") return
      await cache.close()
      t.equal(declared(), before, "after close")
    },
  }),
]

type Method = keyof typeof cacheCalls

/** The methods of each optional interface, and a use of them that shows whether they work. */
const interfaces: Record<
  "batch" | "atomic" | "tags" | "scan",
  { methods: readonly Method[]; works: (cache: CacheClient) => Promise<boolean> }
> = {
  batch: {
    methods: ["getMany", "setMany", "deleteMany"],
    async works(cache) {
      await cache.setMany([["works", 1]])
      return (await cache.getMany(["works"])).get("works") === 1 && (await cache.deleteMany(["works"])) === 1
    },
  },
  atomic: {
    methods: ["setIfAbsent", "increment", "take", "touch", "ttl", "lease", "fill"],
    async works(cache) {
      const counted = await Promise.all(Array.from({ length: 10 }, () => cache.increment("works")))
      const exact = new Set(counted).size === 10
      const kept = !(await cache.setIfAbsent("works", 1)) && (await cache.touch("works", 3600))
      const timed = ((await cache.ttl("works")) ?? 0) > 0
      const taken = (await cache.take("works")) === 10 && (await cache.take("works")) === undefined
      const token = (await cache.lease("works", 1000)) ?? ""
      const filled = (await cache.fill("works", token, 1)) && !(await cache.fill("works", token, 2))
      return exact && kept && timed && taken && filled && (await cache.delete("works"))
    },
  },
  tags: {
    methods: ["setTagged", "invalidateTags"],
    async works(cache) {
      await cache.setTagged("works", 1, ["tag"])
      await cache.invalidateTags(["tag"])
      return !(await cache.has("works"))
    },
  },
  scan: {
    methods: ["keys"],
    async works(cache) {
      for await (const key of cache.keys()) if (key === "populated") return true
      return false
    },
  },
}

/**
 * Each method is absent, or rejects UNSUPPORTED and changes nothing. An interface that is there as a whole, and works,
 * is only not declared.
 */
async function refuses(
  t: Checks,
  world: ClauseWorld<CacheClient, CacheCapabilities>,
  name: keyof typeof interfaces,
): Promise<void> {
  const cache = await world.connect()
  const { methods, works } = interfaces[name]
  // What the calls of deletion name.
  await cache.set("populated", 1)
  const there = methods.filter((method) => cache[method] !== undefined)
  const outcomes = await Promise.all(there.map((method) => t.outcome(() => cacheCalls[method](cache), method)))
  if (there.length === methods.length && outcomes.every(({ error }) => error === undefined)) {
    await cache.set("populated", 1)
    const { value: working } = await t.outcome(() => works(cache), name)
    t.ok(working === true, `${name} is not declared, and its methods neither reject UNSUPPORTED nor work`)
    t.warn(`${name} works although it is not declared: declare ${name}: true`)
    return
  }
  for (const [index, method] of there.entries()) {
    await t.rejects(() => settled(outcomes[index]), "UNSUPPORTED", method)
  }
  t.equal((await cache.stats()).keyCount, 1, "keyCount afterwards")
  t.equal(await cache.get("populated"), 1, "an entry afterwards")
}

/** What came of a call, as a promise again. */
async function settled(outcome: { value?: unknown; error?: unknown } | undefined): Promise<unknown> {
  if (outcome?.error !== undefined) throw outcome.error
  return outcome?.value
}
