import type { ErrorIssue } from "../../../contracts/foundation/errors.ts"
import { shownName } from "../../../contracts/foundation/shown.ts"
import type { StandardIssue, StandardSchema } from "../../../contracts/foundation/standard-schema.ts"
import { typeName } from "../../../contracts/foundation/text.ts"

export type Validated<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly ErrorIssue[] }

/** Checks data by a schema of any library. Issues show no part of the data. */
export async function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  data: unknown,
): Promise<Validated<Output>> {
  const result = await schema["~standard"].validate(data)
  if (result.issues === undefined) return { value: result.value }
  return { issues: result.issues.map((issue) => issueOf(issue, data)) }
}

export function issuesText(issues: readonly ErrorIssue[]): string {
  return issues.map(({ message, path }) => `${path}: ${message}`).join("; ")
}

function issueOf({ message, path = [] }: StandardIssue, data: unknown): ErrorIssue {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part))
  const at = keys.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], data)
  const text = message.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "")
  return {
    path: ["data", ...keys.map((key) => shownName(String(key)))].join("."),
    message: text === "" || shows(text, at, data) ? `must be another value; got ${typeName(at)}` : text,
  }
}

/** More parts of a value are not looked at: a message about so many of them is not shown. */
const MAX_PARTS = 1000
/** Shorter parts of the data stand in many a message by chance. */
const LEAST_LENGTH = 4

/** Whether a message of a library shows the value at fault, one of its keys, or another part of the data. */
function shows(message: string, at: unknown, data: unknown): boolean {
  const parts = [data]
  if (typeof at === "object" && at !== null) parts.push(...Object.keys(at))
  else if (isShown(message, at, 1)) return true
  for (let looked = 0; parts.length > 0; looked++) {
    if (looked === MAX_PARTS) return true
    const part = parts.pop()
    if (typeof part === "object" && part !== null) parts.push(...Object.values(part))
    else if (isShown(message, part, LEAST_LENGTH)) return true
  }
  return false
}

function isShown(message: string, part: unknown, least: number): boolean {
  if (typeof part !== "string" && typeof part !== "number") return false
  const text = String(part)
  return text.length >= least && (message.includes(text) || message.includes(JSON.stringify(text).slice(1, -1)))
}
