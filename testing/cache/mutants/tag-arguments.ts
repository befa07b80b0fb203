import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceStore } from "../reference/store.ts"

type SetTagged = Parameters<ReferenceCache["setTagged"]>
type Fill = Parameters<ReferenceCache["fill"]>

/** How often the tags of a store were invalidated. */
const invalidations = new WeakMap<ReferenceStore, number>()
/** The tags that a store has ever seen. */
const usedTags = new WeakMap<ReferenceStore, Set<string>>()

export const tagArgumentMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "tags-registered-before-write",
    breaks: "CACHE-TAG-15",
    why: "An entry that is stored while its tag is invalidated stays stale for ever.",
    source:
      "laravel #61328: the tag was recorded before the write, a flush in between removed it, and the entry stayed",
    implementation: class extends ReferenceCache {
      protected override removeTagged(tags: readonly string[]): void {
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
  },
  {
    id: "fill-drops-tags",
    breaks: "CACHE-TAG-16",
    why: "What is loaded through leases is never invalidated.",
    source: "laravel #8519: what remember had loaded was not removed by a flush of its tags",
    implementation: class extends ReferenceCache {
      override async fill(...[key, lease, value, ttl, tags]: Fill): Promise<boolean> {
        if (tags !== undefined) this.checkEntryTags(tags)
        return super.fill(key, lease, value, ttl)
      }
    },
  },
  {
    id: "invalidate-voids-last",
    breaks: "CACHE-TAG-17",
    why: "What is filled while its tag is invalidated stays stale.",
    source: "FusionCache #628: an invalidation by tag that met a running load was lost",
    implementation: class extends ReferenceCache {
      override async invalidateTags(tags: readonly string[]): Promise<void> {
        this.checkOpen()
        this.checkTags(tags)
        if (tags.length === 0) return
        this.removeTagged(tags)
        await Promise.resolve()
        this.voidLeases()
        return this.reply(undefined)
      }
    },
  },
  {
    id: "new-tag-rejects",
    breaks: "CACHE-TAG-18",
    why: "Whoever changes what is not cached gets an error.",
    source:
      "platformatic #4852, top-think/framework #2990: a tag without entries sent DEL without keys, and the server refused it",
    implementation: class extends ReferenceCache {
      protected override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
        super.writeTagged(key, value, tags, ttl)
        const used = usedTags.get(this.store) ?? new Set<string>()
        usedTags.set(this.store, used)
        for (const tag of tags) used.add(tag)
      }
      protected override removeTagged(tags: readonly string[]): void {
        const used = tags.some((tag) => usedTags.get(this.store)?.has(tag))
        if (!used) this.refuse("INTERNAL", "wrong number of arguments for DEL")
        super.removeTagged(tags)
      }
    },
  },
  {
    id: "no-tags-means-all",
    breaks: "CACHE-TAG-18",
    why: "A list that happens to be empty empties the cache.",
    implementation: class extends ReferenceCache {
      override async invalidateTags(tags: readonly string[]): Promise<void> {
        await super.invalidateTags(tags)
        if (tags.length === 0) this.empty()
      }
    },
  },
  {
    id: "no-tags-void-leases",
    breaks: "CACHE-TAG-18",
    why: "A list that happens to be empty throws away what is loading.",
    implementation: class extends ReferenceCache {
      override async invalidateTags(tags: readonly string[]): Promise<void> {
        await super.invalidateTags(tags)
        this.voidLeases()
      }
    },
  },
  {
    id: "no-tags-refused",
    breaks: "CACHE-TAG-19",
    why: "A computed list that is empty makes the write fail.",
    source: "StackExchange.Redis #1282, node-redis #1340: SADD without members is refused",
    implementation: class extends ReferenceCache {
      override async setTagged(...args: SetTagged): Promise<void> {
        await super.setTagged(...args)
        if (args[2].length === 0) this.refuse("INTERNAL", "wrong number of arguments for SADD")
      }
    },
  },
  {
    id: "no-tags-keep-earlier",
    breaks: "CACHE-TAG-19",
    why: "An entry vanishes with tags that only an earlier value had.",
    implementation: class extends ReferenceCache {
      override async setTagged(...[key, value, tags, ttl]: SetTagged): Promise<void> {
        this.checkSetTagged(key, value, tags, ttl)
        const earlier = this.find(key)?.tags ?? []
        await super.setTagged(key, value, tags, ttl)
        if (tags.length === 0) this.amend(key, { tags: earlier })
      }
    },
  },
  {
    id: "repeated-tags-counted",
    breaks: "CACHE-TAG-20",
    why: "A list that repeats itself is refused as too long.",
    implementation: class extends ReferenceCache {
      protected override checkEntryTags(tags: readonly string[]): void {
        super.checkEntryTags(tags)
        if (tags.length > 128) this.refuse("LIMIT_EXCEEDED", "An entry has at most 128 tags.")
      }
    },
  },
  {
    id: "empty-tag-accepted",
    breaks: "CACHE-TAG-21",
    why: "All entries with a missing tag go together.",
    implementation: class extends ReferenceCache {
      protected override checkTags(tags: unknown): void {
        super.checkTags(Array.isArray(tags) ? tags.filter((tag) => tag !== "") : tags)
      }
    },
  },
  {
    id: "long-tags-cut",
    breaks: "CACHE-TAG-21",
    why: "Long tags that begin alike are one.",
    source: "next.js #93768: a tag that is too long is skipped with a warning",
    implementation: class extends ReferenceCache {
      protected override checkTags(tags: unknown): void {
        const cut = (tag: unknown) => (typeof tag === "string" ? tag.slice(0, 128) : tag)
        super.checkTags(Array.isArray(tags) ? tags.map(cut) : tags)
      }
    },
  },
  {
    id: "text-is-a-list",
    breaks: "CACHE-TAG-21",
    why: "A tag that is given without a list becomes one tag a letter.",
    implementation: class extends ReferenceCache {
      protected override checkTags(tags: unknown): void {
        super.checkTags(typeof tags === "string" ? [...tags] : tags)
      }
    },
  },
  {
    id: "surplus-tags-dropped",
    breaks: "CACHE-TAG-22",
    why: "Entries with many tags stay stale.",
    source: "next.js #93768: tags beyond the 128th of a call are dropped with a warning",
    implementation: class extends ReferenceCache {
      protected override checkEntryTags(tags: readonly string[]): void {
        super.checkEntryTags(Array.isArray(tags) ? [...new Set(tags)].slice(0, 128) : tags)
      }
    },
  },
  {
    id: "limit-off-by-one",
    breaks: "CACHE-TAG-22",
    why: "An entry with as many tags as are allowed is refused.",
    implementation: class extends ReferenceCache {
      protected override checkEntryTags(tags: readonly string[]): void {
        super.checkEntryTags(tags)
        if (new Set(tags).size >= 128) this.refuse("LIMIT_EXCEEDED", "An entry has less than 128 tags.")
      }
    },
  },
  {
    id: "tagged-with-zero-ttl-lasts",
    breaks: "CACHE-TAG-23",
    why: "A ttl that was computed to be 0 becomes one without end.",
    implementation: class extends ReferenceCache {
      override async setTagged(...[key, value, tags, ttl]: SetTagged): Promise<void> {
        return super.setTagged(key, value, tags, ttl || undefined)
      }
    },
  },
  {
    id: "tagged-undefined-is-null",
    breaks: "CACHE-TAG-23",
    why: "A missing variable is stored as a value.",
    implementation: class extends ReferenceCache {
      override async setTagged(...[key, value, tags, ttl]: SetTagged): Promise<void> {
        return super.setTagged(key, value ?? null, tags, ttl)
      }
    },
  },
  {
    id: "set-tagged-keeps-reference",
    breaks: "CACHE-TAG-24",
    why: "A caller that goes on using its object changes what others read.",
    implementation: class extends ReferenceCache {
      override async setTagged(...args: SetTagged): Promise<void> {
        await super.setTagged(...args)
        this.amend(args[0], { value: args[1] })
      }
    },
  },
  {
    id: "list-of-tags-kept-by-reference",
    breaks: "CACHE-TAG-24",
    why: "A list that is used for the next entry changes the tags of this one.",
    implementation: class extends ReferenceCache {
      protected override writeTagged(key: string, value: unknown, tags: readonly string[], ttl?: number): void {
        super.writeTagged(key, value, tags, ttl)
        this.amend(key, { tags })
      }
    },
  },
]
