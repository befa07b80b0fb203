/** The checks of what queue methods are given: each says what is wrong, or undefined. */
import { isText, isWhole, type MemberRule, type MemberRules, membersIssue } from "../foundation/members.ts"
import { typeName, utf8Length } from "../foundation/text.ts"
import { jsonIssue } from "./json.ts"
import type { PublishItem, ScheduleOptions } from "./optional-interfaces.ts"
import type { Backoff, PublishOptions, QueueDefinition, RateLimit, SubscribeOptions } from "./options.ts"

export const QUEUE_MAX_NAME_BYTES = 256
export const QUEUE_MAX_PAYLOAD_BYTES = 1_048_576
export const QUEUE_MAX_DELAY_MS = 10 * 365.25 * 24 * 60 * 60 * 1000
export const QUEUE_MAX_PRIORITY = 1000
/** Entries of `metadata`, and bytes of all its keys and values. */
export const QUEUE_MAX_METADATA_BYTES = 16_384
export const QUEUE_MAX_PAGE = 1000

/** For how many milliseconds, and of how many messages of a queue, an id is known whose record was dropped. */
export const QUEUE_KNOWN_IDS = { ms: 10 * 60 * 1000, count: 100_000 } as const

/** What holds where the options of publish say nothing. */
export const QUEUE_DEFAULTS = {
  priority: 2,
  maxAttempts: 3,
  idempotencyWindowMs: 24 * 60 * 60 * 1000,
  visibilityTimeoutMs: 30_000,
  page: 100,
  backoff: { type: "exponential", delayMs: 1000, maxDelayMs: 60_000, multiplier: 2, jitter: 0 },
} as const

const isId: MemberRule = {
  must: "an id that this queue gave: 26 characters of 0-9 and A-Z",
  holds: (value) => typeof value === "string" && isMessageId(value),
}

/** Milliseconds, fractions allowed. */
function isTime(least: "0 or more" | "above 0"): MemberRule {
  return {
    must: `a number of milliseconds, ${least} and up to 10 years`,
    ofNumbers: true,
    holds: (value) =>
      typeof value === "number" && (least === "0 or more" ? value >= 0 : value > 0) && value <= QUEUE_MAX_DELAY_MS,
  }
}

function isNumber(must: string, holds: (value: number) => boolean): MemberRule {
  return { must, ofNumbers: true, holds: (value) => typeof value === "number" && holds(value) }
}

const isPolicy = (text: string) => text === "fixed" || text === "linear" || text === "exponential"

const backoffRules: MemberRules<Backoff> = {
  type: { must: "fixed, linear or exponential", holds: (value) => typeof value === "string" && isPolicy(value) },
  delayMs: isTime("0 or more"),
  maxDelayMs: isTime("0 or more"),
  multiplier: isNumber("a number of 1 or more", (value) => value >= 1 && Number.isFinite(value)),
  jitter: isNumber("a number from 0 to 1", (value) => value >= 0 && value <= 1),
}

/** A rule for what `issue` says of an object; its text takes the place of the rule's own. */
const isObject: MemberRule = {
  must: "an object",
  holds: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
}

const isName: MemberRule = { must: "the name of a queue", holds: (value) => queueNameIssue(value) === undefined }
const isKey: MemberRule = {
  must: `text of 1 to ${QUEUE_MAX_NAME_BYTES} bytes without a lone surrogate`,
  holds: (value) => queueNameIssue(value) === undefined,
}
const isCount = isWhole(1, 1_000_000)

const publishRules: MemberRules<PublishOptions> = {
  type: isKey,
  delay: isTime("0 or more"),
  priority: isWhole(0, QUEUE_MAX_PRIORITY),
  maxAttempts: isCount,
  backoff: isObject,
  timeoutMs: isTime("above 0"),
  id: isId,
  idempotencyKey: isKey,
  idempotencyWindowMs: isTime("above 0"),
  groupKey: isKey,
  metadata: isObject,
}

const scheduleRules: MemberRules<ScheduleOptions> = { metadata: isObject }

