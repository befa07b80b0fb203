/** The checks of what storage methods are given: each says what is wrong, or undefined. */
import { isTrueOrFalse, isWhole, type MemberRules, membersIssue } from "../foundation/members.ts"
import { typeName, utf8Length } from "../foundation/text.ts"
import type { DeleteBucketOptions, ListOptions, PutOptions } from "./storage.ts"

export const STORAGE_MAX_KEY_BYTES = 1024
export const STORAGE_MAX_METADATA_BYTES = 2048

const deleteBucketRules: MemberRules<DeleteBucketOptions> = { force: isTrueOrFalse }

const putRules: MemberRules<PutOptions> = {
  contentType: {
    must: "1 to 255 printable ASCII characters",
    holds: (value) => typeof value === "string" && /^[ -~]{1,255}$/.test(value),
  },
  metadata: { must: "an object whose names are a-z, 0-9 and hyphens, and whose values are text", holds: isMetadata },
}

const listRules: MemberRules<ListOptions> = {
  prefix: {
    must: "text without a lone surrogate",
    holds: (value) => typeof value === "string" && value.isWellFormed(),
  },
  limit: isWhole(1, 1000),
  cursor: { must: "text", holds: (value) => typeof value === "string" },
}

/** What is wrong with the name of a bucket, or undefined. */
export function bucketIssue(bucket: unknown): string | undefined {
  if (typeof bucket !== "string") return `The name of a bucket must be a string; got ${typeName(bucket)}.`
  if (/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) return undefined
  return "The name of a bucket must have 3 to 63 lower-case letters, digits and, between them, hyphens."
}

/** What is wrong with a key, or undefined. */
export function objectKeyIssue(key: unknown, maxKeyBytes: number = STORAGE_MAX_KEY_BYTES): string | undefined {
  if (typeof key !== "string") return `An object key must be a string; got ${typeName(key)}.`
  if (key === "") return "An object key must not be empty."
  const bytes = utf8Length(key)
  if (bytes > maxKeyBytes) return `An object key must have at most ${maxKeyBytes} bytes; got ${bytes}.`
  if (!key.isWellFormed()) return "An object key must not have a lone surrogate."
  if (hasControlCharacter(key)) return "An object key must not have a control character."
  const climbs = key === "." || key === ".." || key.startsWith("../")
  return climbs ? "An object key must not be . or .., nor begin with ../ ." : undefined
}

/** What is wrong with a body, or undefined. */
export function bodyIssue(body: unknown): string | undefined {
  if (body instanceof Uint8Array) return undefined
  if (typeof body !== "string") return `A body must be a string or a Uint8Array; got ${typeName(body)}.`
  return body.isWellFormed() ? undefined : "A body of text must not have a lone surrogate."
}

/** What is wrong with the options of deleteBucket, or undefined. */
export function deleteBucketOptionsIssue(options: unknown): string | undefined {
  return options === undefined ? undefined : membersIssue("options", options, deleteBucketRules)
}

/** What is wrong with the options of put, or undefined. */
export function putOptionsIssue(options: unknown): string | undefined {
  return options === undefined ? undefined : membersIssue("options", options, putRules)
}

/** What is wrong with the options of list, or undefined. */
export function listOptionsIssue(options: unknown): string | undefined {
  return options === undefined ? undefined : membersIssue("options", options, listRules)
}

function isMetadata(metadata: unknown): boolean {
  if (typeof metadata !== "object" || metadata === null) return false
  return Object.entries(metadata).every(([name, value]) => {
    return /^[a-z0-9-]{1,128}$/.test(name) && typeof value === "string" && value.isWellFormed()
  })
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) < 0x20) return true
  return false
}
