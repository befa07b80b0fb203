import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { BulkItem, BulkOperation, BulkResult } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import type { Source } from "../reference/rebuilding.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

/** All that a source gives. */
async function readAll(operations: Source<BulkOperation>): Promise<BulkOperation[]> {
  const all: BulkOperation[] = []
  for await (const operation of operations) all.push(operation)
  return all
}

function isSource(operations: unknown): operations is Source<BulkOperation> {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(operations)
  return typeof operations === "object" && (typeof later === "function" || typeof now === "function")
}

/** Operations are done in another way, when all are read. */
function does(
  why: string,
  work: (call: {
    readonly next: (operations: Source<BulkOperation>) => Promise<BulkResult>
    readonly self: ReferenceSearch
    readonly all: BulkOperation[]
  }) => Promise<BulkResult>,
  source?: string,
) {
  return seam.bulk(
    why,
    async ({ next, self }, operations) => {
      if (self.closed || !isSource(operations)) return next(operations)
      return work({ next, self, all: await readAll(operations) })
    },
    source,
  )
}

/** What came of operations is told in another way. */
function tells(why: string, change: (items: BulkItem[], result: BulkResult) => BulkResult, source?: string) {
  return does(
    why,
    async ({ all, next }) => {
      const result = await next(all)
      return change(result.items, result)
    },
    source,
  )
}

const idOf = (operation: unknown) => String((Object(operation) as { id?: unknown }).id)

