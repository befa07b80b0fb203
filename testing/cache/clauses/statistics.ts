import { availableCalls } from "../../foundation/clause.ts"
import { type CacheClient, clause } from "../clause.ts"
import { cacheCalls, ending, looking, making, storing } from "../probes.ts"

export const statisticsClauses = [
  clause("CACHE-STAT-01", {
    why: "The hit ratio decides how large a cache is made.",
    fix: "Count in get: a hit for a value, whatever it is, and a miss for undefined, expired entries included.",
    waits: true,
    async check(t, cache, world) {
      const before = await cache.stats()
      t.equal({ hits: before.hits, misses: before.misses }, { hits: 0, misses: 0 }, "at the start")
      await cache.set("a", 1)
      await cache.set("b", null)
      for (const key of ["a", "a", "b", "absent", "absent"]) await cache.get(key)
      await cache.delete("a")
      await cache.get("a")
      const { hits, misses } = await cache.stats()
      t.equal({ hits, misses }, { hits: 3, misses: 3 }, "after 3 hits and 3 misses")
      const reads = await looking(cache)
      await cache.set("null", null)
      for (const [method, read] of reads) {
        const counted = await countedBy(cache, async () => {
          for (const key of ["null", "null", "absent"]) await read(cache, key)
        })
        t.equal(counted, { hits: 2, misses: 1 }, `after 2 hits and a miss of ${method}`)
      }
      world.lateWindow(world.step)
      for (const [method] of reads) await cache.set(`expires for ${method}`, 1, world.step)
      await world.passTtl(world.step)
      for (const [method, read] of reads) {
        const counted = await countedBy(cache, () => read(cache, `expires for ${method}`))
        t.equal(counted, { hits: 0, misses: 1 }, `after ${method} of an expired entry`)
      }
    },
  }),
  clause("CACHE-STAT-02", {
    why: "A look before a read would count twice.",
    fix: "Do not build has on a get that counts; nor delete, set or stats.",
    async check(t, cache, world) {
      await cache.set("a", 1)
      await cache.has("a")
      await cache.has("absent")
      await cache.delete("absent")
      await cache.set("a", 2)
      await cache.delete("a")
      await cache.set("a", 3)
      if (world.capabilities.scan) for await (const _ of cache.keys());
      await cache.stats()
      const { hits, misses } = await cache.stats()
      t.equal({ hits, misses }, { hits: 0, misses: 0 })
      for (const [name, call] of availableCalls(cache, cacheCalls)) {
        if (name === "get" || name === "getMany") continue
        for (const state of ["absent", "stored"]) {
          await (state === "absent" ? cache.delete("probe") : cache.set("probe", 1))
          const counted = await countedBy(cache, () => t.outcome(() => call(cache), name))
          t.equal(counted, { hits: 0, misses: 0 }, `${name} of an ${state} key`)
        }
      }
      for (const [method, store] of await storing(cache)) {
        const counted = await countedBy(cache, () => store(cache, `by ${method}`, 1))
        t.equal(counted, { hits: 0, misses: 0 }, `${method} of a fresh key`)
      }
    },
  }),
  clause("CACHE-STAT-03", {
    why: "It is what capacity is planned by.",
    fix: "Count keys, not writes; leave out what was deleted.",
    async check(t, cache, world) {
      if (world.capabilities.shared) await (await world.neighbour()).set("theirs", 1)
      const counts = [(await cache.stats()).keyCount]
      await cache.set("a", 1)
      await cache.set("b", 1, 3600)
      counts.push((await cache.stats()).keyCount)
      await cache.set("a", 2)
      counts.push((await cache.stats()).keyCount)
      await cache.delete("a")
      await cache.delete("absent")
      await cache.get("absent")
      counts.push((await cache.stats()).keyCount)
      await cache.set("a", null)
      counts.push((await cache.stats()).keyCount)
      t.equal(counts, [0, 2, 2, 1, 2], "empty, two sets, an overwrite, a delete, a set again")
      const changeOf = async (call: () => Promise<unknown>) => {
        const before = (await cache.stats()).keyCount
        await call()
        return (await cache.stats()).keyCount - before
      }
      for (const [method, make] of await making(cache)) {
        t.equal(await changeOf(() => make(cache, method)), 1, `what ${method} of a fresh key adds`)
        t.equal(await changeOf(() => make(cache, method, 3600)), 0, `what a second ${method} adds`)
      }
      for (const [method, take] of await ending(cache)) {
        await cache.set("a", 1)
        t.equal(await changeOf(() => take(cache, "a")), -1, `what ${method} adds`)
        t.equal(await changeOf(() => take(cache, "a")), 0, `what ${method} of an absent key adds`)
      }
    },
  }),
  clause("CACHE-STAT-04", {
    why: "Counters that fall back break rates over time.",
    fix: "Reset entries in clear, not counters.",
    async check(t, cache) {
      await cache.set("a", 1)
      await cache.get("a")
      await cache.get("absent")
      const before = await cache.stats()
      await cache.clear()
      const { hits, misses } = await cache.stats()
      t.equal({ hits, misses }, { hits: before.hits, misses: before.misses })
    },
  }),
  clause("CACHE-STAT-05", {
    why: "The hit ratio of a process is told apart from that of the others.",
    fix: "Keep the counters in the instance, not in the store.",
    needs: ["shared"],
    async check(t, cache, world) {
      const other = await world.connect()
      const before = await other.stats()
      await cache.set("a", 1)
      await cache.get("a")
      await cache.get("absent")
      const { hits, misses } = await other.stats()
      t.equal({ hits, misses }, { hits: before.hits, misses: before.misses }, "of a client that read nothing")
      const late = await (await world.connect()).stats()
      t.equal({ hits: late.hits, misses: late.misses }, { hits: 0, misses: 0 }, "of a client made after the reads")
    },
  }),
  clause("CACHE-STAT-06", {
    why: "Bugs of callers would lower the hit ratio.",
    fix: "Count after the arguments were checked.",
    async check(t, cache) {
      for (const [method, read] of await looking(cache)) {
        for (const key of ["", undefined as unknown as string]) {
          const before = await cache.stats()
          const { error } = await t.outcome(() => read(cache, key), `${method} of a bad key`)
          const { hits, misses } = await cache.stats()
          const counted = hits + misses - before.hits - before.misses
          t.ok(error === undefined || counted === 0, `a refused ${method} was counted ${counted} times`)
        }
      }
    },
  }),
  clause("CACHE-STAT-07", {
    why: "Servers read from many requests at once.",
    fix: "Add to a counter in one step, after the answer is there.",
    async check(t, cache) {
      await cache.set("a", 1)
      for (const [method, read] of await looking(cache)) {
        const many = () => Promise.all(Array.from({ length: 100 }, () => read(cache, "a")))
        t.equal((await countedBy(cache, many)).hits, 100, `hits of ${method}`)
      }
    },
  }),
  clause("CACHE-STAT-08", {
    why: "An outage would look like a cache that is too small.",
    fix: "Count when the answer is there.",
    uses: ["faults"],
    async check(t, cache, world) {
      await cache.set("a", 1)
      const reads = await looking(cache)
      const before = await cache.stats()
      await world.faults.unreachable()
      const errors: unknown[] = []
      for (const [method, read] of reads) {
        errors.push((await t.outcome(() => read(cache, "a"), `${method} while the store is away`)).error)
      }
      await world.faults.heal()
      const tells = async () => (await t.outcome(() => cache.stats(), "stats")).error === undefined
      await t.eventually(tells, "works again")
      const { hits, misses } = await cache.stats()
      const counted = hits + misses - before.hits - before.misses
      t.ok(errors.includes(undefined) || counted === 0, `failed reads were counted ${counted} times`)
    },
  }),
]

/** The hits and misses that the calls add. */
async function countedBy(cache: CacheClient, run: () => Promise<unknown>): Promise<{ hits: number; misses: number }> {
  const before = await cache.stats()
  await run()
  const { hits, misses } = await cache.stats()
  return { hits: hits - before.hits, misses: misses - before.misses }
}
