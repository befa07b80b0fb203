import { describe, expect, expectTypeOf, it } from "vitest"
import { builtinAdapters } from "../../adapters/manifest.ts"
import { withRetry } from "../foundation/retry.ts"
import { createTestServices, type Services } from "../services.ts"
import type { TestQueue } from "./test-kit.ts"

const open = () => createTestServices({ services: ["queue"], adapters: builtinAdapters })

describe("drain", () => {
  it("delivers everything, over delays and retries, and no later than that", async () => {
    const { clock, drain, queue, close } = await open()
    const start = clock.now()
    const seen: [unknown, number, number][] = []
    await queue.subscribe("mail", async ({ attempts, data }) => {
      seen.push([data, attempts, clock.now() - start])
      if (data === "fails" && attempts < 3) throw new Error("no")
    })
    await queue.publish("mail", "late", { delay: 86_400_000 })
    await queue.publish("mail", "fails", { backoff: { type: "fixed", delayMs: 500 } })
    await queue.publish("mail", "now")
    await drain()
    expect(seen).toEqual([
      ["fails", 1, 0],
      ["now", 1, 0],
      ["fails", 2, 500],
      ["fails", 3, 1000],
      ["late", 1, 86_400_000],
    ])
    expect(clock.now() - start).toBe(86_400_000)
    await close()
  })

  it("delivers what handlers publish, to other instances too", async () => {
    const services = await createTestServices({ services: { one: "queue", two: "queue" }, adapters: builtinAdapters })
    const seen: unknown[] = []
    await services.two.subscribe("b", async ({ data }) => {
      seen.push(data)
      if (data === 1) await services.one.publish("a", 2, { delay: 10 })
    })
    await services.one.subscribe("a", ({ data }) => services.two.publish("b", data))
    await services.one.publish("a", 1)
    await services.drain()
    expect(seen).toEqual([1, 2])
    await services.close()
  })

  it("goes to and fro between instances until nothing is left", async () => {
    const services = await createTestServices({ services: { one: "queue", two: "queue" }, adapters: builtinAdapters })
    const seen: unknown[] = []
    await services.one.subscribe("a", async ({ data }) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      if ((data as number) < 4) await services.two.publish("b", data)
      else seen.push(data)
    })
    await services.two.subscribe("b", async ({ data }) => services.one.publish("a", (data as number) + 1))
    await services.one.publish("a", 1)
    await services.drain()
    expect(seen).toEqual([4])
    await services.close()
  })

  it("moves to the next attempt of a tick", async () => {
    const { clock, drain, queue, close } = await open()
    const start = clock.now()
    const seen: number[] = []
    await queue.subscribe("tick", ({ attempts }) => {
      seen.push(clock.now() - start)
      if (attempts === 1) throw new Error("no")
    })
    await queue.schedule("tick", "hourly", { everyMs: 3_600_000 })
    await drain()
    expect(seen).toEqual([0, 1000])
    await close()
  })

  it("waits for handlers that wait for something real", async () => {
    const { drain, queue, close } = await open()
    let done = false
    await queue.subscribe("mail", async () => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      done = true
    })
    await queue.publish("mail", 1)
    await drain()
    expect(done).toBe(true)
    await close()
  })

  it("leaves alone what nobody has subscribed to, or what is paused", async () => {
    const { clock, drain, queue, close } = await open()
    const start = clock.now()
    await queue.subscribe("ended", () => {})
    await queue.unsubscribe("ended")
    await queue.subscribe("paused", () => {})
    await queue.pause("paused")
    for (const name of ["nobody", "ended", "paused"]) {
      await queue.publish(name, 1)
      await queue.publish(name, 1, { delay: 1000 })
    }
    await drain()
    expect(clock.now()).toBe(start)
    await close()
  })

  it("does not move over the ticks of schedules", async () => {
    const { clock, drain, queue, close } = await open()
    const start = clock.now()
    const ticks: number[] = []
    await queue.subscribe("tick", () => ticks.push(clock.now() - start))
    await queue.schedule("tick", "every second", { everyMs: 1000 })
    await drain()
    expect(clock.now()).toBe(start)
    await queue.publish("tick", 1, { delay: 2500 })
    await drain()
    expect(clock.now() - start).toBe(2500)
    expect(ticks.filter((at) => at % 1000 === 0)).toEqual([0, 1000, 2000])
    await close()
  })

  it.each<[string, (queue: TestQueue) => Promise<unknown>]>([
    ["publish", (queue) => queue.subscribe("loop", () => queue.publish("loop", 1))],
    ["publish for later", (queue) => queue.subscribe("loop", () => queue.publish("loop", 1, { delay: 1000 }))],
    ["give back", (queue) => queue.subscribe("loop", (_, context) => context.retryLater(10))],
  ])("rejects LIMIT_EXCEEDED where handlers %s for ever", async (_, subscribe) => {
    const { drain, queue, close } = await open()
    await subscribe(queue)
    await queue.publish("loop", 1)
    await expect(drain({ maxDeliveries: 50 })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      message: expect.stringContaining("within 50 deliveries"),
    })
    await close()
  })

  it("rejects TIMEOUT where a handler waits for time, which the test moves", async () => {
    const { advance, clock, drain, queue, close } = await open()
    await queue.subscribe("mail", () => clock.sleep(1000))
    await queue.publish("mail", 1)
    await expect(drain({ timeoutMs: 20 })).rejects.toMatchObject({
      code: "TIMEOUT",
      message: expect.stringContaining("got none of mail"),
    })
    const drained = drain()
    await advance(1000)
    await drained
    await close()
  })
})

