import { clause } from "../clause.ts"

/** Values again: what may hold members, and which. */
export const memberClauses = [
  clause({
    id: "CACHE-VAL-16",
    level: "MUST",
    text: "Objects without a prototype come back with every member.",
    why: "Parsers and the groups of regular expressions make such objects.",
    fix: "Take an object whose prototype is null for a plain one.",
    async check(t, world) {
      const cache = await world.connect()
      const bare = () => Object.assign(Object.create(null) as object, { name: "Ada", list: [1] })
      for (const [index, value] of [bare(), { nested: bare() }, [bare()]].entries()) {
        const { error } = await t.outcome(() => cache.set(`key-${index}`, value), "set")
        t.equal(error, undefined, "what set said to an object without a prototype")
        t.equal(await cache.get(`key-${index}`), value)
      }
    },
  }),
  clause({
    id: "CACHE-VAL-17",
    level: "MUST",
    text: "What is refused as a member is refused as a key of a Map and as a member of a Set, circles too.",
    why: "A value that is checked in part fails later, or comes back in part.",
    fix: "Walk over keys and members of a Map and over members of a Set, as cacheValueIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("key", "old")
      const set = new Set<unknown>()
      set.add([set])
      const map = new Map<unknown, unknown>()
      map.set({ map }, 1)
      const call = () => 1
      const symbol = Symbol("s")
      const keys = [undefined, call, symbol, { call }].map((key) => new Map([[key, 1]]))
      const members = [undefined, call, symbol, [symbol]].map((member) => new Set([member]))
      for (const value of [...keys, ...members, set, map]) {
        await t.rejects(() => cache.set("key", value), "INVALID_ARGUMENT", value instanceof Map ? "a Map" : "a Set")
      }
      t.equal(await cache.get("key"), "old", "the old value")
    },
  }),
]
