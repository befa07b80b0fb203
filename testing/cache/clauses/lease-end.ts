import type { Checks } from "../../engine/checks.ts"
import { type CacheClient, type CacheWorld, clause, clientsOf, leaseOf } from "../clause.ts"

const needs = ["atomic"] as const
const HOUR_MS = 3_600_000

/** What voids a lease, and what does not. */
export const leaseEndClauses = [
  clause({
    id: "CACHE-LEASE-16",
    level: "MUST",
    text: "set, setIfAbsent and increment of a leased key, by any client, void its lease.",
    why: "The value that was loaded is older than the one that was set.",
    fix: "Remove the lease in the step that stores.",
    needs,
    async check(t, world) {
      await voids(t, world, "set", (cache, key) => cache.set(key, 1))
      await voids(t, world, "setIfAbsent", (cache, key) => cache.setIfAbsent(key, 1))
      await voids(t, world, "increment", (cache, key) => cache.increment(key))
    },
  }),
  clause({
    id: "CACHE-LEASE-17",
    level: "MUST",
    text: "delete of a leased key, by any client, resolves false and voids its lease.",
    why: "What was loaded before the delete is what the delete was to remove.",
    fix: "Remove the lease with the entry, also when there is no entry.",
    needs,
    async check(t, world) {
      await voids(t, world, "delete", async (cache, key) => t.equal(await cache.delete(key), false, "delete"))
      const cache = await world.connect()
      const token = await leaseOf(cache, "key")
      await cache.delete("key")
      t.ok((await cache.lease("key", HOUR_MS)) !== undefined, "the key could not be leased after the delete")
      t.equal(await cache.fill("key", token, "late"), false, "fill while the next lease holds")
    },
  }),
  clause({
    id: "CACHE-LEASE-18",
    level: "MUST",
    text: "setMany and deleteMany, by any client, void the leases of their keys.",
    why: "A batch that leaves leases alone is undone by what is loading.",
    fix: "Do in batches what set and delete do.",
    needs: ["atomic", "batch"],
    async check(t, world) {
      await voids(t, world, "setMany", (cache, key) =>
        cache.setMany([
          ["other", 1],
          [key, 1],
        ]),
      )
      await voids(t, world, "deleteMany", (cache, key) => cache.deleteMany(["other", key]))
    },
  }),
  clause({
    id: "CACHE-LEASE-19",
    level: "MUST",
    text: "clear, by any client, voids every lease.",
    why: "What was loaded before the clear would be back right after it.",
    fix: "Remove all leases, and then the entries.",
    needs,
    async check(t, world) {
      const clients = await clientsOf(world, 2)
      const [cache] = clients as [CacheClient]
      const keys = ["a", "b", "c"]
      for (const client of clients) {
        await cache.set("stored", 1)
        const tokens = await Promise.all(keys.map((key) => leaseOf(cache, key)))
        await client.clear()
        await world.settle()
        for (const [index, key] of keys.entries()) {
          t.equal(await cache.fill(key, tokens[index] ?? "no token", "late"), false, `fill of ${key} after clear`)
        }
      }
    },
  }),
  clause({
    id: "CACHE-LEASE-20",
    level: "MUST",
    text: "setTagged, by any client, voids the lease of its key.",
    why: "The value that was loaded is older than the one that was set.",
    fix: "Do in setTagged what set does.",
    needs: ["atomic", "tags"],
    async check(t, world) {
      await voids(t, world, "setTagged", (cache, key) => cache.setTagged(key, 1, ["tag"]))
    },
  }),
  clause({
    id: "CACHE-LEASE-21",
    level: "MUST",
    text: "invalidateTags, by any client, voids every lease, whatever the tags.",
    why: "A lease does not know yet which tags its value will have.",
    fix: "Remove all leases, also where no entry has the tags, and then the entries.",
    needs: ["atomic", "tags"],
    async check(t, world) {
      const cache = await world.connect()
      await cache.setTagged("tagged", 1, ["used"])
      await cache.setTagged("deleted", 1, ["unused"])
      await cache.delete("deleted")
      await voids(t, world, "invalidateTags of a tag in use", (client) => client.invalidateTags(["used"]))
      await voids(t, world, "invalidateTags of a tag without entries", (client) => client.invalidateTags(["unused"]))
    },
  }),
  clause({
    id: "CACHE-LEASE-22",
    level: "MUST",
    text: "Reads, refused calls and changes of other keys leave a lease alone.",
    why: "In a busy cache no value would ever be filled.",
    fix: "Void the leases of the keys that a call changes, and no others.",
    needs,
    async check(t, world) {
      const cache = await world.connect()
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
    },
  }),
  clause({
    id: "CACHE-LEASE-23",
    level: "MUST",
    text: "Caches side by side in a shared store have leases of their own.",
    why: "One application would wait for the loads of another, or void them.",
    fix: "Keep leases under the same prefix as entries.",
    needs: ["atomic", "shared"],
    async check(t, world) {
      const [cache, neighbour] = [await world.connect(), await world.neighbour()]
      const token = await leaseOf(cache, "key")
      t.ok((await neighbour.lease("key", HOUR_MS)) !== undefined, "the neighbour could not lease the same key")
      await neighbour.delete("key")
      await neighbour.set("key", "theirs")
      await neighbour.clear()
      await cache.fill("key", token, "ours")
      t.equal(await cache.get("key"), "ours", "what the lease filled after changes of the neighbour")
    },
  }),
  clause({
    id: "CACHE-LEASE-24",
    level: "MUST",
    text: "What fill stored does not outlast a set, delete or clear that ran at the same time.",
    why: "A delete that meets a load must not be lost.",
    fix: "Compare and store in one step; let clear void the leases first and remove entries then.",
    needs,
    async check(t, world) {
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
          await world.settle()
          t.equal(await cache.get(key), expected, `get after a simultaneous fill and ${name}`)
        }
      }
    },
  }),
  clause({
    id: "CACHE-LEASE-25",
    level: "MUST",
    text: "Leases of any number of keys hold at the same time.",
    why: "After a cold start everything is loaded at once.",
    fix: "Drop only leases that have ended, however many there are.",
    needs,
    waits: true,
    async check(t, world) {
      const cache = await world.connect()
      const named = (name: string) => Array.from({ length: 1100 }, (_, index) => `${name}-${index}`)
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
    await world.settle()
    t.equal(await cache.fill(key, token, "late"), false, `fill after ${key}`)
  }
}
