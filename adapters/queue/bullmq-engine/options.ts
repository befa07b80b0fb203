import * as z from "zod/mini"
import { QUEUE_MAX_PAYLOAD_BYTES } from "../../../contracts/queue/arguments.ts"
import { isClusterClient } from "../../kit/engines/redis/injected.ts"
import { checkRedisConnection, redisConnectionShape } from "../../kit/engines/redis/options.ts"
import { keyPrefixSchema } from "../../kit/key-prefix.ts"

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const retentionSchema = z.strictObject({
  /** How long a completed message can be asked for. Milliseconds, default 24 hours. */
  completedMs: z._default(z.int().check(z.minimum(0)), DAY_MS),
  /** How many of them, the latest ones. Default 1,000. */
  completedCount: z._default(z.int().check(z.minimum(0), z.maximum(1_000_000)), 1000),
  /** How long a dead message can be asked for and replayed. Milliseconds, default 30 days. */
  deadMs: z._default(z.int().check(z.minimum(0)), 30 * DAY_MS),
})

export const bullmqQueueOptionsSchema = z
  .strictObject({
    ...redisConnectionShape,
    /** Bound of each call, waiting for the connection included. Milliseconds. Default 5,000. */
    timeoutMs: z._default(z.int().check(z.minimum(1), z.maximum(600_000)), 5000),
    /** Which client library connects: the package must be installed. A `client` brings its own. Default `redis`. */
    library: z._default(z.enum(["redis", "ioredis"]), "redis"),
    /**
     * Stands before every key; two applications of one server need two. A cache of the same application can have the
     * same one. Default: the name of the instance.
     */
    keyPrefix: keyPrefixSchema,
    /** A larger payload is refused. Bytes as JSON. Default: 1 MiB. */
    maxPayloadBytes: z._default(z.int().check(z.minimum(1)), QUEUE_MAX_PAYLOAD_BYTES),
    /** How long close() waits for running handlers before it gives their messages back. Milliseconds. Default 30,000. */
    shutdownTimeoutMs: z._default(z.int().check(z.minimum(0)), 30_000),
    /** How long what is done is kept. */
    retention: z.prefault(retentionSchema, {}),
  })
  .check(
    z.superRefine((options, context) => {
      checkRedisConnection(options, context)
      const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message })
      if (options.cluster !== false) {
        const got = options.cluster === true ? "true" : "nodes"
        refuse("cluster", `must be false, since one server keeps a queue; got ${got}`)
      }
      if (isClusterClient(options.client)) refuse("client", "must be a client of one server; got a cluster")
      if (options.client !== undefined && options.library !== "redis") {
        refuse("library", "must be left out beside client, which has its own")
      }
    }),
  )
export type BullmqQueueOptions = z.input<typeof bullmqQueueOptionsSchema>
export type ParsedOptions = z.output<typeof bullmqQueueOptionsSchema>
