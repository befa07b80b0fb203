import type { BulkItem, BulkOperation, BulkResult } from "../../../contracts/search/search.ts"
import { does } from "../bulk-mutants.ts"
import { mutants, seam } from "../mutant.ts"

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

/** SEARCH-BULK-01 and 02. */
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
})
