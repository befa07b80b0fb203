import type { CacheCapabilities } from "../../contracts/cache.ts"
import type { Checks } from "../engine/checks.ts"
import type { ClauseWorld } from "../engine/clause.ts"
import { type CacheClient, clause } from "./clause.ts"
import { cacheCalls } from "./probes.ts"

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
    check: (t, world) => refuses(t, world, ["getMany", "setMany", "deleteMany"]),
  }),
  clause({
    ...shared,
    id: "CACHE-CAP-02",
    text: "Without atomic, its methods are absent or reject UNSUPPORTED.",
    fix: "Remove the methods of ICacheAtomic, let them reject UNSUPPORTED, or declare atomic: true.",
    lacks: ["atomic"],
    check: (t, world) => refuses(t, world, ["setIfAbsent", "increment", "take", "touch", "ttl", "lease", "fill"]),
  }),
  clause({
    ...shared,
    id: "CACHE-CAP-03",
    text: "Without tags, its methods are absent or reject UNSUPPORTED.",
    fix: "Remove setTagged and invalidateTags, let them reject UNSUPPORTED, or declare tags: true.",
    lacks: ["tags"],
    check: (t, world) => refuses(t, world, ["setTagged", "invalidateTags"]),
  }),
  clause({
    ...shared,
    id: "CACHE-CAP-04",
    text: "Without scan, its methods are absent or reject UNSUPPORTED.",
    fix: "Remove keys, let it reject UNSUPPORTED, or declare scan: true.",
    lacks: ["scan"],
    check: (t, world) => refuses(t, world, ["keys"]),
  }),
]

/** Each method is absent, or rejects UNSUPPORTED and changes nothing. */
async function refuses(
  t: Checks,
  world: ClauseWorld<CacheClient, CacheCapabilities>,
  methods: readonly (keyof typeof cacheCalls)[],
): Promise<void> {
  const cache = await world.connect()
  await cache.set("kept", 1)
  for (const method of methods) {
    if (cache[method] === undefined) continue
    await t.rejects(() => cacheCalls[method](cache), "UNSUPPORTED", method)
  }
  t.equal((await cache.stats()).keyCount, 1, "keyCount afterwards")
  t.equal(await cache.get("kept"), 1, "an entry afterwards")
}
