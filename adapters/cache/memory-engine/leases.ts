interface Lease {
  readonly token: string
  /** On the monotonic clock. */
  readonly endsAt: number
}

/** Ended leases are looked for when there are this many, and then when there are twice as many as were left. */
const FEW = 1000

/** Who may fill which absent key. */
export class Leases {
  readonly #leases = new Map<string, Lease>()
  #given = 0
  #limit = FEW

  /** A token, or undefined while another one holds. */
  give(key: string, now: number, endsAt: number): string | undefined {
    const held = this.#leases.get(key)
    if (held !== undefined && held.endsAt > now) return undefined
    if (this.#leases.size >= this.#limit) this.#dropEnded(now)
    this.#given++
    const token = String(this.#given)
    this.#leases.set(key, { token, endsAt })
    return token
  }

  holds(key: string, token: string, now: number): boolean {
    const lease = this.#leases.get(key)
    return lease !== undefined && lease.token === token && lease.endsAt > now
  }

  void(key: string): void {
    if (this.#leases.size > 0) this.#leases.delete(key)
  }

  clear(): void {
    this.#leases.clear()
  }

  #dropEnded(now: number): void {
    for (const [key, { endsAt }] of this.#leases) if (endsAt <= now) this.#leases.delete(key)
    this.#limit = Math.max(FEW, 2 * this.#leases.size)
  }
}
