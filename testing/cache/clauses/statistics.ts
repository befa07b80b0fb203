import { clause } from "../clause.ts"

export const statisticsClauses = [
  clause({
    id: "CACHE-STAT-01",
    level: "MUST",
    text: "hits and misses count the keys asked for by get.",
    why: "The hit ratio decides how large a cache is made.",
    fix: "Count in get: a hit for a value, whatever it is, and a miss for undefined, expired entries included.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const before = await cache.stats()
      t.equal({ hits: before.hits, misses: before.misses }, { hits: 0, misses: 0 }, "at the start")
      await cache.set("a", 1)
      await cache.set("b", null)
      for (const key of ["a", "a", "b", "absent", "absent"]) await cache.get(key)
      await cache.delete("a")
      await cache.get("a")
      const { hits, misses } = await cache.stats()
      t.equal({ hits, misses }, { hits: 3, misses: 3 }, "after 3 hits and 3 misses")
      world.lateWindow(world.step)
      await cache.set("expires", 1, world.step)
      await world.passTtl(world.step)
      await cache.get("expires")
      const later = await cache.stats()
      t.equal({ hits: later.hits, misses: later.misses }, { hits: 3, misses: 4 }, "after a read of an expired entry")
    },
  }),
  clause({
    id: "CACHE-STAT-02",
    level: "MUST",
    text: "Only get and getMany count: has, keys and writes are neither hit nor miss.",
    why: "A look before a read would count twice.",
    fix: "Do not build has on a get that counts; nor delete, set or stats.",
    async check(t, world) {
      const cache = await world.connect()
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
    },
  }),
  clause({
    id: "CACHE-STAT-03",
    level: "MUST",
    text: "keyCount is the number of live keys, each once.",
    why: "It is what capacity is planned by.",
    fix: "Count keys, not writes; leave out what was deleted.",
    async check(t, world) {
      const cache = await world.connect()
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
    },
  }),
  clause({
    id: "CACHE-STAT-04",
    level: "MUST",
    text: "clear keeps hits and misses.",
    why: "Counters that fall back break rates over time.",
    fix: "Reset entries in clear, not counters.",
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("a", 1)
      await cache.get("a")
      await cache.get("absent")
      const before = await cache.stats()
      await cache.clear()
      const { hits, misses } = await cache.stats()
      t.equal({ hits, misses }, { hits: before.hits, misses: before.misses })
    },
  }),
  clause({
    id: "CACHE-STAT-05",
    level: "MUST",
    text: "Each instance counts its own hits and misses.",
    why: "The hit ratio of a process is told apart from that of the others.",
    fix: "Keep the counters in the instance, not in the store.",
    needs: ["shared"],
    async check(t, world) {
      const [cache, other] = [await world.connect(), await world.connect()]
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
  clause({
    id: "CACHE-STAT-06",
    level: "MUST",
    text: "A read that is refused counts as neither hit nor miss.",
    why: "Bugs of callers would lower the hit ratio.",
    fix: "Count after the arguments were checked.",
    async check(t, world) {
      const cache = await world.connect()
      for (const key of ["", undefined as unknown as string]) {
        const before = await cache.stats()
        const { error } = await t.outcome(() => cache.get(key), "get of a bad key")
        const { hits, misses } = await cache.stats()
        const counted = hits + misses - before.hits - before.misses
        t.ok(error === undefined || counted === 0, `a refused read was counted ${counted} times`)
      }
    },
  }),
  clause({
    id: "CACHE-STAT-07",
    level: "MUST",
    text: "Simultaneous reads are all counted.",
    why: "Servers read from many requests at once.",
    fix: "Add to a counter in one step, after the answer is there.",
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("a", 1)
      const before = await cache.stats()
      await Promise.all(Array.from({ length: 100 }, () => cache.get("a")))
      t.equal((await cache.stats()).hits - before.hits, 100, "hits")
    },
  }),
  clause({
    id: "CACHE-STAT-08",
    level: "MUST",
    text: "A read while the store is away counts as neither hit nor miss.",
    why: "An outage would look like a cache that is too small.",
    fix: "Count when the answer is there.",
    uses: ["faults"],
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("a", 1)
      const before = await cache.stats()
      await world.faults.unreachable()
      const { error } = await t.outcome(() => cache.get("a"), "get while the store is away")
      await world.faults.heal()
      const tells = async () => (await t.outcome(() => cache.stats(), "stats")).error === undefined
      await t.eventually(tells, "works again")
      const { hits, misses } = await cache.stats()
      const counted = hits + misses - before.hits - before.misses
      t.ok(error === undefined || counted === 0, `a failed read was counted ${counted} times`)
    },
  }),
]
