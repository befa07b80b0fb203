/**
 * Writes the generated pages about the conformance catalogues, docs/conformance/.
 *
 *     npm run pages             writes them
 *     npm run pages -- --check  fails when a page is not what would be written
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { cacheContract } from "../testing/cache/contract.ts"
import { cachePins } from "../testing/cache/pins.ts"
import { killMatrix } from "../testing/cache/self-proof.ts"
import { cacheMutants } from "../testing/mutants.ts"
import { cataloguePage, catalogueText } from "./pages/catalogue.ts"
import { killMatrixPage } from "./pages/kill-matrix.ts"
import { pinsPage } from "./pages/pins.ts"

const folder = join(import.meta.dirname, "..", "docs", "conformance")
const SEED = 1

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } })

const pages: Record<string, string> = {
  "cache.json": catalogueText(cacheContract, cacheMutants),
  "cache.md": cataloguePage(cacheContract, cacheMutants),
  "cache-pins.md": pinsPage(cacheContract, cachePins),
}

if (values.check) {
  const stale = Object.entries(pages).filter(([name, text]) => written(name) !== text)
  for (const [name] of stale) console.error(`docs/conformance/${name} is not up to date: run npm run pages`)
  // Which other clauses fail a mutant may differ by a hair of time; which mutants there are does not.
  const missing = cacheMutants.filter(
    ({ breaks, id }) => !written("cache-kill-matrix.md").includes(`| ${id} | ${breaks} |`),
  )
  for (const { id } of missing) console.error(`docs/conformance/cache-kill-matrix.md lacks ${id}: run npm run pages`)
  process.exitCode = stale.length + missing.length > 0 ? 1 : 0
} else {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, "cache-kill-matrix.md"), killMatrixPage(await killMatrix(SEED), SEED))
  console.log("docs/conformance/ is written")
}

function written(name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8")
  } catch {
    return ""
  }
}
