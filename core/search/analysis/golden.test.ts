import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import type { AnalyzerName } from "../../../contracts/search/search.ts"
import { analyzerOf } from "./analyzers.ts"

const names: AnalyzerName[] = ["standard", "keyword", "folding", "english", "cjk"]

const golden = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, "golden", file), "utf8"))

/** Lucene's tokenizer takes the first half of a character at the end of a text for the end of what it has read, and drops that. */
const endsInHalf = (text: string) => /[\uD800-\uDBFF]$/.test(text)

it.each(names)("%s gives Lucene's tokens for each golden text", (name) => {
  const analyzer = analyzerOf(name)
  const texts: string[] = golden("texts.json")
  const expected: unknown[] = golden(`tokens.${name}.json`)
  const different = texts.flatMap((text, index) => {
    if (endsInHalf(text)) return []
    const tokens: unknown[] = []
    analyzer.analyze(text, (...token) => tokens.push(token))
    const wanted = expected[index]
    return JSON.stringify(tokens) === JSON.stringify(wanted) ? [] : [{ text, tokens, wanted }]
  })
  expect(different).toEqual([])
  expect(expected).toHaveLength(texts.length)
})
