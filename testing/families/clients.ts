import type { clientFamily } from "../../contracts/foundation/families.ts"
import type { Clause } from "../engine/clause.ts"
import { deepEqual } from "../engine/deep-equal.ts"
import { show } from "../engine/show.ts"
import { type FamilyOptions, familyClausesFor } from "./clause.ts"
import {
  callsOf,
  listsOf,
  pathsOf,
  plainRead,
  plainStore,
  type RemovingProbes,
  readsOf,
  remove,
  removesOf,
  replacesOf,
  storesOf,
} from "./roles.ts"

/** Several calls, and several clients of one store. A service whose removals do not tell what they found has no 06. */
export function clientClauses<Client, Capabilities extends { readonly shared: boolean }>(
  options: FamilyOptions<Exclude<keyof typeof clientFamily, "06">, Client, Capabilities> & {
    readonly ids: { readonly "06"?: string }
    readonly probes: RemovingProbes<Client, Capabilities>
  },
): Clause<Client, Capabilities>[] {
  const clauses = clausesOf(options)
  const { ids, probes, sentences } = options
  if (ids["06"] === undefined) return clauses
  return [...clauses, onceRemoved({ ids: { "06": ids["06"] }, probes, sentences })]
}

function clausesOf<Client, Capabilities extends { readonly shared: boolean }>(
  options: FamilyOptions<Exclude<keyof typeof clientFamily, "06">, Client, Capabilities> & {
    readonly probes: RemovingProbes<Client, Capabilities>
  },
): Clause<Client, Capabilities>[] {
  const clause = familyClausesFor(options)
  const { probes } = options
  return [
    clause("01", {
      why: "Servers call a service from many requests at once.",
      fix: "Keep no state of one call where another can overwrite it; match replies to their calls.",
      async check(t, client, world) {
        const names = Array.from({ length: 100 }, (_, number) => `${world.random.word()}-${number}`)
        const values = names.map((_, number) => probes.sample(number))
        for (const { by, read, store } of await pathsOf(client, probes)) {
          await Promise.all(names.map((name, number) => store(client, name, values[number])))
          t.equal(await Promise.all(names.map((name) => read(client, name))), values, `100 at once by ${by}`)
          await Promise.all(names.map((name) => remove(client, probes, name)))
        }
        for (const [method, take] of await removesOf(client, probes)) {
          const store = plainStore(client, probes)
          await Promise.all(names.map((name, number) => store(client, name, values[number])))
          const removed = await Promise.all(names.slice(0, 50).map((name) => take(client, name)))
          t.ok(removed.every(Boolean), `one of 50 at once by ${method} found nothing`)
          for (const [finder, find] of callsOf(client, probes.finds)) {
            const found = await Promise.all(names.map((name) => find(client, name)))
            const left = names.map((_, number) => number >= 50)
            t.equal(found, left, `what 50 of 100 at once by ${method} left, by ${finder}`)
          }
          await Promise.all(names.map((name) => remove(client, probes, name)))
        }
      },
    }),
    clause("02", {
      why: "Several processes share a store to share work.",
      fix: "Keep values in the store, under the same name and encoding in every client; keep no private copy.",
      needs: ["shared"],
      async check(t, first, world) {
        const second = await world.connect()
        const word = world.random.word()
        const [mine, theirs] = [probes.sample(1), probes.sample(2)]
        const [keep, see] = [plainStore(first, probes), plainRead(first, probes)]
        const paths = (await pathsOf(first, probes)).map((path) => ({ ...path, name: `${word} ${path.by}` }))
        const replaces = namedBy(`${word} replaced`, await replacesOf(second, probes))
        const removes = namedBy(`${word} removed`, await removesOf(second, probes))
        for (const { name, store } of paths) await store(first, name, mine)
        for (const { name } of [...replaces, ...removes]) await keep(first, name, mine)
        await world.converge()
        for (const { by, name, read } of paths) {
          t.equal(await read(second, name), mine, `the other client's read (${by})`)
          await remove(second, probes, name)
        }
        for (const { call, name } of replaces) await call(second, name, theirs)
        for (const { call, method, name } of removes) {
          t.ok(Boolean(await call(second, name)), `the other client's ${method} found nothing`)
        }
        await world.converge()
        for (const { method, name } of replaces) {
          t.equal(await see(first, name), theirs, `after the other client's ${method} over it`)
        }
        for (const { method, name } of removes) {
          t.equal(await see(first, name), undefined, `after the other client's ${method}`)
        }
        for (const { name } of paths) await plainStore(second, probes)(second, name, theirs)
        await world.converge()
        for (const { by, name, read } of paths) {
          t.equal(await read(first, name), theirs, `after the other client's write (${by})`)
          await remove(second, probes, name)
        }
        await world.converge()
        for (const { by, name } of paths) {
          t.equal(await see(first, name), undefined, `after the other client's removal (${by})`)
        }
      },
    }),
    clause("03", {
      why: "Values that run into each other are corrupted data.",
      fix: "Replace a value in one step: one command, or a temporary file and a rename.",
      async check(t, client, world) {
        const other = world.capabilities.shared ? await world.connect() : client
        const step = Math.min(500, Math.floor(probes.maxValueBytes(world.capabilities) / 160))
        const writes = (await storesOf(client, probes)).flatMap(([method, store]) =>
          [0, 1].map((kind) => ({
            method,
            name: `${method} ${kind}`,
            store,
            values: Array.from({ length: 20 }, (_, by) => probes.large(kind, by, step)),
          })),
        )
        for (const { name, store, values } of writes) {
          await Promise.all(values.map((value, by) => store(by % 2 === 0 ? client : other, name, value)))
        }
        await world.converge()
        for (const { method, name, values } of writes) {
          const stayed = await plainRead(client, probes)(client, name)
          const whole = values.some((value) => deepEqual(value, stayed))
          t.ok(whole, `what stayed of simultaneous writes by ${method} is none of the values: ${show(stayed)}`)
          t.equal(await plainRead(other, probes)(other, name), stayed, `what another client sees (${method})`)
        }
      },
    }),
    clause("04", {
      why: "A private memory of finds or misses serves what was replaced long ago.",
      fix: "Ask the store on every read, or declare in maxStalenessMs how old an answer may be.",
      needs: ["shared"],
      async check(t, client, world) {
        const other = await world.connect()
        const [old, fresh] = [probes.sample(1), probes.sample(2)]
        const [keep, see] = [plainStore(client, probes), plainRead(client, probes)]
        const finds = callsOf(client, probes.finds)
        const lists = await listsOf(client, probes)
        const stores = await storesOf(other, probes)
        const [read, removed] = [namedBy("read", stores), namedBy("removed", stores)]
        const [missed, missedByFinding] = [namedBy("missed", stores), namedBy("missed by finding", stores)]
        const replaced = namedBy("replaced", await replacesOf(other, probes))
        const asked = namedBy("asked for", await readsOf(client, probes))
        const found = namedBy("found", await removesOf(other, probes))
        for (const { name } of [...read, ...removed, ...replaced, ...found]) await keep(client, name, old)
        for (const { name } of found) for (const [, find] of finds) await find(client, name)
        for (const { name } of [...read, ...missed, ...replaced, ...found]) await see(client, name)
        for (const { name } of missedByFinding) for (const [, find] of finds) await find(client, name)
        for (const { call, method, name } of asked) t.equal(await call(client, name), undefined, `${method} of nothing`)
        for (const [, list] of lists) await list(client)
        for (const { name } of removed) await remove(client, probes, name)
        for (const { name } of read) await remove(other, probes, name)
        await world.converge()
        for (const { call, name } of [...read, ...removed, ...missed, ...missedByFinding, ...replaced]) {
          await call(other, name, fresh)
        }
        for (const { name } of asked) await keep(other, name, fresh)
        for (const { call, name } of found) await call(other, name)
        await world.converge()
        for (const { method, name, what } of [...read, ...removed, ...missed, ...replaced]) {
          t.equal(await see(client, name), fresh, `a name that was ${what} before the other client's ${method}`)
        }
        for (const { method: storedBy, name } of missedByFinding) {
          for (const [method, find] of finds) {
            t.equal(await find(client, name), true, `${method} after the other client's ${storedBy}`)
          }
        }
        for (const { method: storedBy, name } of missed) {
          for (const [method, list] of lists) {
            t.ok((await list(client)).includes(name), `${method} lacks a name after the other client's ${storedBy}`)
          }
        }
        for (const { call, method, name } of asked) {
          t.equal(await call(client, name), fresh, `${method} of a name that it missed before`)
        }
        for (const { method: removedBy, name } of found) {
          t.equal(await see(client, name), undefined, `a name that was found before the other client's ${removedBy}`)
          for (const [method, find] of finds) {
            t.equal(await find(client, name), false, `${method} after the other client's ${removedBy}`)
          }
          for (const [method, list] of lists) {
            t.ok(!(await list(client)).includes(name), `${method} has a name after the other client's ${removedBy}`)
          }
        }
      },
    }),
    clause("05", {
      why: "Joined reads hand out what was true when the first of them began.",
      fix: "Let a write end the sharing of reads that began before it; join no later read to them.",
      async check(t, client) {
        const [old, fresh] = [probes.sample(1), probes.sample(2)]
        const [keep, see] = [plainStore(client, probes), plainRead(client, probes)]
        const seesIt = async (by: string, write: () => Promise<unknown>, read = see) => {
          await keep(client, "name", old)
          const early = see(client, "name")
          await write()
          const late = read(client, "name")
          const seen = await early
          t.ok(
            seen === undefined || deepEqual(seen, old) || deepEqual(seen, fresh),
            `the earlier read (${by}) gave ${show(seen)}`,
          )
          t.equal(await late, fresh, `the later read (${by})`)
          await remove(client, probes, "name")
        }
        for (const { by, read, store } of await pathsOf(client, probes)) {
          const storeAnew = async () => {
            await remove(client, probes, "name")
            await store(client, "name", fresh)
          }
          await seesIt(by, storeAnew, read)
        }
        for (const [method, replace] of await replacesOf(client, probes)) {
          await seesIt(`${method} over the old value`, () => replace(client, "name", fresh))
        }
      },
    }),
  ]
}

