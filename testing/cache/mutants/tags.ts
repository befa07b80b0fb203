import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { CacheStore, ReferenceEntry } from "../reference/store.ts"
import { NearCopies } from "./atomic-methods.ts"

/** Tags that a store remembers beside its entries, by stored key. */
const rememberedTags = new WeakMap<CacheStore, Map<string, readonly string[]>>()

/** Keeps an index of tags that outlives the entries, as a set in a store does, and gives them to later entries. */
class RemembersTags extends ReferenceCache {
  remembered(): Map<string, readonly string[]> {
    const known = rememberedTags.get(this.store) ?? new Map<string, readonly string[]>()
    rememberedTags.set(this.store, known)
    return known
  }
  override write(key: string, value: unknown, ttl: number | undefined): void {
    const stored = this.storedKey(key)
    const before = this.store.entries.get(stored)
    const tags = this.inherited(stored, before)
    super.write(key, value, ttl)
    this.amend(key, { tags })
  }
  inherited(_stored: string, before: ReferenceEntry | undefined): readonly string[] {
    const expired = before !== undefined && before.expiresAt <= this.clock.monotonic()
    return expired ? before.tags : []
  }
}

export const tagMutants = mutants({
  "CACHE-TAG-01": {
    "set-tagged-drops-ttl": seam.setTagged(
      "Tagged entries stay for ever.",
      async ({ next, self }, key, value, tags, ttl) => {
        self.checkTtl(ttl)
        return next(key, value, tags)
      },
    ),
  },
  "CACHE-TAG-02": {
    "last-tag-lost": seam.writeTagged("An entry stays stale for its last tag.", ({ next }, key, value, tags, ttl) =>
      next(key, value, tags.length > 1 ? tags.slice(0, -1) : tags, ttl),
    ),
    "fill-keeps-first-tag": seam.fill(
      "What was loaded is invalidated by one of its tags only.",
      async ({ next, self }, key, lease, value, ttl, tags = []) => {
        self.checkEntryTags(tags)
        return next(key, lease, value, ttl, tags.slice(0, 1))
      },
    ),
    "first-tag-only": seam.hasTag(
      "Entries survive the invalidation of all their tags but one.",
      ({ next }, entry, tags) => next({ ...entry, tags: entry.tags.slice(0, 1) }, tags),
    ),
    "all-tags-must-match": seam.hasTag(
      "An invalidation of several tags removes only what has all of them.",
      ({ next }, entry, tags) => tags.every((tag) => next(entry, [tag])),
      "Cm_Cache_Backend_Redis #183: its matching-tag mode joins the tags by AND, matching-any-tag by OR",
    ),
  },
  "CACHE-TAG-03": {
    "shared-tags-spread": seam.removeTagged(
      "One invalidation empties groups that only share an entry with it.",
      ({ next, self }, tags) => {
        const hit = [...self.store.entries.values()].filter((entry) => self.hasTag(entry, tags))
        next([...tags, ...hit.flatMap((entry) => entry.tags)])
      },
    ),
    "tag-is-a-key-too": seam.removeTagged(
      "An entry whose key is the name of a tag goes with it.",
      ({ next, self }, tags) => {
        next(tags)
        for (const tag of tags) self.remove(tag)
      },
    ),
  },
  "CACHE-TAG-04": {
    "invalidated-entries-remembered": subclass(
      "A process goes on serving what was invalidated.",
      class extends NearCopies {},
    ),
    "batch-remembers-invalidated": subclass(
      "A list shows what was invalidated.",
      class extends ReferenceCache {
        readonly #seen = new Map<string, unknown>()
        override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
          const found = await super.getMany<T>(keys)
          for (const key of keys) {
            if (found.has(key)) this.#seen.set(key, found.get(key))
            else if (this.#seen.has(key)) found.set(key, this.#seen.get(key) as T)
          }
          return found
        }
      },
    ),
    "invalidated-counted": subclass(
      "The cache looks full of what nobody can read.",
      class extends ReferenceCache {
        #invalidated = 0
        override removeTagged(tags: readonly string[]): void {
          const before = this.liveKeys().length
          super.removeTagged(tags)
          this.#invalidated += before - this.liveKeys().length
        }
        override async stats() {
          const stats = await super.stats()
          return { ...stats, keyCount: stats.keyCount + this.#invalidated }
        }
      },
      "symfony #27273: invalidated items stay in the store, and are only not found when they are read",
    ),
    "invalidated-can-be-deleted": subclass(
      "A delete reports an entry that no reader could see.",
      class extends ReferenceCache {
        readonly #invalidated = new Set<string>()
        override removeTagged(tags: readonly string[]): void {
          const before = this.liveKeys()
          super.removeTagged(tags)
          for (const key of before) if (this.find(key) === undefined) this.#invalidated.add(key)
        }
        override async delete(key: string): Promise<boolean> {
          return (await super.delete(key)) || this.#invalidated.delete(key)
        }
      },
    ),
  },
  "CACHE-TAG-05": {
    "stored-tags-trimmed": seam.writeTagged(
      "Groups whose names differ by a space go together.",
      ({ next }, key, value, tags, ttl) =>
        next(
          key,
          value,
          tags.map((tag) => tag.trim()),
          ttl,
        ),
    ),
    "tags-lower-cased": seam.hasTag("Groups that differ in case go together.", (_, entry, tags) => {
      const lower = entry.tags.map((tag) => tag.toLowerCase())
      return tags.some((tag) => lower.includes(tag.toLowerCase()))
    }),
    "tag-at-the-end": seam.hasTag(
      "Invalidating bar removes what is tagged foobar.",
      (_, entry, tags) => entry.tags.some((own) => tags.some((tag) => own.endsWith(tag))),
      "FOSHttpCache #404: the pattern for a tag also matched tags that end with it",
    ),
    "tag-is-a-pattern": seam.hasTag(
      "A tag with a bracket invalidates nothing, and one with a dot too much.",
      (_, entry, tags) => entry.tags.some((own) => tags.some((tag) => patternOf(tag).test(own))),
      "FOSHttpCache #95: tags went into a regular expression unescaped, and [product/42] was not invalidated",
    ),
    "tags-joined-by-commas": seam.hasTag("A tag with a comma becomes two.", (_, entry, tags) =>
      tags.some((tag) => entry.tags.join(",").split(",").includes(tag)),
    ),
  },
  "CACHE-TAG-06": {
    "batch-keeps-tags": seam.setMany(
      "Values that a batch stored vanish with tags of earlier ones.",
      async ({ next, self }, entries, ttl) => {
        const list = self.listOf(entries).map(([key, value]) => [key, value, self.find(key)?.tags ?? []] as const)
        await next(
          list.map(([key, value]) => [key, value]),
          ttl,
        )
        for (const [key, , tags] of list) self.amend(key, { tags })
      },
    ),
    "set-keeps-tags": seam.set(
      "A value that does not depend on the tag vanishes with it.",
      async ({ next, self }, key, value, ttl) => {
        self.checkKey(key)
        const tags = self.find(key)?.tags ?? []
        await next(key, value, ttl)
        self.amend(key, { tags })
      },
    ),
  },
  "CACHE-TAG-07": {
    "tags-add-up": seam.writeTagged(
      "An entry vanishes with tags that only an earlier value had.",
      ({ next, self }, key, value, tags, ttl) => {
        const earlier = self.find(key)?.tags ?? []
        next(key, value, tags.length > 0 ? [...earlier, ...tags] : tags, ttl)
      },
      "phpfastcache #392: an item was still found by tags that it no longer had",
    ),
    "first-tags-stay": seam.writeTagged(
      "An entry whose tags have changed is never invalidated by the new ones.",
      ({ next, self }, key, value, tags, ttl) => {
        const earlier = self.find(key)?.tags ?? []
        next(key, value, earlier.length > 0 && tags.length > 0 ? earlier : tags, ttl)
      },
      "bentocache #83: after the tags of an entry had changed in the code, the stored entry kept the old ones",
    ),
  },
  "CACHE-TAG-08": {
    "touch-drops-tags": seam.touch(
      "An entry that is kept alive escapes its invalidation.",
      async ({ next, self }, key, ttl) => {
        const live = await next(key, ttl)
        if (live) self.amend(key, { tags: [] })
        return live
      },
    ),
    "increment-drops-tags": seam.add(
      "A count that is used escapes its invalidation.",
      ({ next, self }, key, by, ttl) => {
        const sum = next(key, by, ttl)
        self.amend(key, { tags: [] })
        return sum
      },
    ),
  },
  "CACHE-TAG-09": {
    "tags-survive-delete": subclass(
      "A new entry vanishes with the tag of a deleted one.",
      class extends RemembersTags {
        override remove(key: string): boolean {
          const stored = this.storedKey(key)
          const tags = this.store.entries.get(stored)?.tags
          if (tags !== undefined) this.remembered().set(stored, tags)
          return super.remove(key)
        }
        override inherited(stored: string): readonly string[] {
          const tags = this.remembered().get(stored) ?? []
          this.remembered().delete(stored)
          return tags
        }
      },
    ),
  },
  "CACHE-TAG-10": {
    "fill-inherits-tags": seam.fill(
      "What was loaded anew vanishes with the tags of what has expired.",
      async ({ next, self }, key, lease, value, ttl, tags = []) => {
        const expired = self.store.entries.get(self.storedKey(key))?.tags ?? []
        const stored = await next(key, lease, value, ttl, tags)
        if (stored) self.amend(key, { tags: [...expired, ...tags] })
        return stored
      },
    ),
    "tags-survive-expiry": subclass(
      "A new entry vanishes with the tag of one that has expired.",
      class extends RemembersTags {},
      "laravel #24603: the set of a tag keeps the keys of entries that have expired",
    ),
  },
  "CACHE-TAG-11": {
    "tag-is-dead-for-its-millisecond": subclass(
      "What is stored right after an invalidation is not found.",
      class extends ReferenceCache {
        readonly #invalidatedAt = new Map<string, number>()
        override removeTagged(tags: readonly string[]): void {
          super.removeTagged(tags)
          for (const tag of tags) this.#invalidatedAt.set(tag, this.clock.monotonic())
        }
        override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
          super.writeTagged(key, value, tags, ttl)
          if (tags.some((tag) => this.#invalidatedAt.get(tag) === this.clock.monotonic())) this.remove(key)
        }
      },
    ),
  },
  "CACHE-TAG-12": {
    "first-ten-entries-only": seam.removeTagged(
      "Most of a large group stays stale.",
      ({ self }, tags) => {
        const hit = self.liveKeys().filter((key) => {
          const entry = self.find(key)
          return entry !== undefined && self.hasTag(entry, tags)
        })
        for (const key of hit.slice(0, 10)) self.remove(key)
      },
      "next-shared-cache #399: revalidateTag deleted only the first ten entries of a tag, a page of the search",
    ),
    "too-many-to-unpack": seam.removeTagged(
      "The invalidation of a large group fails.",
      ({ next, self }, tags) => {
        const hit = [...self.store.entries.values()].filter((entry) => self.hasTag(entry, tags))
        if (hit.length >= 8000) self.refuse("INTERNAL", "user_script:1: too many results to unpack")
        next(tags)
      },
      "Cm_Cache_Backend_Redis #67, #88: a Lua script could not unpack more than 8,000 keys",
    ),
  },
  "CACHE-TAG-13": {
    "tags-known-to-own-process": subclass(
      "What another process cached stays stale.",
      class extends ReferenceCache {
        readonly #own = new Set<string>()
        override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
          super.writeTagged(key, value, tags, ttl)
          this.#own.add(key)
        }
        override removeTagged(tags: readonly string[]): void {
          for (const key of this.#own) {
            const entry = this.find(key)
            if (entry !== undefined && this.hasTag(entry, tags)) this.remove(key)
          }
        }
      },
      "symfony #27149: another instance of the adapter still found an item that had been invalidated",
    ),
  },
  "CACHE-TAG-14": {
    "tags-without-prefix": seam.removeTagged(
      "One application's invalidation empties the groups of every other.",
      ({ self }, tags) => {
        for (const [stored, entry] of [...self.store.entries]) {
          if (self.hasTag(entry, tags)) self.store.entries.delete(stored)
        }
      },
    ),
  },
})

function patternOf(tag: string): RegExp {
  try {
    return new RegExp(`^(?:${tag})$`, "s")
  } catch {
    return /^(?!)/
  }
}
