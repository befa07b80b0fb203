import type { ReindexDocument } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { Source } from "../reference/rebuilding.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldDocument, HeldIndex } from "../reference/store.ts"

/** The source is read as another one. */
function reads(
  why: string,
  change: (source: Source<ReindexDocument>, index: HeldIndex | undefined) => AsyncGenerator<ReindexDocument>,
  source?: string,
) {
  return seam.rebuild(
    why,
    ({ next, self }, name, given) => next(name, given === undefined ? given : change(given, self.findIndex(name))),
    source,
  )
}

/** Of writes that come meanwhile some are not told. */
function forgets(
  why: string,
  isMeant: (document: HeldDocument | undefined, self: ReferenceSearch) => boolean,
  source?: string,
) {
  return seam.tellRebuilds(
    why,
    ({ next, self }, index, key, document) => {
      if (!isMeant(document, self)) next(index, key, document)
    },
    source,
  )
}

/** SEARCH-REINDEX-01 to 05. */
export const reindexingMutants = mutants({
  "SEARCH-REINDEX-01": {
    "reindex-writes-over": seam.putInPlace(
      "Records that are in the database no more stay in the index for ever.",
      ({ next }, index, rebuild) =>
        next(index, { ...rebuild, documents: new Map([...index.documents, ...rebuild.documents]) }),
      "Laravel Scout, scout:import without scout:flush",
    ),
    "reindex-keeps-the-old": seam.putInPlace(
      "An index that was built anew is the old one.",
      () => {},
      "an alias that still points to the old index",
    ),
    "reindex-counts-nothing": seam.isTaken("A job says that it did nothing.", () => false),
    "reindex-counts-the-old": seam.reindex(
      "A job tells how many records there were.",
      async ({ next, self }, object, source) => {
        const before = self.closed ? 0 : (self.findIndex(object)?.documents.size ?? 0)
        const report = await next(object, source)
        return { ...report, documents: Math.max(before, report.documents) }
      },
    ),
    "reindex-of-arrays-alone": seam.rebuild("A stream of records makes an empty index.", ({ next }, name, source) =>
      next(name, source !== undefined && Symbol.asyncIterator in source ? [] : source),
    ),
    "reindex-of-nothing-keeps-the-old": seam.putInPlace(
      "An index whose last record was deleted keeps all.",
      ({ next }, index, rebuild) => {
        if (rebuild.documents.size > 0) next(index, rebuild)
      },
    ),
    "reindexed-indexes-take-no-writes": seam.putInPlace(
      "After a reindex new records are lost.",
      ({ next }, index, rebuild) => {
        next(index, { ...rebuild, documents: new Map(rebuild.documents) })
        const documents = index.documents
        index.documents = new Proxy(documents, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name)
            if (name === "set") return () => target
            return typeof member === "function" ? member.bind(target) : member
          },
        })
      },
      "Elasticsearch, an alias over two indexes without is_write_index: writes fail for ever",
    ),
    "tookMs-of-nan": seam.reindex("A job took NaN seconds.", async ({ next }, object, source) => ({
      ...(await next(object, source)),
      tookMs: Number.NaN,
    })),
  },
  "SEARCH-REINDEX-02": {
    "reindex-of-itself-takes-1,000": seam.storedDocuments(
      "A large index that is built anew from itself loses most of its records.",
      ({ next }, index) => next(index).slice(0, 1000),
      "a search with a limit of 1,000 as the source",
    ),
    "reindex-of-itself-takes-what-hits-show": seam.storedDocuments(
      "Fields that no hit shows are lost.",
      ({ next, self }, index) =>
        next(index).map(({ id }) => {
          const document = self.findDocument(index.name, id)
          return { id, doc: document === undefined ? {} : self.shownOf(document) }
        }),
    ),
    "reindex-of-itself-forgets-synonyms": seam.putInPlace(
      "After a reindex words do not stand for each other.",
      ({ next }, index, rebuild) => {
        next(index, rebuild)
        index.synonyms = []
      },
    ),
    "reindex-of-itself-forgets-definitions": seam.putInPlace(
      "After a reindex fields are what the first record makes of them.",
      ({ next, self }, index, rebuild) => {
        next(index, rebuild)
        index.fields.clear()
        for (const { doc } of index.documents.values())
          for (const field of self.addedFields(doc, index)) index.fields.set(field.path, field)
      },
    ),
    "reindex-of-itself-loses-nulls": seam.storedDocuments(
      "A value that was cleared is unknown after a reindex.",
      ({ next }, index) =>
        next(index).map(({ doc, id }) => ({
          id,
          doc: Object.fromEntries(Object.entries(doc).filter(([, value]) => value !== null)),
        })),
    ),
    "reindex-of-itself-is-empty": seam.storedDocuments("An index that is built anew from itself is empty.", () => []),
    "reindex-of-itself-loses-the-last": seam.storedDocuments(
      "A large index loses a record each time.",
      ({ next }, index) => next(index).slice(0, -1),
    ),
  },
  "SEARCH-REINDEX-03": {
    "index-is-empty-while-it-is-built": seam.rebuild(
      "A shop without products for an hour is closed.",
      ({ next, self }, name, source) => {
        const index = self.findIndex(name)
        if (source !== undefined) index?.documents.clear()
        return next(name, source)
      },
      "django-elasticsearch-dsl, search_index --rebuild before #358: the index is deleted first",
    ),
    "new-documents-seen-while-it-is-built": reads(
      "A list shows half of a new catalogue beside the old one.",
      async function* (source, index) {
        for await (const document of source) {
          index?.documents.set(document.id, { id: document.id, object: index.name, doc: document.doc })
          yield document
        }
      },
    ),
    "searches-while-it-is-built-reject": seam.search(
      "A shop is an error page while its index is built.",
      async ({ next, self }, query) => {
        const isBuilt = !self.closed && self.ownIndexes().some(({ rebuilds }) => rebuilds.size > 0)
        if (isBuilt) self.refuse("UNAVAILABLE", "The index is being built.")
        return next(query)
      },
    ),
    "switched-before-it-is-whole": reads(
      "A shop shows half of its catalogue.",
      async function* (source, index) {
        const kept = new Map<string, HeldDocument>()
        let count = 0
        for await (const document of source) {
          if (++count === 2 && index !== undefined) index.documents = kept
          kept.set(document.id, { id: document.id, object: index?.name ?? "", doc: document.doc })
          yield document
        }
      },
      "addons-server #9811: the alias is switched before the new index is full",
    ),
  },
  "SEARCH-REINDEX-04": {
    "writes-while-it-is-built-lost": forgets(
      "What a user saved during an hour is gone when the new index comes.",
      (document) => document !== undefined,
      "searchkick #1456 and #1408: records that change during a reindex are lost",
    ),
    "writes-while-it-is-built-overwritten": seam.tellRebuilds(
      "What a user saved is replaced by what was read before.",
      ({ next }, index, key, document) => {
        const [rebuild] = index.rebuilds
        next(index, key, document)
        if (document !== undefined) rebuild?.touched.delete(key)
      },
      "OpenMetadata #23514: writes go into both indexes, and the older copy comes last",
    ),
    "writes-while-it-is-built-in-the-new-alone": seam.keepDocument(
      "What a user saved is not shown until an index is built.",
      ({ next, self }, index, document) => {
        if (index.rebuilds.size === 0) next(index, document)
        else self.tellRebuilds(index, self.encodeId(document.id), document)
      },
    ),
    "new-records-while-it-is-built-lost": forgets(
      "A record that is new during a reindex is gone.",
      (document, self) =>
        document !== undefined &&
        self.findDocument(document.object, document.id)?.doc === document.doc &&
        /[ef]$/.test(document.id),
    ),
    "writes-of-others-while-it-is-built-lost": (() => {
      const building = new WeakMap<HeldIndex, ReferenceSearch>()
      return changed(
        ReferenceSearch,
        "What another server saved during a reindex is gone.",
        {
          rebuild({ next, self }, name, source) {
            const promise = next(name, source)
            const index = self.findIndex(name)
            if (index !== undefined) building.set(index, self)
            return promise
          },
          tellRebuilds({ next, self }, index, key, document) {
            if ((building.get(index) ?? self) === self) next(index, key, document)
          },
        },
        "a list of what changed meanwhile in the memory of one process",
      )
    })(),
  },
  "SEARCH-REINDEX-05": {
    "removals-while-it-is-built-come-back": seam.tellRebuilds(
      "What a user deleted comes back, for all to see.",
      ({ next }, index, key, document) => {
        next(index, key, document)
        if (document === undefined) for (const { touched } of index.rebuilds) touched.delete(key)
      },
      "Elasticsearch, version_type external_gte: a delete is remembered for index.gc_deletes, 60 s",
    ),
    "removals-of-what-was-copied-come-back": seam.tellRebuilds(
      "What was deleted behind its copy comes back.",
      ({ next }, index, key, document) => {
        const copies = [...index.rebuilds].map(({ documents }) => [documents, documents.get(key)] as const)
        next(index, key, document)
        for (const [documents, copy] of copies)
          if (document === undefined && copy !== undefined) documents.set(key, copy)
      },
    ),
    "removals-of-bulks-come-back": seam.apply("What a bulk deleted comes back.", ({ next, self }, operation) => {
      const index = self.findIndex(operation.object)
      next(operation)
      if (operation.op === "remove")
        for (const { touched } of index?.rebuilds ?? []) touched.delete(self.encodeId(operation.id))
    }),
    "removed-ids-stay-removed-while-it-is-built": seam.tellRebuilds(
      "What was deleted and stored again is gone.",
      ({ next }, index, key, document) => {
        for (const rebuild of index.rebuilds) {
          if (document !== undefined && rebuild.touched.has(key) && !rebuild.documents.has(key)) return
        }
        next(index, key, document)
      },
    ),
    "removals-while-it-is-built-tell-nothing": seam.removeDocument(
      "A caller is told that nothing was there.",
      ({ next, self }, name, id) => {
        const isBuilt = (self.findIndex(name)?.rebuilds.size ?? 0) > 0
        return next(name, id) && !isBuilt
      },
    ),
    "removals-while-it-is-built-wait": seam.removeDocument(
      "What a user deleted is found until an index is built.",
      ({ next, self }, name, id) => {
        const index = self.findIndex(name)
        if (index === undefined || index.rebuilds.size === 0 || id !== "d") return next(name, id)
        self.tellRebuilds(index, self.encodeId(id), undefined)
        return index.documents.has(self.encodeId(id))
      },
    ),
  },
})
