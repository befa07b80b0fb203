import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ReindexDocument } from "../../../contracts/search/search.ts"
import {
  analyzed,
  clause,
  DOCS,
  define,
  docsOf,
  fill,
  finds,
  refuses,
  type SearchClient,
  setOf,
  texts,
  wrong,
} from "../clause.ts"
import { filter } from "./filters.ts"

type Source = AsyncGenerator<ReindexDocument>

/** Gives some documents, and does something before each of the others. */
async function* source(
  documents: readonly ReindexDocument[],
  before: (at: number) => Promise<unknown> = async () => undefined,
): Source {
  for (const [at, document] of documents.entries()) {
    await before(at)
    yield document
  }
}

function docs(...all: readonly (readonly [id: string, t: string])[]): ReindexDocument[] {
  return all.map(([id, t]) => ({ id, doc: { t } }))
}

/** SEARCH-REINDEX: an index that is built anew while it serves. */
export const reindexingClauses = [
  clause("SEARCH-REINDEX-01", {
    why: "Documents that are in the source no more stay for ever where an index is only written over.",
    fix: "Build a new index beside the old one, and put it in its place in one step.",
    needs: ["reindex"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "old one", b: "old two", c: "old three" }))
      const { documents, tookMs } = await search.reindex(DOCS, docs(["b", "new two"], ["d", "new four"]))
      t.equal(documents, 2, "documents")
      t.ok(Number.isFinite(tookMs) && tookMs >= 0, `tookMs is ${tookMs}`)
      t.equal(await docsOf(search), { b: { t: "new two" }, d: { t: "new four" } }, "documents afterwards")
      await finds(t, search, { q: "old" }, [], "a word of before")
      await finds(t, search, { q: "new" }, ["b", "d"], "a word of the source")
      t.equal((await search.reindex(DOCS, source(docs(["e", "five"])))).documents, 1, "documents of a stream")
      await finds(t, search, {}, ["e"], "all after a stream")
      t.equal((await search.reindex(DOCS, [])).documents, 0, "documents of nothing")
      await finds(t, search, {}, [], "all after nothing")
      await search.index(DOCS, "f", { t: "six" })
      await finds(t, search, { q: "six" }, ["f"], "a write afterwards")
    },
  }),
  clause("SEARCH-REINDEX-02", {
    why: "An index that is built anew from itself must be the same again.",
    fix: "Read every document as it was given, in a point in time, with fields that no hit shows.",
    needs: ["indexing", "reindex"],
    async check(t, search, world) {
      const number = Math.min(1200, world.many * 3)
      const fields = { ...analyzed("standard"), at: { type: "date" }, hidden: { type: "text", stored: false } } as const
      const { synonyms } = world.capabilities
      await define(search, fields, synonyms ? [["small", "little"]] : undefined)
      const many = Array.from({ length: number }, (_, at) => [`id ${at}`, { t: `word${at % 7}`, n: at }] as const)
      await fill(search, world, {
        ...Object.fromEntries(many),
        a: { t: "small", at: "2024-01-01", hidden: "secret words", o: [{ p: 1 }, null], none: null },
      })
      const { documents } = await search.reindex(DOCS)
      t.equal(documents, number + 1, "documents")
      t.equal((await search.search({ object: DOCS, limit: 0 })).total, number + 1, "documents afterwards")
      t.equal(await search.get(DOCS, "a"), { t: "small", at: "2024-01-01", o: [{ p: 1 }, null], none: null }, "one")
      await finds(t, search, { q: "secret" }, ["a"], "a word of a field that is not stored")
      if (synonyms) await finds(t, search, { q: "little" }, ["a"], "a synonym")
      await finds(t, search, filter("at", "lte", "2024-01-01"), ["a"], "a date")
      await finds(t, search, filter("n", "eq", number - 1), [`id ${number - 1}`], "a number")
      await t.rejects(() => search.index(DOCS, "b", { at: "soon" }), "INVALID_ARGUMENT", "a value of another type")
    },
  }),
  clause("SEARCH-REINDEX-03", {
    why: "A shop without products for an hour is closed.",
    fix: "Answer from the old index until the new one is whole.",
    needs: ["reindex"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "word old", b: "word old" }))
      const seen: string[][] = []
      const fresh = docs(["c", "word new"], ["d", "word new"], ["e", "word new"])
      const look = async () => seen.push(await setOf(search, { q: "word" }))
      await search.reindex(DOCS, source(fresh, look))
      t.equal(
        seen,
        [
          ["a", "b"],
          ["a", "b"],
          ["a", "b"],
        ],
        "what searches find meanwhile",
      )
      await finds(t, search, { q: "word" }, ["c", "d", "e"], "what a search finds afterwards")
    },
  }),
  clause("SEARCH-REINDEX-04", {
    why: "What a user saved during an hour is gone when the new index comes.",
    fix: "Write into both indexes meanwhile, and let no document of the source replace a newer one.",
    needs: ["reindex"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "old a", b: "old b", c: "old c" }))
      const other = world.capabilities.shared ? await world.connect() : search
      const fresh = docs(["a", "source a"], ["b", "source b"], ["d", "source d"], ["z", "source z"])
      const write = async (at: number) => {
        if (at === 1) await search.index(DOCS, "a", { t: "meanwhile a" })
        if (at === 2) await search.index(DOCS, "d", { t: "meanwhile d" })
        if (at === 3) await search.index(DOCS, "e", { t: "meanwhile e" })
        if (at === 3) await other.index(DOCS, "f", { t: "meanwhile f" })
        if (at === 3) await finds(t, search, { q: "meanwhile" }, ["a", "d", "e", "f"], "what is written meanwhile")
      }
      await search.reindex(DOCS, source(fresh, write))
      const wanted = {
        a: { t: "meanwhile a" },
        b: { t: "source b" },
        d: { t: "meanwhile d" },
        e: { t: "meanwhile e" },
        f: { t: "meanwhile f" },
        z: { t: "source z" },
      }
      t.equal(sorted(await docsOf(search)), wanted, "documents afterwards")
      await finds(t, other, { q: "source" }, ["b", "z"], "words of the source")
    },
  }),
  clause("SEARCH-REINDEX-05", {
    why: "What a user deleted comes back, for all to see.",
    fix: "Remember what was removed meanwhile until the new index is in its place, for as long as it takes.",
    needs: ["indexing", "reindex"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "old", b: "old", c: "old", d: "old" }))
      const other = world.capabilities.shared ? await world.connect() : search
      const fresh = docs(["a", "new"], ["x", "new"], ["b", "new"], ["c", "new"], ["y", "new"])
      const take = async (at: number) => {
        if (at === 1) t.equal(await search.remove(DOCS, "a"), true, "remove of what the source has given")
        if (at === 1) await search.remove(DOCS, "b")
        if (at === 2) await other.bulk([{ op: "remove", object: DOCS, id: "c" }])
        if (at === 3) await search.remove(DOCS, "d")
        if (at === 4) await search.index(DOCS, "b", { t: "again" })
        if (at === 4) await search.remove(DOCS, "absent")
        if (at === 4) await finds(t, search, { q: "old" }, [], "what was removed, meanwhile")
      }
      await search.reindex(DOCS, source(fresh, take))
      const wanted = { b: { t: "again" }, x: { t: "new" }, y: { t: "new" } }
      t.equal(sorted(await docsOf(search)), wanted, "documents afterwards")
    },
  }),
  clause("SEARCH-REINDEX-06", {
    why: "A database that goes away in the middle must not empty the index.",
    fix: "Drop the new index where its source fails, and forget that it was built.",
    needs: ["reindex"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "old", b: "old" }))
      const broken = source(docs(["c", "new"], ["d", "new"]), async (at) => {
        if (at === 1) throw new Error("the database is gone")
      })
      const { error } = await t.outcome(() => search.reindex(DOCS, broken), "a source that fails")
      t.ok(ServiceError.is(error), "a source that fails: no ServiceError")
      await finds(t, search, {}, ["a", "b"], "documents after a source that failed")
      await finds(t, search, { q: "new" }, [], "words of that source")
      await search.index(DOCS, "e", { t: "old" })
      t.equal((await search.reindex(DOCS, docs(["f", "newer"]))).documents, 1, "the next reindex")
      await finds(t, search, {}, ["f"], "documents after the next reindex")
    },
  }),
  clause("SEARCH-REINDEX-07", {
    why: "One record that cannot be stored is left out in silence, or the index with it.",
    fix: "Check each document, reject at the first that is refused, and leave the old index.",
    needs: ["reindex"],
    async check(t, search, world) {
      await fill(search, world, { a: { t: "old", n: 1 } })
      const bad: unknown[] = [
        ...[{ id: "", doc: {} }, { id: "b" }, { id: "b", doc: { "a.b": 1 } }, { id: "b", doc: { x: Number.NaN } }],
        ...[
          { id: "b", doc: { n: "text" } },
          { id: "b", doc: { t: 7 } },
          { id: "b", doc: {}, revision: "1" },
          undefined,
        ],
        ...["text", { id: "é".repeat(257), doc: {} }, { id: 7, doc: {} }],
      ]
      for (const each of bad) {
        const call = () => search.reindex(DOCS, wrong([...docs(["c", "new"]), each]))
        await t.rejects(call, "INVALID_ARGUMENT", `a source with ${JSON.stringify(each)?.slice(0, 60)}`)
      }
      t.equal(await docsOf(search), { a: { t: "old", n: 1 } }, "documents")
      t.equal((await search.reindex(DOCS, docs(["c", "new"]))).documents, 1, "a good source")
    },
  }),
  clause("SEARCH-REINDEX-08", {
    why: "Two jobs at once leave two indexes, of which one is never deleted, or a mix of both.",
    fix: "Put the new index in the place of the one that was read, and of no other.",
    needs: ["reindex"],
    async check(t, search, world) {
      const other = world.capabilities.shared ? await world.connect() : search
      await fill(search, world, texts({ a: "old" }))
      const both = await race(search, other, t)
      const won = both.filter(({ error }) => error === undefined)
      t.equal(won.length, 1, "how many of two reindexes resolved")
      const lost = both.find(({ error }) => error !== undefined)
      await refuses(t, () => Promise.reject(lost?.error), ["PRECONDITION_FAILED", "reindex"], "the other one")
      const name = both[0]?.error === undefined ? "one" : "two"
      t.equal(await setOf(search, {}), [`${name} 1`, `${name} 2`], "documents of the one that won")
      await search.index(DOCS, "later", { t: "later" })
      t.equal(await setOf(other, {}), ["later", `${name} 1`, `${name} 2`], "documents after another write")
      if (!world.capabilities.indexing) return
      const infos = await search.listIndexes()
      t.equal(
        infos.map(({ documents, name: object }) => [object, documents]),
        [[DOCS, 3]],
        "indexes",
      )
    },
  }),
  clause("SEARCH-REINDEX-09", {
    why: "A source that gives a document twice, in whatever order, must leave the newer one.",
    fix: "Compare revisions of documents with one id, and let the last one stay where they are equal.",
    needs: ["reindex"],
    async check(t, search) {
      const all: ReindexDocument[] = [
        { id: "a", doc: { t: "first" } },
        { id: "b", doc: { t: "second" }, revision: 2 },
        { id: "c", doc: { t: "tenth" }, revision: 10 },
        { id: "a", doc: { t: "last" } },
        { id: "b", doc: { t: "first" }, revision: 1 },
        { id: "b", doc: { t: "third" }, revision: 3 },
        { id: "c", doc: { t: "ninth" }, revision: 9 },
        { id: "c", doc: { t: "tenth again" }, revision: 10 },
        { id: "b", doc: { t: "second again" }, revision: 2 },
      ]
      const { documents } = await search.reindex(DOCS, all)
      t.equal(documents, 3, "documents")
      const wanted = { a: { t: "last" }, b: { t: "third" }, c: { t: "tenth again" } }
      t.equal(sorted(await docsOf(search)), wanted, "documents afterwards")
      await finds(t, search, { q: "first second ninth" }, [], "words of others")
    },
  }),
  clause("SEARCH-REINDEX-10", {
    why: "What cannot be read would be an index without documents.",
    fix: "Look for an iterator first, and refuse what has none.",
    needs: ["reindex"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "old" }))
      for (const given of [null, 7, "text", {}, { id: "a", doc: {} }, Promise.resolve([]), () => []]) {
        const call = () => search.reindex(DOCS, wrong(given))
        await t.rejects(call, "INVALID_ARGUMENT", `a source ${JSON.stringify(given) ?? typeof given}`)
      }
      await finds(t, search, {}, ["a"], "documents")
    },
  }),
]

function sorted<Member>(members: Readonly<Record<string, Member>>): Record<string, Member> {
  return Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Two reindexes, of which each has begun before the other one ends. */
async function race(
  search: SearchClient,
  other: SearchClient,
  t: { outcome(call: () => unknown, what: string): Promise<{ error?: unknown }> },
): Promise<{ error?: unknown }[]> {
  let begun = 0
  let goOn = () => {}
  const bothHaveBegun = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const begin = async (at: number) => {
    if (at === 0 && ++begun === 2) goOn()
    if (at === 0) await bothHaveBegun
  }
  const run = (client: SearchClient, name: string) => {
    const call = () => client.reindex(DOCS, source(docs([`${name} 1`, name], [`${name} 2`, name]), begin))
    // One that is refused at once never reads.
    return t.outcome(call, `reindex ${name}`).finally(goOn)
  }
  return Promise.all([run(search, "one"), run(other, "two")])
}
