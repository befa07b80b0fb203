import type { Mutant } from "../../engine/mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

/** How often a store had been restarted when an entry was written. */
const writtenIn = new WeakMap<ReferenceEntry, number>()

export const faultMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "late-answer-to-next-call",
    breaks: "CACHE-FAULT-01",
    why: "After a slow moment every caller is given the value that the one before asked for.",
    source: "redis-py #2665: a cancelled command left its reply on the connection, and the next caller read it",
    implementation: class extends ReferenceCache {
      readonly #late: unknown[] = []
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        if (this.store.fault === "silent" && !this.closed) this.#late.push(this.find(key)?.value)
        const value = await super.get<T>(key)
        if (this.#late.length === 0) return value
        this.#late.push(value)
        return this.#late.shift() as T | undefined
      }
    },
  },
  {
    id: "cut-answer-taken-for-whole",
    breaks: "CACHE-FAULT-02",
    why: "Half a document is shown as if it were all of it.",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const cut = this.store.fault === "lose-answer"
        const value = cut ? this.find(key)?.value : undefined
        return super.get<T>(key).catch((error: unknown) => {
          if (cut && typeof value === "string") return value.slice(0, 1000) as T
          throw error
        })
      }
    },
  },
  {
    id: "cut-answer-is-a-miss",
    breaks: "CACHE-FAULT-02",
    why: "What is there is loaded anew and overwritten.",
    implementation: class extends ReferenceCache {
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        const cut = this.store.fault === "lose-answer"
        return super.get<T>(key).catch((error: unknown) => {
          if (cut) return undefined
          throw error
        })
      }
    },
  },
  {
    id: "deleted-then-written",
    breaks: "CACHE-FAULT-03",
    why: "A write that is interrupted has removed the old value and not stored the new one.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (this.store.fault === "lose-answer") this.remove(key)
        else super.write(key, value, ttl)
      }
    },
  },
  {
    id: "members-written-one-by-one",
    breaks: "CACHE-FAULT-03",
    why: "A write that is interrupted leaves an object of old and new members.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        const old = this.find(key)?.value
        const interrupted = this.store.fault === "lose-answer" && typeof value === "object" && value !== null
        const first = interrupted ? Object.entries(value).slice(0, 1) : []
        super.write(key, interrupted ? { ...(old as object), ...Object.fromEntries(first) } : value, ttl)
      }
    },
  },
  {
    id: "undecodable-is-a-miss",
    breaks: "CACHE-FAULT-04",
    why: "A change of format looks like an empty cache, and nobody is told.",
    source: "Rails.cache: entries that cannot be decoded are treated as misses",
    implementation: class extends ReferenceCache {
      protected override read(key: string): unknown {
        try {
          return super.read(key)
        } catch {
          return undefined
        }
      }
    },
  },
  {
    id: "lost-at-restart",
    breaks: "CACHE-FAULT-05",
    why: "A store that is called durable comes back empty.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        const entry = this.store.entries.get(this.storedKey(key))
        if (entry !== undefined) writtenIn.set(entry, this.store.restarts)
      }
      protected override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
        return super.isLive(entry) && (writtenIn.get(entry) ?? this.store.restarts) === this.store.restarts
      }
    },
  },
  {
    id: "ttl-lost-at-restart",
    breaks: "CACHE-FAULT-05",
    why: "After a restart nothing expires any more.",
    implementation: class extends ReferenceCache {
      protected override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
        return super.isLive(entry) || (entry !== undefined && this.store.restarts > 0)
      }
    },
  },
  {
    id: "written-in-a-later-turn",
    breaks: "CACHE-FAULT-06",
    why: "What was stored just before a crash is lost, though set had resolved.",
    implementation: class extends ReferenceCache {
      readonly #buffer = new Map<string, ReferenceEntry | undefined>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        const stored = this.storedKey(key)
        this.#buffer.set(stored, this.store.entries.get(stored))
        super.write(key, value, ttl)
        setTimeout(() => this.#buffer.delete(stored))
      }
      override kill(): void {
        for (const [stored, before] of this.#buffer) {
          if (before === undefined) this.store.entries.delete(stored)
          else this.store.entries.set(stored, before)
        }
        super.kill()
      }
    },
  },
  {
    id: "written-in-two-steps",
    breaks: "CACHE-FAULT-07",
    why: "A process that ends in the middle of a write leaves half an object behind.",
    source: "file caches that write in place: a crash leaves a file that is cut",
    implementation: class extends ReferenceCache {
      readonly #unfinished = new Map<string, () => void>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        const members = typeof value === "object" && value !== null ? Object.entries(value) : []
        if (members.length > 1) {
          this.#unfinished.set(key, () => super.write(key, Object.fromEntries(members.slice(0, 1)), ttl))
        }
        setTimeout(() => this.#unfinished.delete(key))
      }
      override kill(): void {
        for (const leave of this.#unfinished.values()) leave()
        super.kill()
      }
    },
  },
  {
    id: "lost-answer-to-next-call",
    breaks: "CACHE-FAULT-01",
    why: "After one lost answer every caller gets that of the call before.",
    implementation: class extends ReferenceCache {
      #stray: { answer: unknown } | undefined
      protected override reply<T>(answer: T): T | Promise<T> {
        const stray = this.#stray
        this.#stray = this.store.fault === "lose-answer" ? { answer } : undefined
        return super.reply(stray === undefined ? answer : (stray.answer as T))
      }
    },
  },
  {
    id: "cut-answer-of-has-is-no",
    breaks: "CACHE-FAULT-02",
    why: "A key that is there is taken for absent, and made anew.",
    implementation: class extends ReferenceCache {
      override async has(key: string): Promise<boolean> {
        const cut = this.store.fault === "lose-answer"
        return super.has(key).catch((error: unknown) => {
          if (cut) return false
          throw error
        })
      }
    },
  },
  {
    id: "cut-walk-ends",
    breaks: "CACHE-FAULT-02",
    why: "A walk whose line was cut looks complete.",
    implementation: class extends ReferenceCache {
      override async *keys(options: { prefix?: string | undefined } = {}) {
        const cut = this.store.fault === "lose-answer"
        try {
          yield* super.keys(options)
        } catch (error) {
          if (!cut) throw error
        }
      }
    },
  },
  {
    id: "bytes-end-every-walk",
    breaks: "CACHE-FAULT-04",
    why: "One spoilt entry keeps everybody from looking through the cache.",
    implementation: class extends ReferenceCache {
      override async *keys(options: { prefix?: string | undefined } = {}) {
        for await (const key of super.keys(options)) {
          if (typeof this.find(key)?.value === "symbol") this.refuse("CORRUPT", "An entry cannot be decoded.")
          yield key
        }
      }
    },
  },
  {
    id: "bytes-keep-their-place",
    breaks: "CACHE-FAULT-04",
    why: "A spoilt entry cannot be replaced.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        if (typeof this.find(key)?.value === "symbol") this.refuse("CORRUPT", "The old value cannot be decoded.")
        super.write(key, value, ttl)
      }
    },
  },
  {
    id: "ttl-anew-at-restart",
    breaks: "CACHE-FAULT-05",
    why: "Each restart gives every entry its whole ttl again.",
    implementation: class extends ReferenceCache {
      readonly #ttls = new Map<string, number>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, ttl)
        this.#ttls.set(key, (ttl ?? 0) * 1000)
      }
      protected override find(key: string): ReferenceEntry | undefined {
        const entry = this.store.entries.get(this.storedKey(key))
        if (entry === undefined || this.store.restarts === 0) return super.find(key)
        const expiresAt = entry.expiresAt + (this.#ttls.get(key) ?? 0)
        return this.isLive({ ...entry, expiresAt }) ? entry : undefined
      }
    },
  },
  {
    id: "replaced-value-after-restart",
    breaks: "CACHE-FAULT-05",
    why: "A restart brings back what was overwritten.",
    implementation: class extends ReferenceCache {
      readonly #replaced = new Map<string, ReferenceEntry>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        const entry = this.find(key)
        if (entry !== undefined) this.#replaced.set(key, entry)
        super.write(key, value, ttl)
      }
      protected override find(key: string): ReferenceEntry | undefined {
        const replaced = this.store.restarts > 0 ? this.#replaced.get(key) : undefined
        return replaced ?? super.find(key)
      }
    },
  },
  {
    id: "near-copy-in-an-outage",
    breaks: "CACHE-FAULT-08",
    why: "During an outage users see what was true at some time before.",
    implementation: class extends ReferenceCache {
      readonly #copies = new Map<string, unknown>()
      override async get<T = unknown>(key: string): Promise<T | undefined> {
        if (this.store.fault === "unreachable" && this.#copies.has(key)) return this.#copies.get(key) as T
        const value = await super.get<T>(key)
        if (value !== undefined) this.#copies.set(key, value)
        return value
      }
    },
  },
  {
    id: "refused-deletes-kept-for-later",
    breaks: "CACHE-FAULT-09",
    why: "A delete that failed removes, minutes later, what was stored since.",
    source: "ioredis, enableOfflineQueue: commands given while the server is away are sent when it is back",
    implementation: class extends ReferenceCache {
      readonly #queue: string[] = []
      protected override checkOpen(): void {
        super.checkOpen()
        for (const key of this.#queue.splice(0)) this.remove(key)
      }
      override async delete(key: string): Promise<boolean> {
        if (this.store.fault === "unreachable" && !this.closed) this.#queue.push(key)
        return super.delete(key)
      }
    },
  },
  {
    id: "lost-answer-called-unavailable",
    breaks: "CACHE-FAULT-09",
    why: "A caller repeats what was done, as if it had not been.",
    implementation: class extends ReferenceCache {
      protected override reply<T>(answer: T): T | Promise<T> {
        if (this.store.fault !== "lose-answer") return super.reply(answer)
        this.store.fault = "none"
        this.refuse("UNAVAILABLE", "The connection was lost.")
      }
    },
  },
  {
    id: "ttl-in-a-second-command",
    breaks: "CACHE-FAULT-10",
    why: "A connection that ends between two commands leaves an entry that never expires.",
    implementation: class extends ReferenceCache {
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        super.write(key, value, this.store.fault === "lose-answer" ? undefined : ttl)
      }
    },
  },
]
