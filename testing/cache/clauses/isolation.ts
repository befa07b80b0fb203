import { bufferOf, clause } from "../clause.ts"

export const isolationClauses = [
  clause({
    id: "CACHE-ISO-01",
    level: "MUST",
    text: "Changing an object once set was called, even before it resolves, does not change what is stored.",
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
        map: new Map([[{ key: 1 }, { n: 1 }]]),
        set: new Set([{ n: 1 }]),
        bytes: Uint8Array.of(1, 2),
        view: Uint8Array.of(0, 1, 2, 3).subarray(1, 3),
        buffer: bufferOf(Uint8Array.of(1, 2)),
      })
      const change = ({ buffer, bytes, date, map, set, view }: ReturnType<typeof make>) => {
        for (const [key, value] of map ?? [])
          attempt(() => Object.assign(key, { key: 2 }, Object.assign(value, { n: 2 })))
        for (const member of set ?? []) attempt(() => Object.assign(member, { n: 2 }))
        attempt(() => date.setTime(1))
        attempt(() => map.set({ key: 3 }, { n: 3 }))
        attempt(() => set.add({ n: 3 }))
        attempt(() => bytes.fill(9))
        attempt(() => view.fill(9))
        attempt(() => buffer.fill(9))
      }
      const given = make()
      await cache.set("all", given)
      for (const [name, value] of Object.entries(given)) await cache.set(name, value)
      const stored = async () => {
        const alone = Object.keys(given).map(async (name) => [name, await cache.get(name)] as const)
        return { all: await cache.get("all"), alone: Object.fromEntries(await Promise.all(alone)) }
      }
      const before = structuredClone(await stored())
      change(given)
      const got = await stored()
      t.equal(got, before, "after changing what set was given")
      change(got.all as ReturnType<typeof make>)
      change(got.alone as ReturnType<typeof make>)
      t.equal(await stored(), before, "after changing what get gave")
    },
  }),
  clause({
    id: "CACHE-ISO-04",
    level: "MUST",
    text: "Two reads of a key give two copies, also at the same time, in batches and by several clients.",
    why: "Requests that joined one read would change each other's result.",
    fix: "Copy or decode once for each caller, after what they share.",
    async check(t, world) {
      const cache = await world.connect()
      const other = world.capabilities.shared ? await world.connect() : cache
      await cache.set("key", { by: "nobody" })
      await world.settle()
      const many = async () => (await cache.getMany(["key"])).get("key")
      const batches = world.capabilities.batch ? [many(), many()] : []
      const copies = await Promise.all([cache.get("key"), cache.get("key"), other.get("key"), ...batches])
      if (world.capabilities.batch) copies.push(await many(), await many())
      for (const [index, copy] of copies.entries()) attempt(() => Object.assign(copy as object, { [`by${index}`]: 1 }))
      const seen = copies.map((copy, index) => Object.keys(copy as object).filter((name) => name !== `by${index}`))
      t.equal(
        seen,
        copies.map(() => ["by"]),
        "members of each copy, but for its own",
      )
    },
  }),
  clause({
    id: "CACHE-ISO-05",
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
