import { typeName } from "../foundation/text.ts"

/** Deeper nesting, which includes every cycle, is refused. */
export const JSON_MAX_DEPTH = 500

/**
 * What keeps `value` from being JSON data, with its path, or undefined when nothing does. A member that is undefined
 * counts as absent.
 */
export function jsonIssue(value: unknown, path: string): string | undefined {
  return issueOf(value, path, 0)
}

/** A path is put together only for what is wrong. */
function issueOf(value: unknown, path: string, depth: number): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (typeof value !== "object") return `${path} is ${typeName(value)}`
  if (depth === JSON_MAX_DEPTH) return `data is circular, or nested more than ${JSON_MAX_DEPTH} levels deep`
  if (Array.isArray(value)) {
    if ("toJSON" in value) return `${path} has a form of its own, by toJSON`
    for (let index = 0; index < value.length; index++) {
      const issue = issueOf(value[index], "", depth + 1)
      if (issue !== undefined) return placed(`${path}[${index}]`, issue)
    }
    return undefined
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) {
    return `${path} is an instance of ${prototype.constructor?.name ?? "a class"}`
  }
  if (Object.getOwnPropertySymbols(value).length > 0) return `${path} has a symbol as key`
  for (const key of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[key]
    if (member === undefined) continue
    const issue = issueOf(member, "", depth + 1)
    if (issue !== undefined) return placed(`${path}.${key}`, issue)
  }
  return undefined
}

function placed(path: string, issue: string): string {
  return issue.startsWith("data is circular") ? issue : path + issue
}
