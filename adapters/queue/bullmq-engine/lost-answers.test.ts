import { createHash } from "node:crypto"
import { createRequire } from "node:module"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { systemClock } from "../../../contracts/foundation/clock.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { findRedis, REDIS_MISSING, type RedisServer, startRedis } from "../../../servers/redis.ts"
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy.fixture.ts"
import { publishScript, startScript } from "./scripts.ts"
import { Ears, openQueue, WAYS } from "./ways.fixture.ts"

const installed = findRedis() !== undefined
const PATIENCE = { timeout: 15_000, interval: 20 }
const VISIBILITY_MS = 600
const bullmqScripts = createRequire(import.meta.url)("bullmq/dist/cjs/scripts/index.js") as Record<
  string,
  { readonly content: string }
>
/** What a server is asked for with EVALSHA. */
const shaOf = (name: string) =>
  createHash("sha1")
    .update(bullmqScripts[name]?.content ?? "")
    .digest("hex")

let server: RedisServer
let proxy: CuttingProxy

beforeAll(async () => {
  if (!installed) return
  server = await startRedis()
  proxy = await startCuttingProxy(server.port)
})

afterAll(async () => {
  if (!installed) return
  await proxy.close()
  await server.stop()
})

/** A handler for each message that fails as often as its payload says, and counts its runs. */
function failing(runs: Map<string, number>) {
  return async ({ data, id }: { data: { failures: number; stay?: number }; id: string }, context: Context) => {
    const run = (runs.get(id) ?? 0) + 1
    runs.set(id, run)
    if (data.stay !== undefined) await context.extend(data.stay)
    if (run <= data.failures) throw new Error(`run ${run}`)
    return run
  }
}

type Context = { extend(ms: number): Promise<void> }

/** All scripts are known to the server, and all paths are compiled. */
async function warmUp(queue: Queue): Promise<void> {
  await queue.publish("q", { failures: 1, stay: 100 }, { maxAttempts: 2, backoff: { type: "fixed", delayMs: 0 } })
  await queue.publish("q", { failures: 1 }, { maxAttempts: 1 })
  await expect.poll(() => queue.getQueueStats("q"), PATIENCE).toMatchObject({ completed: 1, dead: 1, active: 0 })
}

