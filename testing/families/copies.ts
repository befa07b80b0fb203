import type { copyFamily } from "../../contracts/foundation/families.ts"
import type { Clause } from "../engine/clause.ts"
import { type FamilyOptions, familyClausesFor } from "./clause.ts"
import { type FamilyProbes, forAll, pathsOf, plainRead, plainStore, readsOf, remove, storesOf } from "./roles.ts"
import { bufferOf } from "./values.ts"

/** Values are kept by value, whichever method stores and whichever reads. */
export function copyClauses<Client extends object, Capabilities>(
  options: FamilyOptions<keyof typeof copyFamily, Client, Capabilities>,
): Clause<Client, Capabilities>[] {
  const clause = familyClausesFor(options)
  const { probes } = options
  return [
    clause("01", {
      why: "Callers go on using their objects, and the store would change behind everybody's back.",
      fix: "Copy or encode the value before the call resolves, and before anything is awaited.",
      async check(t, client) {
        const read = plainRead(client, probes)
        for (const [method, store] of await storesOf(client, probes)) {
          const value = { name: "before", list: [1], nested: { deep: { flag: false } } }
          const watched = rightAfter(client, method, () => {
            value.name = "after"
          })
          await store(watched, "object", value)
          value.list.push(2)
          value.nested.deep.flag = true
          const wanted = { name: "before", list: [1], nested: { deep: { flag: false } } }
          t.equal(await read(client, "object"), wanted, `an object that ${method} stored`)
          const list = [{ a: 1 }]
          await store(client, "list", list)
          list.push({ a: 2 })
          ;(list[0] as { a: number }).a = 3
          t.equal(await read(client, "list"), [{ a: 1 }], `a list that ${method} stored`)
          for (const name of ["object", "list"]) await remove(client, probes, name)
        }
      },
    }),
    clause("02", {
      why: "One request must not see what another did to its copy.",
      fix: "Hand out a copy on every read.",
      async check(t, client) {
        const stored = () => ({ name: "stored", list: [1, { a: 1 }], nested: { deep: { flag: false } } })
        for (const [method, read] of await readsOf(client, probes)) {
          for (const time of ["first", "second", "third"]) {
            await storeMissing(client, probes, "name", stored())
            const got = (await read(client, "name")) as ReturnType<typeof stored>
            t.equal(got, stored(), `${method}, ${time} read`)
            unlessFrozen(() => {
              got.name = "changed"
            })
            unlessFrozen(() => got.list.push(2))
            unlessFrozen(() => {
              ;(got.list[1] as { a: number }).a = 2
            })
            unlessFrozen(() => {
              got.nested.deep.flag = true
            })
          }
          await storeMissing(client, probes, "name", stored())
          t.equal(await plainRead(client, probes)(client, "name"), stored(), `after changing what ${method} gave`)
        }
      },
    }),
    clause("03", {
      why: "They are mutable too.",
      fix: "Copy every mutable type, at any depth.",
      async check(t, client) {
        const names = [...Object.keys(mutableTypes()), "all"]
        const readAll = async (read = plainRead(client, probes)) => {
          const all: Record<string, unknown> = {}
          for (const name of names) all[name] = await read(client, name)
          return all
        }
        for (const [method, store] of await storesOf(client, probes)) {
          const given = mutableTypes()
          for (const [name, value] of Object.entries({ ...given, all: given })) await store(client, name, value)
          const before = structuredClone(await readAll())
          changeMutable(given)
          t.equal(await readAll(), before, `after changing what ${method} was given`)
          for (const name of names) await remove(client, probes, name)
        }
        const storeAll = async () => {
          const given = mutableTypes()
          for (const [name, value] of Object.entries({ ...given, all: given })) {
            await storeMissing(client, probes, name, value)
          }
        }
        for (const [method, read] of await readsOf(client, probes)) {
          await storeAll()
          const got = await readAll(read)
          const before = structuredClone(got)
          changeMutable(got as MutableTypes)
          changeMutable(got["all"] as MutableTypes)
          await storeAll()
          t.equal(await readAll(read), before, `after changing what ${method} gave`)
        }
      },
    }),
    clause("04", {
      why: "Requests that joined one read would change each other's result.",
      fix: "Copy or decode once for each caller, after what they share.",
      async check(t, client, world) {
        const { shared } = world.capabilities as { shared?: boolean }
        const other = shared === true ? await world.connect() : client
        const reads = await lastingReadsOf(client, probes)
        await plainStore(client, probes)(client, "name", { by: "nobody" })
        await world.converge()
        const copyOf = async ([method, read]: (typeof reads)[number], from: Client) => ({
          method,
          copy: (await read(from, "name")) as object,
        })
        const copies = await Promise.all(
          [client, client, other].flatMap((from) => reads.map((read) => copyOf(read, from))),
        )
        for (const read of [...reads, ...reads]) copies.push(await copyOf(read, client))
        for (const { copy, method } of copies) t.ok(Object(copy) === copy, `${method} gave no copy`)
        for (const [index, { copy }] of copies.entries()) unlessFrozen(() => Object.assign(copy, { [`by${index}`]: 1 }))
        for (const [index, { copy, method }] of copies.entries()) {
          const members = Object.keys(copy).filter((name) => name !== `by${index}`)
          t.equal(members, ["by"], `members of a copy by ${method}, but for its own`)
        }
      },
    }),
    clause("05", {
      why: "A store that is laid out anew as it grows must not lose how a value is copied.",
      fix: "Keep what copying needs to know with the value, and take it along when the store grows.",
      async check(t, client) {
        const paths = await pathsOf(client, probes)
        const each = Math.ceil(MANY / paths.length)
        const nameOf = (by: string, index: number) => `${by} ${index}`
        const given = new Map<string, { list: number[] }>()
        const all = Array.from({ length: each }, (_, index) => index).flatMap((index) =>
          paths.map(({ by, store }) => ({ name: nameOf(by, index), store, value: { list: [index] } })),
        )
        await forAll(all, ({ name, store, value }) => {
          given.set(name, value)
          return store(client, name, value)
        })
        for (const { by, read } of paths) {
          for (const index of [0, Math.floor(each / 2), each - 1]) {
            const name = nameOf(by, index)
            const what = `value ${index} of ${each} (${by})`
            given.get(name)?.list.push(-1)
            const got = (await read(client, name)) as { list: number[] }
            t.equal(got, { list: [index] }, what)
            unlessFrozen(() => got.list.push(-1))
            await storeMissing(client, probes, name, { list: [index] })
            t.equal(await read(client, name), { list: [index] }, `${what}, after changing what it gave`)
          }
        }
      },
    }),
  ]
}

