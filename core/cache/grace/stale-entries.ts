import { cacheKeyIssue } from "../../../contracts/cache/arguments.ts"
import type { CacheImplementation, GraceOptions } from "../../../contracts/cache/cache.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"

/** Longer than the few calls between taking and filling it last. */
const STALE_LEASE_MS = 10_000

/** The names that a key has in the store: its entry, and the stale one beside it. */
export interface StaleNames {
  entry(key: string): string
  stale(key: string): string
}

/** An implementation that deletes for less when it need not tell what was there. */
interface ICacheDiscard {
  /** Removes the keys and voids their leases. */
  discard(keys: readonly string[]): Promise<void>
}

type Store = CacheImplementation & Partial<ICacheDiscard>

/** Stale entries that are about to go. */
interface Forgetting {
  readonly names: Set<string>
  readonly done: Promise<void>
}

/**
 * A second entry beside each one that has grace, for a store that cannot keep entries past their ttl.
 *
 * The stale entry lives longer than the other, and every write of the key removes it: the entry is written first, the
 * stale one removed next. README.md tells why that loses no write of another process.
 */
export class StaleEntries {
  readonly #store: Store
  readonly #names: StaleNames
  readonly #maxKeyBytes: number
  #forgetting: Forgetting | undefined

  constructor(store: Store, names: StaleNames, maxKeyBytes: number) {
    this.#store = store
    this.#names = names
    this.#maxKeyBytes = maxKeyBytes
  }

  read<T>(key: string): Promise<T | undefined> {
    return this.#store.get<T>(this.#names.stale(key))
  }

  async write(key: string, value: unknown, { ttl, grace, tags, lease }: GraceOptions): Promise<boolean> {
    const stale = this.#names.stale(key)
    const entry = this.#names.entry(key)
    if (lease !== undefined) return this.#fill({ entry, stale, lease }, value, { ttl, grace, tags })
    // Both start at once, so that no write of this process comes between them.
    await Promise.all([this.#put(entry, value, tags, ttl), this.#put(stale, value, tags, ttl + grace)])
    return true
  }

  /** The outcome of a write, when the stale entries of its keys are gone too. */
  forgetAfter<T>(keys: readonly string[], outcome: Promise<T>): Promise<T> {
    const forgotten = this.#forget(keys)
    // Whoever waits for the outcome hears of it below; nobody does where the write itself failed.
    forgotten.catch(() => {})
    return outcome.then((result) => forgotten.then(() => result, unknownOutcome))
  }

  /** The stale entry is leased before the entry is filled: a write that comes between voids its lease. */
  async #fill(
    { entry, lease, stale }: { entry: string; lease: string; stale: string },
    value: unknown,
    { grace, tags, ttl }: Pick<GraceOptions, "ttl" | "grace" | "tags">,
  ): Promise<boolean> {
    await this.#store.delete(stale)
    const token = await this.#store.lease?.(stale, STALE_LEASE_MS)
    const filled = (await this.#store.fill?.(entry, lease, value, ttl, tags)) ?? false
    if (filled && token !== undefined) await this.#store.fill?.(stale, token, value, ttl + grace, tags)
    return filled
  }

  #put(name: string, value: unknown, tags: readonly string[] | undefined, ttl: number): Promise<void> | undefined {
    return tags === undefined ? this.#store.set(name, value, ttl) : this.#store.setTagged?.(name, value, tags, ttl)
  }

  /** Stale entries of keys that are written in one turn of the event loop go in one call: most have none, and pay little. */
  #forget(keys: readonly string[]): Promise<void> {
    this.#forgetting ??= this.#forgetSoon()
    for (const key of keys) {
      const stale = this.#names.stale(key)
      if (cacheKeyIssue(stale, this.#maxKeyBytes) === undefined) this.#forgetting.names.add(stale)
    }
    return this.#forgetting.done
  }

  #forgetSoon(): Forgetting {
    const names = new Set<string>()
    const run = async () => {
      this.#forgetting = undefined
      const { deleteMany, discard } = this.#store
      if (discard !== undefined) await discard.call(this.#store, [...names])
      else if (names.size > 1 && deleteMany !== undefined) await deleteMany.call(this.#store, [...names])
      else await Promise.all(Array.from(names, (name) => this.#store.delete(name)))
    }
    return { names, done: Promise.resolve().then(run) }
  }
}

function unknownOutcome(cause: unknown): never {
  throw new ServiceError("TIMEOUT", "The key was written, but what it held before may still be had as stale.", {
    cause,
  })
}
