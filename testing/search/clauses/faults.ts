import type { ReindexDocument } from "../../../contracts/search/search.ts"
import type { Checks } from "../../engine/checks.ts"
import { deepEqual } from "../../engine/deep-equal.ts"
import { show } from "../../engine/show.ts"
import { clause, DOCS, docsOf, fill, idsOf, type SearchClient, type SearchWorld, setOf, texts } from "../clause.ts"
import { answers, worksOrWaits } from "./restarts.ts"

const FAULTS = ["loseAnswer", "silent", "unreachable"] as const

async function heal(t: Checks, search: SearchClient, world: SearchWorld): Promise<void> {
  await world.faults.heal()
  await t.eventually(() => answers(search), "works again")
}

/** SEARCH-FAULT-04 to 06: stores that fail while something is written. */
export const faultsClauses = [
  clause("SEARCH-FAULT-04", {
    why: "Nobody knows which of the two documents stands, and either must be a good one.",
    fix: "Send a write as one request, and send it again only where that changes nothing.",
    uses: ["faults"],
    async check(t, search, world) {
      const [old, fresh] = [
        { t: "old words", list: [1] },
        { t: "new words", list: [2, 3], more: "x" },
      ]
      for (const fault of FAULTS) {
        await search.index(DOCS, "a", old)
        await world.faults[fault]()
        const { error } = await t.outcome(() => search.index(DOCS, "a", fresh), `index while ${fault}`)
        await heal(t, search, world)
        const { found, isNew, others, own } = await readSteadily(search, fresh)
        t.ok(isNew || deepEqual(found, old), `index while ${fault} left ${show(found)}`)
        if (error === undefined) t.ok(isNew, `index while ${fault} resolved, and the document is the old one`)
        t.equal(own, ["a"], `its words, after index while ${fault}`)
        t.equal(others, [], `words of the other, after index while ${fault}`)
      }
    },
  }),
  clause("SEARCH-FAULT-05", {
    why: "An index that is swapped in before it is whole loses most of its documents.",
    fix: "Take every failure for the end of the reindex, and swap when all documents are acknowledged.",
    needs: ["reindex"],
    uses: ["faults"],
    async check(t, search, world) {
      for (const fault of FAULTS) {
        await search.deleteIndex(DOCS)
        await fill(search, world, texts({ a: "old", b: "old" }))
        async function* failing(): AsyncGenerator<ReindexDocument> {
          yield { id: "c", doc: { t: "new" } }
          await world.faults[fault]()
          yield { id: "d", doc: { t: "new" } }
        }
        const { error } = await t.outcome(() => search.reindex(DOCS, failing()), `a reindex while ${fault}`)
        await heal(t, search, world)
        const found = (await setOf(search, {})).join()
        t.ok(found === "a,b" || found === "c,d", `a reindex while ${fault} left ${found}`)
        if (error === undefined) t.equal(found, "c,d", `documents after a reindex while ${fault} that resolved`)
        await worksOrWaits(t, search, found.split(","))
      }
    },
  }),
  clause("SEARCH-FAULT-06", {
    why: "An import that believes itself done has lost the records of a minute.",
    fix: "Reject, or tell each item by what the store said of it; send again what it did not answer.",
    needs: ["indexing"],
    uses: ["faults"],
    async check(t, search, world) {
      const ids = Array.from({ length: 20 }, (_, at) => `id ${at}`)
      for (const fault of FAULTS) {
        await search.deleteIndex(DOCS)
        await search.index(DOCS, "old", { t: "old" })
        await world.faults[fault]()
        const operations = ids.map((id) => ({ op: "index", object: DOCS, id, doc: { t: fault } }) as const)
        const { error, value } = await t.outcome(() => search.bulk(operations), `a bulk while ${fault}`)
        await heal(t, search, world)
        const { items = [] } = (value ?? {}) as { items?: { id: string; error?: unknown }[] }
        const stored = new Set(await setOf(search, {}))
        const told = items.filter((item) => item.error === undefined).map(({ id }) => id)
        const lost = told.filter((id) => !stored.has(id))
        t.equal(lost, [], `documents that a bulk while ${fault} told as done, and that are not there`)
        if (error === undefined) t.equal(items.length, ids.length, `items of a bulk while ${fault} that resolved`)
        const { failed } = await search.bulk(operations)
        t.equal([failed, (await setOf(search, {})).length], [0, ids.length + 1], `the same bulk after ${fault}`)
      }
    },
  }),
]

const READINGS = 5

/** A write whose answer was lost may be done late: what was read while none came between. */
async function readSteadily(search: SearchClient, fresh: object) {
  for (let reading = 1; ; reading++) {
    const found = (await docsOf(search))["a"]
    const isNew = deepEqual(found, fresh)
    const own = await idsOf(search, { q: isNew ? "new" : "old" })
    const others = await idsOf(search, { q: isNew ? "old" : "new" })
    if (reading === READINGS || deepEqual((await docsOf(search))["a"], found)) return { found, isNew, others, own }
  }
}
