/** Each bad part of what the features of a queue, and its documents, are given. */
import { builtinAdapters } from "../../adapters/manifest.ts"
import { createMemoryQueue } from "../../adapters/queue/memory.ts"
import { parseConfig } from "../../core/config/config.ts"
import { batchHandler } from "../../core/queue/batch/batch-handler.ts"
import { submitBatch } from "../../core/queue/batch/submit-batch.ts"
import { asQueue } from "../../core/queue/portable-queue.ts"
import { publishTask } from "../../core/queue/task/task.ts"
import { typedQueue } from "../../core/queue/typed/typed-queue.ts"
import { createWorker } from "../../core/queue/worker/create-worker.ts"
import { createTestServices } from "../../core/services.ts"
import type { Provocation } from "./collect.ts"
import { HOSTILE, spoiled } from "./hostile.ts"
import { SECRET } from "./rules.ts"

const queueConfig = {
  name: "mail",
  concurrency: 2,
  rateLimit: { max: 2, duration: 10 },
  defaultRetryPolicy: {
    maxRetries: 3,
    backoffStrategy: "fixed",
    initialDelayMs: 10,
    maxDelayMs: 10,
    backoffMultiplier: 2,
  },
  deadLetterQueue: "dead",
  priority: 0,
  autoScale: { enabled: true, minWorkers: 1, maxWorkers: 2, scaleUpThreshold: 10, scaleDownThreshold: 1 },
}

const worker = {
  name: "worker",
  queues: ["mail"],
  queueConfigs: [queueConfig],
  pollIntervalMs: 1000,
  visibilityTimeoutMs: 1000,
  defaultTimeoutMs: 1000,
  shutdownTimeoutMs: 1000,
  handlers: { text: () => {} },
}

const task = {
  id: "task",
  type: "text",
  payload: 1,
  queue: "mail",
  priority: "low",
  retryPolicy: queueConfig.defaultRetryPolicy,
  timeoutMs: 10,
  scheduledAt: "2026-01-01T00:00:00Z",
  attempts: 0,
  status: "pending",
  metadata: { createdAt: "2026-01-01T00:00:00Z", createdBy: "ada", tags: ["tag"] },
}

const batch = {
  id: "batch",
  type: "text",
  items: [1, { name: "ada" }],
  batchSize: 10,
  queue: "batch",
  priority: "low",
  parallel: true,
  stopOnError: false,
  onProgress: () => {},
}

const messageQueue = { provider: "kafka", topics: [], consumers: [], deadLetterQueue: {}, ssl: true, sasl: {} }

/** Each bad part of a document, and what documents say that no queue does. */
export function queueDocuments(): Provocation[] {
  const unscaled = { ...worker, queueConfigs: [] }
  const bare = asQueue({ publish: async () => "", subscribe: async () => {}, unsubscribe: async () => {} })
  const of = (config: object) => () =>
    parseConfig({ services: ["queue"], adapters: builtinAdapters, env: {}, config: { queue: config } })
  const documents = [...spoiled(queueConfig), ...spoiled(messageQueue)]
  return [
    ...documents.map(({ at, value }) => ({ by: `config.queue, ${at}`, run: of(value as object) })),
    ...[queueConfig, messageQueue, { ...queueConfig, priority: 7 }].map((one) => ({
      by: "config.queue",
      run: of(one),
    })),
    ...[...spoiled(worker)].map(({ at, value }) => ({
      by: `createWorker, ${at}`,
      run: () => void createWorker(createMemoryQueue(), value as never),
    })),
    { by: "createWorker on a bare queue", run: () => void createWorker(bare, worker as never) },
    {
      by: "createWorker with a hook",
      run: () => void createWorker(bare, unscaled, { scale: () => 1 }),
    },
  ]
}

/** Each bad part of what is published through a feature. */
export function queueFeatures(): Provocation[] {
  const never = async (make: () => Promise<unknown>) => void (await make())
  const fails = (say: (value: unknown) => string) => ({
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) => ({ issues: [{ message: say(value), path: ["name", 0] }] }),
    },
  })
  const schemas = [fails(() => "must not be so."), fails((value) => `must not be ${textOf(value)}`)]
  return [
    ...[...spoiled(task)].map(({ at, value }) => ({
      by: `publishTask, ${at}`,
      run: () => never(() => publishTask(createMemoryQueue(), value as never)),
    })),
    ...[...spoiled(batch)].map(({ at, value }) => ({
      by: `submitBatch, ${at}`,
      run: async () => {
        const queue = createMemoryQueue({ maxPayloadBytes: 5000 })
        await (await submitBatch(queue, value as never)).cancel()
        await queue.close()
      },
    })),
    ...schemas.flatMap((schema) =>
      HOSTILE.map((value) => ({
        by: "typedQueue",
        run: () => never(() => typedQueue(createMemoryQueue(), "mail", schema).publish(value as never)),
      })),
    ),
    ...HOSTILE.map((value) => ({
      by: "batchHandler",
      run: () => never(() => resultOf(value)),
    })),
    { by: "published", run: () => never(() => published((queue) => queue.publishedOne("mail"))) },
    { by: "nothing published", run: () => never(() => published((queue) => queue.publishedNone())) },
  ]
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? ""
}

/** What an item that gives `value` has failed with. */
async function resultOf(value: unknown): Promise<void> {
  const queue = createMemoryQueue()
  await queue.subscribe(
    "batch",
    batchHandler(() => value),
  )
  const { result } = await submitBatch(queue, { id: "batch", type: "text", items: [1] })
  await result()
  await queue.close()
}

async function published(ask: (queue: Awaited<ReturnType<typeof open>>["queue"]) => unknown): Promise<void> {
  const { close, queue } = await open()
  await queue.publishMany("mail", [{ data: SECRET }, { data: SECRET }])
  try {
    ask(queue)
  } finally {
    await close()
  }
}

const open = () => createTestServices({ services: ["queue"], adapters: builtinAdapters })
