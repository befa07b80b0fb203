import { forAll } from "../../families/roles.ts"
import { type CacheClient, clause, clientsOf, leaseOf } from "../clause.ts"
import { storing, tagging } from "../probes.ts"

const needs = ["tags"] as const

export const tagClauses = [
  clause("CACHE-TAG-01", {
    why: "A tag must not cost the entry its value or its end.",
    fix: "Store value and ttl as set does, and the tags in the same step.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      await cache.setTagged("key", { id: 1 }, ["tag"], ttl)
      await cache.setTagged("lasting", 1, ["tag"])
      t.equal(await cache.get("key"), { id: 1 }, "at once")
      alive.close()
      await world.passTtl(ttl)
      t.equal(await cache.get("key"), undefined, "after the ttl")
      t.equal(await cache.get("lasting"), 1, "an entry without ttl")
    },
  }),
  clause("CACHE-TAG-02", {
    why: "An entry that stays shows data that has changed.",
    fix: "Record each tag of an entry, and remove what has any tag of the call.",
    needs,
    async check(t, cache) {
      await cache.setTagged("one", 1, ["a"])
      await cache.setTagged("first of two", 1, ["a", "x"])
      await cache.setTagged("last of three", 1, ["x", "y", "a"])
      await cache.invalidateTags(["a"])
      for (const key of ["one", "first of two", "last of three"]) t.equal(await cache.has(key), false, `tag: ${key}`)
      await cache.setTagged("b", 1, ["b"])
      await cache.setTagged("c", 1, ["c"])
      await cache.setTagged("both", 1, ["b", "c"])
      await cache.invalidateTags(["unused", "b", "c"])
      for (const key of ["b", "c", "both"]) t.equal(await cache.has(key), false, `of several tags: ${key}`)
      for (const [method, store] of await tagging(cache)) {
        for (const tag of ["d", "e", "f"]) {
          await store(cache, "key", 1, ["d", "e", "f"])
          await cache.invalidateTags([tag])
          t.equal(await cache.has("key"), false, `what ${method} stored, after an invalidation of tag ${tag}`)
        }
      }
    },
  }),
  clause("CACHE-TAG-03", {
    why: "An invalidation that takes more sends load to what the cache protects.",
    fix: "Remove the entries of these tags; not those that share another tag with them, nor a key of that name.",
    needs,
    async check(t, cache) {
      const methods = await tagging(cache)
      for (const [method, store] of methods) await store(cache, `another tag by ${method}`, 1, ["c"])
      await cache.setTagged("goes", 1, ["a", "b"])
      await cache.setTagged("shares a tag", 1, ["b"])
      await cache.setTagged("another tag", 1, ["c"])
      await cache.set("plain", 1)
      await cache.set("a", 1)
      await cache.invalidateTags(["a"])
      const tagged = methods.map(([method]) => `another tag by ${method}`)
      for (const key of ["shares a tag", "another tag", "plain", "a", ...tagged]) {
        t.equal(await cache.get(key), 1, `the entry: ${key}`)
      }
    },
  }),
  clause("CACHE-TAG-04", {
    why: "A count or a walk that disagrees with get cannot be trusted.",
    fix: "Remove the entries, or ask in every method whether a tag was invalidated since.",
    needs,
    async check(t, cache, world) {
      const { atomic, batch, scan } = world.capabilities
      for (let index = 0; index < 8; index++) await cache.setTagged(`${index}`, 1, ["tag"])
      for (let index = 8; index < 11; index++) await cache.setTagged(`${index}`, 1, ["more"])
      // A copy that a method keeps of what it has seen would answer later.
      await Promise.all([cache.get("0"), cache.has("1"), cache.stats()])
      if (batch) await cache.getMany(["3"])
      if (atomic) await Promise.all([cache.ttl("5"), cache.setIfAbsent("7", 2)])
      if (atomic) await cache.lease("9", 3_600_000)
      await cache.invalidateTags(["tag"])
      await cache.invalidateTags(["more"])
      t.equal((await cache.stats()).keyCount, 0, "keyCount")
      if (scan) for await (const key of cache.keys()) t.equal(key, undefined, "what keys yields")
      t.equal(await cache.get("0"), undefined, "get")
      t.equal(await cache.has("1"), false, "has")
      t.equal(await cache.delete("2"), false, "delete")
      if (batch) t.equal(await cache.getMany(["3"]), new Map(), "getMany")
      if (batch) t.equal(await cache.deleteMany(["4"]), 0, "deleteMany")
      if (!atomic) return
      t.equal(await cache.ttl("5"), undefined, "ttl")
      t.equal(await cache.touch("6", 3600), false, "touch")
      t.ok(await cache.setIfAbsent("7", 2), "setIfAbsent stored nothing")
      t.equal(await cache.take("8"), undefined, "take")
      t.ok((await cache.lease("9", 3_600_000)) !== undefined, "the key could not be leased")
      t.equal((await t.outcome(() => cache.increment("10", 2), "increment")).value, 2, "increment")
    },
  }),
  clause("CACHE-TAG-05", {
    why: "Tags are made of names and ids that users choose.",
    fix: "Use no separator, pattern or normal form that a tag could contain; escape it where the store needs one.",
    needs,
    async check(t, cache) {
      const long = "l".repeat(511)
      const tags = [
        "tag",
        "Tag",
        " tag",
        "tag ",
        "ta",
        "tagtag",
        "a,tag",
        "tag:1",
        "tag:10",
        "tag/1",
        "t*",
        "t?g",
        "[tag]",
        "tag.",
        "^tag$",
        "{tag}",
        "tag\n1",
        "tag\0",
        "%74ag",
        "\u00e9",
        "e\u0301",
        "\ud83c\udff7",
        "__proto__",
        "constructor",
        `${long}a`,
        `${long}b`,
      ]
      for (const [method, store] of await tagging(cache)) {
        for (const [index, tag] of tags.entries()) await store(cache, `key-${100 + index}`, tag, [tag])
        for (const [index, tag] of tags.entries()) {
          await cache.invalidateTags([tag])
          const kept = await Promise.all(tags.map((_, other) => cache.has(`key-${100 + other}`)))
          const what = `after ${JSON.stringify(tag)}, of what ${method} stored`
          t.equal(kept.indexOf(true), index + 1 === tags.length ? -1 : index + 1, `the first entry left ${what}`)
          t.equal(kept.filter(Boolean).length, tags.length - index - 1, `entries left ${what}`)
        }
      }
    },
  }),
  clause("CACHE-TAG-06", {
    why: "A value that does not depend on the tag would vanish with it.",
    fix: "Replace the whole entry, its tags included.",
    needs,
    async check(t, cache, world) {
      const { batch } = world.capabilities
      await cache.setTagged("set", 1, ["tag"])
      await cache.setTagged("many", 1, ["tag"])
      await cache.set("set", 2)
      if (batch) await cache.setMany([["many", 2]])
      await cache.invalidateTags(["tag"])
      t.equal(await cache.get("set"), 2, "what set stored over a tagged entry")
      if (batch) t.equal(await cache.get("many"), 2, "what setMany stored over a tagged entry")
    },
  }),
  clause("CACHE-TAG-07", {
    why: "Tags of an earlier value say nothing about this one.",
    fix: "Forget the earlier tags in the step that stores the new ones.",
    needs,
    async check(t, cache) {
      await cache.setTagged("key", 1, ["old"])
      await cache.setTagged("key", 2, ["new"])
      await cache.invalidateTags(["old"])
      t.equal(await cache.get("key"), 2, "after an invalidation of the earlier tag")
      await cache.invalidateTags(["new"])
      t.equal(await cache.get("key"), undefined, "after an invalidation of its tag")
    },
  }),
  clause("CACHE-TAG-08", {
    why: "An entry that is used would escape its invalidation.",
    fix: "Change the ttl, or the number, and nothing else of the entry.",
    needs: ["tags", "atomic"],
    async check(t, cache) {
      await cache.setTagged("touched", 1, ["tag"])
      await cache.setTagged("counted", 1, ["tag"])
      await cache.touch("touched", 3600)
      await cache.increment("counted")
      await cache.invalidateTags(["tag"])
      t.equal(await cache.has("touched"), false, "the touched entry")
      t.equal(await cache.has("counted"), false, "the counted entry")
    },
  }),
  clause("CACHE-TAG-09", {
    why: "A later entry of the same key would vanish with a tag that it never had.",
    fix: "Remove the tags with the entry, in every method that removes one.",
    needs,
    async check(t, cache, world) {
      const { atomic, batch } = world.capabilities
      const removals: Record<string, () => Promise<unknown>> = {
        clear: () => cache.clear(),
        invalidateTags: () => cache.invalidateTags(["other"]),
        delete: () => cache.delete("delete"),
        ...(batch && { deleteMany: () => cache.deleteMany(["deleteMany"]) }),
        ...(atomic && { take: () => cache.take("take") }),
      }
      for (const [key, remove] of Object.entries(removals)) {
        await cache.setTagged(key, 1, ["tag", "other"])
        await remove()
        await cache.set(key, 2)
      }
      if (atomic) {
        await cache.setTagged("counted", 1, ["tag"])
        await cache.delete("counted")
        await cache.increment("counted", 2)
      }
      const stores = await storing(cache)
      for (const [method, store] of stores) {
        await cache.setTagged(`by ${method}`, 1, ["gone"])
        await cache.delete(`by ${method}`)
        await store(cache, `by ${method}`, 2)
      }
      await cache.invalidateTags(["gone"])
      for (const [method] of stores) t.equal(await cache.get(`by ${method}`), 2, `what ${method} stored after delete`)
      await cache.invalidateTags(["tag"])
      for (const key of Object.keys(removals)) t.equal(await cache.get(key), 2, `stored after ${key}`)
      if (atomic) t.equal(await cache.has("counted"), true, "counted after delete")
    },
  }),
  clause("CACHE-TAG-10", {
    why: "A later entry of the same key would vanish with a tag that it never had.",
    fix: "Keep tags no longer than their entry, or drop what is left of them when the key is stored again.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const { atomic } = world.capabilities
      const stores = await storing(cache)
      const expired = world.lateWindow(world.step)
      for (const [method] of stores) await cache.setTagged(`by ${method}`, 1, ["gone"], world.step)
      for (const key of ["set", "setIfAbsent", "increment"]) await cache.setTagged(key, 1, ["tag"], world.step)
      await world.passTtl(world.step)
      await cache.set("set", 2)
      const stored = atomic && (await cache.setIfAbsent("setIfAbsent", 2))
      const made = atomic && (await cache.increment("increment")) === 1
      for (const [method, store] of stores) await store(cache, `by ${method}`, 2)
      expired.close()
      await cache.invalidateTags(["gone"])
      for (const [method] of stores) {
        t.equal(await cache.has(`by ${method}`), true, `what ${method} stored over an expired entry`)
      }
      await cache.invalidateTags(["tag"])
      t.equal(await cache.has("set"), true, "what set stored over an expired entry")
      if (stored) t.equal(await cache.has("setIfAbsent"), true, "what setIfAbsent stored over an expired entry")
      if (made) t.equal(await cache.has("increment"), true, "what increment made over an expired entry")
    },
  }),
  clause("CACHE-TAG-11", {
    why: "A tag that is dead once invalidated makes the cache useless for what changes.",
    fix: "Act on the entries of that moment; compare versions, not clock times of which two can be equal.",
    needs,
    async check(t, cache) {
      await cache.setTagged("key", "first", ["tag"])
      for (let round = 0; round < 3; round++) {
        await cache.invalidateTags(["tag"])
        await cache.setTagged("key", round, ["tag"])
        t.equal(await cache.get("key"), round, `tagged after invalidation ${round + 1}`)
      }
      await cache.invalidateTags(["tag"])
      t.equal(await cache.get("key"), undefined, "after the last invalidation")
      for (const [method, store] of await tagging(cache)) {
        await cache.invalidateTags(["tag"])
        await store(cache, method, 1, ["tag"])
        t.equal(await cache.get(method), 1, `what ${method} tagged after an invalidation`)
      }
    },
  }),
  clause("CACHE-TAG-12", {
    why: "A page, or a limit of arguments, leaves the rest of a large group stale.",
    fix: "Follow the store's cursor to its end, and split what a command takes.",
    needs,
    async check(t, cache, { many }) {
      const keys = Array.from({ length: many }, (_, index) => `key-${10_000 + index}`)
      await forAll(keys, (key) => cache.setTagged(key, 1, ["all"]))
      await cache.invalidateTags(["all"])
      const left = await forAll(keys, (key) => cache.has(key))
      t.equal(left.filter(Boolean).length, 0, `entries left of ${many} with one tag`)
      const some = keys.slice(0, 1000)
      await forAll(some, (key) => cache.setTagged(key, 1, [`tag of ${key}`]))
      await cache.invalidateTags(some.map((key) => `tag of ${key}`))
      const kept = await forAll(some, (key) => cache.has(key))
      t.equal(kept.filter(Boolean).length, 0, `entries left of ${some.length} with a tag each`)
    },
  }),
  clause("CACHE-TAG-13", {
    why: "The process that changes data is rarely the one that cached it.",
    fix: "Keep the tags in the store, not in the process.",
    needs: ["tags", "shared"],
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      await cache.setTagged("theirs", 1, ["tag"])
      await other.setTagged("own", 1, ["tag"])
      await world.converge()
      await other.invalidateTags(["tag"])
      await world.converge()
      t.equal(await cache.get("theirs"), undefined, "what another client had tagged")
      t.equal(await cache.get("own"), undefined, "what the invalidating client had tagged")
      for (const [method, store] of await tagging(cache)) {
        await store(cache, method, 1, ["tag"])
        await world.converge()
        await other.invalidateTags(["tag"])
        await world.converge()
        t.equal(await cache.get(method), undefined, `what another client had stored by ${method}`)
      }
    },
  }),
  clause("CACHE-TAG-14", {
    why: "Tags such as `users` are used by every application.",
    fix: "Keep tags under the same prefix as entries.",
    needs: ["tags", "shared"],
    async check(t, cache, world) {
      const neighbour = await world.neighbour()
      await cache.setTagged("key", "ours", ["tag"])
      await neighbour.setTagged("key", "theirs", ["tag"])
      await neighbour.invalidateTags(["tag"])
      t.equal(await cache.get("key"), "ours", "our entry after the neighbour's invalidation")
      t.equal(await neighbour.get("key"), undefined, "the neighbour's entry")
    },
  }),
  clause("CACHE-TAG-15", {
    why: "An entry that lost its tags stays stale for ever.",
    fix: "Write entry and tags in one step; remove from the index only what was removed from the cache.",
    needs,
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      const rounds = Array.from({ length: 20 }, (_, round) => ({ round, key: `key-${round}`, tag: `tag-${round}` }))
      for (const { key, round, tag } of rounds) {
        const store = () => cache.setTagged(key, 1, [tag])
        const invalidate = () => other.invalidateTags([tag])
        await Promise.all(round % 2 === 0 ? [store(), invalidate()] : [invalidate(), store()])
      }
      await world.converge()
      for (const { tag } of rounds) await other.invalidateTags([tag])
      await world.converge()
      for (const { key } of rounds) t.equal(await cache.get(key), undefined, "after the next invalidation")
    },
  }),
  clause("CACHE-TAG-16", {
    why: "What is loaded through leases must be invalidated too.",
    fix: "Record the tags in the step that stores.",
    needs: ["tags", "atomic"],
    async check(t, cache) {
      await cache.fill("key", await leaseOf(cache, "key"), 1, undefined, ["a"])
      await cache.fill("other", await leaseOf(cache, "other"), 2, 3600, ["b"])
      t.equal(await cache.get("key"), 1, "what fill stored")
      await cache.invalidateTags(["a"])
      t.equal(await cache.get("key"), undefined, "after an invalidation of its tag")
      t.equal(await cache.get("other"), 2, "what fill stored with another tag")
    },
  }),
  clause("CACHE-TAG-17", {
    why: "An invalidation that meets a load must not be lost.",
    fix: "Let invalidateTags void the leases first and remove entries then; compare, store and tag in one step in fill.",
    needs: ["tags", "atomic"],
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      const rounds = Array.from({ length: 20 }, (_, round) => ({ round, key: `key-${round}`, tag: `tag-${round}` }))
      for (const { key, round, tag } of rounds) {
        await cache.setTagged("in use", 1, [tag])
        const token = await leaseOf(cache, key)
        const fill = () => cache.fill(key, token, "late", undefined, [tag])
        const invalidate = () => other.invalidateTags([tag])
        await Promise.all(round % 2 === 0 ? [fill(), invalidate()] : [invalidate(), fill()])
      }
      await world.converge()
      for (const { key } of rounds) {
        t.equal(await cache.get(key), undefined, "after a simultaneous fill and invalidation")
      }
    },
  }),
]
