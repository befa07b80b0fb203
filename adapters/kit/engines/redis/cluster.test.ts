import { createCluster } from "@redis/client"
import { Redis } from "ioredis"
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod/mini"
import { systemClock } from "../../../../contracts/foundation/clock.ts"
import { findRedis, REDIS_MISSING, type RedisServer } from "../../../../servers/redis.ts"
import { type RedisCluster, startRedisCluster } from "../../../../servers/redis-cluster.ts"
import { RedisCommands } from "./commands.ts"
import { RedisConnection } from "./connection.ts"
import { checkRedisConnection, redisConnectionShape } from "./options.ts"
import { slotOf } from "./slots.ts"

const schema = z.strictObject(redisConnectionShape).check(z.superRefine(checkRedisConnection))
const installed = findRedis() !== undefined
let cluster: RedisCluster

beforeAll(async () => {
  if (installed) cluster = await startRedisCluster({ appendOnly: true })
})
afterAll(() => cluster?.stop())
beforeEach((context) => {
  if (!installed) context.skip(REDIS_MISSING)
})

function open(options: z.input<typeof schema>): RedisConnection {
  const connection = new RedisConnection(schema.parse(options), systemClock)
  onTestFinished(() => connection.close())
  return connection
}

/** What only a node that is away does not answer in, however busy the machine is. */
const PATIENCE_MS = 30_000
/** For calls that are to miss it. */
const TIMEOUT_MS = 1000

/** Each way to reach the cluster. */
const ways: [string, (timeoutMs?: number) => Promise<RedisConnection>][] = [
  ["of our own", async (timeoutMs = PATIENCE_MS) => open({ port: cluster.port, cluster: true, timeoutMs })],
  [
    "of @redis/client",
    async (timeoutMs = PATIENCE_MS) => {
      const client = createCluster({
        rootNodes: cluster.nodes.map(({ port }) => ({ socket: { port } })),
        defaults: { disableOfflineQueue: true, socket: { reconnectStrategy: 50 } },
      })
      client.on("error", () => {})
      await client.connect()
      onTestFinished(() => client.destroy())
      return open({ client, timeoutMs })
    },
  ],
  [
    "of ioredis",
    async (timeoutMs = PATIENCE_MS) => {
      const client = new Redis.Cluster(cluster.nodes.map(({ port }) => ({ host: "127.0.0.1", port })))
      client.on("error", () => {})
      onTestFinished(() => client.disconnect())
      return open({ client, timeoutMs })
    },
  ],
]

/** A key of each node, and the node. */
function keysOfNodes(): [string, RedisServer][] {
  const third = Math.ceil(16_384 / 3)
  return cluster.nodes.map((node, index) => {
    for (let count = 0; ; count++)
      if (Math.floor(slotOf(`key-${count}`) / third) === index) return [`key-${count}`, node]
  })
}

/** From here on the slot of a key is on its way to another node. */
async function startMove(key: string, from: RedisServer, to: RedisServer): Promise<void> {
  const slot = String(slotOf(key))
  await to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", await from.command("CLUSTER", "MYID"))
  await from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", await to.command("CLUSTER", "MYID"))
}

/** The slot is the new node's. That node is told first: as the one that imported the slot it starts a new epoch. */
async function endMove(key: string, to: RedisServer): Promise<void> {
  const others = cluster.nodes.filter((node) => node !== to)
  const id = await to.command("CLUSTER", "MYID")
  for (const node of [to, ...others]) await node.command("CLUSTER", "SETSLOT", String(slotOf(key)), "NODE", id)
  await cluster.settled()
}

describe.each(ways)("a cluster %s", (_, connect) => {
  it("has each key on the node whose it is", async () => {
    const connection = await connect()
    for (const [key, node] of keysOfNodes()) {
      expect(await connection.send(key, ["SET", key, "1"])).toBe("OK")
      expect(await node.command("GET", key)).toBe("1")
    }
    expect([...connection.servers].sort()).toEqual(cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).sort())
  })

  it("follows a key that is moving, and one that has moved", async () => {
    const connection = await connect()
    const [[, source], [key, target]] = keysOfNodes() as [[string, RedisServer], [string, RedisServer]]
    await connection.send(key, ["SET", key, "before"])
    await target.command("DEL", key)
    await startMove(key, target, source)
    expect(await connection.send(key, ["SET", key, "moving"])).toBe("OK")
    await endMove(key, source)
    onTestFinished(async () => {
      await startMove(key, source, target)
      await endMove(key, target)
    })
    expect(await source.command("GET", key)).toBe("moving")
    expect(await connection.send(key, ["GET", key])).toBe("moving")
    expect(await connection.send(key, ["EVAL", "return redis.call('DEL', KEYS[1])", "1", key])).toBe(1)
  })
})

function works(connection: RedisConnection, key: string): Promise<void> {
  return expect.poll(() => connection.send(key, ["SET", key, "1"]).catch(String)).toBe("OK")
}

describe("a cluster that loses a node", () => {
  it("ends calls for its keys UNAVAILABLE or TIMEOUT in time, and works again after its restart", async () => {
    const connections = await Promise.all(ways.map(([, connect]) => connect(TIMEOUT_MS)))
    const [[lost, node], [other]] = keysOfNodes() as [[string, RedisServer], [string, RedisServer]]
    await node.command("SET", lost, "0")
    for (const connection of connections) await works(connection, other)
    await node.kill()
    let unknown = 0
    const fails = async (connection: RedisConnection) => {
      // At once, while the other nodes have not noticed.
      const commands = new RedisCommands(connection)
      const both = commands.each([lost, other], (key) => commands.set(key, "0", undefined))
      await expect(both, "one of the two was applied").rejects.toMatchObject({ code: "TIMEOUT" })
      for (let count = 0; count < 3; count++) {
        const begun = performance.now()
        const error = await connection.send(lost, ["INCR", lost]).catch((reason) => connection.mapError(reason))
        expect(error).toMatchObject({ code: expect.stringMatching(/^(UNAVAILABLE|TIMEOUT)$/) })
        expect(performance.now() - begun).toBeLessThan(PATIENCE_MS)
        if ((error as { code: string }).code === "TIMEOUT") unknown++
      }
    }
    await Promise.all(connections.map(fails))
    await node.restart()
    for (const connection of connections) {
      for (const key of [lost, other]) {
        await expect.poll(() => connection.send(key, ["GET", key]).catch(String)).toMatch(/^\d+$/)
      }
    }
    expect(Number(await node.command("GET", lost))).toBeLessThanOrEqual(unknown)
  })

  it("ends calls for the keys of one that is silent TIMEOUT in time, and others work meanwhile", async () => {
    const connections = await Promise.all(ways.map(([, connect]) => connect(TIMEOUT_MS)))
    const [[silent, node], [other]] = keysOfNodes() as [[string, RedisServer], [string, RedisServer]]
    for (const connection of connections) for (const key of [silent, other]) await works(connection, key)
    node.pause()
    onTestFinished(() => node.resume())
    await Promise.all(
      connections.map(async (connection) => {
        const begun = performance.now()
        const get = connection.send(silent, ["GET", silent])
        await works(connection, other)
        await expect(get).rejects.toMatchObject({ code: "TIMEOUT" })
        expect(performance.now() - begun).toBeLessThan(PATIENCE_MS)
      }),
    )
    node.resume()
    for (const connection of connections) await works(connection, silent)
  })
})
