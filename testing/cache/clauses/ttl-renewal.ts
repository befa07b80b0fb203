import { forAll } from "../../families/roles.ts"
import { clause } from "../clause.ts"
import { removing, storing } from "../probes.ts"

const DAY = 86_400

/** Ttls of a second set, at their limits, and after their entry or other entries have gone. */
export const ttlRenewalClauses = [
  clause("CACHE-TTL-10", {
    why: "Refilling after expiry is the normal life of an entry.",
    fix: "Let nothing of an expired entry act on a later set.",
    waits: true,
    async check(t, cache, world) {
      const stores = await storing(cache)
      const late = world.lateWindow(world.step)
      for (const [method] of stores) {
        await cache.set(method, 1, world.step)
        await cache.set(`${method} with ttl`, 1, world.step)
      }
      await world.passTtl(world.step)
      world.window(world.step * 20)
      for (const [method, store] of stores) {
        await store(cache, method, 2)
        await store(cache, `${method} with ttl`, 2, world.step * 20)
      }
      late.close()
      const kept = async (when: string) => {
        for (const [method] of stores) {
          t.equal(await cache.get(method), 2, `${method} without ttl, ${when}`)
          t.equal(await cache.get(`${method} with ttl`), 2, `${method} with ttl, ${when}`)
        }
      }
      await kept("at once")
      await world.passTtl(world.step)
      await kept("later")
    },
  }),
  clause("CACHE-TTL-11", {
    why: "Timers overflow at 25 days, and seconds at 32 bits.",
    fix: "Compare times; start no timer per entry.",
    waits: true,
    async check(t, cache, world) {
      const ttls = [24 * DAY, 25 * DAY, 50 * DAY, 365 * DAY, 10 * 365.25 * DAY]
      const stores = await storing(cache)
      const keyOf = (method: string, days: number) => `${method} ${days * DAY}`
      for (const [method, store] of stores) for (const ttl of ttls) await store(cache, `${method} ${ttl}`, ttl, ttl)
      await world.pass(world.manualTime ? 23 * DAY : world.step)
      for (const [method] of stores) {
        for (const ttl of ttls) t.equal(await cache.get(`${method} ${ttl}`), ttl, `${method}, ${ttl / DAY} days`)
      }
      if (!world.manualTime) return
      await world.pass(340 * DAY)
      for (const [method] of stores) {
        t.equal(await cache.get(keyOf(method, 50)), undefined, `${method}, 50 days, after 363`)
        t.equal(await cache.get(keyOf(method, 365)), 365 * DAY, `${method}, 365 days, after 363`)
      }
    },
  }),
  clause("CACHE-TTL-12", {
    why: "Off by a thousand, an entry lives for weeks or not at all.",
    fix: "Convert seconds to the store's unit, rounded up to whole milliseconds: cacheTtlMs from @objectos/sdk/contracts.",
    waits: true,
    async check(t, cache, world) {
      const resolution = world.capabilities.ttlResolutionMs / 1000
      // In such steps a quarter of a second makes no difference.
      const fine = resolution < 0.25
      const stores = await storing(cache)
      await cache.set("minutes", 1, 120)
      const alive = world.window(1.25)
      // Rounded up to whole seconds, it would be 2.
      const late = world.window(Math.max(2, 1.25 + 2 * resolution))
      for (const [method, store] of stores) await store(cache, method, 1, 1.25)
      const fraction = async (value: number | undefined, when: string) => {
        for (const [method] of stores) t.equal(await cache.get(method), value, `1.25 s by ${method}, ${when}`)
      }
      const soon = world.window(0.75)
      await cache.set("below one", 1, 0.75)
      t.equal(await cache.get("below one"), 1, "0.75 s, at once")
      await world.pass(fine ? 0.3 : 0)
      if (fine) t.equal(await cache.get("below one"), 1, "0.75 s, after 0.3 s")
      soon.close()
      await world.pass(fine ? 0.5 : 0)
      await fraction(1, "early on")
      if (world.manualTime) {
        await world.pass(fine ? 0.4 : 1.2)
        await fraction(1, "after 1.2 s")
      }
      alive.close()
      t.equal(await cache.get("minutes"), 1, "120 s, early on")
      await world.passTtl(1.25 - (world.manualTime ? 1.2 : fine ? 0.8 : 0))
      await fraction(undefined, "after it")
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
  clause("CACHE-TTL-13", {
    why: "Machines set their clocks by minutes, now and then, in both directions.",
    fix: "Measure a ttl on a monotonic clock, or leave it to the store.",
    uses: ["adjustClock"],
    waits: true,
    async check(t, cache, world) {
      const stores = await storing(cache)
      world.window(world.step * 100)
      for (const [method, store] of stores) {
        await store(cache, `${method} lives`, 1, world.step * 100)
        await store(cache, `${method} expires`, 1, world.step)
      }
      await world.adjustClock(world.step * 200_000)
      for (const [method] of stores) {
        t.equal(await cache.get(`${method} lives`), 1, `${method}: a live entry after the clock was set forward`)
      }
      await world.pass(world.step * 2)
      await world.adjustClock(-world.step * 400_000)
      for (const [method] of stores) {
        const expired = await cache.get(`${method} expires`)
        t.equal(expired, undefined, `${method}: an expired entry after the clock was set back`)
        t.equal(await cache.get(`${method} lives`), 1, `${method}: a live entry after the clock was set back`)
      }
    },
  }),
  clause("CACHE-TTL-14", {
    why: "A timer, or a mark of its own, that outlives the entry ends the next one early.",
    fix: "Keep the expiry in the entry itself, so that it goes with it.",
    waits: true,
    async check(t, cache, world) {
      const [stores, removes] = [await storing(cache), await removing(cache)]
      const early = world.window(world.step)
      await cache.set("cleared", 1, world.step)
      await cache.clear()
      await cache.set("cleared", 2)
      for (const [method, take] of removes) {
        await cache.set(method, 1, world.step)
        await take(cache, method)
        await cache.set(method, 2)
      }
      for (const [method, store] of stores) {
        await store(cache, `by ${method}`, 1, world.step)
        await cache.delete(`by ${method}`)
        await store(cache, `by ${method}`, 2)
      }
      early.close()
      await world.passTtl(world.step)
      for (const [method] of removes) t.equal(await cache.get(method), 2, `after ${method} and set`)
      for (const [method] of stores) t.equal(await cache.get(`by ${method}`), 2, `after delete and ${method}`)
      t.equal(await cache.get("cleared"), 2, "after clear and set")
    },
  }),
  clause("CACHE-TTL-15", {
    why: "A mistake of one caller would make an entry eternal, or end it.",
    fix: "Check key, value and ttl before anything of the entry is touched.",
    waits: true,
    async check(t, cache, world) {
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
  clause("CACHE-TTL-16", {
    why: "A queue of what expires next, once in disorder, ends entries early or not at all.",
    fix: "Look at the expiry of the entry itself on every read, and count live keys by it.",
    waits: true,
    async check(t, cache, world) {
      // Where time is real, what ends soon and what stays.
      const ttls = world.manualTime
        ? [1, 2, 3, 4, 5, 6, 7, 8].map((steps) => world.step * steps)
        : [world.step * 2, 3600]
      const ends = new Map<string, number>()
      const alive = world.window(world.step * 2)
      world.lateWindow(world.step * 2)
      for (let index = 100; index < 250; index++) ends.set(`key-${index}`, world.random.integer(ttls.length))
      await forAll([...ends], ([key, end]) => cache.set(key, 1, ttls[end]))
      const deleted = [...ends.keys()].filter((_, index) => index % 3 === 1)
      await forAll(deleted, (key) => cache.delete(key))
      for (const key of deleted) ends.delete(key)
      const keys = [...ends.keys()]
      alive.close()
      for (let ended = 0; ended < (world.manualTime ? ttls.length : 1); ended++) {
        // Half a step after an end, so that rounding does not matter.
        await (world.manualTime ? world.pass(world.step * (ended === 0 ? 1.5 : 1)) : world.passTtl(world.step * 2))
        const live = keys.filter((key) => (ends.get(key) as number) > ended)
        const values = await forAll(keys, (key) => cache.get(key))
        const found = keys.filter((_, index) => values[index] === 1)
        t.equal(found, live, `what is left after ${ended + 1} of ${ttls.length} ends`)
        t.equal((await cache.stats()).keyCount, live.length, "keyCount")
      }
    },
  }),
]
