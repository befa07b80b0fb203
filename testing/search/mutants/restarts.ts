import type { BulkOperation, BulkResult } from "../../../contracts/search/search.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { Source } from "../reference/rebuilding.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldDocument, HeldField, HeldIndex } from "../reference/store.ts"

/** An index that was in memory comes back as another one. */
function comesBack(why: string, change: (index: HeldIndex) => HeldIndex | undefined, source?: string) {
  return seam.findIndex(
    why,
    ({ next, self }, name) => {
      const index = next(name)
      return index === undefined || self.store.restarts === 0 ? index : change(index)
    },
    source,
  )
}

function withFields(index: HeldIndex, change: (field: HeldField) => HeldField | undefined): HeldIndex {
  const fields = [...index.fields.values()].flatMap((field) => change(field) ?? [])
  return { ...index, fields: new Map(fields.map((field) => [field.path, field])) }
}

/** Documents that were replaced or removed come back with a restart. */
function remembering(why: string, isMeant: (by: "index" | "remove") => boolean, source?: string) {
  return subclass(
    why,
    class extends ReferenceSearch {
      readonly #old = new Map<string, HeldDocument>()
      override keepDocument(...[index, document]: Parameters<ReferenceSearch["keepDocument"]>): void {
        const old = this.findDocument(index.name, document.id)
        if (old !== undefined && isMeant("index")) this.#old.set(document.id, old)
        super.keepDocument(index, document)
      }
      override removeDocument(name: string, id: string): boolean {
        const old = this.findDocument(name, id)
        if (old !== undefined && isMeant("remove")) this.#old.set(id, old)
        return super.removeDocument(name, id)
      }
      override findIndex(name: string): HeldIndex | undefined {
        const index = super.findIndex(name)
        if (index === undefined || this.store.restarts === 0) return index
        const documents = new Map([...index.documents, ...this.#old].sort(([one], [other]) => (one < other ? -1 : 1)))
        return { ...index, documents }
      }
    },
    source,
  )
}

/** A process keeps what it wrote in a buffer, which ends with it. */
function buffers(why: string, method: "index" | "remove" | "bulk", source?: string) {
  return subclass(
    why,
    class extends ReferenceSearch {
      readonly #before: (() => void)[] = []
      #buffer(): void {
        const indexes = this.ownIndexes().map((index) => [index, new Map(index.documents)] as const)
        this.#before.push(() => {
          for (const index of this.ownIndexes())
            index.documents = indexes.find(([one]) => one === index)?.[1] ?? new Map()
        })
      }
      override async index(...args: Parameters<ReferenceSearch["index"]>): Promise<void> {
        if (method === "index") this.#buffer()
        return super.index(...args)
      }
      override async remove(object: string, id: string): Promise<boolean> {
        if (method === "remove") this.#buffer()
        return super.remove(object, id)
      }
      override async bulk(operations: Source<BulkOperation>): Promise<BulkResult> {
        if (method === "bulk") this.#buffer()
        return super.bulk(operations)
      }
      override kill(): void {
        super.kill()
        this.#before.at(-1)?.()
      }
    },
    source,
  )
}

/** Something befalls the indexes that a process builds when it is killed. */
function killed(why: string, end: (self: ReferenceSearch, index: HeldIndex) => void, source?: string) {
  return seam.kill(
    why,
    ({ next, self }) => {
      next()
      for (const index of self.ownIndexes()) if (index.rebuilds.size > 0) end(self, index)
    },
    source,
  )
}

