import { RecordStore, type ReferenceRecord } from "../../families/reference-records.ts"

export interface ReferenceEntry extends ReferenceRecord {
  /** On the monotonic clock; Infinity for entries without ttl. */
  readonly expiresAt: number
  readonly tags: readonly string[]
}

export interface ReferenceLease {
  readonly token: string
  /** On the monotonic clock. */
  readonly endsAt: number
}

/** What caches share. */
export class CacheStore extends RecordStore<ReferenceEntry> {
  readonly leases = new Map<string, ReferenceLease>()
  leasesGiven = 0
}
