import { describe, expect, it } from "vitest"
import { planQuery } from "../../../core/search/for-adapters.ts"
import { MemoryIndex } from "./memory-index.ts"
import { runQuery } from "./run-query.ts"
import { idOf, viewsOf } from "./views.ts"

const SMALL = { single: 8, bulk: 16, characters: 1_000_000 }

/** Merges wait for timers. */
const turn = () => new Promise((resolve) => setTimeout(resolve))

function idsOf(index: MemoryIndex, q: string): string[] {
  const views = viewsOf([index])
  const { hits } = runQuery(views, planQuery({ object: "a", q }, [index]), { count: 1000, after: undefined })
  return hits.map(({ doc, view }) => idOf(view, doc))
}

/** Numbers that look random, the same in each run. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe("MemoryIndex", () => {
  it.each([1, 2, 3])("holds what was written last while segments freeze and merge, seed %i", async (seed) => {
    const random = seeded(seed)
    const index = new MemoryIndex("a", SMALL)
    const model = new Map<string, string>()
    for (let step = 0; step < 2000; step++) {
      const id = `id-${random(60)}`
      if (random(4) === 0) {
        expect(index.remove(id)).toBe(model.delete(id))
      } else {
        const word = `word${random(5)}`
        index.put(id, { word, step }, random(2) === 0)
        model.set(id, word)
      }
      // Merges take their turns at any point between writes.
      if (random(8) === 0) await turn()
      if (step % 100 !== 0) continue
      expect(index.documents).toBe(model.size)
      for (let word = 0; word < 5; word++) {
        const ids = [...model].filter(([, own]) => own === `word${word}`).map(([own]) => own)
        expect(idsOf(index, `word${word}`).sort()).toEqual(ids.sort())
      }
    }
    for (const [id, word] of model) expect(index.get(id)).toMatchObject({ word })
  })

  it("merges its segments, and drops what was removed", async () => {
    const index = new MemoryIndex("a", SMALL)
    for (let id = 0; id < 1000; id++) index.put(`id-${id}`, { word: "same" }, false)
    await expect.poll(() => index.segments().length).toBeLessThan(20)
    for (let id = 0; id < 1000; id++) if (id % 3 !== 0) index.remove(`id-${id}`)
    await expect.poll(() => index.segments().reduce((sum, { size }) => sum + size, 0)).toBeLessThan(510)
    expect(idsOf(index, "same")).toHaveLength(334)
  })

  it("freezes so few documents, or characters, at once that others need not wait", () => {
    const index = new MemoryIndex("a")
    index.close()
    for (let id = 0; id < 20_000; id++) index.put(`id-${id}`, { n: id }, true)
    index.endBulk()
    expect(index.segments().map(({ size }) => size)).toEqual([8192, 8192, 3616])
    for (let id = 0; id < 3; id++) index.put(`long-${id}`, { text: "x".repeat(1_000_000) }, true)
    expect(index.segments().map(({ size }) => size)).toEqual([8192, 8192, 3616, 2, 1])
  })

  it("changes nothing for a document that it refuses", () => {
    const index = new MemoryIndex("a")
    index.put("1", { n: 1 }, false)
    expect(() => index.put("1", { added: true, n: "x" }, false)).toThrow("must be a finite number")
    expect(index.get("1")).toEqual({ n: 1 })
    expect([...index.fields.keys()]).toEqual(["n"])
  })
})