function onceRemoved<Client, Capabilities extends { readonly shared: boolean }>(
  options: FamilyOptions<"06", Client, Capabilities> & { readonly probes: RemovingProbes<Client, Capabilities> },
): Clause<Client, Capabilities> {
  const { probes } = options
  return familyClausesFor(options)("06", {
    why: "A caller that removed a value does what follows, such as telling others.",
    fix: "Look and remove in one step.",
    async check(t, client, world) {
      const other = world.capabilities.shared ? await world.connect() : client
      const removes = await removesOf(client, probes)
      const rounds = [1, 2, 3, 4, 5].flatMap((round) => namedBy(`round ${round}`, removes))
      for (const { name } of rounds) await plainStore(client, probes)(client, name, probes.sample(1))
      await world.converge()
      for (const { call, method, name } of rounds) {
        const removed = await Promise.all([client, other, client, other].map((one) => call(one, name)))
        t.equal(removed.filter(Boolean).length, 1, `how many of 4 at once by ${method} found it`)
      }
    },
  })
}

/** The calls of a role, each with a name of its own: a store that converges late is then waited for once. */
function namedBy<Call>(what: string, calls: readonly (readonly [method: string, call: Call])[]) {
  return calls.map(([method, call]) => ({ call, method, name: `${what}, ${method}`, what }))
}
