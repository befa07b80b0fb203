import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { BulkOperation } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldDocument } from "../reference/store.ts"

const isFailing = ({ store }: ReferenceSearch) => store.fault !== "none"

/** Documents by those that took their place while the store failed. */
const replaced = new WeakMap<HeldDocument, HeldDocument>()

/** Does something before the error of a store goes on. */
function before(
  why: string,
  work: (self: ReferenceSearch, object: string, id: string, doc: Record<string, unknown>) => unknown,
  source?: string,
) {
  return seam.index(
    why,
    async ({ next, self }, object, id, doc) => {
      try {
        return await next(object, id, doc)
      } catch (error) {
        if (ServiceError.is(error) && ["UNAVAILABLE", "TIMEOUT"].includes(error.code)) work(self, object, id, doc)
        throw error
      }
    },
    source,
  )
}

/** A bulk whose store fails ends in another way. */
function ends(
  why: string,
  work: (self: ReferenceSearch, operations: readonly BulkOperation[], error: ServiceError) => unknown,
  source?: string,
) {
  return seam.bulk(
    why,
    async ({ next, self }, operations) => {
      try {
        return await next(operations)
      } catch (error) {
        const isMeant = ServiceError.is(error) && ["UNAVAILABLE", "TIMEOUT"].includes(error.code) && isFailing(self)
        const isLost = ServiceError.is(error) && error.code === "TIMEOUT"
        if (!isMeant && !isLost) throw error
        const all = Array.isArray(operations) ? (operations as BulkOperation[]) : []
        work(self, all, error)
        return { items: all.map(({ id, object }) => ({ id, object })), failed: 0 }
      }
    },
    source,
  )
}

function forget(self: ReferenceSearch, operations: readonly BulkOperation[]): void {
  for (const index of self.ownIndexes()) for (const { id } of operations) index.documents.delete(self.encodeId(id))
}

