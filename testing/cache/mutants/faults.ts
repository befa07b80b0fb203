import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

import { faultMethodMutants } from "./fault-methods.ts"

/** How often a store had been restarted when an entry was written. */
const writtenIn = new WeakMap<ReferenceEntry, number>()

const storeFaultMutants = mutants({
  "CACHE-FAULT-01": {
    "late-answer-to-next-call": subclass(
      "After a slow moment every caller is given the value that the one before asked for.",
      class extends ReferenceCache {
        readonly #late: unknown[] = []
        override async get<T = unknown>(key: string): Promise<T | undefined> {
          if (this.store.fault === "silent" && !this.closed) this.#late.push(this.find(key)?.value)
          const value = await super.get<T>(key)
          if (this.#late.length === 0) return value
          this.#late.push(value)
          return this.#late.shift() as T | undefined
        }
      },
      "redis-py #2665: a cancelled command left its reply on the connection, and the next caller read it",
    ),
    "lost-answer-to-next-call": subclass(
      "After one lost answer every caller gets that of the call before.",
      class extends ReferenceCache {
        #stray: { answer: unknown } | undefined
        override reply<T>(answer: T): T | Promise<T> {
          const stray = this.#stray
          this.#stray = this.store.fault === "lose-answer" ? { answer } : undefined
          return super.reply(stray === undefined ? answer : (stray.answer as T))
        }
      },
    ),
  },
  "CACHE-FAULT-02": {
    "cut-answer-taken-for-whole": seam.get(
      "Half a document is shown as if it were all of it.",
      async ({ next, self }, key) => {
        const cut = self.store.fault === "lose-answer"
        const value = cut ? self.find(key)?.value : undefined
        return next(key).catch((error: unknown) => {
          if (cut && typeof value === "string") return value.slice(0, 1000)
          throw error
        })
      },
    ),
    "cut-answer-is-a-miss": seam.get("What is there is loaded anew and overwritten.", async ({ next, self }, key) => {
      const cut = self.store.fault === "lose-answer"
      return next(key).catch((error: unknown) => {
        if (cut) return undefined
        throw error
      })
    }),
    "cut-answer-of-has-is-no": seam.has(
      "A key that is there is taken for absent, and made anew.",
      async ({ next, self }, key) => {
        const cut = self.store.fault === "lose-answer"
        return next(key).catch((error: unknown) => {
          if (cut) return false
          throw error
        })
      },
    ),
    "cut-walk-ends": subclass(
      "A walk whose line was cut looks complete.",
      class extends ReferenceCache {
        override async *keys(options: { prefix?: string | undefined } = {}) {
          const cut = this.store.fault === "lose-answer"
          try {
            yield* super.keys(options)
          } catch (error) {
            if (!cut) throw error
          }
        }
      },
    ),
  },
  "CACHE-FAULT-03": {
    "deleted-then-written": seam.write(
      "A write that is interrupted has removed the old value and not stored the new one.",
      ({ next, self }, key, value, ttl) => {
        if (self.store.fault === "lose-answer") self.remove(key)
        else next(key, value, ttl)
      },
    ),
    "members-written-one-by-one": seam.write(
      "A write that is interrupted leaves an object of old and new members.",
      ({ next, self }, key, value, ttl) => {
        const old = self.find(key)?.value
        const interrupted = self.store.fault === "lose-answer" && typeof value === "object" && value !== null
        const first = interrupted ? Object.entries(value).slice(0, 1) : []
        next(key, interrupted ? { ...(old as object), ...Object.fromEntries(first) } : value, ttl)
      },
    ),
  },
  "CACHE-FAULT-04": {
    "undecodable-is-a-miss": seam.read(
      "A change of format looks like an empty cache, and nobody is told.",
      ({ next }, key) => {
        try {
          return next(key)
        } catch {
          return undefined
        }
      },
      "Rails.cache: entries that cannot be decoded are treated as misses",
    ),
    "bytes-end-every-walk": subclass(
      "One spoilt entry keeps everybody from looking through the cache.",
      class extends ReferenceCache {
        override async *keys(options: { prefix?: string | undefined } = {}) {
          for await (const key of super.keys(options)) {
            if (typeof this.find(key)?.value === "symbol") this.refuse("CORRUPT", "An entry cannot be decoded.")
            yield key
          }
        }
      },
    ),
    "bytes-keep-their-place": seam.write("A spoilt entry cannot be replaced.", ({ next, self }, key, value, ttl) => {
      if (typeof self.find(key)?.value === "symbol") self.refuse("CORRUPT", "The old value cannot be decoded.")
      next(key, value, ttl)
    }),
  },
  "CACHE-FAULT-05": {
    "lost-at-restart": subclass(
      "A store that is called durable comes back empty.",
      class extends ReferenceCache {
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, ttl)
          const entry = this.store.entries.get(this.storedKey(key))
          if (entry !== undefined) writtenIn.set(entry, this.store.restarts)
        }
        override isLive(entry: ReferenceEntry | undefined): entry is ReferenceEntry {
          return super.isLive(entry) && (writtenIn.get(entry) ?? this.store.restarts) === this.store.restarts
        }
      },
    ),
    "ttl-lost-at-restart": seam.isLive(
      "After a restart nothing expires any more.",
      ({ next, self }, entry) => next(entry) || (entry !== undefined && self.store.restarts > 0),
    ),
    "ttl-anew-at-restart": subclass(
      "Each restart gives every entry its whole ttl again.",
      class extends ReferenceCache {
        readonly #ttls = new Map<string, number>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          super.write(key, value, ttl)
          this.#ttls.set(key, (ttl ?? 0) * 1000)
        }
        override find(key: string): ReferenceEntry | undefined {
          const entry = this.store.entries.get(this.storedKey(key))
          if (entry === undefined || this.store.restarts === 0) return super.find(key)
          const expiresAt = entry.expiresAt + (this.#ttls.get(key) ?? 0)
          return this.isLive({ ...entry, expiresAt }) ? entry : undefined
        }
      },
    ),
    "replaced-value-after-restart": subclass(
      "A restart brings back what was overwritten.",
      class extends ReferenceCache {
        readonly #replaced = new Map<string, ReferenceEntry>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
          const entry = this.find(key)
          if (entry !== undefined) this.#replaced.set(key, entry)
          super.write(key, value, ttl)
        }
        override find(key: string): ReferenceEntry | undefined {
          const replaced = this.store.restarts > 0 ? this.#replaced.get(key) : undefined
          return replaced ?? super.find(key)
        }
      },
    ),
  },
  "CACHE-FAULT-06": {
    "written-in-a-later-turn": subclass(
      "What was stored just before a crash is lost, though set had resolved.",
      class extends ReferenceCache {
        readonly #buffer = new Map<string, ReferenceEntry | undefined>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
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
    ),
  },
  "CACHE-FAULT-07": {
    "written-in-two-steps": subclass(
      "A process that ends in the middle of a write leaves half an object behind.",
      class extends ReferenceCache {
        readonly #unfinished = new Map<string, () => void>()
        override write(key: string, value: unknown, ttl: number | undefined): void {
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
      "file caches that write in place: a crash leaves a file that is cut",
    ),
  },
  "CACHE-FAULT-08": {
    "near-copy-in-an-outage": subclass(
      "During an outage users see what was true at some time before.",
      class extends ReferenceCache {
        readonly #copies = new Map<string, unknown>()
        override async get<T = unknown>(key: string): Promise<T | undefined> {
          if (this.store.fault === "unreachable" && this.#copies.has(key)) return this.#copies.get(key) as T
          const value = await super.get<T>(key)
          if (value !== undefined) this.#copies.set(key, value)
          return value
        }
      },
    ),
  },
  "CACHE-FAULT-09": {
    "refused-deletes-kept-for-later": subclass(
      "A delete that failed removes, minutes later, what was stored since.",
      class extends ReferenceCache {
        readonly #queue: string[] = []
        override checkOpen(): void {
          super.checkOpen()
          for (const key of this.#queue.splice(0)) this.remove(key)
        }
        override async delete(key: string): Promise<boolean> {
          if (this.store.fault === "unreachable" && !this.closed) this.#queue.push(key)
          return super.delete(key)
        }
      },
      "ioredis, enableOfflineQueue: commands given while the server is away are sent when it is back",
    ),
    "lost-answer-called-unavailable": seam.reply(
      "A caller repeats what was done, as if it had not been.",
      ({ next, self }, answer) => {
        if (self.store.fault !== "lose-answer") return next(answer)
        self.store.fault = "none"
        self.refuse("UNAVAILABLE", "The connection was lost.")
      },
    ),
  },
  "CACHE-FAULT-10": {
    "ttl-in-a-second-command": seam.write(
      "A connection that ends between two commands leaves an entry that never expires.",
      ({ next, self }, key, value, ttl) => {
        next(key, value, self.store.fault === "lose-answer" ? undefined : ttl)
      },
    ),
  },
})

export const faultMutants = [...storeFaultMutants, ...faultMethodMutants]
