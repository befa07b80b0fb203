import { LARGEST_TRIED_BYTES } from "../../families/values.ts"
import { clause, leaseOf, refusedAsBySet } from "../clause.ts"

import { tagging } from "../probes.ts"

const needs = ["tags"] as const

/** What setTagged and invalidateTags are given. */
export const tagArgumentClauses = [
  clause("CACHE-TAG-18", {
    why: "Whoever changes data does not know what of it is cached.",
    fix: "Answer an empty list without asking the store, and take an unknown tag for an empty group.",
    needs,
    async check(t, cache, world) {
      await cache.setTagged("key", 1, ["tag"])
      const token = world.capabilities.atomic ? await leaseOf(cache, "leased") : undefined
      t.equal(await cache.invalidateTags([]), undefined, "of no tags")
      t.equal(await cache.get("key"), 1, "an entry after an invalidation of no tags")
      if (token !== undefined) await cache.fill("leased", token, 2)
      if (token !== undefined) t.equal(await cache.get("leased"), 2, "what a lease filled after it")
      t.equal(await cache.invalidateTags(["unused"]), undefined, "of an unused tag")
      t.equal(await cache.get("key"), 1, "an entry after an invalidation of an unused tag")
    },
  }),
  clause("CACHE-TAG-19", {
    why: "A computed list of tags may be empty.",
    fix: "Treat it as set does, and forget earlier tags.",
    needs,
    async check(t, cache) {
      await cache.setTagged("key", 1, ["tag"])
      await cache.setTagged("key", 2, [])
      t.equal(await cache.get("key"), 2, "the value")
      await cache.invalidateTags(["tag"])
      t.equal(await cache.get("key"), 2, "the value after an invalidation of the earlier tag")
    },
  }),
  clause("CACHE-TAG-20", {
    why: "Lists of tags are put together, and repeat themselves.",
    fix: "Drop duplicates before counting and storing.",
    needs,
    async check(t, cache) {
      const tags = Array.from({ length: 300 }, (_, index) => `tag-${index % 2}`)
      for (const [method, store] of await tagging(cache)) {
        const { error } = await t.outcome(() => store(cache, "key", 1, tags), method)
        t.equal(error, undefined, `${method} with two tags, each given 150 times`)
        t.equal(await cache.get("key"), 1, `an entry by ${method} with two tags, each given 150 times`)
        await cache.invalidateTags(["tag-0", "tag-0"])
        t.equal(await cache.get("key"), undefined, `after an invalidation that gives its tag twice (${method})`)
      }
    },
  }),
  clause("CACHE-TAG-21", {
    why: "A missing variable must not become a tag, nor a text a list of its letters.",
    fix: "Check the list and each tag before asking the store.",
    needs,
    async check(t, cache, world) {
      await cache.setTagged("kept", "old", ["good"])
      const lists: unknown[] = ["good", undefined, null, 7, {}, new Set(["good"])]
      for (const tag of ["", 7, null, undefined, {}, "\ud800", "x".repeat(513), "\u00e9".repeat(257)]) {
        lists.push(["good", tag])
      }
      for (const list of lists as string[][]) {
        await t.rejects(() => cache.setTagged("kept", "new", list), "INVALID_ARGUMENT", "setTagged of a stored key")
        await t.rejects(() => cache.setTagged("fresh", "new", list), "INVALID_ARGUMENT", "setTagged of a fresh key")
        await t.rejects(() => cache.invalidateTags(list), "INVALID_ARGUMENT", "invalidateTags")
        if (!world.capabilities.atomic || list === undefined) continue
        const fill = () => cache.fill("fresh", "token", 1, undefined, list)
        await t.rejects(fill, "INVALID_ARGUMENT", "fill with bad tags")
      }
      t.equal(await cache.get("kept"), "old", "the entry that refused calls named")
      t.equal(await cache.has("fresh"), false, "the fresh key")
    },
  }),
  clause("CACHE-TAG-22", {
    why: "Tags that are dropped in silence leave entries stale.",
    fix: "Count the distinct tags before asking the store, and refuse the 129th.",
    needs,
    async check(t, cache, world) {
      const tags = Array.from({ length: 129 }, (_, index) => `tag-${index}`)
      await cache.set("kept", "old")
      await t.rejects(() => cache.setTagged("kept", "new", tags), "LIMIT_EXCEEDED", "setTagged of a stored key")
      await t.rejects(() => cache.setTagged("fresh", "new", tags), "LIMIT_EXCEEDED", "setTagged of a fresh key")
      if (world.capabilities.atomic) {
        const fill = () => cache.fill("fresh", "token", 1, undefined, tags)
        await t.rejects(fill, "LIMIT_EXCEEDED", "fill of a fresh key")
      }
      t.equal(await cache.get("kept"), "old", "the entry that refused calls named")
      t.equal(await cache.has("fresh"), false, "the fresh key")
      await cache.setTagged("most", 1, tags.slice(0, 128))
      t.equal(await cache.has("most"), true, "an entry with 128 tags")
      await cache.invalidateTags(["tag-127"])
      t.equal(await cache.has("most"), false, "after an invalidation of the 128th tag")
    },
  }),
  clause("CACHE-TAG-23", {
    why: "What set refuses would get in by another door.",
    fix: "Run the checks of set first, or let asCache do it.",
    needs,
    async check(t, cache, world) {
      const { maxKeyBytes, maxValueBytes } = world.capabilities
      await cache.set("kept", "old")
      for (const key of ["", "\ud800", "k".repeat(maxKeyBytes + 1), 7 as unknown as string]) {
        await refusedAsBySet(t, cache, [key, 1], () => cache.setTagged(key, 1, ["tag"]), "setTagged of a bad key")
      }
      for (const value of [undefined, () => 1, new (class User {})()]) {
        const call = () => cache.setTagged("kept", value, ["tag"])
        await refusedAsBySet(t, cache, ["value", value], call, "setTagged of a bad value")
      }
      for (const ttl of [0, "60" as unknown as number]) {
        const call = () => cache.setTagged("kept", 1, ["tag"], ttl)
        await refusedAsBySet(t, cache, ["ttl", 1, ttl], call, `setTagged with ttl ${ttl}`)
      }
      if (maxValueBytes <= LARGEST_TRIED_BYTES) {
        const large = "x".repeat(maxValueBytes + 1)
        const call = () => cache.setTagged("kept", large, ["tag"])
        await refusedAsBySet(t, cache, ["large", large], call, "setTagged of a large value")
      }
      t.equal(await cache.get("kept"), "old", "the entry that refused calls named")
    },
  }),
  clause("CACHE-TAG-24", {
    why: "A caller that goes on using its object or its list changes what is stored.",
    fix: "Copy both before anything is awaited.",
    needs,
    async check(t, cache) {
      const given = { list: [1] }
      const tags = ["tag"]
      await cache.setTagged("another", 1, ["other"])
      const stored = cache.setTagged("key", given, tags)
      given.list.push(2)
      tags[0] = "other"
      await stored
      t.equal(await cache.get("key"), { list: [1] }, "after changing what setTagged was given")
      await cache.invalidateTags(["other"])
      t.equal(await cache.has("key"), true, "after an invalidation of a tag that was put into the list later")
      await cache.invalidateTags(["tag"])
      t.equal(await cache.has("key"), false, "after an invalidation of its tag")
    },
  }),
]
