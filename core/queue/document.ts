import { err, ok } from "neverthrow"
import * as z from "zod/mini"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import type { Queue, QueueCapabilities, QueueDefinition } from "../../contracts/queue/queue.ts"
import {
  type DescribedValue,
  type DocumentPlan,
  INSTANCE_KEYS,
  type InstanceConfig,
  type ServiceDocument,
} from "../foundation/document.ts"
import { parseSchema } from "../foundation/parse-schema.ts"
import { issueAt, optionNames, schemaIssues } from "../foundation/schema.ts"
import {
  definitionOf,
  lackingIssues,
  type ParsedQueueConfig,
  type QueueConfig,
  queueConfigIssues,
  queueConfigSchema,
} from "./queue-config.ts"

/** The message queue document of the requirement document (SPEC-005): its provider is the adapter of that name. */
const messageQueueSchema = z.strictObject({
  provider: z.enum(["kafka", "rabbitmq", "aws-sqs", "redis-pubsub", "google-pubsub", "azure-service-bus"]),
  /** This and all below are options of the adapter, and need one that has them. */
  topics: z.array(z.unknown()),
  consumers: z.optional(z.array(z.unknown())),
  deadLetterQueue: z.optional(z.unknown()),
  ssl: z._default(z.boolean(), false),
  sasl: z.optional(z.unknown()),
})
export type MessageQueueConfig = z.input<typeof messageQueueSchema>

/** Configuration of a queue: with the keys of a queue document, it says what the queue of that name has. */
export type QueueInstanceConfig = InstanceConfig & (QueueConfig | MessageQueueConfig)

const KEYS = [...new Set([...optionNames(queueConfigSchema), ...optionNames(messageQueueSchema)])]

/** Translates a queue document; what no queue honours is refused, each with its path. */
export const queueDocument: ServiceDocument = {
  keys: KEYS,
  read(raw, path) {
    return raw["provider"] === undefined ? readQueue(raw, path) : readMessageQueue(raw, path)
  },
}

type Read = ReturnType<ServiceDocument["read"]>

function readQueue(raw: object, path: string): Read {
  const parsed = parseSchema(queueConfigSchema, raw)
  if (parsed.issues !== undefined) return refuse(queueConfigSchema, parsed.issues, path)
  const config = parsed.data
  const definition = definitionOf(config)
  const issues = queueConfigIssues(config, path)
  if (config.autoScale?.enabled) {
    const message = "must be false, since workers scale, and a queue has none; give it to createWorker"
    issues.push({ path: `${path}.autoScale.enabled`, message })
  }
  return ok({
    ...NOTHING,
    issues,
    described: describe(definition, path),
    lacking: (instance) => lackingOf(config, (instance as Queue).capabilities, path),
    async compose(instance) {
      await (instance as Queue).defineQueue(definition)
      return instance
    },
  })
}

function readMessageQueue(raw: object, path: string): Read {
  const parsed = parseSchema(messageQueueSchema, raw)
  if (parsed.issues !== undefined) return refuse(messageQueueSchema, parsed.issues, path)
  const { provider, ...options } = parsed.data
  const given = Object.entries(options).filter(([key]) => Object.hasOwn(raw, key))
  return ok({
    ...NOTHING,
    adapter: { name: provider, path: `${path}.provider` },
    options: given.map(([key, value]) => ({ key, value, source: `${path}.${key}`, given: true })),
  })
}

const NOTHING: DocumentPlan = {
  issues: [],
  options: [],
  parts: [],
  described: [],
  check: () => [],
  compose: async (instance) => instance,
}

function refuse(schema: z.core.$ZodType, issues: Parameters<typeof schemaIssues>[1], path: string): Read {
  const known = [...INSTANCE_KEYS, ...optionNames(schema)]
  return err(schemaIssues(schema, issues, known).map((issue) => issueAt(path, issue)))
}

function lackingOf(config: ParsedQueueConfig, capabilities: QueueCapabilities, path: string): ErrorIssue[] {
  const lacking = lackingIssues(config, capabilities, path)
  if (capabilities.management) return lacking
  return [...lacking, { path: `${path}.name`, message: "must be left out, since this adapter defines no queues" }]
}

/** Where parts of the definition come from that the document names otherwise. */
const SOURCES: Readonly<Record<string, keyof QueueConfig>> = {
  maxAttempts: "defaultRetryPolicy",
  backoff: "defaultRetryPolicy",
}

function describe(definition: QueueDefinition, path: string): DescribedValue[] {
  return Object.entries(definition).map(([key, value]) => ({ key, value, source: `${path}.${SOURCES[key] ?? key}` }))
}
