import type { Checks } from "../../engine/checks.ts"
import {
  analyzed,
  clause,
  DOCS,
  type Doc,
  define,
  docsOf,
  fill,
  finds,
  refuses,
  repeated,
  type SearchClient,
  setOf,
  texts,
} from "../clause.ts"
import { filter } from "./filters.ts"

/** Whether the store answers. */
export async function answers(search: SearchClient): Promise<boolean> {
  return search.search({ object: DOCS, limit: 0 }).then(
    () => true,
    () => false,
  )
}

/** The next reindex is done, or told to wait for one whose end nobody has seen. */
export async function worksOrWaits(t: Checks, search: SearchClient, before: readonly string[]): Promise<void> {
  const outcome = await t.outcome(() => search.reindex(DOCS, [{ id: "next", doc: { t: "next" } }]), "the next reindex")
  if (outcome.error === undefined) t.equal(await setOf(search, {}), ["next"], "documents after the next reindex")
  else {
    await refuses(t, () => repeated(outcome), ["PRECONDITION_FAILED", "reindex"], "the next reindex")
    t.equal(await setOf(search, {}), before, "documents after the next reindex, which was refused")
  }
}

/** SEARCH-FAULT-01 to 03: stores that are started again, and processes that end. */
export const restartsClauses = [
  clause("SEARCH-FAULT-01", {
    why: "An index that comes back empty, or with fields of other types, must be built anew.",
    fix: "Resolve a write when the store has it for good; or declare durable: false.",
    needs: ["durable"],
    uses: ["restart"],
    async check(t, search, world) {
      const { indexing, synonyms } = world.capabilities
      if (indexing) {
        const fields = {
          ...analyzed("standard"),
          at: { type: "date" },
          k: { type: "keyword", searchable: false },
        } as const
        await define(search, fields, synonyms ? [["sofa", "couch"]] : undefined)
      }
      const date = indexing ? { at: "2024-01-01" } : {}
      await fill(search, world, {
        a: { t: "red sofa", n: 1, ...date },
        b: { t: "old", o: { p: true } },
        c: { t: "gone" },
      })
      await search.index(DOCS, "b", { t: "blue couch", o: { p: true } })
      if (indexing) await search.remove(DOCS, "c")
      const before = await docsOf(search)
      const infos = indexing ? await search.listIndexes() : []
      await world.restart()
      await t.eventually(() => answers(search), "works again")
      t.equal(await docsOf(search), before, "documents after a restart")
      await finds(t, search, { q: "red" }, ["a"], "a word after a restart")
      await finds(t, search, { q: "old" }, [], "a word that was replaced before")
      await finds(t, search, filter("o.p", "eq", true), ["b"], "a filter after a restart")
      await t.rejects(() => search.index(DOCS, "d", { n: "text" }), "INVALID_ARGUMENT", "a value of another type")
      if (!indexing) return
      t.equal(await search.listIndexes(), infos, "indexes after a restart")
      await finds(t, search, filter("at", "eq", "2024-01-01T00:00:00Z"), ["a"], "a date after a restart")
      if (synonyms) await finds(t, search, { q: "couch" }, ["a", "b"], "a synonym after a restart")
    },
  }),
  clause("SEARCH-FAULT-02", {
    why: "A program tells its user that it is saved when index has resolved.",
    fix: "Resolve when the store has the document, not when it is in a buffer.",
    needs: ["shared"],
    uses: ["fork"],
    async check(t, search, world) {
      const { indexing } = world.capabilities
      const { client, kill } = await world.fork()
      await client.index(DOCS, "a", { t: "word one" })
      await client.index(DOCS, "a", { t: "word two" })
      if (indexing) {
        await client.bulk([
          { op: "index", object: DOCS, id: "b", doc: { t: "word" } },
          { op: "index", object: DOCS, id: "c", doc: { t: "word" } },
        ])
        await client.remove(DOCS, "c")
      }
      await kill()
      const wanted: Record<string, Doc> = { a: { t: "word two" }, ...(indexing && { b: { t: "word" } }) }
      t.equal(await docsOf(search), wanted, "documents of a process that was killed")
      await finds(t, search, { q: "word" }, Object.keys(wanted), "their words")
      await finds(t, search, { q: "one" }, [], "a word that was replaced")
    },
  }),
  clause("SEARCH-FAULT-03", {
    why: "A job that ends in the night leaves half an index, or a lock that nobody opens.",
    fix: "Serve from the old index until the new one is whole, and let a later reindex clear away what was left.",
    needs: ["shared", "reindex"],
    uses: ["fork"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "old", b: "old" }))
      const { client, kill } = await world.fork()
      let read = 0
      async function* endless() {
        for (; ; read++) {
          yield { id: `new ${read}`, doc: { t: "new" } }
          if (read > 20) await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
      const building = client.reindex(DOCS, endless())
      building.catch(() => undefined)
      await t.eventually(() => read > 20, "the source is read")
      await kill()
      t.equal(await setOf(search, {}), ["a", "b"], "documents after the process was killed")
      await search.index(DOCS, "c", { t: "later" })
      await finds(t, search, { q: "old later" }, ["a", "b", "c"], "a write afterwards")
      await worksOrWaits(t, search, ["a", "b", "c"])
    },
  }),
]