describe.each(WAYS)("a lost answer, over %s", (library) => {
  for (const when of ["before", "after"] as const) {
    it.for([
      { command: "publish", sha: () => publishScript.sha, failures: 0, ends: "completed", runs: 1 },
      { command: "fetch", sha: () => shaOf("moveToActive"), failures: 0, ends: "completed", runs: 1 },
      { command: "start", sha: () => startScript.sha, failures: 0, ends: "completed", runs: 1 },
      { command: "extend", sha: () => shaOf("extendLock"), failures: 0, ends: "completed", runs: 1 },
      { command: "complete", sha: () => shaOf("moveToFinished"), failures: 0, ends: "completed", runs: 1 },
      { command: "retry", sha: () => shaOf("moveToDelayed"), failures: 1, ends: "completed", runs: 2 },
      { command: "die", sha: () => shaOf("moveToFinished"), failures: 9, ends: "dead", runs: 2 },
    ])(
      `$command, ${when} the server ran it: one message, told once`,
      async ({ command, ends, failures, runs, sha }, context) => {
        if (!installed) context.skip(REDIS_MISSING)
        const events = new Ears()
        const queue = await openQueue(library, proxy.port, {}, { events })
        const counts = new Map<string, number>()
        await queue.subscribe("q", failing(counts), { visibilityTimeoutMs: VISIBILITY_MS })
        await warmUp(queue)
        const before = proxy.cuts
        // A delay leaves time for the cut to be prepared, whatever the worker does meanwhile.
        if (command === "publish" || command === "fetch") proxy.cutAt(sha(), when)
        const stay = command === "extend" ? { stay: VISIBILITY_MS * 2 } : {}
        const published = queue.publish(
          "q",
          { failures, ...stay },
          {
            maxAttempts: 2,
            backoff: { type: "fixed", delayMs: 0 },
            delay: command === "publish" || command === "fetch" ? 0 : 50,
          },
        )
        if (command !== "publish" && command !== "fetch") proxy.cutAt(sha(), when)
        const id = await published
        await expect.poll(() => proxy.cuts, PATIENCE).toBe(before + 1)
        await expect.poll(async () => (await queue.getTask("q", id))?.status, PATIENCE).toBe(ends)
        await expect.poll(() => queue.getQueueStats("q"), PATIENCE).toMatchObject({ waiting: 0, delayed: 0, active: 0 })
        const record = await queue.getTask("q", id)
        expect(counts.get(id)).toBe(runs)
        expect(record?.attempts).toBe(runs)
        // Two messages warmed up.
        expect(counts.size).toBe(3)
        for (const name of ["queue.task.enqueued", `queue.task.${ends}`]) {
          const told = () => events.named(name).filter((payload) => payload["id"] === id).length
          await expect.poll(told, PATIENCE).toBe(1)
        }
      },
    )
  }

  it.for(["before", "after"] as const)(
    "publishMany, %s the server ran a page of it: each message once, in order",
    async (when, context) => {
      if (!installed) context.skip(REDIS_MISSING)
      const queue = await openQueue(library, proxy.port)
      const itemsFrom = (first: number) => Array.from({ length: 120 }, (_, index) => ({ data: first + index }))
      const idsBefore = await queue.publishMany("q", itemsFrom(0))
      const cuts = proxy.cuts
      proxy.cutAt(publishScript.sha, when)
      const ids = [...idsBefore, ...(await queue.publishMany("q", itemsFrom(120)))]
      expect(proxy.cuts).toBe(cuts + 1)
      expect(await queue.getQueueSize("q")).toBe(240)
      const records = await Promise.all(ids.map((id) => queue.getTask("q", id)))
      expect(records.map((record) => record?.data)).toEqual(Array.from({ length: 240 }, (_, index) => index))
    },
  )

  it("publish with the id of a message that may be there makes no second one", async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    const queue = await openQueue(library, proxy.port)
    const id = await queue.publish("q", 1)
    expect(await queue.publish("q", 2, { id, idempotencyKey: "other" })).toBe(id)
    expect(await queue.getQueueSize("q")).toBe(1)
    expect((await queue.getTask("q", id))?.data).toBe(1)
  })

  it("publish with an id whose record was dropped makes no second message", async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    const queue = await openQueue(library, server.port, { retention: { completedCount: 0 } })
    const id = await queue.publish("q", 1)
    await queue.subscribe("q", () => {})
    await queue.whenIdle("q", { timeoutMs: 10_000 })
    await queue.healthCheck()
    expect(await queue.getTask("q", id)).toBeUndefined()
    expect(await queue.publish("q", 1, { id })).toBe(id)
    expect(await queue.getQueueSize("q")).toBe(0)
  })

  it("publish with an id that was forgotten says that nobody knows", async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    let now = Date.now()
    const clock = { ...systemClock, now: () => now }
    const queue = await openQueue(library, server.port, { retention: { completedCount: 0 } }, { clock })
    const id = await queue.publish("q", 1)
    await queue.subscribe("q", () => {})
    await queue.whenIdle("q", { timeoutMs: 10_000 })
    await queue.healthCheck()
    now += 11 * 60 * 1000
    const other = await queue.publish("q", 2)
    await queue.whenIdle("q", { timeoutMs: 10_000 })
    await queue.healthCheck()
    expect(await queue.getTask("q", other)).toBeUndefined()
    await expect(queue.publish("q", 1, { id })).rejects.toMatchObject({
      code: "TIMEOUT",
      details: { outcome: "unknown", id },
    })
    expect(await queue.getQueueSize("q")).toBe(0)
  })

  it("a server that stops answers nobody, and has the message at most once when it goes on", async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    const other = await startRedis()
    onTestFinished(() => other.stop())
    const queue = await openQueue(library, other.port, { timeoutMs: 300 })
    await expect.poll(() => queue.publish("warm", 1).then(() => "stored", String), PATIENCE).toBe("stored")
    other.pause()
    const begun = performance.now()
    const error = await queue.publish("q", 1).catch((thrown: unknown) => thrown)
    expect(performance.now() - begun).toBeLessThan(3000)
    expect(error).toMatchObject({ code: "TIMEOUT", details: { outcome: "unknown" } })
    other.resume()
    const { id } = (error as { details: { id: string } }).details
    await expect.poll(() => queue.publish("q", 1, { id }).catch(String), PATIENCE).toBe(id)
    expect(await queue.getQueueSize("q")).toBe(1)
  })

  it("a server that is gone refuses within the deadline, and nothing comes later", async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    const other = await startRedis({ appendOnly: true })
    onTestFinished(() => other.stop())
    const queue = await openQueue(library, other.port, { timeoutMs: 400 })
    await expect.poll(() => queue.publish("q", 1).then(() => "stored", String), PATIENCE).toBe("stored")
    const started: unknown[] = []
    await queue.subscribe("q", ({ data }) => void started.push(data))
    await expect.poll(() => started, PATIENCE).toEqual([1])
    await other.kill()
    await expect
      .poll(() => queue.publish("q", 2).catch((error: { code: string }) => error.code), PATIENCE)
      .toBe("UNAVAILABLE")
    await other.restart()
    const after = performance.now()
    await expect.poll(() => queue.publish("q", 3).then(() => "stored", String), PATIENCE).toBe("stored")
    await expect.poll(() => started, PATIENCE).toEqual([1, 3])
    expect(performance.now() - after).toBeLessThan(5000)
  })
})
