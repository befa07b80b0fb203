export interface ReferenceEntry {
  readonly value: unknown
  /** On the monotonic clock; Infinity for entries without ttl. */
  readonly expiresAt: number
  readonly tags: readonly string[]
}

export interface ReferenceLease {
  readonly token: string
  /** On the monotonic clock. */
  readonly endsAt: number
}

/** What several clients share, as they would share a server. */
export class ReferenceStore {
  readonly entries = new Map<string, ReferenceEntry>()
  readonly leases = new Map<string, ReferenceLease>()
  leasesGiven = 0
  /** What befalls the line to the store. */
  fault: "none" | "unreachable" | "silent" | "lose-answer" = "none"
  /** How often it was stopped and started again; the entries stay. */
  restarts = 0
}
