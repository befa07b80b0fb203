import type { CacheCapabilities } from "../../../contracts/cache/cache.ts"
import { type CacheClient, leaseOf } from "../clause.ts"

/** A call that writes, and how its change looks. */
export interface Write {
  readonly name: string
  /** Changes more than one key: beside others it would hide what became of them. */
  readonly ofMany?: boolean
  prepare(): Promise<unknown>
  write(): Promise<unknown>
  look(): Promise<unknown>
  /** What `look` gives once the call was applied, and before it does not. */
  readonly changed: unknown
}

/** A call of each method that writes. */
export function writesOf(cache: CacheClient, { atomic, batch, tags }: CacheCapabilities): Write[] {
  const over = (name: string, write: () => Promise<unknown>, changed: unknown): Write => ({
    name,
    prepare: () => cache.set(name, "old"),
    write,
    look: () => cache.get(name),
    changed,
  })
  const fresh = (name: string, write: () => Promise<unknown>, changed: unknown): Write => ({
    ...over(name, write, changed),
    prepare: () => cache.delete(name),
  })
  let token = "no token"
  return [
    over("set", () => cache.set("set", "new"), "new"),
    over("delete", () => cache.delete("delete"), undefined),
    { ...over("clear", () => cache.clear(), undefined), ofMany: true },
    ...(batch
      ? [
          over("setMany", () => cache.setMany([["setMany", "new"]]), "new"),
          over("deleteMany", () => cache.deleteMany(["deleteMany"]), undefined),
        ]
      : []),
    ...(tags ? [over("setTagged", () => cache.setTagged("setTagged", "new", ["tag"]), "new")] : []),
    ...(tags
      ? [
          {
            ...over("invalidateTags", () => cache.invalidateTags(["old"]), undefined),
            prepare: () => cache.setTagged("invalidateTags", "old", ["old"]),
            ofMany: true,
          },
        ]
      : []),
    ...(atomic
      ? [
          over("take", () => cache.take("take"), undefined),
          fresh("setIfAbsent", () => cache.setIfAbsent("setIfAbsent", "new"), "new"),
          fresh("increment", () => cache.increment("increment"), 1),
          {
            ...fresh("fill", () => cache.fill("fill", token, "new"), "new"),
            async prepare() {
              await cache.delete("fill")
              token = await leaseOf(cache, "fill")
            },
          },
          {
            ...over("touch", () => cache.touch("touch", 3600), true),
            look: async () => (await cache.ttl("touch")) !== Number.POSITIVE_INFINITY,
          },
        ]
      : []),
  ]
}
