import type { Checks } from "../../engine/checks.ts"
import { type CacheClient, clause } from "../clause.ts"

export const scanClauses = [
  clause({
    id: "CACHE-SCAN-01",
    level: "MUST",
    text: "keys yields each live key exactly once, as it was set.",
    why: "A walk that repeats, skips or renames keys breaks whatever is built on it.",
    fix: "Strip the store's prefix and decode; drop the duplicates that cursors give.",
    needs: ["scan"],
    async check(t, world) {
      const cache = await world.connect()
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
    },
  }),
  clause({
    id: "CACHE-SCAN-02",
    level: "MUST",
    text: "With a prefix, keys yields the keys that begin with it, taken literally.",
    why: "A prefix of user input must not act as a pattern.",
    fix: "Escape glob characters of the prefix, or compare with startsWith.",
    needs: ["scan"],
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-SCAN-03",
    level: "MUST",
    text: "keys yields more keys than any page holds.",
    why: "A walk that ends after a page loses the rest in silence.",
    fix: "Follow the store's cursor until it says that it is done.",
    needs: ["scan"],
    async check(t, world) {
      const cache = await world.connect()
      const keys = Array.from({ length: 2_101 }, (_, index) => `key-${String(index).padStart(4, "0")}`)
      await Promise.all(keys.map((key) => cache.set(key, 1)))
      t.equal(new Set(await keysOf(t, cache)).size, keys.length)
    },
  }),
  clause({
    id: "CACHE-SCAN-04",
    level: "MUST",
    text: "keys does not yield expired or deleted keys.",
    why: "A key that is yielded can be read.",
    fix: "Leave out what has expired.",
    needs: ["scan"],
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const alive = world.window(world.step)
      world.lateWindow(world.step)
      await cache.set("first", 1, world.step)
      // So soon after it that whoever removes expired entries now and then has not removed it.
      await cache.set("second", 1, world.step + 0.04)
      await cache.set("stays", 1)
      await cache.set("deleted", 1)
      await cache.delete("deleted")
      t.equal((await keysOf(t, cache)).sort(), ["first", "second", "stays"], "what a deleted key leaves")
      alive.close()
      await world.passTtl(world.step + 0.04)
      t.equal(await keysOf(t, cache), ["stays"], "what expired keys leave")
    },
  }),
  clause({
    id: "CACHE-SCAN-05",
    level: "MUST",
    text: "Leaving a loop over keys early leaves the cache usable.",
    why: "Callers look for one key and stop.",
    fix: "Release the cursor when the iterator is returned.",
    needs: ["scan"],
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-SCAN-06",
    level: "MUST",
    text: "A walk during which other keys come and go yields each key that stays once.",
    why: "Traffic does not stop for a walk.",
    fix: "Walk over a snapshot, or by a cursor that survives changes; not by position.",
    needs: ["scan"],
    async check(t, world) {
      const cache = await world.connect()
      const staying = Array.from({ length: 300 }, (_, index) => `stays-${index}`)
      const going = Array.from({ length: 300 }, (_, index) => `goes-${index}`)
      for (const [index, key] of staying.entries()) {
        await cache.set(going[index] as string, 1)
        await cache.set(key, 1)
      }
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
  clause({
    id: "CACHE-SCAN-07",
    level: "MUST",
    text: "A prefix that is not a string rejects INVALID_ARGUMENT.",
    why: "A missing variable would walk over everything.",
    fix: "Check the prefix before the first page; an omitted one is fine.",
    needs: ["scan"],
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("key", 1)
      for (const prefix of [null, 1, {}, ["k"]] as unknown as string[]) {
        await t.rejects(() => keysOf(t, cache, { prefix }), "INVALID_ARGUMENT", `prefix ${JSON.stringify(prefix)}`)
      }
    },
  }),
  clause({
    id: "CACHE-SCAN-08",
    level: "MUST",
    text: "keys yields what another client of a shared store stored.",
    why: "A walk is how an operator looks at what all processes cached.",
    fix: "Walk over the store, not over what this instance remembers.",
    needs: ["scan", "shared"],
    async check(t, world) {
      const [cache, other] = [await world.connect(), await world.connect()]
      await cache.set("mine", 1)
      const before = await keysOf(t, cache)
      await other.set("theirs", 1)
      await world.settle()
      t.equal((await keysOf(t, cache)).length, before.length + 1, "how many, once another client has set a key")
    },
  }),
  clause({
    id: "CACHE-SCAN-09",
    level: "MUST",
    text: "Simultaneous walks over the keys each yield every key.",
    why: "Two requests that walk at once would each get a part.",
    fix: "Keep the cursor in the walk, not in the instance.",
    needs: ["scan"],
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-SCAN-10",
    level: "MUST",
    text: "A key that is set again during a walk is yielded at most once.",
    why: "A walk that refreshes what it meets would never end.",
    fix: "Walk over a snapshot, or remember what was yielded.",
    needs: ["scan"],
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-SCAN-11",
    level: "MUST",
    text: "A walk under way when close() is called settles.",
    why: "A loop that waits for its next key for ever keeps its request, and the process, alive.",
    fix: "End the walk, or reject its next step, once the cache is closed.",
    needs: ["scan"],
    methods: ["close"],
    async check(t, world) {
      const cache = await world.connect()
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