describe("the queue of test services", () => {
  it("tells what was published, by value", async () => {
    const { queue, close } = await open()
    const data = { to: "ada" }
    const id = await queue.publish("mail", data, { type: "welcome" })
    data.to = "changed"
    const ids = await queue.publishMany("other", [{ data: 1 }, { data: 2, options: { delay: 5 } }])
    expect(queue.published<{ to: string }>("mail")).toEqual([
      { id, queue: "mail", data: { to: "ada" }, options: { type: "welcome" } },
    ])
    expect(queue.published()).toMatchObject([{ id }, { id: ids[0], data: 1, options: {} }, { id: ids[1], data: 2 }])
    queue.forgetPublished()
    expect(queue.published()).toEqual([])
    expect(await queue.getQueueSize("mail")).toBe(1)
    await close()
  })

  it("tells neither what was refused nor what was published before", async () => {
    const { queue, close } = await open()
    await queue.publish("mail", 1, { delay: -1 }).catch(() => {})
    await queue.publish("mail", 1, { idempotencyKey: "once" })
    await queue.publish("mail", 2, { idempotencyKey: "once" })
    expect(queue.published("mail")).toMatchObject([{ data: 1 }])
    await close()
  })

  it("gives the one message that was published, or says what was", async () => {
    const { queue, close } = await open()
    expect(() => queue.publishedOne("mail")).toThrow(
      "One message must have been published to mail; got 0. Nothing was published at all.",
    )
    await queue.publish("mail", { to: "ada" })
    expect(queue.publishedOne("mail").data).toEqual({ to: "ada" })
    await queue.publish("mail", 2)
    await queue.publish("other", 3)
    expect(() => queue.publishedOne("mail")).toThrow(
      "One message must have been published to mail; got 2. Published were 2 to mail, 1 to other.",
    )
    await close()
  })

  it("says what was published where nothing must have been", async () => {
    const { queue, close } = await open()
    queue.publishedNone()
    await queue.publish("mail", 1)
    queue.publishedNone("other")
    expect(() => queue.publishedNone("mail")).toThrow(
      "Nothing must have been published to mail; got 1. Published were 1 to mail.",
    )
    expect(() => queue.publishedNone()).toThrow("Nothing must have been published; got 1.")
    await close()
  })

  it("is a queue as any other: layers go around it, and what goes through them is told", async () => {
    const { queue, close } = await open()
    await withRetry(queue).publish("mail", 1)
    expect(queue.publishedOne("mail").data).toBe(1)
    await close()
  })

  it("is typed by its service, whatever its name", async () => {
    const services = await createTestServices({
      services: { jobs: "queue", pages: "cache" },
      adapters: builtinAdapters,
    })
    expectTypeOf(services.jobs).toEqualTypeOf<TestQueue>()
    expectTypeOf(services).toExtend<Services<{ jobs: "queue"; pages: "cache" }>>()
    await services.close()
  })

  it("leaves the name drain to the services", async () => {
    const named = createTestServices({ services: { drain: "queue" }, adapters: builtinAdapters })
    await expect(named).rejects.toMatchObject({ code: "INVALID_CONFIG" })
  })
})
