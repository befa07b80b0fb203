import type { Checks } from "../../engine/checks.ts"
import { type CacheClient, type CacheWorld, clause, clientsOf, leaseOf } from "../clause.ts"

import { ending, looking, making, storing } from "../probes.ts"

const needs = ["atomic"] as const
const HOUR_MS = 3_600_000

/** What voids a lease, and what does not. */
export const leaseEndClauses = [
  clause("CACHE-LEASE-16", {
    why: "The value that was loaded is older than the one that was set.",
    fix: "Remove the lease in the step that stores.",
    needs,
    async check(t, _cache, world) {
      await voids(t, world, "set", (cache, key) => cache.set(key, 1))
      await voids(t, world, "setIfAbsent", (cache, key) => cache.setIfAbsent(key, 1))
      await voids(t, world, "increment", (cache, key) => cache.increment(key))
    },
  }),
  clause("CACHE-LEASE-17", {
    why: "What was loaded before the delete is what the delete was to remove.",
    fix: "Remove the lease with the entry, also when there is no entry.",
    needs,
    async check(t, cache, world) {
      await voids(t, world, "delete", async (cache, key) => t.equal(await cache.delete(key), false, "delete"))
      const token = await leaseOf(cache, "key")
      await cache.delete("key")
      t.ok((await cache.lease("key", HOUR_MS)) !== undefined, "the key could not be leased after the delete")
      t.equal(await cache.fill("key", token, "late"), false, "fill while the next lease holds")
    },
  }),
  clause("CACHE-LEASE-18", {
    why: "A batch that leaves leases alone is undone by what is loading.",
    fix: "Do in batches what set and delete do.",
    needs: ["atomic", "batch"],
    async check(t, _cache, world) {
      await voids(t, world, "setMany", (cache, key) =>
        cache.setMany([
          ["other", 1],
          [key, 1],
        ]),
      )
      await voids(t, world, "deleteMany", (cache, key) => cache.deleteMany(["other", key]))
    },
  }),
  clause("CACHE-LEASE-19", {
    why: "What was loaded before the clear would be back right after it.",
    fix: "Remove all leases, and then the entries.",
    needs,
    async check(t, _cache, world) {
      const clients = await clientsOf(world, 2)
      const [cache] = clients as [CacheClient]
      const keys = ["a", "b", "c"]
      for (const client of clients) {
        await cache.set("stored", 1)
        const tokens = await Promise.all(keys.map((key) => leaseOf(cache, key)))
        await client.clear()
        await world.converge()
        for (const [index, key] of keys.entries()) {
          t.equal(await cache.fill(key, tokens[index] ?? "no token", "late"), false, `fill of ${key} after clear`)
        }
      }
    },
  }),
  clause("CACHE-LEASE-20", {
    why: "The value that was loaded is older than the one that was set.",
    fix: "Do in setTagged what set does.",
    needs: ["atomic", "tags"],
    async check(t, _cache, world) {
      await voids(t, world, "setTagged", (cache, key) => cache.setTagged(key, 1, ["tag"]))
    },
  }),
  clause("CACHE-LEASE-21", {
    why: "A lease does not know yet which tags its value will have.",
    fix: "Remove all leases, also where no entry has the tags, and then the entries.",
    needs: ["atomic", "tags"],
    async check(t, cache, world) {
      await cache.setTagged("tagged", 1, ["used"])
      await cache.setTagged("deleted", 1, ["unused"])
      await cache.delete("deleted")
      await voids(t, world, "invalidateTags of a tag in use", (client) => client.invalidateTags(["used"]))
      await voids(t, world, "invalidateTags of a tag without entries", (client) => client.invalidateTags(["unused"]))
    },
  }),
  clause("CACHE-LEASE-22", {
    why: "In a busy cache no value would ever be filled.",
    fix: "Void the leases of the keys that a call changes, and no others.",
    needs,
    async check(t, cache, world) {
      const { batch, scan } = world.capabilities
      const token = await leaseOf(cache, "key")
      await cache.get("key")
      await cache.has("key")
      await cache.ttl("key")
      await cache.touch("key", 3600)
      await cache.lease("key", HOUR_MS)
      await cache.stats()
      if (batch) await cache.getMany(["key"])
      if (scan) for await (const _ of cache.keys()) break
      await cache.set("key 2", 1)
      await cache.setIfAbsent("ke", 1)
      await cache.increment("key 3")
      await cache.delete("key 2")
      await cache.take("key 3")
      if (batch) await cache.setMany([["key 2", 1]])
      if (batch) await cache.deleteMany(["key 2", "absent"])
      await t.rejects(() => cache.set("key", undefined), "INVALID_ARGUMENT", "set of undefined")
      await t.rejects(() => cache.set("key", 1, 0), "INVALID_ARGUMENT", "set with a ttl of 0")
      await t.rejects(() => cache.increment("key", Number.NaN), "INVALID_ARGUMENT", "increment by NaN")
      await cache.fill("key", token, "filled")
      t.equal(await cache.get("key"), "filled", "what the lease filled afterwards")
      const leaves = async (name: string, call: (leased: string) => Promise<unknown>) => {
        const leased = `leased during ${name}`
        const held = await leaseOf(cache, leased)
        await call(leased)
        await cache.fill(leased, held, "loaded")
        t.equal(await cache.get(leased), "loaded", `what is filled after ${name}`)
      }
      for (const [method, read] of await looking(cache)) await leaves(method, (leased) => read(cache, leased))
      await leaves("has", (leased) => cache.has(leased))
      await leaves("ttl", (leased) => cache.ttl(leased))
      await leaves("touch", (leased) => cache.touch(leased, 3600))
      await leaves("a second lease", (leased) => cache.lease(leased, HOUR_MS))
      for (const [method, store] of await storing(cache)) {
        // What must be refused is the business of other clauses.
        const refused = async (key: string) => (await t.outcome(() => store(cache, key, undefined), method)).error
        if ((await refused("fresh")) !== undefined) await leaves(`a refused ${method}`, refused)
      }
      for (const [method, make] of await making(cache)) {
        await leaves(`${method} of another key`, (leased) => make(cache, `${leased} 2`))
      }
      for (const [method, take] of await ending(cache)) {
        await leaves(`${method} of another key`, async (leased) => {
          await cache.set(`${leased} 3`, 1)
          return take(cache, `${leased} 3`)
        })
      }
    },
  }),
  clause("CACHE-LEASE-23", {
    why: "One application would wait for the loads of another, or void them.",
    fix: "Keep leases under the same prefix as entries.",
    needs: ["atomic", "shared"],
    async check(t, cache, world) {
      const neighbour = await world.neighbour()
      const token = await leaseOf(cache, "key")
      t.ok((await neighbour.lease("key", HOUR_MS)) !== undefined, "the neighbour could not lease the same key")
      await neighbour.delete("key")
      await neighbour.set("key", "theirs")
      await neighbour.clear()
      await cache.fill("key", token, "ours")
      t.equal(await cache.get("key"), "ours", "what the lease filled after changes of the neighbour")
      const leaves = async (name: string, change: (key: string) => Promise<unknown>) => {
        const held = await leaseOf(cache, name)
        await change(name)
        await cache.fill(name, held, "loaded")
        t.equal(await cache.get(name), "loaded", `what is filled after the neighbour's ${name}`)
      }
      for (const [method, make] of await making(neighbour)) await leaves(method, (key) => make(neighbour, key))
      for (const [method, take] of await ending(neighbour)) {
        await neighbour.set(method, 1)
        await leaves(method, (key) => take(neighbour, key))
      }
      await leaves("clear", () => neighbour.clear())
      if (world.capabilities.tags) await leaves("invalidateTags", () => neighbour.invalidateTags(["tag"]))
    },
  }),
  clause("CACHE-LEASE-24", {
    why: "A delete that meets a load must not be lost.",
    fix: "Compare and store in one step; let clear void the leases first and remove entries then.",
    needs,
    async check(t, _cache, world) {
      const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
      const changes: [name: string, change: (key: string) => Promise<unknown>, expected: unknown][] = [
        ["set", (key) => other.set(key, "new"), "new"],
        ["delete", (key) => other.delete(key), undefined],
        ["clear", () => cache.clear(), undefined],
      ]
      for (let round = 0; round < 20; round++) {
        for (const [name, change, expected] of changes) {
          const key = `${name} ${round}`
          const token = await leaseOf(cache, key)
          const fill = () => cache.fill(key, token, "late")
          await Promise.all(round % 2 === 0 ? [fill(), change(key)] : [change(key), fill()])
          await world.converge()
          t.equal(await cache.get(key), expected, `get after a simultaneous fill and ${name}`)
        }
      }
    },
  }),
  clause("CACHE-LEASE-25", {
    why: "After a cold start everything is loaded at once.",
    fix: "Drop only leases that have ended, however many there are.",
    needs,
    waits: true,
    async check(t, cache, world) {
      const named = (name: string) =>
        Array.from({ length: Math.min(world.many, 1100) }, (_, index) => `${name}-${index}`)
      await Promise.all(named("short").map((key) => cache.lease(key, world.step * 1000)))
      const tokens = await Promise.all(named("long").map((key) => leaseOf(cache, key)))
      await world.passTtl(world.step)
      await leaseOf(cache, "one more")
      const filled = await Promise.all(named("long").map((key, index) => cache.fill(key, tokens[index] ?? "", index)))
      t.equal(filled.filter((held) => held === false).length, 0, "leases lost")
    },
  }),
]

/** The change, by the client that holds a lease and by another one, makes the fill of that lease fail. */
async function voids(
  t: Checks,
  world: CacheWorld,
  name: string,
  change: (client: CacheClient, key: string) => Promise<unknown>,
): Promise<void> {
  const [cache, other] = (await clientsOf(world, 2)) as [CacheClient, CacheClient]
  for (const [who, client] of [["the same client", cache] as const, ["another client", other] as const]) {
    const key = `${name} by ${who}`
    const token = await leaseOf(cache, key)
    await change(client, key)
    await world.converge()
    t.equal(await cache.fill(key, token, "late"), false, `fill after ${key}`)
  }
}
