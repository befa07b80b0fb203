import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ReindexDocument } from "../../../contracts/search/search.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { Source } from "../reference/rebuilding.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldIndex } from "../reference/store.ts"

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

/** SEARCH-REINDEX-06 to 10. */
export const reindexingEndsMutants = mutants({
  "SEARCH-REINDEX-06": {
    "broken-source-is-the-end": subclass(
      "A database that goes away in the middle empties the index.",
      class extends ReferenceSearch {
        override async *read<Item>(source: Source<Item>): AsyncGenerator<Item> {
          try {
            yield* super.read(source)
          } catch (error) {
            if (ServiceError.is(error) && error.details?.["reason"] !== "source") throw error
          }
        }
      },
      "an async iterator whose error is logged",
    ),
    "errors-of-sources-of-reindexes-go-through": seam.brokenSource(
      "A caller gets an error that is none of the search.",
      (_, cause) => cause as ServiceError,
    ),
    "broken-rebuilds-stay": seam.rebuild(
      "After a reindex that failed no other one works.",
      (() => {
        const broken = new WeakSet<object>()
        return async ({ next, self }, name, source) => {
          if (broken.has(self.store)) self.refuseFor("PRECONDITION_FAILED", "reindex", "Another reindex is under way.")
          try {
            return await next(name, source)
          } catch (error) {
            if (ServiceError.is(error) && error.details?.["reason"] === "source") broken.add(self.store)
            throw error
          }
        }
      })(),
      "a lock that nobody opens; django-elasticsearch-dsl: the next rebuild finds what is left",
    ),
    "old-index-dropped-first": seam.rebuild(
      "A reindex that fails leaves nothing.",
      async ({ next, self }, name, source) => {
        try {
          return await next(name, source)
        } catch (error) {
          if (ServiceError.is(error) && error.details?.["reason"] === "source") self.findIndex(name)?.documents.clear()
          throw error
        }
      },
    ),
    "half-of-a-broken-source-kept": seam.rebuild(
      "A reindex that fails leaves a mix of both.",
      async ({ next, self }, name, source) => {
        const promise = next(name, source)
        const index = self.findIndex(name)
        const [rebuild] = index?.rebuilds ?? []
        return promise.catch((error: unknown) => {
          const isBroken = ServiceError.is(error) && error.details?.["reason"] === "source"
          for (const [key, document] of isBroken ? (rebuild?.documents ?? []) : []) index?.documents.set(key, document)
          throw error
        })
      },
    ),
  },
  "SEARCH-REINDEX-07": {
    "bad-documents-left-out": reads(
      "A record that cannot be stored is left out, and nobody is told.",
      async function* (source) {
        for await (const document of source) if (Object(document).id === "c") yield document
      },
      "elasticsearch-js, helpers.bulk: what is refused is dropped, and told to onDrop",
    ),
    "ids-of-a-source-not-looked-at": seam.checkSourceDocument(
      "A record without an id is in the index.",
      ({ next }, document) => {
        const { doc, id } = Object(document) as Partial<ReindexDocument>
        next(id === "" || typeof id === "number" ? { id: "x", doc } : document)
      },
    ),
    "documents-of-a-source-not-looked-at": seam.checkSourceDocument(
      "A record that no index call takes is in the index.",
      ({ next }, document) => {
        const { doc, id } = Object(document) as Partial<ReindexDocument>
        next(doc === undefined ? document : { id, doc: {} })
      },
    ),
    "types-of-a-source-not-looked-at": seam.takeDocument(
      "A text among numbers makes every sort wrong.",
      ({ next, self }, index, rebuild, { id, ...document }) => {
        try {
          next(index, rebuild, { id, ...document })
        } catch {
          rebuild.documents.set(self.encodeId(id), { id, object: index.name, doc: document.doc })
        }
      },
    ),
    "revisions-of-text-taken": seam.checkSourceDocument("'10' is older than '9'.", ({ next }, document) => {
      const { doc, id, revision } = Object(document) as Partial<ReindexDocument>
      next(typeof revision === "string" ? { id, doc } : document)
    }),
    "good-documents-before-a-bad-one-kept": seam.takeDocument(
      "A reindex that was refused leaves a mix of both.",
      ({ next, self }, index, rebuild, document) => {
        try {
          next(index, rebuild, document)
        } catch (error) {
          for (const [key, held] of rebuild.documents) index.documents.set(key, held)
          self.keepIndex(index)
          throw error
        }
      },
    ),
    "bad-documents-are-errors-of-the-engine": seam.checkSourceDocument(
      "A hole in a source is an error that nobody understands.",
      ({ next }, document) => {
        if (document === undefined) throw new TypeError("Cannot read properties of undefined (reading 'id')")
        next(document)
      },
    ),
  },
  "SEARCH-REINDEX-08": {
    "both-reindexes-win": seam.checkNotRebuilt("Two jobs at once both say that they are done.", () => {}),
    "no-reindex-wins": (() => {
      const contested = new WeakSet<HeldIndex>()
      return changed(ReferenceSearch, "Two jobs at once both fail.", {
        rebuild({ next, self }, name, source) {
          const promise = next(name, source)
          const index = self.findIndex(name)
          if (index !== undefined && index.rebuilds.size > 1) contested.add(index)
          return promise
        },
        checkNotRebuilt({ next, self }, index, generation) {
          if (contested.has(index)) self.refuseFor("PRECONDITION_FAILED", "reindex", "Another reindex is under way.")
          next(index, generation)
        },
      })
    })(),
    "reindexes-mix": seam.putInPlace("Two jobs at once leave a mix of both.", ({ next }, index, rebuild) => {
      const all = [...index.rebuilds].flatMap(({ documents }) => [...documents])
      next(index, { ...rebuild, documents: new Map([...all, ...rebuild.documents]) })
    }),
    "lost-reindex-is-a-conflict": seam.refuseFor(
      "A job that lost looks like one that found something.",
      ({ next }, code, reason, message) => next(reason === "reindex" ? "ALREADY_EXISTS" : code, reason, message),
    ),
    "lost-reindex-has-no-reason": seam.refuseFor(
      "A caller cannot tell a lost reindex from an ended walk.",
      ({ next, self }, code, reason, message) => {
        if (reason === "reindex") self.refuse(code, message)
        return next(code, reason, message)
      },
    ),
    "lost-reindex-leaves-an-index": seam.checkNotRebuilt(
      "Each job that lost leaves an index that nobody deletes.",
      ({ next, self }, index, generation) => {
        try {
          next(index, generation)
        } catch (error) {
          self.keepIndex(self.newIndex(`${index.name}-000002`))
          throw error
        }
      },
      "Elasticsearch, update_aliases without must_exist: acknowledged, with an add that was done and a remove that was not",
    ),
    "lost-reindex-writes-over-the-winner": seam.checkNotRebuilt(
      "A job that says it lost has won.",
      ({ next, self }, index, generation) => {
        try {
          next(index, generation)
        } catch (error) {
          const [mine] = index.rebuilds
          if (mine !== undefined) self.putInPlace(index, mine)
          throw error
        }
      },
      "OpenSearch, update_aliases: a swap is half done, and errors are not told",
    ),
  },
  "SEARCH-REINDEX-09": {
    "revisions-ignored": seam.isOlder("A source that gives a document twice leaves the older one.", () => false),
    "first-of-equal-revisions-stays": seam.isOlder(
      "Of a document that is given twice the first stays.",
      (_, revision, known) => known !== undefined && revision <= known,
    ),
    "revisions-compare-as-texts": seam.isOlder(
      "Revision 9 is newer than 10.",
      (_, revision, known) => known !== undefined && String(revision) < String(known),
    ),
    "lowest-revision-stays": seam.isOlder(
      "A source that gives a document twice leaves the oldest one.",
      (_, revision, known) => known !== undefined && revision > known,
    ),
    "every-copy-counts": seam.isTaken("A job tells more records than there are.", () => true),
    "first-copy-stays": seam.takeDocument(
      "A document that is given again is not taken.",
      ({ next, self }, index, rebuild, document) => {
        if (!rebuild.documents.has(self.encodeId(document.id))) next(index, rebuild, document)
      },
    ),
  },
  "SEARCH-REINDEX-10": {
    "null-is-no-source": seam.reindex(
      "A variable that is not there builds the index from itself.",
      async ({ next }, object, source) => next(object, source ?? undefined),
    ),
    "what-cannot-be-read-is-empty": seam.reindex(
      "A promise that was not awaited empties the index.",
      async ({ next, self }, object, source) => {
        const isPromise = source instanceof Promise && !self.closed
        return next(object, isPromise ? [] : source)
      },
    ),
    "texts-are-sources": changed(ReferenceSearch, "A text is read letter by letter, and empties the index.", {
      checkSource({ next }, name, source) {
        if (typeof source !== "string" || name !== "source") next(name, source)
      },
      rebuild: ({ next }, name, source) => next(name, typeof source === "string" ? [] : source),
    }),
    "functions-are-sources": seam.reindex(
      "A function that would give the records is read as none.",
      async ({ next }, object, source) => next(object, typeof source === "function" ? [] : source),
    ),
    "one-document-is-a-source": seam.reindex("One record takes the place of all.", async ({ next }, object, source) =>
      next(object, typeof Object(source).id === "string" ? ([source] as never) : source),
    ),
  },
})
