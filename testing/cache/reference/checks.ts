import {
  cacheKeyIssue,
  cacheTagLimitIssue,
  cacheTagsIssue,
  cacheTokenIssue,
  cacheTtlIssue,
  cacheValueIssue,
} from "../../../contracts/cache/arguments.ts"
import type { CacheCapabilities } from "../../../contracts/cache/cache.ts"
import { typeName } from "../../../contracts/foundation/text.ts"
import { ReferenceRecords } from "../../families/reference-records.ts"
import type { CacheStore, ReferenceEntry } from "./store.ts"

/** What the reference cache refuses beside keys and values. */
export abstract class ReferenceChecks extends ReferenceRecords<ReferenceEntry, CacheStore> {
  override readonly service = "cache"
  abstract override readonly capabilities: CacheCapabilities

  keyIssue(key: unknown): string | undefined {
    return cacheKeyIssue(key, this.capabilities.maxKeyBytes)
  }

  valueIssue(value: unknown): string | undefined {
    return cacheValueIssue(value)
  }

  checkTtl(ttl: unknown): void {
    this.refuseIf(cacheTtlIssue(ttl))
  }

  checkTags(tags: unknown): void {
    this.refuseIf(cacheTagsIssue(tags))
  }

  /** The tags of one entry. */
  checkEntryTags(tags: readonly string[]): void {
    this.checkTags(tags)
    const issue = cacheTagLimitIssue(tags)
    if (issue !== undefined) this.refuse("LIMIT_EXCEEDED", issue)
  }

  checkFill(key: string, lease: string, value: unknown, ttl: number | undefined, tags: readonly string[]): void {
    this.checkOpen()
    this.checkKey(key)
    this.refuseIf(cacheTokenIssue(lease))
    this.checkValue(value)
    this.checkTtl(ttl)
    this.checkEntryTags(tags)
  }

  checkSetTagged(key: string, value: unknown, tags: readonly string[], ttl: number | undefined): void {
    this.checkOpen()
    this.checkKey(key)
    this.checkValue(value)
    this.checkTtl(ttl)
    this.checkEntryTags(tags)
  }

  /** The entries of a batch, read once. */
  listOf(entries: Iterable<readonly [string, unknown]>): (readonly [string, unknown])[] {
    const iterable = typeof entries?.[Symbol.iterator] === "function"
    this.refuseIf(iterable ? undefined : `Entries come as an iterable, not as ${typeName(entries)}.`)
    const list = [...entries]
    this.refuseIf(list.every(Array.isArray) ? undefined : "An entry is a [key, value] pair.")
    return list
  }
}
