import { describe, expect, it } from "vitest"
import type { ReindexDocument, Search } from "../../../contracts/search/search.ts"
import { createMemorySearch } from "../memory.ts"

async function filled(count: number): Promise<Search> {
  const search = createMemorySearch()
  for (let id = 0; id < count; id++) await search.index("a", `id-${id}`, { word: "same" })
  return search
}

/** A source that stays open until it is told to end. */
function openSource(documents: readonly ReindexDocument[] = []) {
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  async function* source() {
    yield* documents
    await ended
  }
  return { source: source(), end }
}

const idsOf = async (search: Search) => {
  const { hits } = await search.search({ object: "a", limit: 1000 })
  return hits.map(({ id }) => id)
}

describe("reindex", () => {
  it("loses no write, whichever promise of it settles last", async () => {
    for (let start = 0; start < 20; start++) {
      const search = await filled(3)
      const written: string[] = []
      const write = async (id: string) => {
        await search.index("a", id, { word: "late" })
        written.push(id)
      }
      let isDone = false
      const writer = async (name: number) => {
        for (let tick = 0; tick < name; tick++) await undefined
        for (let number = 0; !isDone; number++) {
          await write(`late-${name}-${number}`)
          // Writes that leave no turn to others would keep a reindex that waits for one from its end.
          if (number % 20 === 19) await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const writers = Array.from({ length: 8 }, (_, name) => writer(name + start))
      await search.reindex("a")
      isDone = true
      await Promise.all(writers)
      // They are as many as the machine lets them be: more than a page has.
      for (const id of written) expect(await search.get("a", id), id).toEqual({ word: "late" })
    }
  })

  it("makes no index of one that is not there", async () => {
    const search = createMemorySearch()
    expect((await search.reindex("absent")).documents).toBe(0)
    expect(await search.listIndexes()).toEqual([])
  })

  it("keeps writes, removals and definitions made meanwhile", async () => {
    const search = await filled(3)
    const { end, source } = openSource([
      { id: "id-0", doc: { word: "new" } },
      { id: "id-1", doc: { word: "new" } },
      { id: "id-2", doc: { word: "new" } },
    ])
    const done = search.reindex("a", source)
    await search.index("a", "id-0", { word: "late" })
    await search.remove("a", "id-1")
    await search.defineIndex({ name: "a", fields: { at: { type: "date" } }, synonyms: [["late", "tardy"]] })
    await search.bulk([{ op: "index", object: "a", id: "id-3", doc: { at: "2024-01-31" } }])
    end()
    await done
    expect(await idsOf(search)).toEqual(["id-0", "id-2", "id-3"])
    expect(await search.get("a", "id-0")).toEqual({ word: "late" })
    const [info] = await search.listIndexes()
    expect(info?.fields).toEqual({ word: "text", at: "date" })
    expect((await search.search({ object: "a", q: "tardy" })).total).toBe(1)
  })

  it("leaves the old index where its source fails, has a bad document, or the index is deleted meanwhile", async () => {
    const search = await filled(3)
    const failing = async function* () {
      yield { id: "x", doc: {} }
      throw new Error("secret")
    }
    await expect(search.reindex("a", failing())).rejects.toMatchObject({ code: "INTERNAL" })
    await expect(search.reindex("a", [{ id: "", doc: {} }])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    await expect(search.reindex("a", [{ id: "x", doc: { word: 1 } }])).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    })
    expect(await idsOf(search)).toEqual(["id-0", "id-1", "id-2"])
    const { end, source } = openSource()
    const done = search.reindex("a", source)
    await search.deleteIndex("a")
    end()
    await expect(done).rejects.toMatchObject({ code: "PRECONDITION_FAILED", details: { reason: "reindex" } })
    expect(await search.listIndexes()).toEqual([])
  })

  it("refuses what was written meanwhile where the new index has another type, and leaves the old one", async () => {
    const search = await filled(1)
    const { end, source } = openSource([{ id: "x", doc: { late: 1 } }])
    const done = search.reindex("a", source)
    await search.index("a", "y", { late: "text" })
    end()
    await expect(done).rejects.toMatchObject({ code: "PRECONDITION_FAILED", details: { reason: "definition" } })
    expect(await idsOf(search)).toEqual(["id-0", "y"])
  })

  it("lets one of two through", async () => {
    const search = await filled(1)
    const { end, source } = openSource([{ id: "x", doc: {} }])
    const done = search.reindex("a", source)
    await expect(search.reindex("a")).rejects.toMatchObject({
      code: "PRECONDITION_FAILED",
      details: { reason: "reindex" },
    })
    end()
    expect(await done).toMatchObject({ documents: 1 })
    expect(await idsOf(search)).toEqual(["x"])
  })

  it("takes the highest revision, else the last", async () => {
    const search = createMemorySearch()
    const source = [
      { id: "x", doc: { n: 1 }, revision: 2 },
      { id: "x", doc: { n: 2 }, revision: 1 },
      { id: "x", doc: { n: 3 } },
      { id: "y", doc: { n: 1 } },
      { id: "y", doc: { n: 2 } },
    ]
    expect(await search.reindex("a", source)).toMatchObject({ documents: 2 })
    expect([await search.get("a", "x"), await search.get("a", "y")]).toEqual([{ n: 1 }, { n: 2 }])
  })
})
