import type { Checks } from "../../engine/checks.ts"
import { forAll } from "../../families/roles.ts"
import { type CacheClient, clause } from "../clause.ts"
import { ending, expiringBy, making } from "../probes.ts"

export const scanClauses = [
  clause("CACHE-SCAN-01", {
    why: "A walk that repeats, skips or renames keys breaks whatever is built on it.",
    fix: "Strip the store's prefix and decode; drop the duplicates that cursors give.",
    needs: ["scan"],
    async check(t, cache, world) {
      const makes = await making(cache)
      if (world.capabilities.shared) await (await world.neighbour()).set("theirs", 1)
      t.equal(await keysOf(t, cache, {}), [], "of an empty cache")
      const keys = [
        "plain",
        "a:b:c",
        "with space",
        "ключ",
        "new\nline",
        "glob*",
        "[x]",
        "__proto__",
        "a%2fb",
        world.random.word(),
      ]
      for (const key of keys) await cache.set(key, 1)
      await cache.set("plain", 2)
      t.equal(await keysOf(t, cache), [...keys].sort())
      t.equal(await keysOf(t, cache, { prefix: undefined }), [...keys].sort(), "of a prefix that is undefined")
      for (const [method, make] of makes) {
        await make(cache, `by ${method}`, 3600)
        keys.push(`by ${method}`)
        t.equal(await keysOf(t, cache), [...keys].sort(), `after ${method}`)
      }
    },
  }),
  clause("CACHE-SCAN-02", {
    why: "A prefix of user input must not act as a pattern.",
    fix: "Escape glob characters of the prefix, or compare with startsWith.",
    needs: ["scan"],
    async check(t, cache) {
      const stored = ["user:1", "user:2", "users:1", "a user:1", "u*r:1", "user", "[us]er:1", "ключ:1", "back\\slash"]
      for (const key of [...stored, "u_er", "100%"]) await cache.set(key, 1)
      const expected: Record<string, string[]> = {
        "user:": ["user:1", "user:2"],
        user: ["user", "user:1", "user:2", "users:1"],
        "u*": ["u*r:1"],
        "u?er": [],
        "[us]": ["[us]er:1"],
        u_: ["u_er"],
        "1%": [],
        USER: [],
        ключ: ["ключ:1"],
        "back\\s": ["back\\slash"],
        "user:1": ["user:1"],
        absent: [],
      }
      for (const [prefix, keys] of Object.entries(expected)) {
        t.equal(await keysOf(t, cache, { prefix }), keys, `prefix ${prefix}`)
      }
      t.equal(new Set(await keysOf(t, cache, { prefix: "" })).size, 11, "an empty prefix")
    },
  }),
  clause("CACHE-SCAN-03", {
    why: "A walk that ends after a page loses the rest in silence.",
    fix: "Follow the store's cursor until it says that it is done.",
    needs: ["scan"],
    async check(t, cache, { many }) {
      const keys = Array.from({ length: Math.min(many, 2_101) }, (_, index) => `key-${String(index).padStart(4, "0")}`)
      await Promise.all(keys.map((key) => cache.set(key, 1)))
      t.equal(new Set(await keysOf(t, cache)).size, keys.length)
    },
  }),
  clause("CACHE-SCAN-04", {
    why: "A key that is yielded can be read.",
    fix: "Leave out what has expired.",
    needs: ["scan"],
    waits: true,
    async check(t, cache, world) {
      const [makes, removes] = [await making(cache), await ending(cache)]
      for (const [method, take] of removes) {
        await cache.set(method, 1)
        await take(cache, method)
        t.equal(await keysOf(t, cache), [], `after ${method}`)
      }
      const alive = world.window(world.step)
      world.lateWindow(world.step)
      await cache.set("first", 1, world.step)
      // So soon after it that whoever removes expired entries now and then has not removed it.
      await cache.set("second", 1, world.step + 0.04)
      await cache.set("stays", 1)
      await cache.set("deleted", 1)
      await cache.delete("deleted")
      t.equal((await keysOf(t, cache)).sort(), ["first", "second", "stays"], "what a deleted key leaves")
      const expired = await expiringBy(cache, makes, world.step)
      alive.close()
      await world.passTtl(world.step + 0.04)
      const walked = await keysOf(t, cache)
      const made = makes.flatMap(([method]) => [method, `witness of ${method}`])
      t.equal(
        walked.filter((key) => !made.includes(key)),
        ["stays"],
        "what expired keys leave",
      )
      for (const method of await expired()) t.ok(!walked.includes(method), `an expired key that ${method} stored`)
    },
  }),
  clause("CACHE-SCAN-05", {
    why: "Callers look for one key and stop.",
    fix: "Release the cursor when the iterator is returned.",
    needs: ["scan"],
    async check(t, cache) {
      for (let index = 0; index < 30; index++) await cache.set(`key-${index}`, index)
      for (let round = 0; round < 3; round++) {
        for await (const key of cache.keys()) {
          t.equal(typeof key, "string", "what is yielded")
          break
        }
        await cache.set("key-0", round)
        t.equal(await cache.get("key-0"), round, "a set afterwards")
      }
      t.equal(new Set(await keysOf(t, cache)).size, 30, "a full walk afterwards")
    },
  }),
  clause("CACHE-SCAN-06", {
    why: "Traffic does not stop for a walk.",
    fix: "Walk over a snapshot, or by a cursor that survives changes; not by position.",
    needs: ["scan"],
    async check(t, cache) {
      const staying = Array.from({ length: 300 }, (_, index) => `stays-${index}`)
      const going = Array.from({ length: 300 }, (_, index) => `goes-${index}`)
      const both = staying.flatMap((key, index) => [going[index] as string, key])
      await forAll(both, (key) => cache.set(key, 1))
      const calm = (await keysOf(t, cache)).filter((key) => key.includes("stays-"))
      const seen: string[] = []
      for await (const key of cache.keys()) {
        if (key.includes("stays-")) seen.push(key)
        if (seen.length % 50 !== 1) continue
        for (const gone of going.splice(0, 20)) await cache.delete(gone)
        await cache.set(`comes-${seen.length}`, 1)
      }
      t.equal(seen.sort(), calm, "keys that stayed, as in a walk in peace")
    },
  }),
  clause("CACHE-SCAN-07", {
    why: "A missing variable would walk over everything.",
    fix: "Check the prefix before the first page; an omitted one is fine.",
    needs: ["scan"],
    async check(t, cache) {
      await cache.set("key", 1)
      for (const prefix of [null, 1, {}, ["k"]] as unknown as string[]) {
        await t.rejects(() => keysOf(t, cache, { prefix }), "INVALID_ARGUMENT", `prefix ${JSON.stringify(prefix)}`)
      }
    },
  }),
  clause("CACHE-SCAN-08", {
    why: "A walk is how an operator looks at what all processes cached.",
    fix: "Walk over the store, not over what this instance remembers.",
    needs: ["scan", "shared"],
    async check(t, cache, world) {
      const other = await world.connect()
      await cache.set("mine", 1)
      const before = await keysOf(t, cache)
      await other.set("theirs", 1)
      await world.converge()
      t.equal((await keysOf(t, cache)).length, before.length + 1, "how many, once another client has set a key")
    },
  }),
  clause("CACHE-SCAN-09", {
    why: "Two requests that walk at once would each get a part.",
    fix: "Keep the cursor in the walk, not in the instance.",
    needs: ["scan"],
    async check(t, cache) {
      const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`)
      for (const key of keys) await cache.set(key, 1)
      const walks = await Promise.all([keysOf(t, cache), keysOf(t, cache), keysOf(t, cache, { prefix: "key-1" })])
      t.equal(
        walks.map((walk) => new Set(walk).size),
        [30, 30, 11],
        "how many keys each walk gave",
      )
    },
  }),
  clause("CACHE-SCAN-10", {
    why: "A walk that refreshes what it meets would never end.",
    fix: "Walk over a snapshot, or remember what was yielded.",
    needs: ["scan"],
    async check(t, cache) {
      for (let index = 0; index < 30; index++) await cache.set(`key-${index}`, index)
      const calm = (await keysOf(t, cache)).length
      let yielded = 0
      for await (const key of cache.keys()) {
        if (++yielded > calm) break
        await cache.set(key, "again")
      }
      t.ok(yielded <= calm, `more than ${calm} keys were yielded, as many as in a walk in peace`)
    },
  }),
  clause("CACHE-SCAN-11", {
    why: "A loop that waits for its next key for ever keeps its request, and the process, alive.",
    fix: "End the walk, or reject its next step, once the cache is closed.",
    needs: ["scan"],
    methods: ["close"],
    async check(t, cache) {
      for (let index = 0; index < 30; index++) await cache.set(`key-${index}`, index)
      const walk = cache.keys()[Symbol.asyncIterator]()
      await walk.next()
      const closing = cache.close()
      const rest = async () => {
        for (let step = 0; step < 60 && !(await walk.next()).done; step++);
      }
      await t.settles(rest(), "the rest of the walk")
      await t.settles(closing, "close")
    },
  }),
]

/** A walk that yields so many keys again does not end. */
const MOST_REPEATED = 1_000

/** Sorted, since the order is not promised. */
async function keysOf(t: Checks, cache: CacheClient, options?: { prefix?: string | undefined }): Promise<string[]> {
  const keys: string[] = []
  const seen = new Set<string>()
  const walk = options === undefined ? cache.keys() : cache.keys(options)
  t.ok(Symbol.asyncIterator in Object(walk), "keys() gives no AsyncIterable")
  for await (const key of walk) {
    keys.push(key)
    seen.add(key)
    if (keys.length > seen.size + MOST_REPEATED) t.ok(false, "the walk goes on and on with the same keys")
  }
  return keys.sort()
}
