import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { Cache } from "../../../contracts/cache/cache.ts"
import { findRedis, REDIS_MISSING, startRedis } from "../../../servers/redis.ts"
import { startRedisCluster } from "../../../servers/redis-cluster.ts"
import { createRedisCache, type RedisCacheOptions } from "../redis.ts"
import type { Answer, Order } from "./second-process.fixture.ts"

const installed = findRedis() !== undefined
const fixture = new URL("./second-process.fixture.ts", import.meta.url)

/** A cache in another process. */
class SecondProcess {
  readonly #child: ChildProcess
  #orders = 0

  constructor(options: RedisCacheOptions) {
    this.#child = fork(fixture, [JSON.stringify(options)], {
      execArgv: ["--import", "tsx"],
    })
    this.#child.setMaxListeners(100)
  }

  ready(): Promise<unknown> {
    return this.#answer(0)
  }

  /** Makes the calls there, all at once. */
  async all(method: Order["method"], calls: unknown[][]): Promise<unknown[]> {
    const id = ++this.#orders
    this.#child.send({ id, method, calls } satisfies Order)
    const { error, values = [] } = await this.#answer(id)
    if (error !== undefined) throw new Error(error)
    return [...values]
  }

  async call(method: Order["method"], ...args: unknown[]): Promise<unknown> {
    return (await this.all(method, [args]))[0]
  }

  kill(): void {
    this.#child.kill("SIGKILL")
  }

  async #answer(id: number): Promise<Answer> {
    for (;;) {
      const [answer] = (await once(this.#child, "message")) as [Answer]
      if (answer.id === id) return answer
    }
  }
}

const places: [string, () => Promise<{ options: RedisCacheOptions; stop(): Promise<void> }>][] = [
  [
    "one server",
    async () => {
      const server = await startRedis()
      return { options: { port: server.port, timeoutMs: 30_000 }, stop: () => server.stop() }
    },
  ],
  [
    "a cluster",
    async () => {
      const cluster = await startRedisCluster()
      return { options: { port: cluster.port, cluster: true, timeoutMs: 30_000 }, stop: () => cluster.stop() }
    },
  ],
]

/** Of a process that dies. */
const LEASE_MS = 500

describe.each(places)("two processes on %s", (_, start) => {
  let place: Awaited<ReturnType<typeof start>>
  let mine: Cache
  let theirs: SecondProcess

  beforeAll(async () => {
    if (!installed) return
    place = await start()
    mine = createRedisCache(place.options)
    theirs = new SecondProcess(place.options)
    await theirs.ready()
  })
  afterAll(async () => {
    theirs?.kill()
    await mine?.close()
    await place?.stop()
  })
  beforeEach(async (context) => {
    if (!installed) context.skip(REDIS_MISSING)
    await mine.clear()
  })

  it("count exactly", async () => {
    const times = 1000
    const [ours, others] = await Promise.all([
      Promise.all(Array.from({ length: times }, () => mine.increment("n"))),
      theirs.all("increment", Array(times).fill(["n"])),
    ])
    const sums = [...ours, ...(others as number[])].sort((left, right) => left - right)
    expect(sums).toEqual(Array.from({ length: 2 * times }, (_, index) => index + 1))
  })

  it("have one winner of setIfAbsent, take and lease", async () => {
    const keys = Array.from({ length: 200 }, (_, index) => `key-${index}`)
    const race = async (
      method: "setIfAbsent" | "take" | "lease",
      args: unknown[],
      won: (value: unknown) => boolean,
    ) => {
      const call = mine[method] as (...args: unknown[]) => Promise<unknown>
      const [ours, others] = await Promise.all([
        Promise.all(keys.map((key) => call.call(mine, key, ...args))),
        theirs.all(
          method,
          keys.map((key) => [key, ...args]),
        ),
      ])
      for (const [index, key] of keys.entries()) {
        expect([ours[index], others[index]].filter(won), `${method} of ${key}`).toHaveLength(1)
      }
    }
    await race("setIfAbsent", ["value"], (value) => value === true)
    await race("take", [], (value) => value === "value")
    await race("lease", [60_000], (value) => typeof value === "string")
  })

  it.each([
    ["set", (key: string) => [key, "new"], "new"],
    ["delete", (key: string) => [key], undefined],
    ["clear", () => [], undefined],
  ] as const)("lose no %s of one during the load of the other", async (method, args, left) => {
    for (let round = 0; round < 30; round++) {
      const key = `key-${round}`
      const token = (await mine.lease(key, 60_000)) ?? ""
      // Sometimes the load ends before, sometimes after, sometimes during the change.
      const fill = async () => {
        await wait(round % 5)
        await mine.fill(key, token, "stale")
      }
      await Promise.all([theirs.call(method, ...args(key)), fill()])
      expect(await mine.get(key), `round ${round}`).toBe(left)
    }
  })

  it("lose no invalidation of one during the load of the other", async () => {
    for (let round = 0; round < 30; round++) {
      const token = (await mine.lease("key", 60_000)) ?? ""
      await theirs.call("invalidateTags", [`tag-${round}`])
      expect(await mine.fill("key", token, "stale"), `round ${round}`).toBe(false)
      expect(await mine.get("key")).toBe(undefined)
    }
  })

  it("go on after one died during its load, when the lease is over", async () => {
    const mortal = new SecondProcess(place.options)
    await mortal.ready()
    const begun = performance.now()
    expect(await mortal.call("lease", "key", LEASE_MS)).toEqual(expect.any(String))
    mortal.kill()
    const second = await mine.lease("key", LEASE_MS)
    // Later than that it may be over already.
    if (performance.now() - begun < LEASE_MS) expect(second).toBe(undefined)
    await expect.poll(() => mine.lease("key", LEASE_MS)).toEqual(expect.any(String))
  })

  it.each(["invalidateTags", "clear"] as const)("lose no tagged entry that is written during %s", async (method) => {
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
    let writing = true
    const writes = Promise.all(
      keys.map(async (key, index) => {
        for (let round = 0; round < 30; round++) await mine.setTagged(key, round, ["t"], index % 2 ? 100 : undefined)
      }),
    ).finally(() => {
      writing = false
    })
    while (writing) await theirs.all(method, [[["t"]], [["t"]]])
    await writes
    await theirs.call("invalidateTags", ["t"])
    expect(await mine.getMany(keys)).toEqual(new Map())
  })
})

/** Some turns of the event loop. */
async function wait(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}