/** More than a store begins with. */
const MANY = 300

type MutableTypes = ReturnType<typeof mutableTypes>

function mutableTypes() {
  return {
    date: new Date(0),
    map: new Map([[{ key: 1 }, { n: 1 }]]),
    set: new Set([{ n: 1 }]),
    bytes: Uint8Array.of(1, 2),
    view: Uint8Array.of(0, 1, 2, 3).subarray(1, 3),
    buffer: bufferOf(Uint8Array.of(1, 2)),
  }
}

function changeMutable({ buffer, bytes, date, map, set, view }: MutableTypes): void {
  for (const [key, value] of map ?? [])
    unlessFrozen(() => Object.assign(key, { key: 2 }, Object.assign(value, { n: 2 })))
  for (const member of set ?? []) unlessFrozen(() => Object.assign(member, { n: 2 }))
  unlessFrozen(() => date.setTime(1))
  unlessFrozen(() => map.set({ key: 3 }, { n: 3 }))
  unlessFrozen(() => set.add({ n: 3 }))
  unlessFrozen(() => bytes.fill(9))
  unlessFrozen(() => view.fill(9))
  unlessFrozen(() => buffer.fill(9))
}

/** A frozen copy refuses changes, which is as good as hiding them. */
function unlessFrozen(change: () => unknown): void {
  try {
    change()
  } catch {}
}

/** The client, on which `act` follows a call of the method at once: a probe may call other methods before. */
function rightAfter<Client extends object>(client: Client, method: string, act: () => void): Client {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== "function") return member
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(member, target, args)
        if (name === method) act()
        return answer
      }
    },
  })
}

/** Stores a value where there is none: one that a read has taken must be stored anew. */
async function storeMissing<Client, Capabilities>(
  client: Client,
  probes: FamilyProbes<Client, Capabilities>,
  name: string,
  value: unknown,
): Promise<void> {
  if ((await plainRead(client, probes)(client, name)) === undefined) {
    await plainStore(client, probes)(client, name, value)
  }
}

/** The calls that read and leave the value where it is. */
async function lastingReadsOf<Client, Capabilities>(client: Client, probes: FamilyProbes<Client, Capabilities>) {
  const lasting: Awaited<ReturnType<typeof readsOf<Client, Capabilities>>> = []
  for (const [method, read] of await readsOf(client, probes)) {
    await storeMissing(client, probes, "lasting", probes.sample(0))
    await read(client, "lasting")
    if ((await plainRead(client, probes)(client, "lasting")) !== undefined) lasting.push([method, read])
  }
  return lasting
}
