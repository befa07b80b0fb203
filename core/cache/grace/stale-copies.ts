import { cacheKeyIssue } from "../../../contracts/cache/arguments.ts"
import type { CacheImplementation, GraceOptions } from "../../../contracts/cache/cache.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"

/** Longer than the few calls between taking and filling it last. */
const COPY_LEASE_MS = 10_000

/** The names that a key has in the store: its entry, and the copy beside it. */
export interface CopyNames {
  entry(key: string): string
  copy(key: string): string
}

/** An implementation that deletes for less when it need not tell what was there. */
interface ICacheDiscard {
  /** Removes the keys and voids their leases. */
  discard(keys: readonly string[]): Promise<void>
}

type Store = CacheImplementation & Partial<ICacheDiscard>

/** Copies that are about to go. */
interface Forgetting {
  readonly copies: Set<string>
  readonly done: Promise<void>
}

/**
 * A second entry beside each one that has grace, for a store that cannot keep entries past their ttl.
 *
 * The copy lives longer than its entry, and every write of the key removes it: the entry is written first, the copy
 * removed next. README.md tells why that loses no write of another process.
 */
export class StaleCopies {
  readonly #store: Store
  readonly #names: CopyNames
  readonly #maxKeyBytes: number
  #forgetting: Forgetting | undefined

  constructor(store: Store, names: CopyNames, maxKeyBytes: number) {
    this.#store = store
    this.#names = names
    this.#maxKeyBytes = maxKeyBytes
  }

  read<T>(key: string): Promise<T | undefined> {
    return this.#store.get<T>(this.#names.copy(key))
  }

  async write(key: string, value: unknown, { ttl, grace, tags, lease }: GraceOptions): Promise<boolean> {
    const copy = this.#names.copy(key)
    const entry = this.#names.entry(key)
    if (lease !== undefined) return this.#fill({ entry, copy, lease }, value, { ttl, grace, tags })
    // Both start at once, so that no write of this process comes between them.
    await Promise.all([this.#put(entry, value, tags, ttl), this.#put(copy, value, tags, ttl + grace)])
    return true
  }

  /** The outcome of a write, when the copies of its keys are gone too. */
  forgetAfter<T>(keys: readonly string[], outcome: Promise<T>): Promise<T> {
    const forgotten = this.#forget(keys)
    // Whoever waits for the outcome hears of it below; nobody does where the write itself failed.
    forgotten.catch(() => {})
    return outcome.then((result) => forgotten.then(() => result, unknownOutcome))
  }

  /** The copy is leased before the entry is filled: a write that comes between voids its lease. */
  async #fill(
    { copy, entry, lease }: { entry: string; copy: string; lease: string },
    value: unknown,
    { grace, tags, ttl }: Pick<GraceOptions, "ttl" | "grace" | "tags">,
  ): Promise<boolean> {
    await this.#store.delete(copy)
    const token = await this.#store.lease?.(copy, COPY_LEASE_MS)
    const filled = (await this.#store.fill?.(entry, lease, value, ttl, tags)) ?? false
    if (filled && token !== undefined) await this.#store.fill?.(copy, token, value, ttl + grace, tags)
    return filled
  }

  #put(name: string, value: unknown, tags: readonly string[] | undefined, ttl: number): Promise<void> | undefined {
    return tags === undefined ? this.#store.set(name, value, ttl) : this.#store.setTagged?.(name, value, tags, ttl)
  }

  /** Copies of keys that are written in one turn of the event loop go in one call: most have none, and pay little. */
  #forget(keys: readonly string[]): Promise<void> {
    this.#forgetting ??= this.#forgetSoon()
    for (const key of keys) {
      const copy = this.#names.copy(key)
      if (cacheKeyIssue(copy, this.#maxKeyBytes) === undefined) this.#forgetting.copies.add(copy)
    }
    return this.#forgetting.done
  }

  #forgetSoon(): Forgetting {
    const copies = new Set<string>()
    const run = async () => {
      this.#forgetting = undefined
      const { deleteMany, discard } = this.#store
      if (discard !== undefined) await discard.call(this.#store, [...copies])
      else if (copies.size > 1 && deleteMany !== undefined) await deleteMany.call(this.#store, [...copies])
      else await Promise.all(Array.from(copies, (copy) => this.#store.delete(copy)))
    }
    return { copies, done: Promise.resolve().then(run) }
  }
}

function unknownOutcome(cause: unknown): never {
  throw new ServiceError("TIMEOUT", "The key was written, but what it held before may still be had as stale.", {
    cause,
  })
}
