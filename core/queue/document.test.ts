import { describe, expect, it } from "vitest"
import * as z from "zod"
import { builtinAdapters } from "../../adapters/manifest.ts"
import { defineAdapter } from "../../contracts/adapter.ts"
import { createManualClock } from "../../contracts/foundation/clock.ts"
import { describeConfig, type parseConfig } from "../config/config.ts"
import { createServices } from "../services.ts"
import type { QueueInstanceConfig } from "./document.ts"

const input = (queue: object, adapters = builtinAdapters as Parameters<typeof parseConfig>[0]["adapters"]) => ({
  services: ["queue"] as const,
  adapters,
  env: {},
  config: { queue },
})

async function open(queue: QueueInstanceConfig) {
  const clock = createManualClock()
  return { ...(await createServices({ ...input(queue), services: ["queue"], clock })), clock }
}

async function refusals(queue: object, ...adapters: Parameters<typeof parseConfig>[0]["adapters"][number][]) {
  const given = input(queue, [...adapters, ...builtinAdapters])
  const error = await createServices(given).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: "INVALID_CONFIG", details: { issues: expect.any(Array) } })
  return (error as { details: { issues: { path: string; message: string }[] } }).details.issues
}

describe("a queue document", () => {
  it("concurrency is that of subscriptions that say none, 5 by default", async () => {
    for (const [document, wanted] of [
      [{ name: "mail" }, 5],
      [{ name: "mail", concurrency: 2 }, 2],
    ] as const) {
      const { clock, close, queue } = await open(document)
      let running = 0
      await queue.subscribe("mail", () => {
        running++
        return new Promise(() => {})
      })
      for (let index = 0; index < 6; index++) await queue.publish("mail", index)
      await clock.advance(0)
      expect(running).toBe(wanted)
      const closing = close()
      await clock.advance(60_000)
      await closing
    }
  })

  it("rateLimit bounds starts", async () => {
    const { clock, close, queue } = await open({ name: "mail", rateLimit: { max: 1, duration: 1000 } })
    const seen: unknown[] = []
    await queue.subscribe("mail", ({ data }) => seen.push(data))
    await queue.publishMany("mail", [{ data: 1 }, { data: 2 }])
    await clock.advance(999)
    expect(seen).toEqual([1])
    await clock.advance(1)
    expect(seen).toEqual([1, 2])
    await close()
  })

  it("defaultRetryPolicy of n retries is n + 1 attempts, with its backoff", async () => {
    const { clock, close, queue } = await open({
      name: "mail",
      defaultRetryPolicy: { maxRetries: 2, initialDelayMs: 100, maxDelayMs: 250, backoffMultiplier: 3 },
    })
    const seen: number[] = []
    await queue.subscribe("mail", () => {
      seen.push(clock.monotonic())
      throw new Error("no")
    })
    await queue.publish("mail", 1)
    await clock.advance(10_000)
    expect(seen).toEqual([0, 100, 350])
    await close()
  })

  it("defaultRetryPolicy without keys is 4 attempts, exponential from a second", async () => {
    const { clock, close, queue } = await open({ name: "mail", defaultRetryPolicy: {} })
    const seen: number[] = []
    await queue.subscribe("mail", () => {
      seen.push(clock.monotonic())
      throw new Error("no")
    })
    await queue.publish("mail", 1)
    await clock.advance(60_000)
    expect(seen).toEqual([0, 1000, 3000, 7000])
    await close()
  })

  it("deadLetterQueue gets what dies", async () => {
    const { clock, close, queue } = await open({ name: "mail", deadLetterQueue: "dead" })
    await queue.subscribe("mail", (_, context) => context.dead("no"))
    await queue.publish("mail", 1)
    await clock.advance(1000)
    expect(await queue.getQueueSize("dead")).toBe(1)
    await close()
  })

  it("leaves other queues alone", async () => {
    const { close, queue } = await open({ name: "mail", defaultRetryPolicy: { maxRetries: 9 } })
    const id = await queue.publish("other", 1)
    expect(await queue.getTask("other", id)).toMatchObject({ maxAttempts: 3 })
    await close()
  })

  it("is described with where each value came from", async () => {
    const text = String(await describeConfig(input({ name: "mail", defaultRetryPolicy: {}, deadLetterQueue: "dead" })))
    expect(text).toContain("queue: memory (default)")
    expect(text).toContain("concurrency = 5 (config.queue.concurrency)")
    expect(text).toContain("maxAttempts = 4 (config.queue.defaultRetryPolicy)")
  })

  it("is taken with every key at its default", async () => {
    const { close } = await open({ name: "mail", concurrency: 5, priority: 0, autoScale: { enabled: false } })
    await close()
  })

  it.each<[string, object]>([
    ["name", { concurrency: 5 }],
    ["name", { name: "" }],
    ["name", { name: "x".repeat(257) }],
    ["concurrency", { name: "mail", concurrency: 0 }],
    ["rateLimit.max", { name: "mail", rateLimit: { max: 0, duration: 1 } }],
    ["rateLimit.duration", { name: "mail", rateLimit: { max: 1 } }],
    ["defaultRetryPolicy.maxRetries", { name: "mail", defaultRetryPolicy: { maxRetries: -1 } }],
    ["defaultRetryPolicy.backoffStrategy", { name: "mail", defaultRetryPolicy: { backoffStrategy: "random" } }],
    ["defaultRetryPolicy.initialDelayMs", { name: "mail", defaultRetryPolicy: { initialDelayMs: 0 } }],
    ["defaultRetryPolicy.backoffMultiplier", { name: "mail", defaultRetryPolicy: { backoffMultiplier: 0.5 } }],
    ["deadLetterQueue", { name: "mail", deadLetterQueue: "mail" }],
    ["deadLetterQueue", { name: "mail", deadLetterQueue: { enabled: true, queueName: "dead" } }],
    ["priority", { name: "mail", priority: 1 }],
    ["autoScale.enabled", { name: "mail", autoScale: { enabled: true } }],
    ["autoScale.minWorkers", { name: "mail", autoScale: { minWorkers: 0 } }],
    ["colour", { name: "mail", colour: "red" }],
  ])("is refused at %s %#", async (path, document) => {
    expect((await refusals(document)).map((issue) => issue.path)).toEqual([`config.queue.${path}`])
  })

  it("is refused where the adapter defines no queues", async () => {
    let closed = 0
    const bare = defineAdapter({
      service: "queue",
      name: "bare",
      contractVersion: 1,
      schemes: ["bare"],
      optionsSchema: z.strictObject({}),
      create: () => ({
        publish: async () => "",
        subscribe: async () => {},
        unsubscribe: async () => {},
        close: async () => void closed++,
      }),
    })
    const document = { adapter: "bare", name: "mail", rateLimit: { max: 1, duration: 1 }, deadLetterQueue: "dead" }
    expect((await refusals(document, bare)).map(({ path }) => path)).toEqual([
      "config.queue.rateLimit",
      "config.queue.deadLetterQueue",
      "config.queue.name",
    ])
    expect(closed).toBe(1)
  })
})

