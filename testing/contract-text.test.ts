import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { cacheContract } from "./cache/contract.ts"

/** The contract files that hold the sentences of each catalogue. */
const sources = [
  "cache.ts",
  "foundation/errors.ts",
  "foundation/health.ts",
  "foundation/lifecycle.ts",
  "foundation/adapter.ts",
]

/** Bullets of the comments that end with a clause id, in their order. */
function sentencesOf(file: string): [id: string, text: string][] {
  const text = readFileSync(new URL(`../contracts/${file}`, import.meta.url), "utf8").replaceAll(/\n \* {3}/g, " ")
  return [...text.matchAll(/^ \* - (.+?) \[([A-Z]+(?:-[A-Z]+)?-\d\d)\]$/gm)].map(([, sentence = "", id = ""]) => [
    id,
    sentence,
  ])
}

describe("contract text and catalogue", () => {
  it("match one to one, word for word and in order", () => {
    const written = sources.flatMap(sentencesOf)
    const checked = cacheContract.clauses.map(({ id, text }) => [id, text])
    expect(checked).toEqual(written)
  })

  it("has no id in a contract that the sentence pattern misses", () => {
    for (const file of sources) {
      const text = readFileSync(new URL(`../contracts/${file}`, import.meta.url), "utf8")
      const ids = [...text.matchAll(/\[([A-Z]+(?:-[A-Z]+)?-\d\d)\]/g)].map(([, id]) => id)
      expect(sentencesOf(file).map(([id]) => id)).toEqual(ids)
    }
  })

  it("gives each clause a reason and a remedy", () => {
    for (const { why, fix } of cacheContract.clauses) {
      expect(why).toMatch(/\.$/)
      expect(fix).toMatch(/\.$/)
    }
  })
})
