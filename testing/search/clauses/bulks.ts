import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { BulkOperation } from "../../../contracts/search/search.ts"
import { clause, DOCS, type Doc, docsOf, finds, setOf, wrong } from "../clause.ts"

function index(id: string, doc: Doc, object: string = DOCS): BulkOperation {
  return { op: "index", object, id, doc }
}

function remove(id: string, object: string = DOCS): BulkOperation {
  return { op: "remove", object, id }
}

/** Ids with the code of their error, or "done". */
function told(items: readonly { id: string; error?: { code: string } }[]): string[] {
  return items.map(({ error, id }) => `${String(id)} ${error?.code ?? "done"}`)
}

async function* later<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) {
    await Promise.resolve()
    yield item
  }
}

const brokenAtOnce: Iterable<BulkOperation> = {
  [Symbol.iterator]() {
    throw new Error("there is no file")
  },
}

/** A source that gives one item and then waits for ever. It counts how often it is ended. */
class IdleSource<Item> implements AsyncIterable<Item>, AsyncIterator<Item> {
  readonly #first: Item
  reads = 0
  ends = 0

  constructor(first: Item) {
    this.#first = first
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Item>> {
    if (++this.reads > 1) await new Promise(() => {})
    return { done: false, value: this.#first }
  }

  async return(): Promise<IteratorResult<Item>> {
    this.ends++
    return { done: true, value: undefined }
  }
}

/** SEARCH-BULK: many operations at once. */
export const bulksClauses = [
  clause("SEARCH-BULK-01", {
    why: "Of two operations on one document the last must stand.",
    fix: "Keep the order of operations, and give an item for each.",
    needs: ["indexing"],
    async check(t, search) {
      const { failed, items } = await search.bulk([
        index("a", { t: "one" }),
        index("b", { t: "two" }),
        index("a", { t: "three" }),
        remove("b"),
        remove("absent"),
        index("c", { t: "four" }, "other"),
        remove("d"),
        index("d", { t: "five" }),
        index("e", { t: "six" }),
        remove("e"),
        index("e", { t: "seven" }),
        remove("x", "no-index"),
      ])
      t.equal(failed, 0, "failed")
      const objects = items.map(({ id, object }) => `${object} ${id}`)
      const ids = ["a", "b", "a", "b", "absent", "other c", "d", "d", "e", "e", "e", "no-index x"]
      t.equal(
        objects,
        ids.map((id) => (id.includes(" ") ? id : `${DOCS} ${id}`)),
        "items",
      )
      t.ok(
        items.every(({ error }) => error === undefined),
        "an item has an error",
      )
      t.equal(await docsOf(search), { a: { t: "three" }, d: { t: "five" }, e: { t: "seven" } }, "documents")
      t.equal(await docsOf(search, { object: "other" }), { c: { t: "four" } }, "documents of another index")
      await finds(t, search, { q: "one two six" }, [], "words of before")
    },
  }),
  clause("SEARCH-BULK-02", {
    why: "One bad record of a thousand makes the whole import fail, or is lost in silence.",
    fix: "Check each operation by itself before anything is sent, and tell each by its place.",
    needs: ["indexing"],
    async check(t, search) {
      await search.index(DOCS, "old", { n: 1, t: "text" })
      const long = "é".repeat(257)
      const { failed, items } = await search.bulk([
        index("1", { n: 2 }),
        index(long, { n: 3 }),
        index("2", { n: "text" }),
        index("", { n: 4 }),
        index("3", { n: 5 }),
        index("4", { n: Number.NaN }),
        index("5", wrong("no document")),
        index("6", { n: 6 }, "Not a name"),
        wrong({ op: "update", object: DOCS, id: "7", doc: {} }),
        wrong({ op: "index", object: DOCS, id: "8", doc: {}, version: 1 }),
        index("old", { t: 7 }),
        remove(""),
        index("9", { "a.b": 1 }),
        remove("absent"),
        wrong(undefined),
        index("10", { n: 7 }),
      ])
      const bad = new Set([1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14])
      t.equal(items.length, 16, "items")
      for (const [at, { error }] of items.entries()) {
        t.equal(error?.code, bad.has(at) ? "INVALID_ARGUMENT" : undefined, `the error of item ${at}`)
        if (error !== undefined) t.ok(error.message !== "", `item ${at} has no message`)
      }
      t.equal(failed, bad.size, "failed")
      t.equal(await setOf(search, {}), ["1", "10", "3", "old"], "documents")
      t.equal((await docsOf(search))["old"], { n: 1, t: "text" }, "the document that a bad one would replace")
      const three = await search.bulk([index("ok", { n: 1 }), index(long, { n: 1 }), index("ok too", { n: 1 })])
      t.equal(told(three.items), ["ok done", `${long} INVALID_ARGUMENT`, "ok too done"], "an id of 514 bytes")
    },
  }),
  clause("SEARCH-BULK-03", {
    why: "An import of millions of records is a stream, and never an array.",
    fix: "Read what is given step by step, and send nothing for nothing.",
    needs: ["indexing"],
    async check(t, search) {
      const operations = (from: string) => [index(`${from} 1`, { t: from }), index(`${from} 2`, { t: from })]
      function* generated() {
        yield* operations("generator")
      }
      const sources = {
        array: operations("array"),
        set: new Set(operations("set")),
        generator: generated(),
        later: later(operations("later")),
      }
      for (const [from, source] of Object.entries(sources)) {
        const { failed, items } = await search.bulk(source)
        t.equal([failed, told(items)], [0, [`${from} 1 done`, `${from} 2 done`]], from)
        await finds(t, search, { q: from }, [`${from} 1`, `${from} 2`], `documents of ${from}`)
      }
      for (const empty of [[], new Set<BulkOperation>(), later<BulkOperation>([])]) {
        t.equal(await search.bulk(empty), { items: [], failed: 0 }, "nothing")
      }
    },
  }),
  clause("SEARCH-BULK-04", {
    why: "An import that is cut into parts loses the numbers of its records at the seams.",
    fix: "Count operations over all requests, by the number of bytes and of operations that one takes.",
    needs: ["indexing"],
    async check(t, search, world) {
      const count = Math.min(5000, world.many * 10)
      const bad = [Math.floor(count / 5), Math.floor(count / 2), count - 1]
      const operations = Array.from({ length: count }, (_, at) => {
        return index(`id ${at}`, bad.includes(at) ? { n: "text" } : { n: at, t: `word${at % 10}` })
      })
      await search.index(DOCS, "first", { n: -1 })
      const { failed, items } = await search.bulk(later(operations))
      t.equal([items.length, failed], [count, 3], "items, and failed ones")
      t.equal(
        items.flatMap(({ error }, at) => (error === undefined ? [] : [at])),
        bad,
        "which failed",
      )
      t.ok(
        items.every(({ id }, at) => id === `id ${at}`),
        "an item is out of its place",
      )
      const { total } = await search.search({ object: DOCS, limit: 0 })
      t.equal(total, count - 2, "documents")
      const { hits } = await search.search({ object: DOCS, where: { field: "n", op: "eq", value: count - 2 } })
      t.equal(
        hits.map(({ id }) => id),
        [`id ${count - 2}`],
        "the last but one",
      )
    },
  }),
  clause("SEARCH-BULK-05", {
    why: "A file that ends in the middle must not look like an import that is done.",
    fix: "Reject where reading fails; what was done before stays done.",
    needs: ["indexing"],
    async check(t, search) {
      async function* broken(): AsyncGenerator<BulkOperation> {
        yield index("a", { t: "word" })
        throw new Error("the file has ended")
      }
      for (const [what, source] of [
        ["later", broken()],
        ["at once", brokenAtOnce],
      ] as const) {
        const { error, value } = await t.outcome(() => search.bulk(source), `a source that fails ${what}`)
        t.ok(ServiceError.is(error), `a source that fails ${what}: got ${JSON.stringify(value)}, or no ServiceError`)
      }
      t.ok(
        (await setOf(search, {})).every((id) => id === "a"),
        "another document is there",
      )
      const { failed } = await search.bulk([index("a", { t: "other" })])
      t.equal(failed, 0, "a bulk afterwards")
      await finds(t, search, { q: "other" }, ["a"], "its document")
    },
  }),
  clause("SEARCH-BULK-06", {
    why: "A page after an import shows the state of before.",
    fix: "Refresh the indexes once, behind the last operation.",
    needs: ["indexing"],
    async check(t, search) {
      for (let round = 0; round < 3; round++) {
        await search.bulk([
          index(`a${round}`, { t: `word${round}` }),
          index("b", { t: "same" }, "other"),
          remove(`a${round - 1}`),
        ])
        await finds(t, search, { q: `word${round}` }, [`a${round}`], `right after bulk ${round}`)
        await finds(t, search, {}, [`a${round}`], `all right after bulk ${round}`)
        await finds(t, search, { object: "other" }, ["b"], "another index")
      }
    },
  }),
  clause("SEARCH-BULK-07", {
    why: "A promise of operations, or one operation alone, would be read as none.",
    fix: "Look for an iterator first, and refuse what has none.",
    needs: ["indexing"],
    async check(t, search) {
      for (const source of [
        undefined,
        null,
        7,
        "text",
        {},
        index("a", { t: "x" }),
        Promise.resolve([]),
        { length: 0 },
      ]) {
        await t.rejects(
          () => search.bulk(wrong(source)),
          "INVALID_ARGUMENT",
          `a bulk of ${JSON.stringify(source) ?? "undefined"}`,
        )
      }
      t.equal(await search.listIndexes(), [], "indexes")
    },
  }),
  clause("SEARCH-BULK-08", {
    why: "A program cannot end while an import waits for its database, and the cursor of that stays open.",
    fix: "Race each step of a source with close, and call return of its iterator where it is not read to its end.",
    needs: ["indexing"],
    methods: ["close"],
    async check(t, search, world) {
      const bulk = new IdleSource(index("a", { t: "word" }))
      const calls: [what: string, source: IdleSource<unknown>, call: Promise<unknown>][] = [
        ["bulk", bulk, search.bulk(bulk)],
      ]
      if (world.capabilities.reindex) {
        const documents = new IdleSource({ id: "b", doc: { t: "word" } })
        calls.push(["reindex", documents, search.reindex("other", documents)])
      }
      for (const [, , call] of calls) call.catch(() => undefined)
      await t.eventually(() => calls.every(([, { reads }]) => reads > 1), "the sources are read")
      const closing = await t.outcome(() => search.close(), "close")
      t.equal(closing.error, undefined, "close")
      for (const [what, source, call] of calls) {
        const { error, value } = await t.outcome(() => call, `${what} at close`)
        t.ok(ServiceError.is(error), `${what} at close: got ${JSON.stringify(value)}, or no ServiceError`)
        await t.eventually(() => source.ends > 0, `the source of ${what} is ended`)
        t.equal(source.ends, 1, `how often the source of ${what} is ended`)
      }
    },
  }),
]
