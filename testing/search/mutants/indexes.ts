import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldDocument } from "../reference/store.ts"

/** Fields and documents of indexes that were deleted, by their stored names. */
const dropped = new WeakMap<object, Map<string, ReturnType<ReferenceSearch["newIndex"]>>>()

function droppedOf(self: ReferenceSearch) {
  const all = dropped.get(self.store) ?? new Map<string, ReturnType<ReferenceSearch["newIndex"]>>()
  dropped.set(self.store, all)
  return all
}

/** An index that is made anew takes something of the deleted one. */
function takesOver(why: string, member: "fields" | "documents", source?: string) {
  return changed(
    ReferenceSearch,
    why,
    {
      dropIndex({ next, self }, name) {
        const index = self.findIndex(name)
        if (index !== undefined) droppedOf(self).set(self.storedName(name), index)
        next(name)
      },
      newIndex({ next, self }, name) {
        const index = next(name)
        const old = droppedOf(self).get(self.storedName(name))
        return old === undefined ? index : { ...index, [member]: old[member] }
      },
    },
    source,
  )
}

/** Documents that were removed, which something still sees. */
const removed = new WeakMap<object, Set<HeldDocument>>()

function removedOf(self: ReferenceSearch): Set<HeldDocument> {
  const all = removed.get(self.store) ?? new Set<HeldDocument>()
  removed.set(self.store, all)
  return all
}

