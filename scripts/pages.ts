/**
 * Writes the generated pages about the conformance catalogues, docs/conformance/.
 *
 *     npm run pages             writes them
 *     npm run pages -- --check  fails when a page is not what would be written
 *
 * Fails too when mutants are caught by many clauses instead of the one that they name.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { cacheContract } from "../testing/cache/contract.ts"
import { cachePins } from "../testing/cache/pins.ts"
import { sharpnessOf } from "../testing/cache/self-proof.ts"
import { cacheMutants } from "../testing/mutants.ts"
import { cataloguePage, catalogueText } from "./pages/catalogue.ts"
import { killMatrixPage } from "./pages/kill-matrix.ts"
import { killMatrix } from "./pages/measure.ts"
import { pinsPage } from "./pages/pins.ts"

const folder = join(import.meta.dirname, "..", "docs", "conformance")
const SEED = 1

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } })

const pages: Record<string, string> = {
  "cache.json": catalogueText(cacheContract, cacheMutants),
  "cache.md": cataloguePage(cacheContract, cacheMutants),
  "cache-pins.md": pinsPage(cacheContract, cachePins),
}

const matrix = await killMatrix(SEED)
const { aliveWithoutNamed, medianKillSet } = sharpnessOf(matrix)
const faults: string[] = []
if (medianKillSet > 3) faults.push(`The median mutant is failed by ${medianKillSet} clauses, more than 3.`)
if (aliveWithoutNamed < 0.8)
  faults.push(`Without its clause only ${percent(aliveWithoutNamed)} of mutants live: below 80 %.`)

if (values.check) {
  for (const [name, text] of Object.entries(pages)) {
    if (written(name) !== text) faults.push(`docs/conformance/${name} is not up to date: run npm run pages`)
  }
  // Which other clauses fail a mutant may differ by a hair of time; which mutants there are does not.
  const listed = written("cache-kill-matrix.md")
  for (const { breaks, id } of cacheMutants) {
    if (!listed.includes(`| ${id} | ${breaks} |`)) faults.push(`cache-kill-matrix.md lacks ${id}: run npm run pages`)
  }
} else {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, "cache-kill-matrix.md"), killMatrixPage(matrix, SEED))
}
for (const fault of faults) console.error(fault)
console.log(
  `${cacheMutants.length} mutants: median kill set ${medianKillSet}, ${percent(aliveWithoutNamed)} live without their clause`,
)
process.exit(faults.length > 0 ? 1 : 0)

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}

function written(name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8")
  } catch {
    return ""
  }
}
