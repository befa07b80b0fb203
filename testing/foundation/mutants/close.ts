import type { CacheStats } from "../../../contracts/cache/cache.ts"
import type { ReferenceOptions } from "../../cache/reference/entries.ts"
import { ReferenceCache } from "../../cache/reference/reference-cache.ts"
import type { ReferenceStore } from "../../cache/reference/store.ts"
import type { Mutant } from "../../engine/mutant.ts"

/** Stores of which one client was closed. */
const closedStores = new WeakSet<object>()

/** Stores whose one connection was ended. */
const endedConnections = new WeakSet<ReferenceStore>()

export const closeMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "second-close-rejects",
    breaks: "CLOSE-01",
    why: "Shutdown code that runs twice fails.",
    source: "ioredis #874, node-redis: quit or close of a closed client rejects, the client is closed",
    implementation: class extends ReferenceCache {
      override async close(): Promise<void> {
        if (this.closed) this.refuse("CLOSED", "This cache is closed.")
        return super.close()
      }
    },
  },
  {
    id: "concurrent-close-rejects",
    breaks: "CLOSE-01",
    why: "A shutdown from two places fails.",
    implementation: class extends ReferenceCache {
      #closing = false
      override async close(): Promise<void> {
        if (this.#closing) this.refuse("INTERNAL", "close is under way.")
        this.#closing = true
        await super.close()
        this.#closing = false
      }
    },
  },
  {
    id: "reads-go-on-after-close",
    breaks: "CLOSE-02",
    why: "A client that should be gone hides a bug by answering.",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        return this.closed ? this.find(key) !== undefined : super.has(key)
      }
    },
  },
  {
    id: "writes-dropped-after-close",
    breaks: "CLOSE-02",
    why: "A write after close is lost, and its caller thinks it is stored.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        if (!this.closed) await super.set(key, value, ttl)
      }
    },
  },
  {
    id: "refused-after-the-work",
    breaks: "CLOSE-02",
    why: "A call that was refused as closed has changed the store.",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        this.checkKey(key)
        this.checkValue(value)
        this.checkTtl(ttl)
        this.write(key, value, ttl)
        this.checkOpen()
      }
    },
  },
  {
    id: "replies-dropped-at-close",
    breaks: "CLOSE-03",
    why: "A caller waits for ever, and its request with it.",
    source: "ioredis #2193: the promise of a command in flight is never settled, not by disconnect either",
    implementation: class extends ReferenceCache {
      override async stats(): Promise<CacheStats> {
        const stats = await super.stats()
        await new Promise((resolve) => setTimeout(resolve))
        return this.closed ? new Promise<never>(() => {}) : stats
      }
    },
  },
  {
    id: "close-waits-for-itself",
    breaks: "CLOSE-03",
    why: "A close while calls are running never ends.",
    source: "ioredis #2169: a worker's close waited for ever for a command that was stranded by the disconnect",
    implementation: class extends ReferenceCache {
      #running = 0
      override async stats(): Promise<CacheStats> {
        this.#running++
        const stats = await super.stats()
        if (!this.closed) this.#running--
        return stats
      }
      override async close(): Promise<void> {
        await super.close()
        await Promise.resolve()
        if (this.#running > 0) await new Promise<never>(() => {})
      }
    },
  },
  {
    id: "dispose-does-nothing",
    breaks: "CLOSE-04",
    why: "await using leaves the connection open.",
    implementation: class extends ReferenceCache {
      override async [Symbol.asyncDispose](): Promise<void> {}
    },
  },
  {
    id: "close-empties-store",
    breaks: "CLOSE-05",
    why: "One process that stops empties the cache of all others.",
    implementation: class extends ReferenceCache {
      override async close(): Promise<void> {
        if (!this.closed) await this.clear().catch(() => undefined)
        return super.close()
      }
    },
  },
  {
    id: "close-ends-shared-connection",
    breaks: "CLOSE-05",
    why: "Parts of the process that still run lose their cache.",
    source: "sharedb-redis-pubsub #26: the first of several instances to close ended the client they shared",
    implementation: class extends ReferenceCache {
      protected override checkOpen(): void {
        super.checkOpen()
        if (endedConnections.has(this.store)) this.refuse("CLOSED", "The client is closed.")
      }
      override async close(): Promise<void> {
        endedConnections.add(this.store)
        return super.close()
      }
    },
  },
  {
    id: "close-before-use-rejects",
    breaks: "CLOSE-06",
    why: "A start that failed half-way fails again when it cleans up.",
    source: "redis-rb #485: quit of a client that never connected tries to connect first, and fails",
    implementation: class extends ReferenceCache {
      #used = false
      protected override checkOpen(): void {
        super.checkOpen()
        this.#used = true
      }
      override async close(): Promise<void> {
        if (!this.#used) this.refuse("UNAVAILABLE", "There is no connection to close.")
        return super.close()
      }
    },
  },
  {
    id: "timer-after-close",
    breaks: "CLOSE-07",
    why: "The program has closed everything and does not end.",
    source: "node-cache: the check timer keeps running until close is called, and keeps the process alive",
    implementation: class extends ReferenceCache {
      #timer: (() => void) | undefined
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        this.#timer ??= this.store.startTimer()
      }
    },
  },
  {
    id: "close-gives-no-promise",
    breaks: "CLOSE-01",
    why: "Shutdown code that chains with then fails.",
    implementation: class extends ReferenceCache {
      override close(): Promise<void> {
        this.closed = true
        return undefined as unknown as Promise<void>
      }
    },
  },
  {
    id: "deletes-go-on-after-close",
    breaks: "CLOSE-02",
    why: "A delete that was refused as closed has removed the entry.",
    implementation: class extends ReferenceCache {
      override async delete(key: string): Promise<boolean> {
        if (this.closed) this.remove(key)
        return super.delete(key)
      }
    },
  },
  {
    id: "disposed-only-once",
    breaks: "CLOSE-04",
    why: "A block that closed its cache by itself ends with an error.",
    implementation: class extends ReferenceCache {
      override async [Symbol.asyncDispose](): Promise<void> {
        if (this.closed) this.refuse("CLOSED", "This cache is closed.")
        await this.close()
      }
    },
  },
  {
    id: "first-close-is-the-last",
    breaks: "CLOSE-05",
    why: "A program that closed one cache can open no other.",
    implementation: class extends ReferenceCache {
      constructor(options: ReferenceOptions) {
        super(options)
        this.closed = closedStores.has(this.store)
      }
      override async close(): Promise<void> {
        closedStores.add(this.store)
        return super.close()
      }
    },
  },
  {
    id: "unused-stays-open",
    breaks: "CLOSE-06",
    why: "A cache that was closed before its first call connects on a later one, and nobody closes it.",
    implementation: class extends ReferenceCache {
      #used = false
      protected override checkOpen(): void {
        super.checkOpen()
        this.#used = true
      }
      override async close(): Promise<void> {
        if (this.#used) await super.close()
      }
    },
  },
  {
    id: "timer-for-each-ttl",
    breaks: "CLOSE-07",
    why: "The program ends when the longest ttl has passed.",
    source: "caches with a setTimeout for each entry: it keeps the process alive unless unref() was called",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        if (ttl !== undefined) this.store.startTimer()
      }
    },
  },
]
