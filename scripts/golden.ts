/**
 * Writes the golden files: what Lucene makes of texts in all scripts, and how it ranks them.
 *
 *     npx tsx scripts/golden.ts          tokens and scores of the committed texts
 *     npx tsx scripts/golden.ts --texts  makes the texts anew, too
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { goldenScores } from "./golden/scores.ts"
import { goldenTexts } from "./golden/texts.ts"
import { goldenTokens } from "./golden/tokens.ts"

const ANALYZERS = ["standard", "keyword", "folding", "english", "cjk"] as const

const root = join(import.meta.dirname, "..")
const analysis = join(root, "core", "search", "analysis", "golden")
const engine = join(root, "adapters", "search", "memory-engine", "golden")

const { values } = parseArgs({ options: { texts: { type: "boolean", default: false } } })
if (values.texts) write(join(analysis, "texts.json"), list(goldenTexts()))
const texts = JSON.parse(readFileSync(join(analysis, "texts.json"), "utf8")) as string[]
for (const analyzer of ANALYZERS) {
  write(join(analysis, `tokens.${analyzer}.json`), list(await goldenTokens(analyzer, texts)))
}
const { documents, rankings } = await goldenScores(texts)
write(join(engine, "scores.json"), `{\n"documents": ${JSON.stringify(documents)},\n"rankings": ${list(rankings)}\n}`)

/** With what cannot be seen escaped. */
function write(file: string, json: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${json.replaceAll(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u007f-\u009f]/gu, escaped)}\n`)
}

/** One item a line. */
function list(items: readonly unknown[]): string {
  return `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`
}

function escaped(character: string): string {
  return character.replaceAll(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}
