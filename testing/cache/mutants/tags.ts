import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry, ReferenceStore } from "../reference/store.ts"

/** Tags that a store remembers beside its entries, by stored key. */
const rememberedTags = new WeakMap<ReferenceStore, Map<string, readonly string[]>>()

/** Keeps an index of tags that outlives the entries, as a set in a store does, and gives them to later entries. */
class RemembersTags extends ReferenceCache {
  protected remembered(): Map<string, readonly string[]> {
    const known = rememberedTags.get(this.store) ?? new Map<string, readonly string[]>()
    rememberedTags.set(this.store, known)
    return known
  }
  protected override write(key: string, value: unknown, ttl: number | undefined): void {
    const stored = this.storedKey(key)
    const before = this.store.entries.get(stored)
    const tags = this.inherited(stored, before)
    super.write(key, value, ttl)
    this.amend(key, { tags })
  }
  protected inherited(_stored: string, before: ReferenceEntry | undefined): readonly string[] {
    const expired = before !== undefined && before.expiresAt <= this.clock.monotonic()
    return expired ? before.tags : []
  }
}

export const tagMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "set-tagged-drops-ttl",
    breaks: "CACHE-TAG-01",
    why: "Tagged entries stay for ever.",
    implementation: class extends ReferenceCache {
      override async setTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): Promise<void> {
        this.checkTtl(ttl)
        return super.setTagged(key, value, tags)
      }
    },
  },
  {
    id: "first-tag-only",
    breaks: "CACHE-TAG-02",
    why: "Entries survive the invalidation of all their tags but one.",
    implementation: class extends ReferenceCache {
      protected override hasTag(entry: ReferenceEntry, tags: readonly string[]): boolean {
        return super.hasTag({ ...entry, tags: entry.tags.slice(0, 1) }, tags)
      }
    },
  },
  {
    id: "all-tags-must-match",
    breaks: "CACHE-TAG-02",
    why: "An invalidation of several tags removes only what has all of them.",
    source: "Cm_Cache_Backend_Redis #183: its matching-tag mode joins the tags by AND, matching-any-tag by OR",
    implementation: class extends ReferenceCache {
      protected override hasTag(entry: ReferenceEntry, tags: readonly string[]): boolean {
        return tags.every((tag) => super.hasTag(entry, [tag]))
      }
    },
  },
  {
    id: "shared-tags-spread",
    breaks: "CACHE-TAG-03",
    why: "One invalidation empties groups that only share an entry with it.",
    implementation: class extends ReferenceCache {
      protected override removeTagged(tags: readonly string[]): void {
        const hit = [...this.store.entries.values()].filter((entry) => this.hasTag(entry, tags))
        super.removeTagged([...tags, ...hit.flatMap((entry) => entry.tags)])
      }
    },
  },
  {
    id: "tag-is-a-key-too",
    breaks: "CACHE-TAG-03",
    why: "An entry whose key is the name of a tag goes with it.",
    implementation: class extends ReferenceCache {
      protected override removeTagged(tags: readonly string[]): void {
        super.removeTagged(tags)
        for (const tag of tags) this.remove(tag)
      }
    },
  },
  {
    id: "invalidated-counted",
    breaks: "CACHE-TAG-04",
    why: "The cache looks full of what nobody can read.",
    source: "symfony #27273: invalidated items stay in the store, and are only not found when they are read",
    implementation: class extends ReferenceCache {
      #invalidated = 0
      protected override removeTagged(tags: readonly string[]): void {
        const before = this.liveKeys().length
        super.removeTagged(tags)
        this.#invalidated += before - this.liveKeys().length
      }
      override async stats() {
        const stats = await super.stats()
        return { ...stats, keyCount: stats.keyCount + this.#invalidated }
      }
    },
  },
  {
    id: "invalidated-can-be-deleted",
    breaks: "CACHE-TAG-04",
    why: "A delete reports an entry that no reader could see.",
    implementation: class extends ReferenceCache {
      readonly #invalidated = new Set<string>()
      protected override removeTagged(tags: readonly string[]): void {
        const before = this.liveKeys()
        super.removeTagged(tags)
        for (const key of before) if (this.find(key) === undefined) this.#invalidated.add(key)
      }
      override async delete(key: string): Promise<boolean> {
        return (await super.delete(key)) || this.#invalidated.delete(key)
      }
    },
  },
  {
    id: "tags-lower-cased",
    breaks: "CACHE-TAG-05",
    why: "Groups that differ in case go together.",
    implementation: class extends ReferenceCache {
      protected override hasTag(entry: ReferenceEntry, tags: readonly string[]): boolean {
        const lower = entry.tags.map((tag) => tag.toLowerCase())
        return tags.some((tag) => lower.includes(tag.toLowerCase()))
      }
    },
  },
  {
    id: "tag-at-the-end",
    breaks: "CACHE-TAG-05",
    why: "Invalidating bar removes what is tagged foobar.",
    source: "FOSHttpCache #404: the pattern for a tag also matched tags that end with it",
    implementation: class extends ReferenceCache {
      protected override hasTag(entry: ReferenceEntry, tags: readonly string[]): boolean {
        return entry.tags.some((own) => tags.some((tag) => own.endsWith(tag)))
      }
    },
  },
  {
    id: "tag-is-a-pattern",
    breaks: "CACHE-TAG-05",
    why: "A tag with a bracket invalidates nothing, and one with a dot too much.",
    source: "FOSHttpCache #95: tags went into a regular expression unescaped, and [product/42] was not invalidated",
    implementation: class extends ReferenceCache {
      protected override hasTag(entry: ReferenceEntry, tags: readonly string[]): boolean {
        return entry.tags.some((own) => tags.some((tag) => patternOf(tag).test(own)))
      }
    },
  },
  {
    id: "tags-joined-by-commas",
    breaks: "CACHE-TAG-05",
    why: "A tag with a comma becomes two.",
    implementation: class extends ReferenceCache {
      protected override hasTag(entry: ReferenceEntry, tags: readonly string[]): boolean {
        return tags.some((tag) => entry.tags.join(",").split(",").includes(tag))
      }
    },
  },
  {
    id: "set-keeps-tags",
    breaks: "CACHE-TAG-06",
    why: "A value that does not depend on the tag vanishes with it.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        this.checkKey(key)
        const tags = this.find(key)?.tags ?? []
        await super.set(key, value, ttl)
        this.amend(key, { tags })
      }
    },
  },
  {
    id: "tags-add-up",
    breaks: "CACHE-TAG-07",
    why: "An entry vanishes with tags that only an earlier value had.",
    source: "phpfastcache #392: an item was still found by tags that it no longer had",
    implementation: class extends ReferenceCache {
      protected override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
        const earlier = this.find(key)?.tags ?? []
        super.writeTagged(key, value, tags.length > 0 ? [...earlier, ...tags] : tags, ttl)
      }
    },
  },
  {
    id: "first-tags-stay",
    breaks: "CACHE-TAG-07",
    why: "An entry whose tags have changed is never invalidated by the new ones.",
    source: "bentocache #83: after the tags of an entry had changed in the code, the stored entry kept the old ones",
    implementation: class extends ReferenceCache {
      protected override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
        const earlier = this.find(key)?.tags ?? []
        super.writeTagged(key, value, earlier.length > 0 && tags.length > 0 ? earlier : tags, ttl)
      }
    },
  },
  {
    id: "touch-drops-tags",
    breaks: "CACHE-TAG-08",
    why: "An entry that is kept alive escapes its invalidation.",
    implementation: class extends ReferenceCache {
      override async touch(key: string, ttl: number): Promise<boolean> {
        const live = await super.touch(key, ttl)
        if (live) this.amend(key, { tags: [] })
        return live
      }
    },
  },
  {
    id: "increment-drops-tags",
    breaks: "CACHE-TAG-08",
    why: "A count that is used escapes its invalidation.",
    implementation: class extends ReferenceCache {
      protected override add(key: string, by: number, ttl: number | undefined): number {
        const sum = super.add(key, by, ttl)
        this.amend(key, { tags: [] })
        return sum
      }
    },
  },
  {
    id: "tags-survive-delete",
    breaks: "CACHE-TAG-09",
    why: "A new entry vanishes with the tag of a deleted one.",
    implementation: class extends RemembersTags {
      protected override remove(key: string): boolean {
        const stored = this.storedKey(key)
        const tags = this.store.entries.get(stored)?.tags
        if (tags !== undefined) this.remembered().set(stored, tags)
        return super.remove(key)
      }
      protected override inherited(stored: string): readonly string[] {
        const tags = this.remembered().get(stored) ?? []
        this.remembered().delete(stored)
        return tags
      }
    },
  },
  {
    id: "tags-survive-expiry",
    breaks: "CACHE-TAG-10",
    why: "A new entry vanishes with the tag of one that has expired.",
    source: "laravel #24603: the set of a tag keeps the keys of entries that have expired",
    implementation: class extends RemembersTags {},
  },
  {
    id: "tag-is-dead-for-its-millisecond",
    breaks: "CACHE-TAG-11",
    why: "What is stored right after an invalidation is not found.",
    implementation: class extends ReferenceCache {
      readonly #invalidatedAt = new Map<string, number>()
      protected override removeTagged(tags: readonly string[]): void {
        super.removeTagged(tags)
        for (const tag of tags) this.#invalidatedAt.set(tag, this.clock.monotonic())
      }
      protected override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
        super.writeTagged(key, value, tags, ttl)
        if (tags.some((tag) => this.#invalidatedAt.get(tag) === this.clock.monotonic())) this.remove(key)
      }
    },
  },
  {
    id: "first-ten-entries-only",
    breaks: "CACHE-TAG-12",
    why: "Most of a large group stays stale.",
    source: "next-shared-cache #399: revalidateTag deleted only the first ten entries of a tag, a page of the search",
    implementation: class extends ReferenceCache {
      protected override removeTagged(tags: readonly string[]): void {
        const hit = this.liveKeys().filter((key) => {
          const entry = this.find(key)
          return entry !== undefined && this.hasTag(entry, tags)
        })
        for (const key of hit.slice(0, 10)) this.remove(key)
      }
    },
  },
  {
    id: "too-many-to-unpack",
    breaks: "CACHE-TAG-12",
    why: "The invalidation of a large group fails.",
    source: "Cm_Cache_Backend_Redis #67, #88: a Lua script could not unpack more than 8,000 keys",
    implementation: class extends ReferenceCache {
      protected override removeTagged(tags: readonly string[]): void {
        const hit = [...this.store.entries.values()].filter((entry) => this.hasTag(entry, tags))
        if (hit.length >= 8000) this.refuse("INTERNAL", "user_script:1: too many results to unpack")
        super.removeTagged(tags)
      }
    },
  },
  {
    id: "tags-known-to-own-process",
    breaks: "CACHE-TAG-13",
    why: "What another process cached stays stale.",
    source: "symfony #27149: another instance of the adapter still found an item that had been invalidated",
    implementation: class extends ReferenceCache {
      readonly #own = new Set<string>()
      protected override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
        super.writeTagged(key, value, tags, ttl)
        this.#own.add(key)
      }
      protected override removeTagged(tags: readonly string[]): void {
        for (const key of this.#own) {
          const entry = this.find(key)
          if (entry !== undefined && this.hasTag(entry, tags)) this.remove(key)
        }
      }
    },
  },
  {
    id: "tags-without-prefix",
    breaks: "CACHE-TAG-14",
    why: "One application's invalidation empties the groups of every other.",
    implementation: class extends ReferenceCache {
      protected override removeTagged(tags: readonly string[]): void {
        for (const [stored, entry] of [...this.store.entries]) {
          if (this.hasTag(entry, tags)) this.store.entries.delete(stored)
        }
      }
    },
  },
]

function patternOf(tag: string): RegExp {
  try {
    return new RegExp(`^(?:${tag})$`, "s")
  } catch {
    return /^(?!)/
  }
}
