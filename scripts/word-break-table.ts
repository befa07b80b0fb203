/**
 * Writes the table of the tokenizer, core/search/analysis/word-break-data.ts.
 *
 *     npx tsx scripts/word-break-table.ts            writes it
 *     npx tsx scripts/word-break-table.ts --check    fails when it is not what would be written
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { wordBreakData } from "./word-break/data.ts"

const file = join(import.meta.dirname, "..", "core", "search", "analysis", "word-break-data.ts")
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } })
const data = wordBreakData()
if (!values.check) writeFileSync(file, data)
else if (readFileSync(file, "utf8") !== data) {
  console.error("word-break-data.ts is not what its script writes: run npx tsx scripts/word-break-table.ts.")
  process.exitCode = 1
}
