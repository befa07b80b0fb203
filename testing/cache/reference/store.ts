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
  readonly #timers = new Set<ReturnType<typeof setInterval>>()

  /** Keeps the process alive until it is called off. What is left behind ends with the world. */
  startTimer(): () => void {
    const timer = setInterval(() => {}, 60_000)
    this.#timers.add(timer)
    return () => clearInterval(timer)
  }

  endTimers(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}
