import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { bench } from "./worker.fixture.ts"

let clock: ManualClock
let queue: Queue
let test: ReturnType<typeof bench>
const work: typeof test.work = (...args) => test.work(...args)

beforeEach(() => {
  clock = createManualClock()
  queue = createMemoryQueue({}, { clock })
  test = bench(queue, clock)
})

afterEach(() => test.close())

describe("autoScale", () => {
  const autoScale = { enabled: true, minWorkers: 2, maxWorkers: 8, scaleUpThreshold: 10, scaleDownThreshold: 3 }
  /** Handlers that end after a second each. */
  const slow = async () => void (await clock.sleep(1000))
  const active = async () => (await queue.getQueueStats("mail")).active
  const config = { queueConfigs: [{ name: "mail", concurrency: 2, autoScale }] }

  async function publish(count: number) {
    await queue.publishMany(
      "mail",
      Array.from({ length: count }, () => ({ data: 1, options: { type: "a" } })),
    )
  }

  it("doubles above scaleUpThreshold up to maxWorkers, and halves below scaleDownThreshold down to minWorkers", async () => {
    await work({ a: slow }, config).start()
    await publish(100)
    await clock.advance(500)
    const seen = [await active()]
    for (let checks = 0; checks < 4; checks++) {
      await clock.advance(2000)
      seen.push(await active())
    }
    expect(seen.slice(-1)).toEqual([8])
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    await clock.advance(60_000)
    await publish(8)
    await clock.advance(500)
    expect(await active()).toBe(2)
  })

  it("looks every pollIntervalMs", async () => {
    const scale = vi.fn(({ workers }: { workers: number }) => workers)
    await work({ a: slow }, { ...config, pollIntervalMs: 5000 }, { scale }).start()
    await clock.advance(4999)
    expect(scale).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(scale).toHaveBeenCalledTimes(1)
    expect(scale).toHaveBeenCalledWith({
      queue: "mail",
      waiting: 0,
      delayed: 0,
      active: 0,
      workers: 2,
      minWorkers: 2,
      maxWorkers: 8,
    })
  })

  it("looks no more after close", async () => {
    const scale = vi.fn(() => 4)
    const worker = work({ a: slow }, config, { scale })
    await worker.start()
    await worker.close()
    await clock.advance(10_000)
    expect(scale).not.toHaveBeenCalled()
  })

  it("does as the hook says, within minWorkers and maxWorkers", async () => {
    let wanted = 5
    await work({ a: slow }, config, { scale: async () => wanted }).start()
    await publish(100)
    await clock.advance(2500)
    expect(await active()).toBe(5)
    wanted = 1000
    await clock.advance(3000)
    expect(await active()).toBe(8)
    wanted = 0
    await clock.advance(3000)
    expect(await active()).toBe(2)
  })

  it("goes on where the hook fails, or gives no whole number; the logger is told", async () => {
    const answers: (() => number)[] = [
      () => {
        throw new Error("hook")
      },
      () => Number.NaN,
      () => 4,
    ]
    const warn = vi.fn()
    await work({ a: slow }, config, { scale: () => answers.shift()?.() ?? 4, logger: { warn } }).start()
    await publish(100)
    await clock.advance(5500)
    expect(warn).toHaveBeenCalledTimes(2)
    expect(await active()).toBe(4)
  })

  it("subscribes again where that failed", async () => {
    const subscribe = vi.spyOn(queue, "subscribe")
    const warn = vi.fn()
    await work({ a: slow }, config, { scale: () => 4, logger: { warn } }).start()
    subscribe.mockRejectedValueOnce(new Error("away"))
    await clock.advance(1000)
    expect(warn).toHaveBeenCalledTimes(1)
    await clock.advance(1000)
    await publish(10)
    await clock.advance(10)
    expect(await active()).toBe(4)
  })

  it("does not keep close waiting for more than shutdownTimeoutMs while it changes", async () => {
    const worker = work({ a: () => new Promise(() => {}) }, { ...config, shutdownTimeoutMs: 500 }, { scale: () => 4 })
    await worker.start()
    await publish(4)
    await clock.advance(1500)
    const closing = worker.close()
    await clock.advance(500)
    await closing
    expect(await queue.getQueueStats("mail")).toMatchObject({ active: 0, waiting: 4 })
  })
})