const rateLimitRules: MemberRules<RateLimit> = { max: isCount, durationMs: isTime("above 0") }

const subscribeRules: MemberRules<SubscribeOptions> = {
  concurrency: isCount,
  visibilityTimeoutMs: isTime("above 0"),
  rateLimit: isObject,
  groupConcurrency: isCount,
  timeoutMs: isTime("above 0"),
}

const definitionRules: MemberRules<QueueDefinition> = {
  name: isName,
  concurrency: isCount,
  rateLimit: isObject,
  maxAttempts: isCount,
  backoff: isObject,
  deadLetterQueue: isName,
}

const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/

/** Whether text has the form of a message's id: 26 characters of Crockford's base 32. */
export function isMessageId(text: string): boolean {
  return ID.test(text)
}

/** What is wrong with the name of a queue, or undefined. */
export function queueNameIssue(queue: unknown): string | undefined {
  return nameIssue("The name of a queue", queue)
}

/** What is wrong with the name of a schedule, or undefined. */
export function scheduleNameIssue(name: unknown): string | undefined {
  return nameIssue("The name of a schedule", name)
}

function nameIssue(subject: string, name: unknown): string | undefined {
  if (typeof name !== "string") return `${subject} must be a string; got ${typeName(name)}.`
  if (name.length === 0) return `${subject} must not be empty.`
  // A UTF-16 unit is at most three bytes.
  const bytes = name.length * 3 > QUEUE_MAX_NAME_BYTES ? utf8Length(name) : 0
  if (bytes > QUEUE_MAX_NAME_BYTES) return `${subject} must have at most ${QUEUE_MAX_NAME_BYTES} bytes; got ${bytes}.`
  return name.isWellFormed() ? undefined : `${subject} must not have a lone surrogate.`
}

/** What is wrong with the id of a message, or undefined. One of another form is no error: no message has it. */
export function messageIdIssue(id: unknown): string | undefined {
  return typeof id === "string" ? undefined : `The id of a message must be a string; got ${typeName(id)}.`
}

/** What is wrong with a payload, or undefined. */
export function queuePayloadIssue(data: unknown, path = "data"): string | undefined {
  const issue = data === undefined ? undefined : jsonIssue(data, path)
  return issue === undefined ? undefined : `A payload must be JSON data; ${issue}.`
}

/** What is wrong with the options of publish, or undefined. */
export function publishOptionsIssue(options: unknown, path = "options"): string | undefined {
  if (options === undefined) return undefined
  const issue = membersIssue(path, options, publishRules)
  if (issue !== undefined) return issue
  const { backoff, idempotencyKey, idempotencyWindowMs, metadata } = options as PublishOptions
  if (idempotencyWindowMs !== undefined && idempotencyKey === undefined) {
    return `${path}.idempotencyWindowMs must come with an idempotencyKey; got none.`
  }
  return backoffIssue(`${path}.backoff`, backoff) ?? metadataIssue(`${path}.metadata`, metadata)
}

/** What is wrong with the options of schedule, or undefined. */
export function scheduleOptionsIssue(options: unknown): string | undefined {
  if (options === undefined) return undefined
  const issue = membersIssue("options", options, scheduleRules)
  return issue ?? metadataIssue("options.metadata", (options as ScheduleOptions).metadata)
}

/** What is wrong with the items of publishMany, or undefined. */
export function publishItemsIssue(items: unknown): string | undefined {
  if (!Array.isArray(items)) return `Items must come as an array; got ${typeName(items)}.`
  for (const [index, item] of items.entries()) {
    const issue = membersIssue<PublishItem>(`items[${index}]`, item, { data: ANYTHING, options: ANYTHING })
    if (issue !== undefined) return issue
    const { data, options } = item as PublishItem
    const said =
      queuePayloadIssue(data, `items[${index}].data`) ?? publishOptionsIssue(options, `items[${index}].options`)
    if (said !== undefined) return said
  }
  return undefined
}

const ANYTHING: MemberRule = { must: "given", holds: () => true }

