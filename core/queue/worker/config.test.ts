import { describe, expect, it } from "vitest"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { asQueue } from "../portable-queue.ts"
import type { WorkerConfig } from "./config.ts"
import { createWorker } from "./create-worker.ts"

const queue = createMemoryQueue()
const bare = asQueue({ publish: async () => "", subscribe: async () => {}, unsubscribe: async () => {} })
const valid = { name: "w", queues: ["mail"], handlers: { a: () => {} } }
const withQueue = (config: object) => ({ ...valid, queueConfigs: [{ name: "mail", ...config }] })

function refusals(config: object, on = queue, options = {}): string[] {
  try {
    createWorker(on, config as WorkerConfig, options)
  } catch (error) {
    expect(error).toMatchObject({ code: "INVALID_CONFIG", service: "queue" })
    return (error as { details: { issues: { path: string }[] } }).details.issues.map(({ path }) => path)
  }
  return []
}

describe("the configuration of a worker", () => {
  it.each<[string, object]>([
    ["name", { ...valid, name: "" }],
    ["queues", { ...valid, queues: [] }],
    ["queues.1", { ...valid, queues: ["mail", "mail"] }],
    ["queues.0", { ...valid, queues: ["x".repeat(257)] }],
    ["handlers", { ...valid, handlers: {} }],
    ["handlers.a", { ...valid, handlers: { a: "no" } }],
    ["handlers", { name: "w", queues: ["mail"] }],
    ["pollIntervalMs", { ...valid, pollIntervalMs: 500 }],
    ["visibilityTimeoutMs", { ...valid, visibilityTimeoutMs: 0 }],
    ["defaultTimeoutMs", { ...valid, defaultTimeoutMs: -1 }],
    ["shutdownTimeoutMs", { ...valid, shutdownTimeoutMs: 1.5 }],
    ["colour", { ...valid, colour: "red" }],
    ["queueConfigs.0.name", { ...valid, queueConfigs: [{ name: "other" }] }],
    ["queueConfigs.1.name", { ...valid, queueConfigs: [{ name: "mail" }, { name: "mail" }] }],
    ["queueConfigs.0.priority", withQueue({ priority: 1 })],
    ["queueConfigs.0.concurrency", withQueue({ concurrency: 0 })],
    ["queueConfigs.0.deadLetterQueue", withQueue({ deadLetterQueue: "mail" })],
    [
      "queueConfigs.0.defaultRetryPolicy.backoffMultiplier",
      withQueue({ defaultRetryPolicy: { backoffMultiplier: 0.5 } }),
    ],
    ["queueConfigs.0.rateLimit.duration", withQueue({ rateLimit: { max: 1 } })],
    ["queueConfigs.0.autoScale.minWorkers", withQueue({ autoScale: { enabled: true, minWorkers: 11 } })],
    [
      "queueConfigs.0.autoScale.scaleDownThreshold",
      withQueue({ autoScale: { enabled: true, scaleDownThreshold: 100 } }),
    ],
    ["queueConfigs.0.colour", withQueue({ colour: "red" })],
  ])("is refused at %s %#", (path, config) => {
    expect(refusals(config)).toEqual([path])
  })

  it("is taken with every key at its default", () => {
    const keys = {
      pollIntervalMs: 1000,
      visibilityTimeoutMs: 30_000,
      defaultTimeoutMs: 300_000,
      shutdownTimeoutMs: 30_000,
    }
    const queueConfig = { concurrency: 5, priority: 0, autoScale: { enabled: false } }
    expect(refusals({ ...withQueue(queueConfig), ...keys })).toEqual([])
    expect(refusals(valid, bare)).toEqual([])
  })

  it("is refused where the adapter lacks what it needs", () => {
    const config = withQueue({
      rateLimit: { max: 1, duration: 1 },
      defaultRetryPolicy: {},
      deadLetterQueue: "dead",
      autoScale: { enabled: true },
    })
    expect(refusals(config, bare)).toEqual([
      "queueConfigs.0.rateLimit",
      "queueConfigs.0.defaultRetryPolicy",
      "queueConfigs.0.deadLetterQueue",
      "queueConfigs.0.autoScale.enabled",
    ])
  })

  it("takes no hook that nothing would call", () => {
    expect(refusals(valid, queue, { scale: () => 1 })).toEqual(["options.scale"])
  })

  it("shows no value", () => {
    expect(() =>
      createWorker(queue, { ...valid, queues: ["mail", "mail"], handlers: { a: "hunter2" } } as never),
    ).toThrow("The configuration of a worker cannot be used. handlers.a: must be a function; got a string.")
  })
})
