import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { CacheStore } from "../reference/store.ts"

type SetTagged = Parameters<ReferenceCache["setTagged"]>
type Fill = Parameters<ReferenceCache["fill"]>

/** How often the tags of a store were invalidated. */
const invalidations = new WeakMap<CacheStore, number>()
/** The tags that a store has ever seen. */
const usedTags = new WeakMap<CacheStore, Set<string>>()

export const tagArgumentMutants = mutants({
  "CACHE-TAG-15": {
    "tags-registered-before-write": subclass(
      "An entry that is stored while its tag is invalidated stays stale for ever.",
      class extends ReferenceCache {
        override removeTagged(tags: readonly string[]): void {
          invalidations.set(this.store, (invalidations.get(this.store) ?? 0) + 1)
          super.removeTagged(tags)
        }
        override async setTagged(...[key, value, tags, ttl]: SetTagged): Promise<void> {
          this.checkSetTagged(key, value, tags, ttl)
          const [encoded, names] = [this.copyIn(value), [...tags]]
          const before = invalidations.get(this.store)
          await Promise.resolve()
          this.writeTagged(key, encoded, invalidations.get(this.store) === before ? names : [], ttl)
          return this.reply(undefined)
        }
      },
      "laravel #61328: the tag was recorded before the write, a flush in between removed it, and the entry stayed",
    ),
  },
  "CACHE-TAG-16": {
    "fill-drops-tags": subclass(
      "What is loaded through leases is never invalidated.",
      class extends ReferenceCache {
        override async fill(...[key, lease, value, ttl, tags]: Fill): Promise<boolean> {
          if (tags !== undefined) this.checkEntryTags(tags)
          return super.fill(key, lease, value, ttl)
        }
      },
      "laravel #8519: what remember had loaded was not removed by a flush of its tags",
    ),
  },
  "CACHE-TAG-17": {
    "invalidate-voids-last": seam.invalidateTags(
      "What is filled while its tag is invalidated stays stale.",
      async ({ self }, tags) => {
        self.checkOpen()
        self.checkTags(tags)
        if (tags.length === 0) return
        self.removeTagged(tags)
        await Promise.resolve()
        self.voidLeases()
        return self.reply(undefined)
      },
      "FusionCache #628: an invalidation by tag that met a running load was lost",
    ),
  },
  "CACHE-TAG-18": {
    "new-tag-rejects": subclass(
      "Whoever changes what is not cached gets an error.",
      class extends ReferenceCache {
        override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
          super.writeTagged(key, value, tags, ttl)
          const used = usedTags.get(this.store) ?? new Set<string>()
          usedTags.set(this.store, used)
          for (const tag of tags) used.add(tag)
        }
        override removeTagged(tags: readonly string[]): void {
          const used = tags.some((tag) => usedTags.get(this.store)?.has(tag))
          if (!used) this.refuse("INTERNAL", "wrong number of arguments for DEL")
          super.removeTagged(tags)
        }
      },
      "platformatic #4852, top-think/framework #2990: a tag without entries sent DEL without keys, and the server refused it",
    ),
    "no-tags-means-all": seam.invalidateTags(
      "A list that happens to be empty empties the cache.",
      async ({ next, self }, tags) => {
        await next(tags)
        if (tags.length === 0) self.empty()
      },
    ),
    "no-tags-void-leases": seam.invalidateTags(
      "A list that happens to be empty throws away what is loading.",
      async ({ next, self }, tags) => {
        await next(tags)
        self.voidLeases()
      },
    ),
  },
  "CACHE-TAG-19": {
    "no-tags-refused": subclass(
      "A computed list that is empty makes the write fail.",
      class extends ReferenceCache {
        override async setTagged(...args: SetTagged): Promise<void> {
          await super.setTagged(...args)
          if (args[2].length === 0) this.refuse("INTERNAL", "wrong number of arguments for SADD")
        }
      },
      "StackExchange.Redis #1282, node-redis #1340: SADD without members is refused",
    ),
    "no-tags-keep-earlier": subclass(
      "An entry vanishes with tags that only an earlier value had.",
      class extends ReferenceCache {
        override async setTagged(...[key, value, tags, ttl]: SetTagged): Promise<void> {
          this.checkSetTagged(key, value, tags, ttl)
          const earlier = this.find(key)?.tags ?? []
          await super.setTagged(key, value, tags, ttl)
          if (tags.length === 0) this.amend(key, { tags: earlier })
        }
      },
    ),
  },
  "CACHE-TAG-20": {
    "repeated-tags-of-fill-counted": seam.fill(
      "A list that repeats itself keeps a loaded value out.",
      async ({ next, self }, key, lease, value, ttl, tags = []) => {
        if (tags?.length > 250) self.refuse("LIMIT_EXCEEDED", "An entry has at most 250 tags.")
        return next(key, lease, value, ttl, tags)
      },
    ),
    "repeated-tags-counted": seam.checkEntryTags(
      "A list that repeats itself is refused as too long.",
      ({ next, self }, tags) => {
        next(tags)
        if (tags.length > 128) self.refuse("LIMIT_EXCEEDED", "An entry has at most 128 tags.")
      },
    ),
  },
  "CACHE-TAG-21": {
    "empty-tag-accepted": seam.checkTags("All entries with a missing tag go together.", ({ next }, tags) => {
      next(Array.isArray(tags) ? tags.filter((tag) => tag !== "") : tags)
    }),
    "long-tags-cut": seam.checkTags(
      "Long tags that begin alike are one.",
      ({ next }, tags) => {
        const cut = (tag: unknown) => (typeof tag === "string" ? tag.slice(0, 128) : tag)
        next(Array.isArray(tags) ? tags.map(cut) : tags)
      },
      "next.js #93768: a tag that is too long is skipped with a warning",
    ),
    "text-is-a-list": seam.checkTags(
      "A tag that is given without a list becomes one tag a letter.",
      ({ next }, tags) => {
        next(typeof tags === "string" ? [...tags] : tags)
      },
    ),
  },
  "CACHE-TAG-22": {
    "surplus-tags-dropped": seam.checkEntryTags(
      "Entries with many tags stay stale.",
      ({ next }, tags) => {
        next(Array.isArray(tags) ? [...new Set(tags)].slice(0, 128) : tags)
      },
      "next.js #93768: tags beyond the 128th of a call are dropped with a warning",
    ),
    "limit-off-by-one": seam.checkEntryTags(
      "An entry with as many tags as are allowed is refused.",
      ({ next, self }, tags) => {
        next(tags)
        if (new Set(tags).size >= 128) self.refuse("LIMIT_EXCEEDED", "An entry has less than 128 tags.")
      },
    ),
  },
  "CACHE-TAG-23": {
    "tagged-with-zero-ttl-lasts": subclass(
      "A ttl that was computed to be 0 becomes one without end.",
      class extends ReferenceCache {
        override async setTagged(...[key, value, tags, ttl]: SetTagged): Promise<void> {
          return super.setTagged(key, value, tags, ttl || undefined)
        }
      },
    ),
    "tagged-undefined-is-null": subclass(
      "A missing variable is stored as a value.",
      class extends ReferenceCache {
        override async setTagged(...[key, value, tags, ttl]: SetTagged): Promise<void> {
          return super.setTagged(key, value ?? null, tags, ttl)
        }
      },
    ),
  },
  "CACHE-TAG-24": {
    "set-tagged-keeps-reference": subclass(
      "A caller that goes on using its object changes what others read.",
      class extends ReferenceCache {
        override async setTagged(...args: SetTagged): Promise<void> {
          await super.setTagged(...args)
          this.amend(args[0], { value: args[1] })
        }
      },
    ),
    "list-of-tags-kept-by-reference": seam.writeTagged(
      "A list that is used for the next entry changes the tags of this one.",
      ({ next, self }, key, value, tags, ttl) => {
        next(key, value, tags, ttl)
        self.amend(key, { tags })
      },
    ),
  },
})
