import { begunLate, changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldDocument } from "../reference/store.ts"

type Doc = Record<string, unknown>

/** Documents by those that took their place. */
const replaced = new WeakMap<HeldDocument, HeldDocument>()

/** Where a write by index is under way, by the client. */
const writing = new WeakMap<object, number>()

function isObject(value: unknown): value is Doc {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A copy of a document with each value changed, the innermost first. */
function mapped(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return change(value.map((item) => mapped(item, change)))
  if (!isObject(value)) return change(value)
  return change(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapped(member, change)])))
}

/** Each value comes back as another. */
function givesBack(why: string, change: (value: unknown) => unknown, source?: string) {
  return seam.copyOut(why, ({ next }, doc) => mapped(next(doc), change) as Doc, source)
}

/** Remembers which document each one has replaced. */
function rememberReplaced(self: ReferenceSearch, document: HeldDocument): void {
  const old = self.findDocument(document.object, document.id)
  if (old !== undefined) replaced.set(document, old)
}

/** Does a write by index when its caller has gone on. */
function storeLater(self: ReferenceSearch, object: string, id: string, doc: Doc): void {
  self.checkName(object)
  self.checkId(id)
  self.checkDocument(doc)
  const copy = self.copyIn(doc)
  setTimeout(() => {
    try {
      self.keep(object, id, copy)
    } catch {}
  })
}