/** What is wrong with a handler and the options of subscribe, or undefined. */
export function subscribeIssue(handler: unknown, options: unknown): string | undefined {
  if (typeof handler !== "function") return `A handler must be a function; got ${typeName(handler)}.`
  if (options === undefined) return undefined
  const issue = membersIssue("options", options, subscribeRules)
  return issue ?? rateLimitIssue("options.rateLimit", (options as SubscribeOptions).rateLimit)
}

/** What is wrong with the definition of a queue, or undefined. */
export function definitionIssue(definition: unknown): string | undefined {
  const issue = membersIssue("definition", definition, definitionRules)
  if (issue !== undefined) return issue
  const { backoff, deadLetterQueue, name, rateLimit } = definition as QueueDefinition
  if (name === undefined) return queueNameIssue(name)
  if (deadLetterQueue === name) return "definition.deadLetterQueue must be another queue; got the queue itself."
  return backoffIssue("definition.backoff", backoff) ?? rateLimitIssue("definition.rateLimit", rateLimit)
}

/** What is wrong with the page of listFailed, or undefined. */
export function pageIssue(page: unknown): string | undefined {
  if (page === undefined) return undefined
  return membersIssue<{ limit: number; cursor: string }>("page", page, {
    limit: isWhole(1, QUEUE_MAX_PAGE),
    cursor: isText,
  })
}

/** What is wrong with the options of whenIdle, or undefined. */
export function idleOptionsIssue(options: unknown): string | undefined {
  if (options === undefined) return undefined
  return membersIssue<{ timeoutMs: number }>("options", options, { timeoutMs: isTime("above 0") })
}

/** What is wrong with a time that a handler names, or undefined. */
export function handlerTimeIssue(name: "delayMs" | "ms", value: unknown): string | undefined {
  return membersIssue<{ [Name in typeof name]?: number }>("The call", { [name]: value ?? null }, {
    [name]: isTime("0 or more"),
  } as MemberRules<{ [Name in typeof name]?: number }>)
}

/** What is wrong with the progress that a handler names, or undefined. */
export function progressIssue(value: unknown): string | undefined {
  if (typeof value === "number" && value >= 0 && value <= 100) return undefined
  return `Progress must be a number from 0 to 100; got ${typeof value === "number" ? value : typeName(value)}.`
}

function backoffIssue(path: string, backoff: Backoff | undefined): string | undefined {
  if (backoff === undefined) return undefined
  const issue = membersIssue(path, backoff, backoffRules)
  if (issue !== undefined) return issue
  if (backoff.type === undefined) return `${path}.type must be ${backoffRules.type.must}; got undefined.`
  return backoff.delayMs === undefined
    ? `${path}.delayMs must be ${backoffRules.delayMs.must}; got undefined.`
    : undefined
}

function rateLimitIssue(path: string, rateLimit: RateLimit | undefined): string | undefined {
  if (rateLimit === undefined) return undefined
  const issue = membersIssue(path, rateLimit, rateLimitRules)
  if (issue !== undefined) return issue
  if (rateLimit.max === undefined) return `${path}.max must be ${rateLimitRules.max.must}; got undefined.`
  return rateLimit.durationMs === undefined
    ? `${path}.durationMs must be ${rateLimitRules.durationMs.must}; got undefined.`
    : undefined
}

function metadataIssue(path: string, metadata: Readonly<Record<string, string>> | undefined): string | undefined {
  if (metadata === undefined) return undefined
  const prototype = Object.getPrototypeOf(metadata)
  if (prototype !== null && prototype !== Object.prototype) return `${path} must be a plain object; got an instance.`
  let bytes = 0
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") return `${path} must hold text alone; got ${typeName(value)}.`
    if (!key.isWellFormed() || !value.isWellFormed()) return `${path} must not have a lone surrogate.`
    bytes += utf8Length(key) + utf8Length(value)
  }
  return bytes <= QUEUE_MAX_METADATA_BYTES
    ? undefined
    : `${path} must have at most ${QUEUE_MAX_METADATA_BYTES} bytes; got ${bytes}.`
}