export const bulksMutants = mutants({
  "SEARCH-BULK-01": {
    "removals-of-a-bulk-last": does("A record that was removed and stored again is gone.", ({ all, next }) => {
      const isRemove = ({ op }: BulkOperation) => op === "remove"
      return next([...all.filter((each) => !isRemove(Object(each))), ...all.filter((each) => isRemove(Object(each)))])
    }),
    "removals-of-a-bulk-first": does("A record that was stored and removed is there.", async ({ all, next }) => {
      const isRemove = (each: BulkOperation) => Object(each).op === "remove"
      const order = [...all.filter(isRemove), ...all.filter((each) => !isRemove(each))]
      const { failed, items } = await next(order)
      return { failed, items: all.map((each) => items[order.indexOf(each)] as BulkItem) }
    }),
    "last-operation-of-an-id-alone": tells("A caller that counts items has too few.", (items, { failed }) => ({
      failed,
      items: items.filter(
        ({ id, object }, at) => !items.slice(at + 1).some((other) => other.id === id && other.object === object),
      ),
    })),
    "first-operation-of-an-id-stands": does(
      "Of two changes of a record the first stands.",
      ({ all, next }) => next(all.toReversed()).then((result) => ({ ...result, items: result.items.toReversed() })),
      "requests that are sent side by side",
    ),
    "removals-of-nothing-fail": seam.bulkItem(
      "An import that is tried again looks as if it had failed.",
      ({ next, self }, operation) => {
        const { id, object, op } = Object(operation) as BulkOperation
        const isAbsent =
          op === "remove" && self.operationIssue(operation) === undefined && self.findDocument(object, id) === undefined
        const error = { code: "NOT_FOUND", message: "There is no such document." } as const
        return isAbsent ? { object, id, error } : next(operation)
      },
      "Elasticsearch, _bulk: a delete of nothing has status 404",
    ),
    "items-without-their-index": tells("A caller cannot tell items of two indexes.", (items, { failed }) => ({
      failed,
      items: items.map((item) => ({ ...item, object: items[0]?.object ?? "" })),
    })),
    "removals-not-told": tells("A caller that counts items has too few.", (items, { failed }) => ({
      failed,
      items: items.filter(({ id }) => id !== "absent"),
    })),
    "operations-of-the-first-index-alone": does("Records of a second index are lost.", ({ all, next }) =>
      next(all.map((each) => (Object(each).object === "other" ? { ...each, object: "docs" } : each))),
    ),
  },
  "SEARCH-BULK-02": {
    "bad-operation-rejects-all": does(
      "One bad record of a thousand makes the import fail.",
      async ({ all, next, self }) => {
        for (const each of all) self.checkOperation(each)
        return next(all)
      },
      "Elasticsearch, _bulk: an id of over 512 bytes refuses the whole request",
    ),
    "operations-behind-a-bad-one-not-done": does(
      "What stands behind a bad record is lost.",
      async ({ all, next, self }) => {
        const end = all.findIndex((each) => self.operationIssue(each) !== undefined)
        const { failed, items } = await next(end < 0 ? all : all.slice(0, end + 1))
        const rest = all.slice(items.length).map((each) => ({ object: "docs", id: idOf(each) }))
        return { failed, items: [...items, ...rest] }
      },
    ),
    "failures-not-counted": tells(
      "An import seems to be whole.",
      (items) => ({ items, failed: 0 }),
      "Elasticsearch, _bulk: status 200 with errors: true",
    ),
    "failures-not-told": tells("An import tells how many records are lost, and not which.", (items, { failed }) => ({
      failed,
      items: items.map(({ id, object }) => ({ id, object })),
    })),
    "failures-left-out": tells(
      "Items are not at the places of their operations.",
      (items, { failed }) => ({
        failed,
        items: items.filter(({ error }) => error === undefined),
      }),
      "elasticsearch-js, helpers.bulk: failures come by onDrop alone",
    ),
    "failures-first": tells("Items are not at the places of their operations.", (items, { failed }) => ({
      failed,
      items: items.toSorted((one, other) => Number(one.error === undefined) - Number(other.error === undefined)),
    })),
    "failures-have-other-codes": seam.failedItem(
      "A caller tries again for ever what can never be stored.",
      ({ next }, item, error) => {
        const told = next(item, error)
        return { ...told, error: { code: "INTERNAL", message: "The operation failed." } }
      },
      "Elasticsearch, _bulk: an item has a type of exception and a status",
    ),
    "failures-have-no-message": seam.failedItem("Nobody sees why a record was refused.", ({ next }, item, error) => {
      const told = next(item, error)
      return { ...told, ...(told.error && { error: { ...told.error, message: "" } }) }
    }),
    "bad-documents-of-a-bulk-stored-in-part": seam.apply(
      "A record that was refused has taken the place of a good one.",
      ({ next, self }, operation) => {
        try {
          next(operation)
        } catch (error) {
          self.removeDocument(operation.object, operation.id)
          throw error
        }
      },
    ),
    "unknown-operations-are-index": seam.operationIssue(
      "An update of a part takes the place of the whole.",
      ({ next }, operation) =>
        next(Object(operation).op === "update" ? { ...(operation as object), op: "index" } : operation),
    ),
    "unknown-members-of-operations-ignored": seam.operationIssue(
      "A version that is given never acts.",
      ({ next }, operation) => {
        const { version: _, ...known } = Object(operation) as Record<string, unknown>
        return next(operation === undefined ? operation : known)
      },
    ),
    "empty-ids-of-a-bulk-made-up": seam.operationIssue(
      "A record whose id was lost is in the list twice.",
      ({ next }, operation) => {
        const { id, op } = Object(operation) as { id?: unknown; op?: unknown }
        return id === "" && op === "index" ? undefined : next(operation)
      },
      "OpenSearch: a document with the id '' gets one of its own",
    ),
    "types-not-looked-at-in-bulks": seam.apply(
      "A wrong value is refused by index, and taken by bulk.",
      ({ next, self }, operation) => {
        if (operation.op !== "index") return next(operation)
        const index = self.findIndex(operation.object) ?? self.newIndex(operation.object)
        try {
          for (const field of self.addedFields(operation.doc, index)) index.fields.set(field.path, field)
        } catch {}
        self.keepIndex(index)
        self.keepDocument(index, { id: operation.id, object: operation.object, doc: self.copyIn(operation.doc) })
      },
    ),
    "operations-that-are-none-reject-all": seam.bulkItem(
      "A hole in a list makes the import fail.",
      ({ next }, operation) => {
        if (operation === undefined) throw new TypeError("Cannot read properties of undefined (reading 'op')")
        return next(operation)
      },
    ),
  },
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
})