export const faultsMutants = mutants({
  "SEARCH-FAULT-04": {
    "write-in-two-steps": before(
      "A record whose change failed is gone.",
      (self, object, id) => {
        for (const index of self.ownIndexes()) if (index.name === object) index.documents.delete(self.encodeId(id))
      },
      "a change that is a delete and an add, as in MiniSearch's replace",
    ),
    "member-by-member": before("A record whose change failed is half of both.", (self, object, id, doc) => {
      for (const index of self.ownIndexes()) {
        if (index.name === object) index.documents.set(self.encodeId(id), { id, object, doc: { ...doc, list: [1] } })
      }
    }),
    "writes-while-the-store-is-gone-resolve": seam.index(
      "A record that a user was told is saved is gone.",
      async ({ next, self }, object, id, doc) => {
        try {
          return await next(object, id, doc)
        } catch (error) {
          if (!(ServiceError.is(error) && error.code === "UNAVAILABLE") || self.closed) throw error
        }
      },
      "an auto-indexer that logs what fails",
    ),
    "words-before-documents": changed(ReferenceSearch, "A record whose change failed is found by the words of both.", {
      keepDocument({ next, self }, index, document) {
        const old = isFailing(self) ? self.findDocument(index.name, document.id) : undefined
        if (old !== undefined) replaced.set(document, old)
        next(index, document)
      },
      tokensIn({ next }, document, field, analyzer) {
        const old = replaced.get(document)
        return old === undefined
          ? next(document, field, analyzer)
          : [...next(document, field, analyzer), ...next(old, field, analyzer)]
      },
    }),
    "write-tried-again-adds-one": before(
      "A record whose change was tried again is there twice.",
      (self, object, id) => {
        const document = self
          .ownIndexes()
          .find(({ name }) => name === object)
          ?.documents.get(self.encodeId(id))
        if (document !== undefined)
          self
            .ownIndexes()
            .find(({ name }) => name === object)
            ?.documents.set(`${id} again`, document)
      },
      "Elasticsearch: a document that is sent again without its id",
    ),
  },
  "SEARCH-FAULT-05": {
    "half-of-an-index-is-put-in-place-by-a-fault": seam.rebuild(
      "An index that is swapped in before it is whole loses most of its records.",
      async ({ next, self }, name, source) => {
        const promise = next(name, source)
        const index = self.ownIndexes().find((each) => each.name === name)
        const [rebuild] = index?.rebuilds ?? []
        return promise.catch((error: unknown) => {
          const isGone = ServiceError.is(error) && error.code === "UNAVAILABLE"
          if (isGone && index !== undefined && rebuild !== undefined) self.putInPlace(index, rebuild)
          throw error
        })
      },
    ),
    "reindex-resolves-when-its-store-is-gone": seam.reindex(
      "A job that failed says that it is done.",
      async ({ next, self }, object, source) => {
        try {
          return await next(object, source)
        } catch (error) {
          if (!(ServiceError.is(error) && error.code === "UNAVAILABLE") || self.closed || source === undefined)
            throw error
          return { documents: 2, tookMs: 0 }
        }
      },
    ),
    "both-indexes-after-a-fault": seam.rebuild(
      "An index after a fault is a mix of both.",
      async ({ next, self }, name, source) => {
        const old = self.ownIndexes().find((each) => each.name === name)?.documents
        const documents = await next(name, source)
        const index = self.ownIndexes().find((each) => each.name === name)
        if (isFailing(self)) for (const [key, document] of old ?? []) index?.documents.set(key, document)
        return documents
      },
    ),
    "index-gone-after-a-fault": seam.rebuild(
      "A reindex that fails with its store leaves nothing.",
      async ({ next, self }, name, source) => {
        try {
          return await next(name, source)
        } catch (error) {
          if (ServiceError.is(error) && error.code === "UNAVAILABLE") self.dropIndex(name)
          throw error
        }
      },
      "django-elasticsearch-dsl before #358: the index is deleted first",
    ),
    "lock-of-a-failed-reindex-stays": seam.rebuild(
      "After a reindex that failed with its store no other one works.",
      (() => {
        const locks = new WeakSet<object>()
        return async ({ next, self }, name, source) => {
          if (locks.has(self.store)) self.refuse("UNAVAILABLE", "The index is locked.")
          try {
            return await next(name, source)
          } catch (error) {
            if (ServiceError.is(error) && error.code === "UNAVAILABLE") locks.add(self.store)
            throw error
          }
        }
      })(),
    ),
  },
  "SEARCH-FAULT-06": {
    "bulk-resolves-when-its-store-is-gone": ends(
      "An import that believes itself done has lost its records.",
      () => {},
      "elasticsearch-js #2085: helpers.bulk over a stream, with a node that is gone, reports nothing",
    ),
    "lost-answers-of-bulks-are-done": ends(
      "An import that believes itself done has lost a part.",
      (self, operations, { code }) => {
        if (code === "UNAVAILABLE") throw new ServiceError("UNAVAILABLE", "The store cannot be reached.")
        forget(self, operations.slice(10))
      },
    ),
    "items-of-a-failed-bulk-left-out": seam.bulk(
      "A caller that counts items believes that the rest is done.",
      async ({ next, self }, operations) => {
        try {
          return await next(operations)
        } catch (error) {
          if (!(ServiceError.is(error) && error.code === "UNAVAILABLE") || self.closed) throw error
          return { items: [], failed: 0 }
        }
      },
    ),
    "same-bulk-is-taken-for-done": seam.bulk(
      "An import that is tried again is left out, and its records with it.",
      (() => {
        const tried = new WeakMap<object, Set<string>>()
        return async ({ next, self }, operations) => {
          const known = tried.get(self) ?? new Set<string>()
          tried.set(self, known)
          const all = Array.isArray(operations) ? (operations as BulkOperation[]) : []
          const key = all.length > 10 ? JSON.stringify(all) : ""
          if (known.has(key)) return { items: all.map(({ id, object }) => ({ id, object })), failed: 0 }
          if (key !== "") known.add(key)
          return next(operations)
        }
      })(),
      "a key of idempotency that is kept before the work is done",
    ),
    "bulk-tried-again-fails": seam.bulk(
      "After a fault no import works.",
      (() => {
        const broken = new WeakSet<object>()
        return async ({ next, self }, operations) => {
          if (broken.has(self) && !self.closed && self.store.fault === "none")
            self.refuse("RATE_LIMITED", "The queue is full.")
          try {
            return await next(operations)
          } catch (error) {
            if (ServiceError.is(error) && error.code === "UNAVAILABLE") broken.add(self)
            throw error
          }
        }
      })(),
      "a circuit breaker that never closes",
    ),
  },
})