describe("a message queue document", () => {
  const kafka = { provider: "kafka", topics: [{ name: "mail" }] } as const

  it.each(["kafka", "rabbitmq", "aws-sqs", "redis-pubsub", "google-pubsub", "azure-service-bus"])(
    "of %s is refused at its provider, with the adapters there are",
    async (provider) => {
      const issues = await refusals({ ...kafka, provider, ssl: true })
      expect(issues).toEqual([
        {
          path: "config.queue.provider",
          message: expect.stringMatching(/^unknown adapter .*; the adapters are .*memory/),
        },
      ])
    },
  )

  it("chooses an adapter of that name, and its keys are options of it", async () => {
    const options: unknown[] = []
    const adapter = defineAdapter({
      service: "queue",
      name: "kafka",
      contractVersion: 1,
      schemes: ["kafka"],
      optionsSchema: z.strictObject({ topics: z.array(z.unknown()), ssl: z.boolean().default(false) }),
      create: (given) => {
        options.push(given)
        return { publish: async () => "", subscribe: async () => {}, unsubscribe: async () => {} }
      },
    })
    const { close } = await createServices({ ...input(kafka, [adapter]), services: ["queue"] })
    expect(options).toEqual([{ topics: [{ name: "mail" }], ssl: false }])
    await close()
    const consumers = [{ groupId: "g" }]
    expect((await refusals({ ...kafka, consumers }, adapter)).map(({ path }) => path)).toEqual([
      "config.queue.consumers",
    ])
  })

  it.each<[string, object]>([
    ["provider", { ...kafka, provider: "nats" }],
    ["topics", { provider: "kafka" }],
    ["name", { ...kafka, name: "mail" }],
  ])("is refused at %s", async (path, document) => {
    expect((await refusals(document)).map((issue) => issue.path)).toEqual([`config.queue.${path}`])
  })
})
