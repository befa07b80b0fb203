import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { BulkItem, BulkOperation } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { does, isSource, readAll } from "../bulk-mutants.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

/** SEARCH-BULK-03 to 08. */
export const bulkSourcesMutants = mutants({
  "SEARCH-BULK-03": {
    "bulks-of-arrays-alone": seam.bulk(
      "A stream of records cannot be imported.",
      async ({ next, self }, operations) => {
        self.checkOpen()
        if (!Array.isArray(operations) && isSource(operations))
          self.refuse("INVALID_ARGUMENT", "Operations must be an array.")
        return next(operations)
      },
      "most clients: a bulk is an array",
    ),
    "async-iterables-are-empty": seam.bulk(
      "A stream of records is imported as nothing.",
      async ({ next }, operations) => {
        const isLater = typeof Object(operations)[Symbol.asyncIterator] === "function"
        return isLater ? { items: [], failed: 0 } : next(operations)
      },
    ),
    "sets-are-empty": seam.bulk("A set of records is imported as nothing.", async ({ next }, operations) =>
      operations instanceof Set ? { items: [], failed: 0 } : next(operations),
    ),
    "empty-bulks-reject": does(
      "An import of a day without records fails.",
      async ({ all, next, self }) =>
        all.length === 0 ? self.refuse("INVALID_ARGUMENT", "There must be an operation.") : next(all),
      "Elasticsearch, _bulk: an empty body is a 400",
    ),
    "first-of-an-iterable-lost": seam.bulk(
      "The first record of a stream is lost.",
      async ({ next, self }, operations) => {
        if (self.closed || Array.isArray(operations) || !isSource(operations)) return next(operations)
        const [first, ...rest] = await readAll(operations)
        const result = await next(rest)
        return first === undefined
          ? result
          : { ...result, items: [{ object: first.object, id: first.id }, ...result.items] }
      },
      "code that looks whether a stream is empty",
    ),
  },
  "SEARCH-BULK-04": {
    "parts-number-their-own-items": does("Failures are told at the places of other records.", async ({ all, next }) => {
      const items: BulkItem[] = []
      let failed = 0
      for (let start = 0; start < all.length; start += 500) {
        const part = await next(all.slice(start, start + 500))
        failed += part.failed
        for (const [at, item] of part.items.entries())
          items[at] = items[at]?.error === undefined ? item : (items[at] as BulkItem)
      }
      return { failed, items }
    }),
    "failures-of-the-last-part-alone": does(
      "Failures of an import are told for its end alone.",
      async ({ all, next }) => {
        const { failed, items } = await next(all)
        const cut = items.length > 1000 ? items.length - (items.length % 1000 || 1000) : 0
        const told = items.map((item, at) => (at < cut ? { object: item.object, id: item.id } : item))
        return { items: told, failed: cut > 0 ? told.filter(({ error }) => error !== undefined).length : failed }
      },
    ),
    "parts-with-a-failure-not-done": does(
      "With one bad record a hundred good ones are lost.",
      async ({ all, next, self }) => {
        const result = await next(all)
        if (all.length < 1000) return result
        for (const [at, { error }] of result.items.entries()) {
          if (error !== undefined)
            for (const each of all.slice(at - (at % 100), at)) self.removeDocument(each.object, each.id)
        }
        return result
      },
    ),
    "last-part-lost": does(
      "The end of an import is lost.",
      async ({ all, next, self }) => {
        const result = await next(all)
        for (const each of all.slice(1000 * Math.floor((all.length - 1) / 1000)))
          if (all.length > 1000) self.removeDocument(each.object, each.id)
        return result
      },
      "elasticsearch-js #1562: helpers.bulk with a flushInterval",
    ),
    "large-bulks-reject": does(
      "An import works for some records, and fails for many.",
      async ({ all, next, self }) =>
        all.length > 1000 ? self.refuse("LIMIT_EXCEEDED", "There are too many operations.") : next(all),
      "Elasticsearch, http.max_content_length: 413",
    ),
  },
  "SEARCH-BULK-05": {
    "broken-sources-resolve": seam.bulk(
      "A file that ends in the middle looks like an import that is done.",
      async ({ next, self }, operations) => {
        try {
          return await next(operations)
        } catch (error) {
          if (ServiceError.is(error) && error.details?.["reason"] !== "source") throw error
          return self.closed ? next(operations) : { items: [], failed: 0 }
        }
      },
      "elasticsearch-js #2085: a stream that fails is told to nobody",
    ),
    "errors-of-sources-go-through": seam.brokenSource(
      "A caller gets an error that is none of the search.",
      (_, cause) => cause as ServiceError,
    ),
    "broken-sources-end-the-search": seam.brokenSource(
      "After a broken file nothing works until a restart.",
      ({ next, self }, cause) => {
        self.closed = true
        return next(cause)
      },
    ),
    "broken-sources-empty-the-index": seam.brokenSource(
      "A broken file takes the index with it.",
      ({ next, self }, cause) => {
        for (const index of self.ownIndexes())
          self.keepDocument(index, { id: "lost", object: index.name, doc: { t: "lost" } })
        return next(cause)
      },
    ),
  },
  "SEARCH-BULK-06": {
    "bulk-seen-later": does(
      "A page after an import shows the state of before.",
      async ({ all, next }) => {
        if (all.length !== 3) return next(all)
        setTimeout(() => next(all).catch(() => {}))
        return { items: all.map(({ id, object }) => ({ id, object })), failed: 0 }
      },
      "Elasticsearch, _bulk without refresh",
    ),
    "removals-of-a-bulk-seen-later": does(
      "A record that an import removed is still in the list.",
      async ({ all, next }) => {
        if (all.length !== 3) return next(all)
        const stored = all.filter(({ op }) => op === "index")
        await next(stored)
        setTimeout(() => next(all.filter(({ op }) => op === "remove")).catch(() => {}))
        return { items: all.map(({ id, object }) => ({ id, object })), failed: 0 }
      },
    ),
    "last-index-of-a-bulk-seen": does(
      "Of two indexes of an import one shows the state of before.",
      async ({ all, next }) => {
        if (all.length !== 3) return next(all)
        const first = all.filter(({ object }) => object === "docs")
        await next(all.filter(({ object }) => object !== "docs"))
        setTimeout(() => next(first).catch(() => {}))
        return { items: all.map(({ id, object }) => ({ id, object })), failed: 0 }
      },
    ),
  },
  "SEARCH-BULK-07": {
    "what-is-no-iterable-is-empty": changed(
      ReferenceSearch,
      "A promise that was not awaited looks like an import that is done.",
      {
        checkSource({ next }, name, source) {
          if (isSource(source) || name !== "operations") next(name, source)
        },
        bulk: async ({ next, self }, operations) =>
          isSource(operations) || self.closed ? next(operations) : { items: [], failed: 0 },
      },
    ),
    "one-operation-is-a-list": seam.bulk(
      "One operation works here, and is refused there.",
      async ({ next }, operations) =>
        next(typeof Object(operations).op === "string" ? [operations as unknown as BulkOperation] : operations),
    ),
    "undefined-is-no-operation": seam.bulk(
      "A variable that is not there looks like an import that is done.",
      async ({ next, self }, operations) =>
        operations === undefined && !self.closed ? { items: [], failed: 0 } : next(operations),
    ),
    "objects-with-a-length-are-lists": seam.bulk(
      "What looks like an array is read as one.",
      async ({ next }, operations) =>
        next(
          typeof Object(operations).length === "number" && typeof operations === "object"
            ? Array.from(operations as never)
            : operations,
        ),
    ),
    "texts-are-lists-of-letters": seam.bulk("A text is read letter by letter.", async ({ next }, operations) =>
      next(typeof operations === "string" ? ([...(operations as string)] as never) : operations),
    ),
  },
  "SEARCH-BULK-08": {
    "idle-sources-hold-calls-open": seam.untilClosed(
      "A program cannot end while an import waits for its database.",
      () => new Promise<never>(() => {}),
      "for await: nothing ends the wait for the next item",
    ),
    "idle-sources-not-ended": seam.endSource(
      "The cursor of an import that was given up stays open in its database.",
      () => {},
      "a loop over next() without return()",
    ),
    "idle-sources-ended-twice": seam.endSource(
      "A database is told twice that its cursor is not needed.",
      ({ next }, iterator) => {
        next(iterator)
        next(iterator)
      },
    ),
    "calls-at-close-reject-as-an-abort-does": seam.untilClosed(
      "A caller gets an error that is none of the search.",
      ({ next }) =>
        next().catch(() => {
          throw new DOMException("This operation was aborted", "AbortError")
        }),
      "AbortSignal: its reason is a DOMException",
    ),
    "bulks-of-idle-sources-look-done": seam.bulk(
      "An import that was given up looks like one that is done.",
      async ({ next, self }, operations) => {
        const wasOpen = !self.closed
        try {
          return await next(operations)
        } catch (error) {
          if (wasOpen && self.closed && ServiceError.is(error) && error.code === "CLOSED")
            return { items: [], failed: 0 }
          throw error
        }
      },
    ),
  },
})
