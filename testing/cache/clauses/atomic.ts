import { type CacheClient, clause, clientsOf, FALSY_VALUES } from "../clause.ts"
import { ending, expiringBy, making, storing } from "../probes.ts"

const needs = ["atomic"] as const
/** Enough for calls to meet. */
const KEYS = Array.from({ length: 20 }, (_, index) => `key-${index}`)

export const atomicClauses = [
  clause("CACHE-ATOMIC-01", {
    why: "The one who gets true does the work; when nobody does, it is never done.",
    fix: "Store, and translate the store's reply into true.",
    needs,
    async check(t, cache) {
      t.equal(await cache.setIfAbsent("key", { id: 1 }), true)
      t.equal(await cache.get("key"), { id: 1 }, "what is stored")
      for (const [method, take] of await ending(cache)) {
        await cache.set("gone", 1)
        await take(cache, "gone")
        t.equal(await cache.setIfAbsent("gone", 2), true, `after ${method}`)
        t.equal(await cache.get("gone"), 2, `what is stored after ${method}`)
      }
    },
  }),
  clause("CACHE-ATOMIC-02", {
    why: "A lock that a second caller can overwrite, or prolong, is none.",
    fix: "Ask whether the key is there, not whether its value is truthy; leave the entry alone when it is.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      for (const value of ["text", ...FALSY_VALUES]) {
        await cache.set("key", value)
        t.equal(await cache.setIfAbsent("key", "new"), false, `over ${JSON.stringify(value)}`)
        t.equal(await cache.get("key"), value, `the value ${JSON.stringify(value)}`)
      }
      const makes = await making(cache)
      await cache.set("lasting", 1)
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      await cache.set("expires", 1, ttl)
      await cache.set("expires too", 1, ttl)
      const expired = await expiringBy(cache, makes, ttl)
      for (const [method] of makes) {
        t.equal(await cache.setIfAbsent(method, 2, ttl * 10), false, `over what ${method} stored`)
        t.equal(await cache.get(method), 1, `the value that ${method} stored`)
      }
      await cache.setIfAbsent("lasting", 2, ttl)
      await cache.setIfAbsent("expires", 2, ttl * 10)
      await cache.setIfAbsent("expires too", 2)
      alive.close()
      await world.passTtl(ttl)
      for (const method of await expired()) {
        t.equal(await cache.get(method), undefined, `what ${method} stored, after its own ttl`)
      }
      t.equal(await cache.get("lasting"), 1, "a key without ttl, after the ttl of the call")
      t.equal(await cache.get("expires"), undefined, "a key after its own ttl, which was shorter")
      t.equal(await cache.get("expires too"), undefined, "a key after its own ttl, where the call had none")
    },
  }),
  clause("CACHE-ATOMIC-03", {
    why: "Two processes that both get true both send the mail.",
    fix: "Use one command of the store that looks and writes (SET with NX), never a read and then a write.",
    needs,
    async check(t, _cache, world) {
      const clients = await clientsOf(world, 3)
      const race = async (key: string) => {
        const stored = await Promise.all(clients.map((client, index) => client.setIfAbsent(key, `client ${index}`)))
        return clients.flatMap((_, index) => (stored[index] ? [`client ${index}`] : []))
      }
      const winners = await Promise.all(KEYS.map(race))
      await world.converge()
      for (const [index, key] of KEYS.entries()) {
        t.equal(winners[index]?.length, 1, `calls for ${key} that stored`)
        t.equal(await clients[0]?.get(key), winners[index]?.[0], `the value of ${key}`)
      }
    },
  }),
  clause("CACHE-ATOMIC-04", {
    why: "A lock whose ttl has passed could never be taken again.",
    fix: "Look at the expiry before answering that the key is there.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const makes = await making(cache)
      world.lateWindow(world.step)
      const expired = await expiringBy(cache, makes, world.step)
      await cache.set("key", "old", world.step)
      await world.passTtl(world.step)
      for (const method of await expired()) {
        await cache.setIfAbsent(method, "new")
        t.equal(await cache.get(method), "new", `over what ${method} had stored`)
      }
      await cache.setIfAbsent("key", "new")
      t.equal(await cache.get("key"), "new")
    },
  }),
  clause("CACHE-ATOMIC-05", {
    why: "A lock without its ttl is held for ever when its owner dies.",
    fix: "Hand value and ttl to the store in one command.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      await cache.setIfAbsent("expires", 1, ttl)
      await cache.setIfAbsent("lasting", 1)
      t.equal(await cache.get("expires"), 1, "at once")
      alive.close()
      await world.passTtl(ttl)
      t.equal(await cache.get("expires"), undefined, "after the ttl")
      t.equal(await cache.get("lasting"), 1, "a key without ttl")
    },
  }),
  clause("CACHE-ATOMIC-06", {
    why: "A one-time code that stays can be used twice; one that is lost, not once.",
    fix: "Read and delete in one command (GETDEL); decide by presence, not by the value.",
    needs,
    async check(t, cache) {
      for (const value of [{ id: 1 }, ...FALSY_VALUES]) {
        await cache.set("key", value)
        t.equal(await cache.take("key"), value, "the value")
        t.equal(await cache.has("key"), false, `the key after its value ${JSON.stringify(value)} was taken`)
        for (const [method, store] of await storing(cache)) {
          await store(cache, "key", value)
          t.equal(await cache.take("key"), value, `the value that ${method} stored`)
          t.equal(await cache.has("key"), false, `the key that ${method} stored, after its value was taken`)
        }
      }
    },
  }),
  clause("CACHE-ATOMIC-07", {
    why: "A code that has expired must not open anything.",
    fix: "Look at the expiry in take too, and turn the store's reply for nothing into undefined.",
    needs,
    waits: true,
    async check(t, cache, world) {
      world.lateWindow(world.step)
      await cache.set("expired", 1, world.step)
      await world.passTtl(world.step)
      t.equal(await cache.take("expired"), undefined, "an expired key")
      t.equal(await cache.take("absent"), undefined, "an absent key")
      await cache.set("absent", 1)
      t.equal(await cache.get("absent"), 1, "what was set after take found nothing")
    },
  }),
  clause("CACHE-ATOMIC-08", {
    why: "Two requests that both get a one-time code both pass.",
    fix: "Use one command of the store that reads and deletes, never a get and then a delete.",
    needs,
    async check(t, _cache, world) {
      const clients = await clientsOf(world, 3)
      for (const key of KEYS) await clients[0]?.set(key, key)
      await world.converge()
      const taken = await Promise.all(KEYS.map((key) => Promise.all(clients.map((client) => client.take(key)))))
      for (const [index, key] of KEYS.entries()) {
        const got = taken[index]?.filter((value) => value !== undefined)
        t.equal(got, [key], `what ${clients.length} callers got`)
      }
    },
  }),
  clause("CACHE-ATOMIC-09", {
    why: "A session that is in use must not end, and one that is closed must.",
    fix: "Replace the expiry by now plus ttl, whatever it was and whatever the value is.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const stores = await storing(cache)
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      for (const [method, store] of stores) {
        await store(cache, `${method} longer`, 1, ttl)
        await store(cache, `${method} shorter`, 1, ttl * 10)
        t.equal(await cache.touch(`${method} longer`, ttl * 10), true, `a longer ttl of what ${method} stored`)
        t.equal(await cache.touch(`${method} shorter`, ttl), true, `a shorter ttl of what ${method} stored`)
      }
      await cache.set("longer", 1, ttl)
      await cache.set("shorter", 1, ttl * 10)
      await cache.set("first", null)
      await cache.set("endless", 1, ttl)
      t.equal(await cache.touch("longer", ttl * 10), true, "a longer ttl")
      t.equal(await cache.touch("shorter", ttl), true, "a shorter ttl")
      t.equal(await cache.touch("first", ttl), true, "a first ttl, of null")
      t.equal(await cache.touch("endless", Number.POSITIVE_INFINITY), true, "a ttl of Infinity")
      alive.close()
      await world.passTtl(ttl)
      for (const [method] of stores) {
        t.equal(await cache.get(`${method} longer`), 1, `what ${method} stored, with a longer ttl, later`)
        t.equal(await cache.get(`${method} shorter`), undefined, `what ${method} stored, with a shorter ttl, later`)
      }
      t.equal(await cache.get("longer"), 1, "with a longer ttl, later")
      t.equal(await cache.get("shorter"), undefined, "with a shorter ttl, later")
      t.equal(await cache.get("first"), undefined, "with a first ttl, later")
      t.equal(await cache.get("endless"), 1, "with a ttl of Infinity, later")
    },
  }),
  clause("CACHE-ATOMIC-10", {
    why: "A touch that writes the value back undoes an update.",
    fix: "Change the expiry alone, by one command of the store (PEXPIRE).",
    needs,
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      for (const value of [{ id: 1 }, "5", 5]) {
        await cache.set("key", value)
        const before = await cache.get("key")
        await cache.touch("key", 3600)
        t.equal(await cache.get("key"), before, "the value")
      }
      const races = Array.from({ length: 20 }, (_, round) => `race ${round}`)
      for (const key of races) await cache.set(key, "old")
      await world.converge()
      for (const key of races) await Promise.all([cache.touch(key, 3600), other.set(key, "new")])
      await world.converge()
      for (const key of races) t.equal(await cache.get(key), "new", "the value that was set at the same time")
    },
  }),
  clause("CACHE-ATOMIC-11", {
    why: "A session that has ended must not come back.",
    fix: "Look at the expiry before changing it.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const [makes, removes] = [await making(cache), await ending(cache)]
      for (const [method, take] of removes) {
        await cache.set(`removed by ${method}`, 1)
        await take(cache, `removed by ${method}`)
      }
      world.lateWindow(world.step)
      const expired = await expiringBy(cache, makes, world.step)
      await world.passTtl(world.step)
      const removed = removes.map(([method]) => `removed by ${method}`)
      for (const key of ["absent", ...(await expired()), ...removed]) {
        t.equal(await cache.touch(key, 3600), false, `touch of a key: ${key}`)
        t.equal(await cache.get(key), undefined, `get of a key afterwards: ${key}`)
      }
    },
  }),
  clause("CACHE-ATOMIC-12", {
    why: "A ttl that was forgotten must not mean for ever.",
    fix: "Refuse undefined; Infinity is how a caller asks for no expiry.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const ttl = world.step * 4
      const none = undefined as unknown as number
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      await cache.set("key", 1, ttl)
      await t.rejects(() => cache.touch("key", none), "INVALID_ARGUMENT", "touch of a stored key")
      await t.rejects(() => cache.touch("absent", none), "INVALID_ARGUMENT", "touch of an absent key")
      t.equal(await cache.get("key"), 1, "at once")
      alive.close()
      await world.passTtl(ttl)
      t.equal(await cache.get("key"), undefined, "after the ttl")
    },
  }),
  clause("CACHE-ATOMIC-13", {
    why: "Whoever renews what is about to expire reads this number.",
    fix: "Subtract now from the end, in seconds with fractions (PTTL divided by 1,000).",
    needs,
    waits: true,
    async check(t, cache, world) {
      // Store and answer may each round by a step.
      const fuzz = (2 * world.capabilities.ttlResolutionMs) / 1000 + 0.05
      // Half a second, so that whole ones are told apart.
      const passed = Math.ceil(world.step) + 0.5
      // How much longer than that the calls may take.
      const most = world.manualTime ? 0 : 0.3
      const isNear = (left: number | undefined, expected: number) =>
        left !== undefined && left <= expected + fuzz && left >= expected - fuzz - most
      const makes = await making(cache)
      await cache.set("touch", 1)
      const methods = [...makes.map(([method]) => method), "touch"]
      const areNear = async (expected: number, when: string) => {
        // All at once, since there is little time.
        const left = await Promise.all(methods.map((method) => cache.ttl(method)))
        for (const [index, method] of methods.entries()) {
          // A ttl that is dropped is the business of other clauses.
          if (left[index] === Number.POSITIVE_INFINITY && method !== "set") continue
          t.ok(isNear(left[index], expected), `of 100 s by ${method} there are left, ${when}: ${left[index]}`)
        }
      }
      const soon = world.window(most)
      world.window(passed + most)
      await Promise.all([...makes.map(([method, make]) => make(cache, method, 100)), cache.touch("touch", 100)])
      await areNear(100, "at once")
      soon.close()
      await world.pass(passed)
      await areNear(100 - passed, `after ${passed} s`)
    },
  }),
  clause("CACHE-ATOMIC-14", {
    why: "Then `(await ttl(key)) > 60` is right for every stored key.",
    fix: "Translate the store's own sign for no expiry, such as -1.",
    needs,
    async check(t, cache) {
      await cache.set("without", 1)
      await cache.set("infinite", 1, Number.POSITIVE_INFINITY)
      t.equal(await cache.ttl("without"), Number.POSITIVE_INFINITY, "set without ttl")
      t.equal(await cache.ttl("infinite"), Number.POSITIVE_INFINITY, "set with a ttl of Infinity")
      for (const [method, make] of await making(cache)) {
        await make(cache, `${method} without`)
        await make(cache, `${method} infinite`, Number.POSITIVE_INFINITY)
        t.equal(await cache.ttl(`${method} without`), Number.POSITIVE_INFINITY, `${method} without ttl`)
        t.equal(await cache.ttl(`${method} infinite`), Number.POSITIVE_INFINITY, `${method} with a ttl of Infinity`)
      }
      await cache.set("touched", 1, 3600)
      await cache.touch("touched", Number.POSITIVE_INFINITY)
      t.equal(await cache.ttl("touched"), Number.POSITIVE_INFINITY, "touch with a ttl of Infinity")
    },
  }),
  clause("CACHE-ATOMIC-15", {
    why: "No number of seconds says that there is nothing.",
    fix: "Translate the store's own sign for absence, such as -2; look at the expiry.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const makes = await making(cache)
      for (const [method, take] of await ending(cache)) {
        await cache.set("removed", 1)
        await take(cache, "removed")
        t.equal(await cache.ttl("removed"), undefined, `after ${method}`)
      }
      world.lateWindow(world.step)
      const expired = await expiringBy(cache, makes, world.step)
      await cache.set("expired", 1, world.step)
      await world.passTtl(world.step)
      for (const method of await expired())
        t.equal(await cache.ttl(method), undefined, `an expired key that ${method} stored`)
      t.equal(await cache.ttl("expired"), undefined, "an expired key")
      t.equal(await cache.ttl("absent"), undefined, "an absent key")
    },
  }),
]
