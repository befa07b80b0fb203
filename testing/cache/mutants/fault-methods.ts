import { subclass } from "../../engine/seams.ts"
import { SPOILT } from "../../families/reference-records.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"
import type { ReferenceEntry } from "../reference/store.ts"

const OFFLINE_QUEUE = "ioredis, enableOfflineQueue: commands given while the server is away are sent when it is back"
const FOREVER = Number.POSITIVE_INFINITY
/** A queue that is never sent ends at last. */
const MOST_WAITS = 500

/** Makes the call, and where the store is away makes it again when it is back. */
function queued<T>(self: ReferenceCache, call: () => Promise<T>): Promise<T> {
  if (self.store.fault === "unreachable" && !self.closed) void sendLater(self, call)
  return call()
}

async function sendLater(self: ReferenceCache, call: () => Promise<unknown>): Promise<void> {
  for (let waits = 0; waits < MOST_WAITS && self.store.fault !== "none"; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  if (self.store.fault === "none") await call().catch(() => undefined)
}

/** Puts an entry in the place of another: its members may be getters. */
function replace(self: ReferenceCache, key: string, change: (entry: ReferenceEntry) => ReferenceEntry): void {
  const entry = self.store.entries.get(self.storedKey(key))
  if (entry !== undefined) self.store.entries.set(self.storedKey(key), change(entry))
}

/** Lets mutants change what any method has stored. */
abstract class ChangesEntries extends ReferenceCache {
  abstract change(entry: ReferenceEntry): ReferenceEntry
  override write(key: string, value: unknown, ttl: number | undefined): void {
    super.write(key, value, ttl)
    replace(this, key, (entry) => this.change(entry))
  }
  override writeTagged(key: string, value: unknown, tags: readonly string[], ttl: number | undefined): void {
    super.writeTagged(key, value, tags, ttl)
    replace(this, key, (entry) => this.change(entry))
  }
}

/** What is gone until the next restart of its store. */
function untilRestart({ store }: ReferenceCache, { tags, value }: ReferenceEntry): ReferenceEntry {
  const { restarts } = store
  return {
    value,
    tags,
    get expiresAt() {
      return store.restarts > restarts ? FOREVER : 0
    },
  }
}

/** Faults of a store that one method falls for, or each. */
export const faultMethodMutants = mutants({
  "CACHE-FAULT-02": {
    "cut-answers-are-nothing": seam.reply("What is there looks absent.", ({ next, self }, answer) => {
      if (self.store.fault !== "lose-answer") return next(answer)
      self.store.fault = "none"
      return undefined as typeof answer
    }),
  },
  "CACHE-FAULT-03": {
    "count-removed-then-written": seam.increment(
      "A count that is interrupted is lost.",
      async ({ next, self }, key, by, ttl) => {
        if (self.store.fault !== "lose-answer") return next(key, by, ttl)
        self.remove(key)
        return next(key, 0, ttl)
      },
    ),
    "touch-stores-anew": seam.touch("A session whose renewal is interrupted is lost.", async (call, key, ttl) => {
      const live = call.next(key, ttl)
      const cut = await live.then(
        () => false,
        (error: unknown) => (error as { code?: unknown }).code === "TIMEOUT",
      )
      if (cut) call.self.remove(key)
      return live
    }),
  },
  "CACHE-FAULT-04": {
    "bytes-cannot-be-removed": seam.remove("A spoilt entry stays for ever.", ({ next, self }, key) => {
      if (self.find(key)?.value === SPOILT) self.refuse("CORRUPT", "The entry cannot be decoded.")
      return next(key)
    }),
    "taken-bytes-are-a-miss": seam.take("A spoilt one-time code looks used.", async ({ next, self }, key) =>
      self.find(key)?.value === SPOILT && !self.closed ? undefined : next(key),
    ),
  },
  "CACHE-FAULT-05": {
    "written-behind": subclass(
      "What was stored since the last write to disk is lost in a restart.",
      class extends ChangesEntries {
        override change({ expiresAt, tags, value }: ReferenceEntry): ReferenceEntry {
          const { store } = this
          const { restarts } = store
          return {
            value,
            tags,
            get expiresAt() {
              return store.restarts > restarts ? 0 : expiresAt
            },
          }
        }
      },
      "Redis, appendfsync everysec: what was written in the second before a crash may be lost",
    ),
    "removed-entries-come-back": seam.remove("A restart brings back what was removed.", ({ next, self }, key) => {
      const entry = self.find(key)
      const removed = next(key)
      if (entry !== undefined) self.store.entries.set(self.storedKey(key), untilRestart(self, entry))
      return removed
    }),
    "invalidated-entries-come-back": seam.removeTagged(
      "A restart brings back what was invalidated.",
      ({ next, self }, tags) => {
        const hit = [...self.store.entries].filter(([, entry]) => self.isLive(entry) && self.hasTag(entry, tags))
        next(tags)
        for (const [stored, entry] of hit) self.store.entries.set(stored, untilRestart(self, entry))
      },
    ),
    "cleared-entries-come-back": seam.empty("A restart brings back what was cleared.", ({ next, self }) => {
      const all = [...self.store.entries].filter(([, entry]) => self.isLive(entry))
      next()
      for (const [stored, entry] of all) self.store.entries.set(stored, untilRestart(self, entry))
    }),
  },
  "CACHE-FAULT-06": {
    "in-a-buffer-until-the-next-turn": subclass(
      "What was stored just before a crash is lost, though the call had resolved.",
      class extends ChangesEntries {
        override change({ expiresAt, tags, value }: ReferenceEntry): ReferenceEntry {
          let flushed = false
          setTimeout(() => {
            flushed = !this.closed
          })
          const isLost = () => this.closed && !flushed
          return {
            value,
            tags,
            get expiresAt() {
              return isLost() ? 0 : expiresAt
            },
          }
        }
      },
    ),
  },
  "CACHE-FAULT-07": {
    "first-member-first": subclass(
      "A process that ends in the middle of a write leaves half an object behind.",
      class extends ChangesEntries {
        override change({ expiresAt, tags, value }: ReferenceEntry): ReferenceEntry {
          const members = typeof value === "object" && value !== null ? Object.entries(value) : []
          let whole = members.length < 2
          setTimeout(() => {
            whole ||= !this.closed
          })
          const isWhole = () => whole || !this.closed
          return {
            expiresAt,
            tags,
            get value() {
              return isWhole() ? value : Object.fromEntries(members.slice(0, 1))
            },
          }
        }
      },
    ),
  },
  "CACHE-FAULT-08": {
    "outage-served-from-memory": seam.checkOpen(
      "During an outage users see what was true at some time before.",
      ({ next, self }) => {
        if (self.closed || self.store.fault !== "unreachable") next()
      },
    ),
    "batch-copy-in-an-outage": subclass(
      "During an outage lists show what was true at some time before.",
      class extends ReferenceCache {
        readonly #copies = new Map<string, unknown>()
        override async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
          if (this.store.fault === "unreachable" && !this.closed && this.#copies.size > 0) {
            return new Map(this.#copies) as Map<string, T>
          }
          const found = await super.getMany<T>(keys)
          for (const [key, value] of found) this.#copies.set(key, value)
          return found
        }
      },
    ),
    "touch-believes-in-an-outage": seam.touch(
      "A session looks prolonged, and is not.",
      async ({ next, self }, key, ttl) =>
        self.store.fault === "unreachable" && !self.closed ? self.find(key) !== undefined : next(key, ttl),
    ),
  },
  "CACHE-FAULT-09": {
    "refused-batches-kept-for-later": seam.setMany(
      "A batch that failed overwrites, minutes later, what was stored since.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "refused-batch-deletes-kept-for-later": seam.deleteMany(
      "A batch that failed removes, minutes later, what was stored since.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "refused-tagged-kept-for-later": seam.setTagged(
      "A tagged value that was refused comes back with the store.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "refused-locks-kept-for-later": seam.setIfAbsent(
      "A lock that was refused is held by nobody.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "refused-fills-kept-for-later": seam.fill(
      "A loaded value that was refused is stored when it is old.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "refused-counts-kept-for-later": seam.increment(
      "A call that is repeated counts twice.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "refused-takes-kept-for-later": seam.take(
      "A one-time code is gone, and nobody has it.",
      async ({ next, self }, key) => queued(self, () => next(key)),
      OFFLINE_QUEUE,
    ),
    "refused-touches-kept-for-later": seam.touch(
      "A session that was refused is prolonged when its user has gone.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "refused-clears-kept-for-later": seam.clear(
      "A clear that failed empties the cache at the worst moment.",
      async ({ next, self }) => queued(self, () => next()),
      OFFLINE_QUEUE,
    ),
    "refused-invalidations-kept-for-later": seam.invalidateTags(
      "An invalidation that failed removes, minutes later, what was loaded since.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
  },
  "FAULT-04": {
    "offline-batches": seam.setMany(
      "A batch that failed is written over what came after it.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "offline-counts": seam.increment(
      "A count that failed is added later, and again by its caller.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "offline-locks": seam.setIfAbsent(
      "A lock that was refused is taken later, for nobody.",
      async ({ next, self }, ...args) => queued(self, () => next(...args)),
      OFFLINE_QUEUE,
    ),
    "offline-clears": seam.clear(
      "A clear that failed is made up for once the cache is full again.",
      async ({ next, self }) => queued(self, () => next()),
      OFFLINE_QUEUE,
    ),
  },
  "CLOSE-04": {
    "disposed-and-open": seam.checkOpen("What a block disposed of goes on.", ({ next, self }) => {
      if (!self.closed) next()
    }),
  },
  "CLOSE-06": {
    "first-call-connects": subclass(
      "A cache that was closed before its first call opens a connection that nobody closes.",
      class extends ReferenceCache {
        #used = false
        override checkOpen(): void {
          if (this.closed && !this.#used) return
          super.checkOpen()
          this.#used = true
        }
      },
    ),
  },
})
