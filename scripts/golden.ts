/**
 * Writes the golden files: what Lucene makes of texts in all scripts.
 *
 *     npx tsx scripts/golden.ts          tokens of the committed texts
 *     npx tsx scripts/golden.ts --texts  makes the texts anew, too
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { goldenTexts } from "./golden/texts.ts"
import { goldenTokens } from "./golden/tokens.ts"

const ANALYZERS = ["standard", "keyword", "folding", "english", "cjk"] as const

const root = join(import.meta.dirname, "..")
const analysis = join(root, "core", "search", "analysis", "golden")

const { values } = parseArgs({ options: { texts: { type: "boolean", default: false } } })
mkdirSync(analysis, { recursive: true })
if (values.texts) write(analysis, "texts.json", goldenTexts())
const texts = JSON.parse(readFileSync(join(analysis, "texts.json"), "utf8")) as string[]
for (const analyzer of ANALYZERS) write(analysis, `tokens.${analyzer}.json`, await goldenTokens(analyzer, texts))

/** One item a line; what cannot be seen is escaped. */
function write(folder: string, name: string, items: readonly unknown[]): void {
  const lines = items.map((item) =>
    JSON.stringify(item).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, escaped),
  )
  writeFileSync(join(folder, name), `[\n${lines.join(",\n")}\n]\n`)
}

function escaped(character: string): string {
  return character.replaceAll(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}
