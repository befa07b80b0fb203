/**
 * Queue in Redis 6.2 or newer, or a server that speaks its protocol, such as Valkey, by BullMQ. Needs the packages
 * `bullmq` and `@redis/client` or `ioredis`.
 *
 * @example
 * const queue = createBullmqQueue({ host: "localhost", keyPrefix: "shop" })
 * await queue.subscribe<{ to: string }>("mail", ({ data }) => send(data.to), { concurrency: 5 })
 * await queue.publish("mail", { to: "ada@example.org" })
 */
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import type { Queue, QueueCapabilities } from "../../contracts/queue/queue.ts"
import { asQueue } from "../../core/queue/portable-queue.ts"
import { defaultContext } from "../kit/context.ts"
import { loadRedisClient } from "../kit/engines/redis/node-redis.ts"
import { redisOptionsFromUrl } from "../kit/engines/redis/options.ts"
import { loadIoredis } from "../kit/engines/redis/own-ioredis.ts"
import { parseOptions } from "../kit/parse-options.ts"
import { BullmqEngine } from "./bullmq-engine/engine.ts"
import { loadBullmq } from "./bullmq-engine/library.ts"
import { type BullmqQueueOptions, bullmqQueueOptionsSchema, type ParsedOptions } from "./bullmq-engine/options.ts"

export type { BullmqQueueOptions } from "./bullmq-engine/options.ts"

/**
 * Connects on its first call.
 *
 * @throws ServiceError INVALID_CONFIG with the path of each option at fault.
 */
export function createBullmqQueue(options: BullmqQueueOptions = {}, context: Partial<AdapterContext> = {}): Queue {
  return openBullmqQueue(parseOptions(bullmqQueueOptionsSchema, options, "bullmq queue"), {
    ...defaultContext("queue"),
    ...context,
  })
}

/** Of options that are checked. */
function openBullmqQueue(options: ParsedOptions, context: AdapterContext): Queue {
  const engine = new BullmqEngine(options, context)
  const capabilities: QueueCapabilities = {
    management: true,
    deadLetters: true,
    schedules: true,
    durable: true,
    shared: true,
    priorities: true,
    rateLimit: true,
    groups: false,
    order: "fifo",
    maxPayloadBytes: options.maxPayloadBytes,
    delayResolutionMs: 1,
  }
  return asQueue(engine, {
    adapter: "bullmq",
    capabilities,
    clock: context.clock,
    mapError: (error) => engine.connection.mapError(error),
  })
}

export const bullmqQueue = defineAdapter({
  service: "queue",
  name: "bullmq",
  contractVersion: 1,
  schemes: ["redis", "rediss"],
  optionsSchema: bullmqQueueOptionsSchema,
  fromUrl: redisOptionsFromUrl,
  peers: { bullmq: "^6.7.0", "@redis/client": "^6.3.0", ioredis: ">=5.11.0" },
  async create(options, context) {
    // A missing package is told at start, not at the first call.
    await loadBullmq()
    if (options.client === undefined) await (options.library === "ioredis" ? loadIoredis() : loadRedisClient())
    return openBullmqQueue(options, context)
  },
})
