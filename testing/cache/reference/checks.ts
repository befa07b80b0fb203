import {
  cacheKeyIssue,
  cacheTagLimitIssue,
  cacheTagsIssue,
  cacheTokenIssue,
  cacheTtlIssue,
  cacheValueIssue,
} from "../../../contracts/cache/arguments.ts"
import type { CacheCapabilities } from "../../../contracts/cache/cache.ts"
import { type ErrorCode, type ErrorIssue, ServiceError } from "../../../contracts/foundation/errors.ts"
import { typeName, utf8Length } from "../../../contracts/foundation/text.ts"

type Configuration = Readonly<Record<string, unknown>>

/** What the reference cache refuses, in small methods that mutants and oddities override. */
export abstract class ReferenceChecks {
  abstract readonly capabilities: CacheCapabilities
  protected closed = false

  constructor(configuration: Configuration) {
    this.refuseConfiguration(this.issuesOf(configuration), configuration)
  }

  protected checkOpen(): void {
    if (this.closed) this.refuse("CLOSED", "This cache is closed.")
  }

  protected checkKey(key: unknown): void {
    this.refuseIf(cacheKeyIssue(key, this.capabilities.maxKeyBytes))
  }

  protected checkKeys(keys: unknown): void {
    this.refuseIf(Array.isArray(keys) ? undefined : `Keys come as an array, not as ${typeName(keys)}.`)
    for (const key of keys as unknown[]) this.checkKey(key)
  }

  protected checkValue(value: unknown): void {
    this.refuseIf(cacheValueIssue(value))
    this.checkSize(value)
  }

  protected checkSize(value: unknown): void {
    const { maxValueBytes } = this.capabilities
    if (sizeOf(value) > maxValueBytes) this.refuse("LIMIT_EXCEEDED", `A value has at most ${maxValueBytes} bytes.`)
  }

  protected checkTtl(ttl: unknown): void {
    this.refuseIf(cacheTtlIssue(ttl))
  }

  protected checkTags(tags: unknown): void {
    this.refuseIf(cacheTagsIssue(tags))
  }

  /** The tags of one entry. */
  protected checkEntryTags(tags: readonly string[]): void {
    this.checkTags(tags)
    const issue = cacheTagLimitIssue(tags)
    if (issue !== undefined) this.refuse("LIMIT_EXCEEDED", issue)
  }

  protected checkFill(
    key: string,
    lease: string,
    value: unknown,
    ttl: number | undefined,
    tags: readonly string[],
  ): void {
    this.checkOpen()
    this.checkKey(key)
    this.refuseIf(cacheTokenIssue(lease))
    this.checkValue(value)
    this.checkTtl(ttl)
    this.checkEntryTags(tags)
  }

  protected checkSetTagged(key: string, value: unknown, tags: readonly string[], ttl: number | undefined): void {
    this.checkOpen()
    this.checkKey(key)
    this.checkValue(value)
    this.checkTtl(ttl)
    this.checkEntryTags(tags)
  }

  /** The entries of a batch, read once. */
  protected listOf(entries: Iterable<readonly [string, unknown]>): (readonly [string, unknown])[] {
    const iterable = typeof entries?.[Symbol.iterator] === "function"
    this.refuseIf(iterable ? undefined : `Entries come as an iterable, not as ${typeName(entries)}.`)
    const list = [...entries]
    this.refuseIf(list.every(Array.isArray) ? undefined : "An entry is a [key, value] pair.")
    return list
  }

  protected issuesOf(configuration: Configuration): ErrorIssue[] {
    const { maxValueBytes = 1, password = "", ...unknown } = configuration
    const issues = Object.keys(unknown).map((path) => ({ path, message: "is not an option" }))
    if (typeof password !== "string") issues.push({ path: "password", message: "is a string" })
    if (Number.isSafeInteger(maxValueBytes) && (maxValueBytes as number) > 0) return issues
    return [...issues, { path: "maxValueBytes", message: "is a whole number above 0" }]
  }

  protected refuseConfiguration(issues: readonly ErrorIssue[], _given: Configuration): void {
    if (issues.length === 0) return
    const text = issues.map(({ message, path }) => `${path} ${message}`).join("; ")
    throw new ServiceError("INVALID_CONFIG", `Options of the reference cache: ${text}.`, { details: { issues } })
  }

  protected refuseIf(issue: string | undefined): void {
    if (issue !== undefined) this.refuse("INVALID_ARGUMENT", issue)
  }

  protected refuse(code: ErrorCode, message: string): never {
    throw new ServiceError(code, message, { service: "cache", adapter: "reference" })
  }
}

/** Bytes of the text and the binary members, and eight for all others. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return utf8Length(value)
  if (value instanceof Uint8Array) return value.byteLength
  if (typeof value !== "object" || value === null) return 8
  const members = Symbol.iterator in value ? [...(value as Iterable<unknown>)] : Object.entries(value)
  return members.reduce<number>((size, member) => size + sizeOf(member), 8)
}