/** SEARCH-INDEX-07, 08, 10 and 13 to 16. */
export const indexesMutants = mutants({
  "SEARCH-INDEX-07": {
    "deleteIndex-keeps-the-fields": seam.dropIndex(
      "An index that is made anew refuses what the old one refused.",
      ({ self }, name) => self.findIndex(name)?.documents.clear(),
    ),
    "fields-of-a-deleted-index-remembered": takesOver(
      "A field that had a wrong type can never have another one.",
      "fields",
      "a mapping that a client keeps beside the index",
    ),
    "documents-of-a-deleted-index-come-back": takesOver("Records that were deleted are found again.", "documents"),
    "deleteIndex-resolves-too-early": seam.deleteIndex(
      "What was deleted is still found.",
      async ({ next, self }, name) => {
        self.checkName(name)
        setTimeout(() => next(name).catch(() => {}))
      },
    ),
  },
  "SEARCH-INDEX-08": {
    "deleteIndex-of-nothing-rejects": seam.deleteIndex(
      "A clean-up that runs twice fails the second time.",
      async ({ next, self }, name) => {
        self.checkName(name)
        if (self.findIndex(name) === undefined) self.refuse("NOT_FOUND", "There is no such index.")
        return next(name)
      },
      "Elasticsearch, DELETE of an index that is not there: 404 index_not_found_exception",
    ),
    "deleteIndex-under-way-rejects": seam.deleteIndex(
      "Two clean-ups at once fail.",
      (() => {
        const underWay = new WeakMap<object, Set<string>>()
        return async ({ next, self }, name) => {
          const names = underWay.get(self) ?? new Set<string>()
          underWay.set(self, names)
          if (names.has(name)) self.refuse("ALREADY_EXISTS", "The index is being deleted.")
          names.add(name)
          await Promise.resolve()
          names.delete(name)
          return next(name)
        }
      })(),
    ),
  },
  "SEARCH-INDEX-10": {
    "deleteIndex-by-pattern": seam.dropIndex(
      "A customer who leaves takes those along whose names begin like his.",
      ({ next, self }, name) => {
        for (const index of self.ownIndexes()) if (index.name.startsWith(`${name}-`)) next(index.name)
        next(name)
      },
      "Elasticsearch: DELETE /name-* takes every index of that beginning",
    ),
    "hyphens-of-names-are-underscores": seam.storedName("Two indexes are one.", ({ next }, name) =>
      next(name.replaceAll("-", "_")),
    ),
    "names-end-at-their-number": seam.storedName(
      "An index whose name ends in a number is taken for the copy of another.",
      ({ next }, name) => next(name.replace(/-\d+$/, "")),
      "indexes behind an alias, which are called name-000001",
    ),
    "search-by-what-a-name-begins-with": seam.indexesOf(
      "A search of one customer shows records of another.",
      ({ next, self }, query) => {
        const { object } = query
        if (typeof object !== "string" || self.findIndex(object) === undefined) return next(query)
        return self.ownIndexes().filter(({ name }) => name === object || name.startsWith(`${object}-`))
      },
    ),
    "fields-shared-by-all-indexes": seam.newIndex(
      "A field that is a number in one index must be a number in all.",
      ({ next, self }, name) => {
        const [first] = self.ownIndexes()
        return first === undefined ? next(name) : { ...next(name), fields: first.fields }
      },
      "Elasticsearch 5, types of one index: fields of one name had one type",
    ),
  },
  "SEARCH-INDEX-13": {
    "get-of-nothing-rejects": seam.get(
      "A page of a record that is gone is an error.",
      async ({ next, self }, object, id) =>
        (await next(object, id)) ?? self.refuse("NOT_FOUND", "There is no such document."),
      "elasticsearch-js, get: a document that is not there rejects with 404",
    ),
    "get-of-no-index-rejects": seam.findDocument(
      "A page of a record is an error until the first one is there.",
      ({ next, self }, name, id) => {
        if (self.findIndex(name) === undefined) self.refuse("NOT_FOUND", "There is no such index.")
        return next(name, id)
      },
      "Elasticsearch: index_not_found_exception",
    ),
    "get-gives-null": seam.get(
      "Code that asks for undefined takes nothing for a record.",
      async ({ next }, object, id) => (await next(object, id)) ?? (null as unknown as undefined),
    ),
    "get-of-any-index": seam.findDocument("A record of another index is shown.", ({ next, self }, name, id) => {
      const others = self.ownIndexes().map((index) => next(index.name, id))
      return next(name, id) ?? others.find((document) => document !== undefined)
    }),
    "get-remembers": seam.get(
      "A page shows a record as it was.",
      (() => {
        const seen = new WeakMap<object, Map<string, Record<string, unknown>>>()
        return async ({ next, self }, object, id) => {
          const known = seen.get(self) ?? new Map<string, Record<string, unknown>>()
          seen.set(self, known)
          const doc = known.get(`${object}/${id}`) ?? (await next(object, id))
          if (doc !== undefined) known.set(`${object}/${id}`, doc)
          return doc && structuredClone(doc)
        }
      })(),
    ),
  },
  "SEARCH-INDEX-14": {
    "remove-always-true": seam.remove(
      "A caller believes that he removed what another one did.",
      async ({ next }, object, id) => {
        await next(object, id)
        return true
      },
    ),
    "remove-tells-nothing": seam.remove(
      "A caller cannot tell whether anything was there.",
      async ({ next }, object, id) => {
        await next(object, id)
        return undefined as unknown as boolean
      },
      "MiniSearch, discard, and lunr, remove: nothing is told",
    ),
    "remove-of-nothing-rejects": seam.remove(
      "A removal that is tried again fails.",
      async ({ next, self }, object, id) => {
        const isDone = await next(object, id)
        return isDone || self.refuse("NOT_FOUND", "There is no such document.")
      },
      "MiniSearch, discard: an id that is not there throws",
    ),
    "removed-documents-still-found-by-words": subclass(
      "A record that was removed is still found.",
      class extends ReferenceSearch {
        override removeDocument(name: string, id: string): boolean {
          const document = this.findDocument(name, id)
          if (document !== undefined) removedOf(this).add(document)
          return super.removeDocument(name, id)
        }
        override found(...[query, words, indexes]: Parameters<ReferenceSearch["found"]>) {
          const gone = [...removedOf(this)].filter(({ object }) => indexes.some(({ name }) => name === object))
          const more = gone.map((document) => [`${document.id} gone`, document] as const)
          const withGone = indexes.map((index) => ({ ...index, documents: new Map([...index.documents, ...more]) }))
          return super.found(query, words, words.match === "terms" ? withGone : indexes)
        }
      },
    ),
    "removed-ids-stay-removed": changed(
      ReferenceSearch,
      "A record that was removed by mistake can never be stored again.",
      {
        removeDocument({ next, self }, name, id) {
          const document = self.findDocument(name, id)
          if (document !== undefined) removedOf(self).add(document)
          return next(name, id)
        },
        keepDocument({ next, self }, index, document) {
          const isGone = [...removedOf(self)].some(({ id, object }) => id === document.id && object === index.name)
          if (!isGone) next(index, document)
        },
      },
    ),
    "searches-remembered": seam.search(
      "A list does not change until the program is started again.",
      (() => {
        const seen = new WeakMap<object, Map<string, Awaited<ReturnType<ReferenceSearch["search"]>>>>()
        return async ({ next, self }, query) => {
          const known = seen.get(self) ?? new Map<string, Awaited<ReturnType<ReferenceSearch["search"]>>>()
          seen.set(self, known)
          const result = await next(query)
          const { object, q } = query
          const name = `${object}/${q}`
          if (q !== "word" || Object.keys(query).some((member) => !["object", "q", "limit"].includes(member)))
            return result
          const first = known.get(name) ?? result
          known.set(name, first)
          return structuredClone(first)
        }
      })(),
    ),
  },
  "SEARCH-INDEX-15": {
    "indexes-in-the-order-of-their-making": seam.ownIndexes("A list of indexes jumps.", ({ next }) =>
      next().toSorted((one, other) => one.generation - other.generation),
    ),
    "removed-documents-counted": seam.infoOf(
      "A console shows more records than there are.",
      (() => {
        const most = new WeakMap<object, number>()
        return ({ next }, index) => {
          const documents = Math.max(most.get(index) ?? 0, index.documents.size)
          most.set(index, documents)
          return { ...next(index), documents }
        }
      })(),
      "Lucene, maxDoc: documents that were removed count until segments are merged",
    ),
    "empty-indexes-not-listed": seam.ownIndexes("An index that was just defined is not there.", ({ next }) =>
      next().filter(({ documents }) => documents.size > 0),
    ),
    "keywords-listed-as-texts": seam.infoOf("A console shows another type than was defined.", ({ next }, index) => {
      const info = next(index)
      const fields = Object.entries(info.fields).map(([path, type]) => [path, type === "keyword" ? "text" : type])
      return { ...info, fields: Object.fromEntries(fields) }
    }),
    "dates-listed-as-texts": seam.infoOf("A console shows another type than was defined.", ({ next }, index) => {
      const info = next(index)
      const fields = Object.entries(info.fields).map(([path, type]) => [path, type === "date" ? "text" : type])
      return { ...info, fields: Object.fromEntries(fields) }
    }),
    "nested-fields-not-listed": seam.infoOf("A console lacks half of the fields.", ({ next }, index) => {
      const info = next(index)
      return {
        ...info,
        fields: Object.fromEntries(Object.entries(info.fields).filter(([path]) => !path.includes("."))),
      }
    }),
    "inferred-fields-not-listed": seam.infoOf("A console lacks the fields that nobody defined.", ({ next }, index) => {
      const info = next(index)
      return index.documents.size === 0 ? info : { ...info, fields: {} }
    }),
  },
  "SEARCH-INDEX-16": {
    "refresh-of-no-index-rejects": seam.refresh(
      "A test that waits for the search fails where there is nothing to wait for.",
      async ({ next, self }, object) => {
        await next(object)
        if (object !== undefined && self.findIndex(object) === undefined)
          self.refuse("NOT_FOUND", "There is no such index.")
      },
      "Elasticsearch, _refresh: index_not_found_exception",
    ),
    "refresh-of-all-rejects-where-none-is": seam.refresh(
      "A test of an empty system fails.",
      async ({ next, self }, object) => {
        await next(object)
        if (object === undefined && self.ownIndexes().length === 0) self.refuse("NOT_FOUND", "There is no index.")
      },
    ),
    "refresh-gives-something": seam.refresh(
      "A caller that looks at the answer takes it for a count.",
      async ({ next }, object) => {
        await next(object)
        return { shards: 1 } as unknown as undefined
      },
    ),
  },
})