export const documentsMutants = mutants({
  "SEARCH-INDEX-01": {
    "index-seen-later": seam.index(
      "A page that shows what was just saved does not show it.",
      async ({ self }, object, id, doc) => storeLater(self, object, id, doc),
      "Elasticsearch, refresh: without wait_for a document is seen by searches after up to a second",
    ),
    "first-write-of-an-index-seen-later": seam.index(
      "The first record of a new customer is not there when his page opens.",
      async ({ next, self }, object, id, doc) => {
        self.checkOpen()
        if (typeof object === "string" && self.findIndex(object) === undefined) storeLater(self, object, id, doc)
        else await next(object, id, doc)
      },
      "Elasticsearch 8.19: the first write of a fresh index is seen after 220 to 1,060 ms, others after 55",
    ),
    "words-seen-later-than-documents": seam.found(
      "A list shows the record, and the search box does not find it.",
      (() => {
        const seen = new WeakMap<object, WeakSet<HeldDocument>>()
        return ({ next, self }, query, words, indexes) => {
          const found = next(query, words, indexes)
          if (words.match !== "terms") return found
          const known = seen.get(self) ?? new WeakSet()
          seen.set(self, known)
          return found.filter(({ document }) => known.has(document) || !known.add(document))
        }
      })(),
    ),
  },
  "SEARCH-INDEX-02": {
    "index-merges": seam.index(
      "A member that was taken out of a record stays in the index for ever.",
      async ({ next, self }, object, id, doc) => {
        const old = typeof object === "string" && !self.closed ? self.findDocument(object, id)?.doc : undefined
        return next(object, id, isObject(doc) && old !== undefined ? { ...old, ...doc } : doc)
      },
      "Elasticsearch, update: a partial document is merged with the one that is stored",
    ),
    "second-index-of-an-id-rejects": seam.index(
      "A record can be stored once, and never changed.",
      async ({ next, self }, object, id, doc) => {
        self.checkName(object)
        if (self.findDocument(object, id) !== undefined)
          self.refuse("ALREADY_EXISTS", "There is a document with this id.")
        return next(object, id, doc)
      },
      "MiniSearch 7.2, add: a duplicate id throws",
    ),
    "second-index-of-an-id-ignored": seam.index(
      "The index shows for ever what a record was at first.",
      async ({ next, self }, object, id, doc) => {
        self.checkName(object)
        return self.findDocument(object, id) === undefined ? next(object, id, doc) : undefined
      },
    ),
    "old-words-still-found": changed(
      ReferenceSearch,
      "A record is found by a title that it has no more.",
      {
        keepDocument({ next, self }, index, document) {
          rememberReplaced(self, document)
          next(index, document)
        },
        tokensIn({ next }, document, field, analyzer) {
          const old = replaced.get(document)
          return old === undefined
            ? next(document, field, analyzer)
            : [...next(document, field, analyzer), ...next(old, field, analyzer)]
        },
      },
      "MiniSearch, remove: of a document that was changed before the old words stay in the index",
    ),
    "old-values-still-filtered": changed(ReferenceSearch, "A record that was closed stays in the list of open ones.", {
      keepDocument({ next, self }, index, document) {
        rememberReplaced(self, document)
        next(index, document)
      },
      valuesOf({ next }, document, field) {
        const old = replaced.get(document)
        return old === undefined ? next(document, field) : [...next(document, field), ...next(old, field)]
      },
    }),
    "each-index-adds-a-document": seam.index(
      "Each time a record is saved it is in the list once more.",
      async ({ next, self }, object, id, doc) => {
        const old = typeof object === "string" && !self.closed ? self.findDocument(object, id) : undefined
        await next(object, id, doc)
        if (old !== undefined) self.findIndex(object)?.documents.set(`${id} ${++self.store.made}`, old)
      },
      "Elasticsearch: a document that is sent without its id gets one of its own",
    ),
  },
  "SEARCH-INDEX-03": {
    "empty-arrays-come-back-as-nothing": seam.copyOut(
      "A list that is empty breaks the page that counts it.",
      ({ next }, doc) => {
        const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0
        return mapped(next(doc), (value) =>
          isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, member]) => !isEmpty(member))) : value,
        ) as Doc
      },
    ),
    "null-comes-back-as-nothing": givesBack("A value that was cleared looks as if it were unknown.", (value) =>
      isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) : value,
    ),
    "single-elements-come-back-alone": givesBack(
      "A list of one tag is a text, and code that maps over it fails.",
      (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value),
      "Apache Solr and Elasticsearch `fields`: one value and an array of one are the same",
    ),
    "arrays-come-back-flat": givesBack("A table comes back as a row.", (value) =>
      Array.isArray(value) ? value.flat() : value,
    ),
    "numbers-come-back-in-32-bits": givesBack("An amount is wrong by cents.", (value) =>
      typeof value === "number" ? Math.fround(value) : value,
    ),
    "numbers-come-back-in-15-digits": givesBack("Large ids of records point to other records.", (value) =>
      typeof value === "number" ? Number(value.toPrecision(15)) : value,
    ),
    "texts-come-back-composed": givesBack("A text is another one to a byte-wise comparison.", (value) =>
      typeof value === "string" ? value.normalize("NFC") : value,
    ),
    "texts-come-back-trimmed": givesBack("Indented code comes back flat.", (value) =>
      typeof value === "string" ? value.trim() : value,
    ),
    "nul-comes-back-as-nothing": givesBack("A text from a file lacks characters.", (value) =>
      typeof value === "string" ? value.replaceAll("\0", "") : value,
    ),
    "dates-come-back-revived": givesBack("A day comes back as a time.", (value) =>
      typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00.000Z` : value,
    ),
    "empty-objects-come-back-as-null": givesBack("Code that reads a member of an object fails.", (value) =>
      isObject(value) && Object.keys(value).length === 0 ? null : value,
    ),
  },
  "SEARCH-INDEX-04": {
    "index-keeps-the-object": seam.copyIn("Callers change the index by their own objects.", ({ next }, doc) => {
      for (const name of Object.keys(doc)) if (doc[name] === undefined) return next(doc)
      return doc
    }),
    "index-copies-the-top": seam.copyIn("Nested parts of a document change behind its back.", ({ next }, doc) => {
      const copy = next(doc)
      for (const name of Object.keys(copy)) if (Array.isArray(copy[name])) copy[name] = doc[name]
      return copy
    }),
    "index-copies-when-its-caller-has-gone-on": begunLate(
      ReferenceSearch,
      "index",
      "What a request changes right after its call is what is stored.",
    ),
    "hits-are-the-stored-document": seam.shownOf(
      "One page that sorts the tags of a hit sorts them for all.",
      ({ next }, document, select) => (select === undefined ? document.doc : next(document, select)),
      "MiniSearch, Orama: what a search gives are the stored objects themselves",
    ),
  },
  "SEARCH-INDEX-05": {
    "undefined-refused": seam.checkDocument(
      "A record with an optional member cannot be stored.",
      ({ next, self }, doc) => {
        next(doc)
        if (Object.values(doc as Doc).includes(undefined)) self.refuse("INVALID_ARGUMENT", "A member is undefined.")
      },
    ),
    "undefined-becomes-null": seam.copyIn("What was never set looks as if it were cleared.", ({ next }, doc) =>
      next(mapped(doc, (value) => value ?? null) as Doc),
    ),
    "undefined-kept": seam.copyOut("Members that no JSON has are in every hit.", ({ next }, doc) => {
      const copy = next(doc)
      if ("author" in copy) copy["none"] = undefined
      return copy
    }),
  },
  "SEARCH-INDEX-06": {
    "search-of-no-index-rejects": seam.search(
      "A page of results fails until the first record is there.",
      async ({ next, self }, query) => {
        self.checkQuery(query)
        const { object } = query
        if (typeof object === "string" && self.findIndex(object) === undefined) {
          self.refuse("NOT_FOUND", "There is no such index.")
        }
        return next(query)
      },
      "Elasticsearch: index_not_found_exception",
    ),
    "fields-of-no-index-refused": seam.noResult(
      "A page with a filter fails until the first record is there.",
      ({ next, self }, query) => {
        const { facets = [], fields = [], sort = [], where } = query
        if (where !== undefined || facets.length + sort.length + fields.length > 0) {
          self.refuseFor("INVALID_ARGUMENT", "field", "An index does not have this field.")
        }
        return next(query)
      },
    ),
    "nothing-is-counted-as-about-nothing": seam.noResult(
      "A page says 'about 0 results' until the first record is there.",
      ({ next }, query) => ({ ...next(query), totalExact: false }),
    ),
  },
  "SEARCH-INDEX-09": {
    "documents-made-json-first": seam.documentIssue(
      "A date that is stored comes back as a text, and NaN as null.",
      ({ next }, doc) => {
        try {
          return next(JSON.parse(JSON.stringify(doc, (_, value) => (value === undefined ? null : value))))
        } catch {
          return next(doc)
        }
      },
      "every client that sends JSON: JSON.stringify makes texts of dates, and null of NaN",
    ),
    "instances-taken": seam.documentIssue(
      "A record of an ORM is stored, and comes back without its methods.",
      ({ next }, doc) => next(isObject(doc) && !(doc instanceof Map) && !(doc instanceof Date) ? { ...doc } : doc),
    ),
    "arrays-taken-for-documents": seam.documentIssue("A list of records is stored as one.", ({ next }, doc) =>
      Array.isArray(doc) ? undefined : next(doc),
    ),
    "refused-document-removes-the-old": seam.checkDocument(
      "A mistake in a form takes the record out of the search.",
      ({ next, self }, doc) => {
        try {
          next(doc)
        } catch (error) {
          for (const { documents } of self.ownIndexes()) documents.delete("old")
          throw error
        }
      },
    ),
  },
  "SEARCH-INDEX-11": {
    "simultaneous-writes-mix": seam.index(
      "A record has the title of one save and the text of another.",
      async ({ next, self }, object, id, doc) => {
        const count = (writing.get(self) ?? 0) + 1
        writing.set(self, count)
        try {
          const old = count > 1 ? self.findDocument(object, id)?.doc : undefined
          return await next(object, id, old?.["list"] === undefined ? doc : { ...doc, list: old["list"] })
        } finally {
          writing.set(self, count - 1)
        }
      },
    ),
    "simultaneous-writes-leave-two": seam.index(
      "A record that was saved twice at once is in the list twice.",
      async ({ next, self }, object, id, doc) => {
        const count = (writing.get(self) ?? 0) + 1
        writing.set(self, count)
        try {
          const old = count > 1 ? self.findDocument(object, id) : undefined
          await next(object, id, doc)
          if (old !== undefined) self.findIndex(object)?.documents.set(`${id} again`, old)
          await Promise.resolve()
        } finally {
          writing.set(self, (writing.get(self) ?? 1) - 1)
        }
      },
    ),
  },
  "SEARCH-INDEX-12": {
    "first-writes-make-an-index-each": seam.index(
      "Servers that start together lose each other's records.",
      async ({ next, self }, object, id, doc) => {
        const isFirst = !self.closed && typeof object === "string" && self.findIndex(object) === undefined
        await Promise.resolve()
        if (isFirst && self.findIndex(object) !== undefined) self.keepIndex(self.newIndex(object))
        return next(object, id, doc)
      },
      "Elasticsearch, an index behind an alias made by the first write: eight processes make eight",
    ),
    "second-creation-of-an-index-rejects": seam.index(
      "Of servers that start together all but one fail.",
      async ({ next, self }, object, id, doc) => {
        self.checkName(object)
        const isFirst = self.findIndex(object) === undefined
        await Promise.resolve()
        if (isFirst && self.findIndex(object) !== undefined) self.refuse("ALREADY_EXISTS", "There is such an index.")
        return next(object, id, doc)
      },
      "Elasticsearch: resource_already_exists_exception",
    ),
    "clients-hold-their-first-index": subclass(
      "Each server finds its own records alone.",
      class extends ReferenceSearch {
        readonly #made = new Map<string, ReturnType<ReferenceSearch["newIndex"]>>()
        override newIndex(name: string) {
          const index = super.newIndex(name)
          this.#made.set(name, index)
          return index
        }
        override findIndex(name: string) {
          return super.findIndex(name) && (this.#made.get(name) ?? super.findIndex(name))
        }
        override dropIndex(name: string) {
          this.#made.delete(name)
          super.dropIndex(name)
        }
        override async index(object: string, id: string, doc: Doc) {
          this.checkName(object)
          if (super.findIndex(object) === undefined) this.newIndex(object)
          await Promise.resolve()
          return super.index(object, id, doc)
        }
      },
    ),
  },
})
