import { clause } from "../clause.ts"

const DAY = 86_400

/** Ttls of a second set, at their limits, and after their entry or other entries have gone. */
export const ttlRenewalClauses = [
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
