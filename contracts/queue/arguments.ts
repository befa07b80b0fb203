/** The checks of what queue methods are given: each says what is wrong, or undefined. */
import { isText, isWhole, type MemberRules, membersIssue } from "../foundation/members.ts"
import { typeName, utf8Length } from "../foundation/text.ts"
import type { PublishOptions, SubscribeOptions } from "./queue.ts"

const QUEUE_MAX_NAME_BYTES = 256
export const QUEUE_MAX_PAYLOAD_BYTES = 1_048_576
export const QUEUE_DEFAULT_MAX_ATTEMPTS = 3

const publishRules: MemberRules<PublishOptions> = {
  type: isText,
  delay: {
    must: "a number of milliseconds, 0 or more",
    ofNumbers: true,
    holds: (value) => typeof value === "number" && value >= 0 && Number.isFinite(value),
  },
  maxAttempts: isWhole(1),
}

const subscribeRules: MemberRules<SubscribeOptions> = { concurrency: isWhole(1) }

/** Deeper nesting, which includes every cycle, is refused. */
const MAX_DEPTH = 500

/** What is wrong with the name of a queue, or undefined. */
export function queueNameIssue(queue: unknown): string | undefined {
  if (typeof queue !== "string") return `The name of a queue must be a string; got ${typeName(queue)}.`
  if (queue.length === 0) return "The name of a queue must not be empty."
  const bytes = utf8Length(queue)
  if (bytes > QUEUE_MAX_NAME_BYTES) {
    return `The name of a queue must have at most ${QUEUE_MAX_NAME_BYTES} bytes; got ${bytes}.`
  }
  return queue.isWellFormed() ? undefined : "The name of a queue must not have a lone surrogate."
}

/** What is wrong with a payload, or undefined. */
export function queuePayloadIssue(data: unknown): string | undefined {
  const issue = data === undefined ? undefined : jsonIssue(data, "data", 0)
  return issue === undefined ? undefined : `A payload must be JSON data; ${issue}.`
}

/** What is wrong with the options of publish, or undefined. */
export function publishOptionsIssue(options: unknown): string | undefined {
  return options === undefined ? undefined : membersIssue("options", options, publishRules)
}

/** What is wrong with a handler and the options of subscribe, or undefined. */
export function subscribeIssue(handler: unknown, options: unknown): string | undefined {
  if (typeof handler !== "function") return `A handler must be a function; got ${typeName(handler)}.`
  return options === undefined ? undefined : membersIssue("options", options, subscribeRules)
}

function jsonIssue(value: unknown, path: string, depth: number): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (typeof value !== "object") return `${path} is ${typeName(value)}`
  if (depth === MAX_DEPTH) return `data is circular, or nested more than ${MAX_DEPTH} levels deep`
  if (Array.isArray(value))
    return firstIssue(
      Array.from(value, (item, index) => [`${path}[${index}]`, item]),
      depth,
    )

  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) {
    return `${path} is an instance of ${prototype.constructor?.name ?? "a class"}`
  }
  if (Object.getOwnPropertySymbols(value).length > 0) return `${path} has a symbol as key`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return firstIssue(
    members.map(([key, member]) => [`${path}.${key}`, member]),
    depth,
  )
}

function firstIssue(members: [path: string, value: unknown][], depth: number): string | undefined {
  for (const [path, value] of members) {
    const issue = jsonIssue(value, path, depth + 1)
    if (issue !== undefined) return issue
  }
  return undefined
}