export const restartsMutants = mutants({
  "SEARCH-FAULT-01": {
    "documents-in-memory": comesBack(
      "An index comes back empty.",
      () => undefined,
      "MiniSearch, Orama, lunr: an index is in memory until it is exported",
    ),
    "fields-in-memory": comesBack("After a restart no filter works until a record is stored.", (index) =>
      withFields(index, () => undefined),
    ),
    "definitions-in-memory": comesBack("After a restart dates are texts.", (index) =>
      withFields(index, (field) => (field.type === "date" ? { ...field, type: "keyword" } : field)),
    ),
    "synonyms-in-memory": comesBack("After a restart words do not stand for each other.", (index) => ({
      ...index,
      synonyms: [],
    })),
    "types-in-memory": seam.addedFields(
      "After a restart a text among numbers is stored.",
      ({ next, self }, doc, index) => next(doc, self.store.restarts > 0 ? { fields: new Map() } : index),
    ),
    "nested-fields-in-memory": comesBack("After a restart members of objects are in no filter.", (index) =>
      withFields(index, (field) => (field.path.includes(".") ? undefined : field)),
    ),
    "words-in-memory": seam.found(
      "After a restart a list is whole, and no word is found.",
      ({ next, self }, query, words, indexes) =>
        self.store.restarts > 0 && words.match === "terms" ? [] : next(query, words, indexes),
    ),
    "replacements-in-memory": remembering(
      "After a restart a record is what it was.",
      (by) => by === "index",
      "a log that is read without its end",
    ),
    "removals-in-memory": remembering("After a restart what was removed is there again.", (by) => by === "remove"),
  },
  "SEARCH-FAULT-02": {
    "index-resolves-before-it-stores": buffers(
      "A record that a user was told is saved is gone.",
      "index",
      "Elasticsearch, index.translog.durability: async",
    ),
    "bulk-resolves-before-it-stores": buffers("An import that is done is gone with its process.", "bulk"),
    "remove-resolves-before-it-is-done": buffers("A record that was removed is there again.", "remove"),
    "last-write-in-a-buffer": subclass(
      "A record is what it was before its last change.",
      class extends ReferenceSearch {
        #old: HeldDocument | undefined
        override keepDocument(...[index, document]: Parameters<ReferenceSearch["keepDocument"]>): void {
          this.#old = this.findDocument(index.name, document.id) ?? this.#old
          super.keepDocument(index, document)
        }
        override kill(): void {
          super.kill()
          for (const { documents, name } of this.ownIndexes()) {
            if (this.#old?.object === name) documents.set(this.encodeId(this.#old.id), this.#old)
          }
        }
      },
    ),
  },
  "SEARCH-FAULT-03": {
    "half-of-an-index-is-put-in-place": killed(
      "A job that ends in the night leaves half of an index.",
      (self, index) => {
        for (const rebuild of index.rebuilds) self.putInPlace(index, rebuild)
      },
      "addons-server #9811: an alias that is switched before the new index is full",
    ),
    "old-index-ends-with-its-job": killed(
      "A job that ends in the night leaves nothing.",
      (_, index) => index.documents.clear(),
      "django-elasticsearch-dsl before #358: the index is deleted first",
    ),
    "writes-after-a-killed-job-lost": seam.keepDocument(
      "After a job that ended in the night new records are lost.",
      (() => {
        const ended = new WeakSet<object>()
        return ({ next, self }, index, document) => {
          if (index.rebuilds.size > 0) ended.add(self.store)
          if (!ended.has(self.store) || document.id !== "c") next(index, document)
        }
      })(),
    ),
    "lock-of-a-killed-job-stays": seam.rebuild(
      "After a job that ended in the night no other one works.",
      (() => {
        const locks = new WeakSet<object>()
        return async ({ next, self }, name, source) => {
          if (locks.has(self.store)) self.refuse("UNAVAILABLE", "The index is locked.")
          locks.add(self.store)
          const documents = await next(name, source)
          locks.delete(self.store)
          return documents
        }
      })(),
    ),
    "documents-of-a-killed-job-found": killed("A job that ends in the night leaves a mix of both.", (_, index) => {
      for (const { documents } of index.rebuilds)
        for (const [key, document] of documents) index.documents.set(key, document)
    }),
  },
})
