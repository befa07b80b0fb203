import { existsSync } from "node:fs"
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import { findRedis, REDIS_MISSING, type RedisOptions, type RedisServer, startRedis } from "./redis.ts"
import { sendCommand } from "./resp.ts"
import { canListen } from "./server-process.ts"

const executable = findRedis()

async function open(options?: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

describe("redis-server for tests", () => {
  beforeEach((ctx) => {
    if (executable === undefined) ctx.skip(REDIS_MISSING)
  })

  it("starts on a port of its own and answers", async () => {
    const [one, other] = await Promise.all([open(), open()])
    expect(one.port).not.toBe(other.port)
    expect(one.url).toBe(`redis://127.0.0.1:${one.port}`)
    await one.command("SET", "key", "välue")
    expect(await one.command("GET", "key")).toBe("välue")
    expect(await other.command("GET", "key")).toBe("(nil)")
    expect(await one.command("CONFIG", "GET", "save")).toBe("save\n")
  })

  it("listens on the loopback interface only", async () => {
    const server = await open()
    expect(await server.command("CONFIG", "GET", "bind")).toBe("bind\n127.0.0.1")
  })

  it("keeps what was acknowledged over kill and restart with appendOnly", async () => {
    const server = await open({ appendOnly: true })
    await server.command("SET", "key", "kept")
    await server.kill()
    await expect(server.command("PING")).rejects.toThrow()
    await server.restart()
    expect(await server.command("GET", "key")).toBe("kept")
  })

  it("loses everything over kill and restart without appendOnly", async () => {
    const server = await open()
    await server.command("SET", "key", "lost")
    await server.kill()
    await server.restart()
    expect(await server.command("GET", "key")).toBe("(nil)")
  })

  it("restarts while it runs", async () => {
    const server = await open({ appendOnly: true })
    const first = await server.command("INFO", "server")
    await server.restart()
    const second = await server.command("INFO", "server")
    expect(runId(second)).not.toBe(runId(first))
  })

  it("asks for the password, and its url carries it", async () => {
    const server = await open({ password: "p@ss/word" })
    expect(new URL(server.url).password).toBe("p%40ss%2Fword")
    expect(await server.command("PING")).toBe("PONG")
  })

  it("speaks TLS and nothing else, with certificates of its own", async () => {
    const [one, other] = await Promise.all([open({ tls: true }), open({ tls: true })])
    expect(one.url).toBe(`rediss://127.0.0.1:${one.port}`)
    expect(await one.command("PING")).toBe("PONG")
    await expect(sendCommand({ port: one.port }, ["PING"])).rejects.toThrow()
    await expect(sendCommand({ port: one.port, ca: other.ca }, ["PING"])).rejects.toThrow()
  })

  it("refuses writes beyond maxMemory", async () => {
    const server = await open({ maxMemory: "1mb" })
    await expect(server.command("SET", "key", "x".repeat(1_000_000))).rejects.toThrow(/^OOM/)
  })

  it("is silent while paused, and can be resumed or stopped", async () => {
    const server = await open()
    server.pause()
    const answer = server.command("PING")
    const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 100, "silence"))])
    expect(early).toBe("silence")
    server.resume()
    expect(await answer).toBe("PONG")
    server.pause()
    await server.stop()
    expect(await canListen(server.port)).toBe(true)
  })

  it("stops twice, and removes its data", async () => {
    const server = await open()
    const directory = (await server.command("CONFIG", "GET", "dir")).split("\n")[1] ?? ""
    expect(existsSync(directory)).toBe(true)
    await server.stop()
    await server.stop()
    expect(existsSync(directory)).toBe(false)
  })

  it("refuses a port that is taken", async () => {
    const { port } = await open()
    await expect(startRedis({ port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
  })

  it("shows the end of the log when the server dies at start", async () => {
    await expect(startRedis({ maxMemory: "nonsense" })).rejects.toThrow(/exit code 1[\s\S]*maxmemory/)
  })
})

describe("findRedis", () => {
  beforeEach(() => {
    vi.stubEnv("REDIS_SERVER", "/nonexistent/redis-server")
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it("finds nothing where nothing is installed", () => {
    vi.stubEnv("REQUIRE_SERVERS", undefined)
    expect(findRedis()).toBeUndefined()
  })

  it("throws with the command that installs it when servers are required", () => {
    vi.stubEnv("REQUIRE_SERVERS", "1")
    expect(() => findRedis()).toThrow("bash .ci/servers")
  })

  it("takes REDIS_SERVER", () => {
    vi.stubEnv("REDIS_SERVER", process.execPath)
    expect(findRedis()).toBe(process.execPath)
  })
})

function runId(info: string): string | undefined {
  return /run_id:(\w+)/.exec(info)?.[1]
}
