import { clause } from "./clause.ts"

export const isolationClauses = [
  clause({
    id: "CACHE-ISO-01",
    level: "MUST",
    text: "Changing an object after set does not change what is stored.",
    why: "Callers go on using their objects, and the store would change behind everybody's back.",
    fix: "Copy or encode the value before set resolves, and before anything is awaited.",
    async check(t, world) {
      const cache = await world.connect()
      const value = { name: "before", list: [1], nested: { deep: { flag: false } } }
      const written = cache.set("key", value)
      value.name = "after"
      await written
      value.list.push(2)
      value.nested.deep.flag = true
      t.equal(await cache.get("key"), { name: "before", list: [1], nested: { deep: { flag: false } } })
      const list = [{ a: 1 }]
      await cache.set("list", list)
      list.push({ a: 2 })
      ;(list[0] as { a: number }).a = 3
      t.equal(await cache.get("list"), [{ a: 1 }], "a list")
    },
  }),
  clause({
    id: "CACHE-ISO-02",
    level: "MUST",
    text: "Changing what get gave does not change what is stored.",
    why: "One request must not see what another did to its copy.",
    fix: "Hand out a copy on every read.",
    async check(t, world) {
      const cache = await world.connect()
      const stored = () => ({ name: "stored", list: [1, { a: 1 }], nested: { deep: { flag: false } } })
      await cache.set("key", stored())
      for (const read of ["first", "second"]) {
        const got = (await cache.get("key")) as ReturnType<typeof stored>
        t.equal(got, stored(), `${read} read`)
        attempt(() => {
          got.name = "changed"
        })
        attempt(() => got.list.push(2))
        attempt(() => {
          ;(got.list[1] as { a: number }).a = 2
        })
        attempt(() => {
          got.nested.deep.flag = true
        })
      }
      t.equal(await cache.get("key"), stored(), "after the changes")
    },
  }),
  clause({
    id: "CACHE-ISO-03",
    level: "MUST",
    text: "Dates, Maps, Sets and bytes are copied as well.",
    why: "They are mutable too.",
    fix: "Copy every mutable type, at any depth.",
    async check(t, world) {
      const cache = await world.connect()
      const make = () => ({
        date: new Date(0),
        map: new Map([["a", 1]]),
        set: new Set([1]),
        bytes: Uint8Array.of(1, 2),
      })
      const change = (value: ReturnType<typeof make>) => {
        attempt(() => value.date.setTime(1))
        attempt(() => value.map.set("c", 2))
        attempt(() => value.set.add(2))
        attempt(() => value.bytes.fill(9))
      }
      const given = make()
      await cache.set("key", given)
      change(given)
      t.equal(await cache.get("key"), make(), "after changing what set was given")
      change((await cache.get("key")) as ReturnType<typeof make>)
      t.equal(await cache.get("key"), make(), "after changing what get gave")
    },
  }),
  clause({
    id: "CACHE-ISO-50",
    level: "MUST",
    text: "Copies are copies in a cache of any size, also those of entries from before it grew.",
    why: "A store that is laid out anew as it grows must not lose how an entry is copied.",
    fix: "Keep what copying needs to know with the entry, and take it along when the store grows.",
    async check(t, world) {
      const cache = await world.connect()
      const indexes = Array.from({ length: 300 }, (_, index) => index)
      for (const index of indexes) await cache.set(`key-${index}`, { list: [index] })
      for (const index of [0, 10, 100, 299]) {
        const got = (await cache.get(`key-${index}`)) as { list: number[] }
        attempt(() => got.list.push(-1))
        t.equal(await cache.get(`key-${index}`), { list: [index] }, `entry ${index} of 300`)
      }
    },
  }),
]

/** A frozen copy refuses changes, which is as good as hiding them. */
function attempt(change: () => unknown): void {
  try {
    change()
  } catch {}
}
