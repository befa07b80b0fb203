import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { createClient } from "@redis/client"
import { Redis } from "ioredis"
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod/mini"
import { systemClock } from "../../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../../contracts/foundation/errors.ts"
import { findRedis, REDIS_MISSING, type RedisOptions, type RedisServer, startRedis } from "../../../../servers/redis.ts"
import { startTcpProxy } from "../../../../testing/faults/tcp-proxy.ts"
import { RedisConnection } from "./connection.ts"
import { checkRedisConnection, redisConnectionShape } from "./options.ts"

const schema = z.strictObject(redisConnectionShape).check(z.superRefine(checkRedisConnection))
const installed = findRedis() !== undefined
let server: RedisServer

beforeAll(async () => {
  if (installed) server = await startRedis()
})
afterAll(() => server?.stop())
beforeEach((context) => {
  if (!installed) context.skip(REDIS_MISSING)
})

function open(options: z.input<typeof schema>): RedisConnection {
  const connection = new RedisConnection(schema.parse(options), systemClock)
  onTestFinished(() => connection.close())
  return connection
}

async function start(options: RedisOptions): Promise<RedisServer> {
  const started = await startRedis(options)
  onTestFinished(() => started.stop())
  return started
}

/** What the first command of a connection with these options rejects with, as users see it. */
async function failureOf(options: z.input<typeof schema>): Promise<ServiceError> {
  const connection = open({ timeoutMs: 60_000, ...options })
  const error = await connection.send("key", ["GET", "key"]).catch((reason: unknown) => connection.mapError(reason))
  if (!ServiceError.is(error)) throw new Error("it did not fail")
  expect(JSON.stringify(error) + error.message, "no secret").not.toContain("secret")
  return error
}

describe("a connection to the wrong place", () => {
  it("is PERMISSION_DENIED at once with wrong, missing or needless credentials", async () => {
    const locked = await start({ password: "right-secret" })
    const begun = performance.now()
    for (const options of [
      { port: locked.port, password: "wrong-secret" },
      { port: locked.port, username: "nobody", password: "right-secret" },
      { port: locked.port },
      { port: server.port, password: "needless-secret" },
    ]) {
      expect(await failureOf(options)).toMatchObject({ code: "PERMISSION_DENIED" })
    }
    const many = Array.from({ length: 20 }, (_, index) => `argument ${index}`)
    const connection = open({ port: locked.port, timeoutMs: 60_000 })
    const refused = connection.send("key", ["MSET", ...many]).catch((error: unknown) => connection.mapError(error))
    expect(await refused, "a long command").toMatchObject({ code: "PERMISSION_DENIED" })
    expect(performance.now() - begun, "none waited for its deadline").toBeLessThan(60_000)
    expect(await open({ port: locked.port, password: "right-secret" }).send("key", ["GET", "key"])).toBe(null)
  })

  it("is INVALID_CONFIG, by option, for a database or a cluster that is not there", async () => {
    expect(await failureOf({ port: server.port, database: 99 })).toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringContaining("database"),
    })
    expect(await failureOf({ port: server.port, cluster: true })).toMatchObject({
      code: "INVALID_CONFIG",
      message: expect.stringContaining("cluster"),
    })
  })

  it("is UNAVAILABLE for what is no Redis server, with TLS and without", async () => {
    const web = await startWebServer()
    const { port } = web.address() as AddressInfo
    for (const options of [{ port }, { port, cluster: true }]) {
      expect(await failureOf(options)).toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("not a Redis server"),
      })
    }
    expect(await failureOf({ port, tls: true })).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("does not speak TLS"),
    })
  })

  it("is UNAVAILABLE with the system's reason where nobody listens", async () => {
    for (const options of [{ port: 1 }, { cluster: { nodes: ["127.0.0.1:1", "127.0.0.1:2"] } }]) {
      await expect
        .poll(() => failureOf({ ...options, timeoutMs: 500 }))
        .toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("ECONNREFUSED") })
    }
  })
})

describe("TLS", () => {
  it("works with the authority given, and with none where certificates are not checked", async () => {
    const { ca = "", port } = await start({ tls: true })
    for (const tls of [{ ca }, { ca, servername: "localhost" }, { rejectUnauthorized: false }]) {
      expect(await open({ host: "127.0.0.1", port, tls }).send("key", ["PING"])).toBe("PONG")
    }
  })

  it("is UNAVAILABLE, with the reason, for a certificate of another authority or name", async () => {
    const { ca = "", port } = await start({ tls: true })
    for (const [tls, reason] of [
      [true, "SELF_SIGNED_CERT_IN_CHAIN"],
      [{ ca, servername: "other.test" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ] as const) {
      expect(await failureOf({ port, tls })).toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining(`its certificate is not trusted (${reason})`),
      })
    }
  })

  it("is asked about where one side speaks it and the other does not", async () => {
    const { port } = await start({ tls: true })
    const wait = { timeoutMs: 500 }
    const asked = async (options: z.input<typeof schema>) => (await failureOf({ ...options, ...wait })).message
    await expect.poll(() => asked({ port })).toContain("is it one for TLS?")
    await expect.poll(() => asked({ port: server.port, tls: true })).toContain("does the server speak TLS?")
  })
})

