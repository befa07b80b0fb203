import { clause } from "./clause.ts"

const DAY = 86_400

export const ttlClauses = [
  clause({
    id: "CACHE-TTL-01",
    level: "MUST",
    text: "An entry is readable until its ttl has passed.",
    why: "Entries that vanish early send load to what the cache protects.",
    fix: "Keep the entry until exactly set time plus ttl.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const ttl = world.step * 4
      world.window(ttl)
      await cache.set("key", "value", ttl)
      t.equal(await cache.get("key"), "value", "at once")
      await world.pass(ttl / 2)
      t.equal(await cache.get("key"), "value", "after half of the ttl")
      t.equal(await cache.has("key"), true, "has after half of the ttl")
      if (!world.manualTime) return
      await world.pass(ttl / 2 - 0.001)
      t.equal(await cache.get("key"), "value", "one millisecond before the end")
      t.equal(await cache.has("key"), true, "has one millisecond before the end")
    },
  }),
  clause({
    id: "CACHE-TTL-02",
    level: "MUST",
    text: "From then on get and has answer as if it had never been set.",
    why: "An expired entry is stale data.",
    fix: "Compare with the clock in get and in has; absent from set time plus ttl on, not one millisecond later.",
    waits: true,
    async check(t, world) {
      const [cache, other] = [await world.connect(), await world.connect()]
      world.lateWindow(world.step)
      await cache.set("get", "value", world.step)
      await cache.set("has", "value", world.step)
      await cache.set("stays", "value")
      await cache.set("null", null, world.step)
      await cache.set("other client", "value", world.step)
      await world.passTtl(world.step)
      t.equal(await other.get("other client"), undefined, "get by another client")
      t.equal(await cache.get("get"), undefined, "get")
      t.equal(await cache.get("null"), undefined, "get of what was null")
      t.equal(await cache.has("has"), false, "has")
      t.equal(await cache.get("has"), undefined, "get after has")
      t.equal(await cache.get("stays"), "value", "an entry without ttl")
    },
  }),
  clause({
    id: "CACHE-TTL-03",
    level: "MUST",
    text: "A set without ttl removes an earlier ttl.",
    why: "Otherwise a refreshed value vanishes early.",
    fix: "Replace the whole entry on set, its expiry included.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const early = world.window(world.step)
      await cache.set("key", 1, world.step)
      await cache.set("key", 2)
      await cache.set("same value", 1, world.step)
      await cache.set("same value", 1)
      early.close()
      await world.passTtl(world.step)
      t.equal(await cache.get("key"), 2)
      t.equal(await cache.get("same value"), 1, "set with the same value")
      t.equal(await cache.has("key"), true, "has")
    },
  }),
  clause({
    id: "CACHE-TTL-04",
    level: "MUST",
    text: "A set with a ttl replaces an earlier one, shorter, longer or the same anew.",
    why: "The latest set decides how long its value is good for.",
    fix: "Compute the expiry from the latest set alone.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const long = world.step * 20
      const early = world.window(world.step)
      const late = world.lateWindow(world.step)
      await cache.set("shorter", 1, long)
      await cache.set("longer", 1, world.step)
      await cache.set("from none", 1)
      await cache.set("shorter", 2, world.step)
      await cache.set("longer", 2, long)
      await cache.set("from none", 2, world.step)
      early.close()
      await world.passTtl(world.step)
      t.equal(await cache.get("shorter"), undefined, "a shorter ttl")
      t.equal(await cache.get("longer"), 2, "a longer ttl")
      t.equal(await cache.get("from none"), undefined, "a first ttl")
      late.close()
      const first = world.window(world.step * 3)
      await cache.set("same", 1, world.step * 3)
      await world.pass(world.step * 2)
      world.window(world.step * 3)
      await cache.set("same", 1, world.step * 3)
      first.close()
      await world.passTtl(world.step)
      t.equal(await cache.get("same"), 1, "the same value with the same ttl, after the end of the first")
    },
  }),
  clause({
    id: "CACHE-TTL-05",
    level: "MUST",
    text: "A ttl that is not a number above 0 and up to 10 years rejects INVALID_ARGUMENT and keeps the old value.",
    why: "A computed 0 must not mean for ever, nor lose the entry.",
    fix: "Check the ttl before touching the entry, as cacheTtlIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("key", "old", 3600)
      const wrong = [
        0,
        -0,
        -1,
        -0.5,
        Number.NaN,
        Number.NEGATIVE_INFINITY,
        10 * 365.25 * DAY + 1,
        1e300,
        "60",
        "",
        null,
        {},
        [60],
        new Date(0),
        true,
        false,
        60n,
      ]
      for (const ttl of wrong as number[]) {
        await t.rejects(() => cache.set("key", "new", ttl), "INVALID_ARGUMENT", `ttl ${String(ttl)}`)
        await t.rejects(() => cache.set("fresh", "new", ttl), "INVALID_ARGUMENT", `ttl ${String(ttl)} of a fresh key`)
      }
      t.equal(await cache.get("key"), "old", "the old value")
      t.equal(await cache.has("fresh"), false, "the fresh key")
    },
  }),
  clause({
    id: "CACHE-TTL-06",
    level: "MUST",
    text: "A ttl of Infinity never expires.",
    why: "It is how a caller overrules a default ttl.",
    fix: "Treat Infinity as no expiry; do not hand it to a timer or a store command.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("fresh", 1, Number.POSITIVE_INFINITY)
      const early = world.window(world.step)
      await cache.set("after a ttl", 1, world.step)
      await cache.set("after a ttl", 2, Number.POSITIVE_INFINITY)
      early.close()
      await world.passTtl(world.manualTime ? 11 * 365.25 * DAY : world.step)
      t.equal(await cache.get("fresh"), 1)
      t.equal(await cache.get("after a ttl"), 2, "after an earlier ttl")
    },
  }),
  clause({
    id: "CACHE-TTL-07",
    level: "MUST",
    text: "Reading does not extend a ttl.",
    why: "A popular entry would never be refreshed.",
    fix: "Set the expiry in set alone.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const ttl = world.step * 4
      const alive = world.window(ttl)
      await cache.set("get", "value", ttl)
      await cache.set("has", "value", ttl)
      await cache.set("batch", "value", ttl)
      await cache.set("walk", "value", ttl)
      for (let read = 0; read < 3; read++) {
        await world.pass(world.step)
        await cache.get("get")
        await cache.has("has")
        await cache.stats()
        if (world.capabilities.batch) await cache.getMany(["batch"])
        if (world.capabilities.scan) for await (const _ of cache.keys({ prefix: "walk" }));
      }
      alive.close()
      // The last reads were less than a step ago.
      world.window(world.step * 3)
      await world.passTtl(world.step)
      t.equal(await cache.get("get"), undefined, "after reads by get")
      t.equal(await cache.get("has"), undefined, "after reads by has")
      t.equal(await cache.get("batch"), undefined, "after reads by getMany")
      t.equal(await cache.get("walk"), undefined, "after walks by keys")
    },
  }),
  clause({
    id: "CACHE-TTL-08",
    level: "MUST",
    text: "delete of an expired key resolves false.",
    why: "To every caller it was not there.",
    fix: "Look at the expiry before answering a delete.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      world.lateWindow(world.step)
      await cache.set("expired", 1, world.step)
      await cache.set("live", 1)
      await world.passTtl(world.step)
      t.equal(await cache.delete("expired"), false, "the expired key")
      t.equal(await cache.delete("live"), true, "a live key")
    },
  }),
  clause({
    id: "CACHE-TTL-09",
    level: "MUST",
    text: "keyCount does not count expired entries.",
    why: "The count would say the cache is full of what nobody can read.",
    fix: "Leave expired entries out of the count, or drop them first.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const alive = world.window(world.step)
      world.lateWindow(world.step)
      // Soon after each other, so that whoever removes expired entries now and then has not removed all.
      for (let index = 0; index < 5; index++) await cache.set(`expires-${index}`, index, world.step + index / 100)
      await cache.set("stays", 1)
      t.equal((await cache.stats()).keyCount, 6, "before")
      alive.close()
      await world.passTtl(world.step + 0.04)
      t.equal((await cache.stats()).keyCount, 1, "after")
    },
  }),
  clause({
    id: "CACHE-TTL-10",
    level: "MUST",
    text: "A set of an expired key stores anew.",
    why: "Refilling after expiry is the normal life of an entry.",
    fix: "Let nothing of an expired entry act on a later set.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const late = world.lateWindow(world.step)
      await cache.set("plain", 1, world.step)
      await cache.set("with ttl", 1, world.step)
      await world.passTtl(world.step)
      await cache.set("plain", 2)
      world.window(world.step * 20)
      await cache.set("with ttl", 2, world.step * 20)
      late.close()
      t.equal(await cache.get("plain"), 2, "without ttl")
      t.equal(await cache.get("with ttl"), 2, "with ttl")
      await world.passTtl(world.step)
      t.equal(await cache.get("plain"), 2, "without ttl, later")
      t.equal(await cache.get("with ttl"), 2, "with ttl, later")
    },
  }),
  clause({
    id: "CACHE-TTL-11",
    level: "MUST",
    text: "A long ttl, 10 years included, does not expire early.",
    why: "Timers overflow at 25 days, and seconds at 32 bits.",
    fix: "Compare times; start no timer per entry.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const ttls = [24 * DAY, 25 * DAY, 50 * DAY, 365 * DAY, 10 * 365.25 * DAY]
      for (const ttl of ttls) await cache.set(`${ttl}`, ttl, ttl)
      await world.pass(world.manualTime ? 23 * DAY : world.step)
      for (const ttl of ttls) t.equal(await cache.get(`${ttl}`), ttl, `a ttl of ${ttl / DAY} days`)
      if (!world.manualTime) return
      await world.pass(340 * DAY)
      t.equal(await cache.get(`${50 * DAY}`), undefined, "50 days, after 363")
      t.equal(await cache.get(`${365 * DAY}`), 365 * DAY, "365 days, after 363")
    },
  }),
  clause({
    id: "CACHE-TTL-12",
    level: "MUST",
    text: "The ttl is in seconds, and fractions of a second count.",
    why: "Off by a thousand, an entry lives for weeks or not at all.",
    fix: "Convert seconds to the store's unit, rounded up to whole milliseconds: cacheTtlMs from @objectos/sdk/contracts.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const resolution = world.capabilities.ttlResolutionMs / 1000
      // In such steps a quarter of a second makes no difference.
      const fine = resolution < 0.25
      await cache.set("minutes", 1, 120)
      const alive = world.window(1.25)
      // Rounded up to whole seconds, it would be 2.
      const late = world.window(Math.max(2, 1.25 + 2 * resolution))
      await cache.set("fraction", 1, 1.25)
      const soon = world.window(0.75)
      await cache.set("below one", 1, 0.75)
      t.equal(await cache.get("below one"), 1, "0.75 s, at once")
      await world.pass(fine ? 0.3 : 0)
      if (fine) t.equal(await cache.get("below one"), 1, "0.75 s, after 0.3 s")
      soon.close()
      await world.pass(fine ? 0.5 : 0)
      t.equal(await cache.get("fraction"), 1, "1.25 s, early on")
      if (world.manualTime) {
        await world.pass(fine ? 0.4 : 1.2)
        t.equal(await cache.get("fraction"), 1, "1.25 s, after 1.2 s")
      }
      alive.close()
      t.equal(await cache.get("minutes"), 1, "120 s, early on")
      await world.passTtl(1.25 - (world.manualTime ? 1.2 : fine ? 0.8 : 0))
      t.equal(await cache.get("fraction"), undefined, "1.25 s, after it")
      t.equal(await cache.get("below one"), undefined, "0.75 s, after 1.25 s")
      t.equal(await cache.get("minutes"), 1, "120 s, after 1.25 s")
      late.close()
      if (!world.manualTime) return
      await cache.set("tiny", 1, 0.0001)
      t.equal(await cache.get("tiny"), 1, "a tenth of a millisecond, at once")
      await world.passTtl(0.001)
      t.equal(await cache.get("tiny"), undefined, "a tenth of a millisecond, after one")
      await world.passTtl(120)
      t.equal(await cache.get("minutes"), undefined, "120 s, after 122 s")
    },
  }),
  clause({
    id: "CACHE-TTL-13",
    level: "MUST",
    text: "A correction of the wall clock neither ends an entry nor revives one.",
    why: "Machines set their clocks by minutes, now and then, in both directions.",
    fix: "Measure a ttl on a monotonic clock, or leave it to the store.",
    uses: ["adjustClock"],
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      world.window(world.step * 100)
      await cache.set("lives", 1, world.step * 100)
      await cache.set("expires", 1, world.step)
      await world.adjustClock(world.step * 200_000)
      t.equal(await cache.get("lives"), 1, "a live entry after the clock was set forward")
      await world.pass(world.step * 2)
      await world.adjustClock(-world.step * 400_000)
      t.equal(await cache.get("expires"), undefined, "an expired entry after the clock was set back")
      t.equal(await cache.get("lives"), 1, "a live entry after the clock was set back")
    },
  }),
  clause({
    id: "CACHE-TTL-14",
    level: "MUST",
    text: "The ttl of an entry that was deleted or cleared does not act on what is set afterwards.",
    why: "A timer, or a mark of its own, that outlives the entry ends the next one early.",
    fix: "Keep the expiry in the entry itself, so that it goes with it.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const early = world.window(world.step)
      await cache.set("cleared", 1, world.step)
      await cache.clear()
      await cache.set("cleared", 2)
      await cache.set("deleted", 1, world.step)
      await cache.delete("deleted")
      await cache.set("deleted", 2)
      early.close()
      await world.passTtl(world.step)
      t.equal(await cache.get("deleted"), 2, "after delete and set")
      t.equal(await cache.get("cleared"), 2, "after clear and set")
    },
  }),
  clause({
    id: "CACHE-TTL-15",
    level: "MUST",
    text: "A set that is refused leaves the ttl of the old value as it was.",
    why: "A mistake of one caller would make an entry eternal, or end it.",
    fix: "Check key, value and ttl before anything of the entry is touched.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const alive = world.window(world.step)
      world.lateWindow(world.step)
      await cache.set("expires", 1, world.step)
      await cache.set("stays", 1)
      const calls = [
        () => cache.set("expires", 2, -1),
        () => cache.set("expires", undefined),
        () => cache.set("stays", undefined, world.step),
      ]
      let refused = 0
      for (const call of calls) {
        const { error } = await t.outcome(call, "a bad set")
        if (error !== undefined) refused++
      }
      alive.close()
      await world.passTtl(world.step)
      // What must be refused is the business of other clauses.
      t.ok(refused < 3 || (await cache.get("expires")) === undefined, "a refused set took the ttl away")
      t.ok(refused < 3 || (await cache.has("stays")), "a refused set gave its ttl")
    },
  }),
  clause({
    id: "CACHE-TTL-16",
    level: "MUST",
    text: "Among many entries each expires at its own time, whatever becomes of the others.",
    why: "A queue of what expires next, once in disorder, ends entries early or not at all.",
    fix: "Look at the expiry of the entry itself on every read, and count live keys by it.",
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      // Where time is real, what ends soon and what stays.
      const ttls = world.manualTime
        ? [1, 2, 3, 4, 5, 6, 7, 8].map((steps) => world.step * steps)
        : [world.step * 2, 3600]
      const ends = new Map<string, number>()
      const alive = world.window(world.step * 2)
      world.lateWindow(world.step * 2)
      for (let index = 100; index < 250; index++) {
        const end = Math.floor(world.random.next() * ttls.length)
        await cache.set(`key-${index}`, 1, ttls[end])
        ends.set(`key-${index}`, end)
      }
      for (let index = 101; index < 250; index += 3) {
        await cache.delete(`key-${index}`)
        ends.delete(`key-${index}`)
      }
      alive.close()
      for (let ended = 0; ended < (world.manualTime ? ttls.length : 1); ended++) {
        // Half a step after an end, so that rounding does not matter.
        await (world.manualTime ? world.pass(world.step * (ended === 0 ? 1.5 : 1)) : world.passTtl(world.step * 2))
        const live = [...ends.keys()].filter((key) => (ends.get(key) as number) > ended)
        const found: string[] = []
        for (const key of ends.keys()) if ((await cache.get(key)) === 1) found.push(key)
        t.equal(found, live, `what is left after ${ended + 1} of ${ttls.length} ends`)
        t.equal((await cache.stats()).keyCount, live.length, "keyCount")
      }
    },
  }),
]
