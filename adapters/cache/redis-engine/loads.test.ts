import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { createRedisCache } from "../redis.ts"
import type { LoadNote, LoadOrder } from "./loads.fixture.ts"

const fixture = new URL("./loads.fixture.ts", import.meta.url)
const installed = findRedis() !== undefined
let server: RedisServer
let cache: Cache
let processes: Loading[] = []

/** Another process that loads into the same cache. */
class Loading {
  calls = 0
  readonly #child: ChildProcess
  readonly #notes: LoadNote[] = []

  constructor(port: number) {
    const execArgv = ["--import", "tsx"]
    this.#child = fork(fixture, [String(port)], { execArgv })
    this.#child.on("message", (note: LoadNote) => {
      if (note.kind === "called") this.calls++
      else this.#notes.push(note)
    })
  }

  /** The next thing it has to say. */
  async next(): Promise<LoadNote> {
    for (;;) {
      const note = this.#notes.shift()
      if (note !== undefined) return note
      await once(this.#child, "message")
    }
  }

  async load(order: LoadOrder): Promise<readonly string[]> {
    this.#child.send(order)
    const note = await this.next()
    return note.kind === "answers" ? note.values : []
  }

  send(order: LoadOrder | "finish"): void {
    this.#child.send(order)
  }

  kill(): void {
    this.#child.kill("SIGKILL")
  }
}

beforeAll(async () => {
  if (!installed) return
  server = await startRedis()
  cache = createRedisCache({ port: server.port, keyPrefix: "loads", timeoutMs: 30_000 })
  if (!cache.capabilities.atomic) return
  processes = Array.from({ length: 4 }, () => new Loading(server.port))
  await Promise.all(processes.map((process) => process.next()))
})

afterAll(async () => {
  for (const process of processes) process.kill()
  await cache?.close()
  await server?.stop()
})

/** Names of what went wrong are those of the processes, whose calls are counted from here on. */
function itWithProcesses(name: string, body: () => Promise<void>): void {
  it(name, async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    if (!cache.capabilities.atomic) context.skip("the Redis cache has no leases")
    for (const process of processes) process.calls = 0
    await body()
  })
}

const callsOfAll = () => processes.reduce((sum, { calls }) => sum + calls, 0)

describe("getOrSet in four processes on one Redis", () => {
  itWithProcesses("runs one factory for 25 callers of each", async () => {
    const answers = await Promise.all(processes.map((each) => each.load({ key: "one", callers: 25, ms: 50 })))
    const values = answers.flat()
    expect(values).toHaveLength(100)
    expect(new Set(values).size).toBe(1)
    expect(callsOfAll()).toBe(1)
    expect(await cache.get("one")).toBe(values[0])
  })

  itWithProcesses("runs one failing factory in each, however many call", async () => {
    const order = { key: "failing", callers: 25, ms: 20, fails: true }
    const answers = await Promise.all(processes.map((each) => each.load(order)))
    expect(new Set(answers.flat())).toEqual(new Set(["down"]))
    expect(processes.map(({ calls }) => calls)).toEqual([1, 1, 1, 1])
    expect(await cache.has("failing")).toBe(false)
  })

  itWithProcesses("loses no delete to a load", async () => {
    const [first] = processes as [Loading]
    const loading = first.load({ key: "deleted", callers: 1 })
    await expect.poll(() => first.calls).toBe(1)
    expect(await cache.delete("deleted")).toBe(false)
    first.send("finish")
    expect(await loading).toHaveLength(1)
    expect(await cache.has("deleted")).toBe(false)
  })

  itWithProcesses("loses no time but the lease when a process dies while it loads", async () => {
    const [, second] = processes as [Loading, Loading]
    const dying = new Loading(server.port)
    await dying.next()
    dying.send({ key: "dying", callers: 1, leaseMs: 500 })
    await expect.poll(() => dying.calls).toBe(1)
    dying.kill()
    const start = performance.now()
    const [value] = await second.load({ key: "dying", callers: 1, ms: 1, leaseMs: 500 })
    expect(value).toMatch(/^by /)
    expect(performance.now() - start).toBeLessThan(30_000)
  })
})