describe("a client of the application", () => {
  it("stays open when the connection closes, and works as before", async () => {
    const nodeRedis = createClient({ socket: { port: server.port }, disableOfflineQueue: true })
    nodeRedis.on("error", () => {})
    await nodeRedis.connect()
    onTestFinished(() => nodeRedis.destroy())
    const ioredis = new Redis(server.port, { enableOfflineQueue: false, autoResendUnfulfilledCommands: false })
    onTestFinished(() => void ioredis.quit())
    await expect.poll(() => ioredis.status).toBe("ready")
    for (const client of [nodeRedis, ioredis]) {
      const listeners = () => client.listenerCount("ready") + client.listenerCount("error")
      const before = listeners()
      const connection = open({ client })
      expect(await connection.send("key", ["SET", "key", "1"])).toBe("OK")
      await connection.close()
      await expect(connection.send("key", ["GET", "key"])).rejects.toMatchObject({ code: "CLOSED" })
      expect(await client.get("key")).toBe("1")
      expect(listeners(), "its listeners are gone").toBe(before)
    }
  })

  it("gives text, whatever replies it is set to", async () => {
    const client = createClient({
      socket: { port: server.port },
      disableOfflineQueue: true,
      commandOptions: { typeMapping: { 36: Buffer } },
    })
    client.on("error", () => {})
    await client.connect()
    onTestFinished(() => client.destroy())
    const connection = open({ client })
    await connection.send("key", ["SET", "key", "text"])
    expect(await connection.send("key", ["GET", "key"])).toBe("text")
  })

  it("is UNAVAILABLE at once while the application has not connected it, and works when it has", async () => {
    const client = createClient({ socket: { port: server.port }, disableOfflineQueue: true })
    client.on("error", () => {})
    const connection = open({ client, timeoutMs: 60_000 })
    await expect(connection.send("key", ["GET", "key"])).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await client.connect()
    onTestFinished(() => client.destroy())
    expect(await connection.send("key", ["PING"])).toBe("PONG")
  })

  it("is connected by its first command if ioredis was made with lazyConnect, and UNAVAILABLE after its end", async () => {
    const options = { lazyConnect: true, enableOfflineQueue: false, autoResendUnfulfilledCommands: false }
    const client = new Redis(server.port, options)
    const connection = open({ client })
    expect(await connection.send("key", ["PING"])).toBe("PONG")
    await client.quit()
    await expect.poll(() => client.status).toBe("end")
    await expect(connection.send("key", ["PING"])).rejects.toMatchObject({ code: "UNAVAILABLE" })
  })

  it("loses no honesty over a bad line: TIMEOUT for what was sent, nothing of it sent again", async () => {
    const proxy = await startTcpProxy({ port: server.port })
    onTestFinished(() => proxy.close())
    const client = new Redis(proxy.port, { enableOfflineQueue: false, autoResendUnfulfilledCommands: false })
    client.on("error", () => {})
    onTestFinished(() => client.disconnect())
    const connection = open({ client, timeoutMs: 300 })
    await expect.poll(() => connection.send("count", ["SET", "count", "0"]).catch(String)).toBe("OK")
    proxy.cutAfter(1)
    const error = await connection.send("count", ["INCR", "count"]).catch((reason) => connection.mapError(reason))
    expect(error).toMatchObject({ code: "TIMEOUT" })
    await expect.poll(() => connection.send("count", ["GET", "count"]).catch(() => "not yet")).toBe("1")
  })
})

describe("close", () => {
  it("waits for what is under way, and no longer than its deadline", async () => {
    const silent = await start({})
    const connection = open({ port: silent.port, timeoutMs: 30_000 })
    await connection.send("key", ["PING"])
    const answered = connection.send("key", ["SET", "key", "1"])
    await connection.close()
    expect(await answered).toBe("OK")

    const client = new Redis(silent.port, { enableOfflineQueue: false, autoResendUnfulfilledCommands: false })
    onTestFinished(() => client.disconnect())
    const injected = open({ client, timeoutMs: 1000 })
    await expect.poll(() => injected.send("key", ["PING"]).catch(String)).toBe("PONG")
    silent.pause()
    const unanswered = injected.send("key", ["GET", "key"]).catch((error: unknown) => error)
    await injected.close()
    expect(await unanswered).toMatchObject({ code: "TIMEOUT" })
    silent.resume()
  })
})

async function startWebServer(): Promise<Server> {
  const web = createServer((_, response) => response.end("hello"))
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    web.closeAllConnections()
    web.close()
  })
  return web
}
