import { type CacheClient, clause, clientsOf, FALSY_VALUES } from "../clause.ts"

const needs = ["atomic"] as const
/** Enough for calls to meet. */
const KEYS = Array.from({ length: 20 }, (_, index) => `key-${index}`)

export const atomicClauses = [
  clause({
    id: "CACHE-ATOMIC-01",
    level: "MUST",
    text: "setIfAbsent stores the value of an absent key and resolves true.",
    why: "The one who gets true does the work; when nobody does, it is never done.",
    fix: "Store, and translate the store's reply into true.",
    needs,
    async check(t, world) {
      const cache = await world.connect()
      t.equal(await cache.setIfAbsent("key", { id: 1 }), true)
      t.equal(await cache.get("key"), { id: 1 }, "what is stored")
    },
  }),
  clause({
    id: "CACHE-ATOMIC-02",
    level: "MUST",
    text: "setIfAbsent of a stored key resolves false and changes neither its value nor its ttl.",
    why: "A lock that a second caller can overwrite, or prolong, is none.",
    fix: "Ask whether the key is there, not whether its value is truthy; leave the entry alone when it is.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const ttl = world.step * 4
      for (const value of ["text", ...FALSY_VALUES]) {
        await cache.set("key", value)
        t.equal(await cache.setIfAbsent("key", "new"), false, `over ${JSON.stringify(value)}`)
        t.equal(await cache.get("key"), value, `the value ${JSON.stringify(value)}`)
      }
      await cache.set("lasting", 1)
      const alive = world.window(ttl)
      world.lateWindow(ttl)
      await cache.set("expires", 1, ttl)
      await cache.set("expires too", 1, ttl)
      await cache.setIfAbsent("lasting", 2, ttl)
      await cache.setIfAbsent("expires", 2, ttl * 10)
      await cache.setIfAbsent("expires too", 2)
      alive.close()
      await world.passTtl(ttl)
      t.equal(await cache.get("lasting"), 1, "a key without ttl, after the ttl of the call")
      t.equal(await cache.get("expires"), undefined, "a key after its own ttl, which was shorter")
      t.equal(await cache.get("expires too"), undefined, "a key after its own ttl, where the call had none")
    },
  }),
  clause({
    id: "CACHE-ATOMIC-03",
    level: "MUST",
    text: "Of simultaneous setIfAbsent calls for a key, from any number of clients, exactly one stores.",
    why: "Two processes that both get true both send the mail.",
    fix: "Use one command of the store that looks and writes (SET with NX), never a read and then a write.",
    needs,
    async check(t, world) {
      const clients = await clientsOf(world, 3)
      const race = async (key: string) => {
        const stored = await Promise.all(clients.map((client, index) => client.setIfAbsent(key, `client ${index}`)))
        return clients.flatMap((_, index) => (stored[index] ? [`client ${index}`] : []))
      }
      const winners = await Promise.all(KEYS.map(race))
      await world.settle()
      for (const [index, key] of KEYS.entries()) {
        t.equal(winners[index]?.length, 1, `calls for ${key} that stored`)
        t.equal(await clients[0]?.get(key), winners[index]?.[0], `the value of ${key}`)
      }
    },
  }),
  clause({
    id: "CACHE-ATOMIC-04",
    level: "MUST",
    text: "An expired key is absent to setIfAbsent.",
    why: "A lock whose ttl has passed could never be taken again.",
    fix: "Look at the expiry before answering that the key is there.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      world.lateWindow(world.step)
      await cache.set("key", "old", world.step)
      await world.passTtl(world.step)
      await cache.setIfAbsent("key", "new")
      t.equal(await cache.get("key"), "new")
    },
  }),
  clause({
    id: "CACHE-ATOMIC-05",
    level: "MUST",
    text: "What setIfAbsent stores has the ttl that it was given.",
    why: "A lock without its ttl is held for ever when its owner dies.",
    fix: "Hand value and ttl to the store in one command.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-ATOMIC-06",
    level: "MUST",
    text: "take resolves the value of a stored key and removes the key.",
    why: "A one-time code that stays can be used twice; one that is lost, not once.",
    fix: "Read and delete in one command (GETDEL); decide by presence, not by the value.",
    needs,
    async check(t, world) {
      const cache = await world.connect()
      for (const value of [{ id: 1 }, ...FALSY_VALUES]) {
        await cache.set("key", value)
        t.equal(await cache.take("key"), value, "the value")
        t.equal(await cache.has("key"), false, `the key after its value ${JSON.stringify(value)} was taken`)
      }
    },
  }),
  clause({
    id: "CACHE-ATOMIC-07",
    level: "MUST",
    text: "take of an absent or expired key resolves undefined.",
    why: "A code that has expired must not open anything.",
    fix: "Look at the expiry in take too, and turn the store's reply for nothing into undefined.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      world.lateWindow(world.step)
      await cache.set("expired", 1, world.step)
      await world.passTtl(world.step)
      t.equal(await cache.take("expired"), undefined, "an expired key")
      t.equal(await cache.take("absent"), undefined, "an absent key")
      await cache.set("absent", 1)
      t.equal(await cache.get("absent"), 1, "what was set after take found nothing")
    },
  }),
  clause({
    id: "CACHE-ATOMIC-08",
    level: "MUST",
    text: "Of simultaneous take calls for a key, from any number of clients, exactly one gets the value.",
    why: "Two requests that both get a one-time code both pass.",
    fix: "Use one command of the store that reads and deletes, never a get and then a delete.",
    needs,
    async check(t, world) {
      const clients = await clientsOf(world, 3)
      for (const key of KEYS) await clients[0]?.set(key, key)
      await world.settle()
      const taken = await Promise.all(KEYS.map((key) => Promise.all(clients.map((client) => client.take(key)))))
      for (const [index, key] of KEYS.entries()) {
        const got = taken[index]?.filter((value) => value !== undefined)
        t.equal(got, [key], `what ${clients.length} callers got`)
      }
    },
  }),
  clause({
    id: "CACHE-ATOMIC-09",
    level: "MUST",
    text: "touch gives a stored key a new ttl, shorter, longer or Infinity, and resolves true.",
    why: "A session that is in use must not end, and one that is closed must.",
    fix: "Replace the expiry by now plus ttl, whatever it was and whatever the value is.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const ttl = world.step * 4
      const alive = world.window(ttl)
      world.lateWindow(ttl)
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
      t.equal(await cache.get("longer"), 1, "with a longer ttl, later")
      t.equal(await cache.get("shorter"), undefined, "with a shorter ttl, later")
      t.equal(await cache.get("first"), undefined, "with a first ttl, later")
      t.equal(await cache.get("endless"), 1, "with a ttl of Infinity, later")
    },
  }),
  clause({
    id: "CACHE-ATOMIC-10",
    level: "MUST",
    text: "touch keeps the value, also one that is set at the same time.",
    why: "A touch that writes the value back undoes an update.",
    fix: "Change the expiry alone, by one command of the store (PEXPIRE).",
    needs,
    async check(t, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      for (const value of [{ id: 1 }, "5", 5]) {
        await cache.set("key", value)
        const before = await cache.get("key")
        await cache.touch("key", 3600)
        t.equal(await cache.get("key"), before, "the value")
      }
      for (let round = 0; round < 20; round++) {
        await cache.set("race", "old")
        await world.settle()
        await Promise.all([cache.touch("race", 3600), other.set("race", "new")])
        await world.settle()
        t.equal(await cache.get("race"), "new", "the value that was set at the same time")
      }
    },
  }),
  clause({
    id: "CACHE-ATOMIC-11",
    level: "MUST",
    text: "touch of an absent or expired key resolves false and stores nothing.",
    why: "A session that has ended must not come back.",
    fix: "Look at the expiry before changing it.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      world.lateWindow(world.step)
      await cache.set("expired", 1, world.step)
      await world.passTtl(world.step)
      for (const key of ["absent", "expired"]) {
        t.equal(await cache.touch(key, 3600), false, `touch of an ${key} key`)
        t.equal(await cache.get(key), undefined, `get of an ${key} key afterwards`)
      }
    },
  }),
  clause({
    id: "CACHE-ATOMIC-12",
    level: "MUST",
    text: "touch without a ttl rejects INVALID_ARGUMENT and changes nothing.",
    why: "A ttl that was forgotten must not mean for ever.",
    fix: "Refuse undefined; Infinity is how a caller asks for no expiry.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
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
  clause({
    id: "CACHE-ATOMIC-13",
    level: "MUST",
    text: "ttl resolves the seconds that a stored key has left.",
    why: "Whoever renews what is about to expire reads this number.",
    fix: "Subtract now from the end, in seconds with fractions (PTTL divided by 1,000).",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      // Store and answer may each round by a step.
      const fuzz = (2 * world.capabilities.ttlResolutionMs) / 1000 + 0.05
      // Half a second, so that whole ones are told apart.
      const passed = Math.ceil(world.step) + 0.5
      // How much longer than that the calls may take.
      const most = world.manualTime ? 0 : 0.3
      const isNear = (left: number | undefined, expected: number) =>
        left !== undefined && left <= expected + fuzz && left >= expected - fuzz - most
      const soon = world.window(most)
      world.window(passed + most)
      await cache.set("key", 1, 100)
      const first = await cache.ttl("key")
      t.ok(isNear(first, 100), `of 100 s there are left, at once: ${first}`)
      soon.close()
      await world.pass(passed)
      const second = await cache.ttl("key")
      t.ok(isNear(second, 100 - passed), `of 100 s there are left after ${passed} s: ${second}`)
    },
  }),
  clause({
    id: "CACHE-ATOMIC-14",
    level: "MUST",
    text: "ttl of a key that never expires resolves Infinity.",
    why: "Then `(await ttl(key)) > 60` is right for every stored key.",
    fix: "Translate the store's own sign for no expiry, such as -1.",
    needs,
    async check(t, world) {
      const cache = await world.connect()
      await cache.set("without", 1)
      await cache.set("infinite", 1, Number.POSITIVE_INFINITY)
      t.equal(await cache.ttl("without"), Number.POSITIVE_INFINITY, "set without ttl")
      t.equal(await cache.ttl("infinite"), Number.POSITIVE_INFINITY, "set with a ttl of Infinity")
    },
  }),
  clause({
    id: "CACHE-ATOMIC-15",
    level: "MUST",
    text: "ttl of an absent or expired key resolves undefined.",
    why: "No number of seconds says that there is nothing.",
    fix: "Translate the store's own sign for absence, such as -2; look at the expiry.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      world.lateWindow(world.step)
      await cache.set("expired", 1, world.step)
      await world.passTtl(world.step)
      t.equal(await cache.ttl("expired"), undefined, "an expired key")
      t.equal(await cache.ttl("absent"), undefined, "an absent key")
    },
  }),
]
