/**
 * Writes the generated pages about the conformance catalogues, docs/conformance/.
 *
 *     npm run pages             writes them; which clauses fail which mutant is measured for what has changed
 *     npm run pages -- --all    measures all of it, which takes minutes
 *     npm run pages -- --check  measures nothing, and fails when a page is not what would be written
 *
 * Fails too when mutants are caught by many clauses instead of the one that they name.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { type AnyCatalogue, catalogues } from "../testing/catalogues.ts"
import { cataloguePage } from "./pages/catalogue.ts"
import { type KillMatrix, killMatrixPage, killMatrixText, sharpnessIn, unmeasured } from "./pages/kill-matrix.ts"
import { changeSince, measure } from "./pages/measure.ts"
import { pinsPage } from "./pages/pins.ts"

const folder = join(import.meta.dirname, "..", "docs", "conformance")
const SEED = 1
/** The part of the mutants that must live without the clause that they name. A fault of one method often breaks two sentences: that of its role, and the method's own. */
const LEAST_ALIVE = 0.64
const NOTHING: KillMatrix = { seed: SEED, clauses: {}, mutants: {}, killers: {} }

const { values } = parseArgs({
  options: { all: { type: "boolean", default: false }, check: { type: "boolean", default: false } },
})
const faults = (await Promise.all(catalogues.map(renew))).flat()
for (const fault of faults) console.error(fault)
process.exit(faults.length > 0 ? 1 : 0)

/** Writes or compares the pages of a service. @returns What is wrong with them. */
async function renew(catalogue: AnyCatalogue): Promise<string[]> {
  const { contract, mutants, pins, service } = catalogue
  const matrixFile = `${service}-kill-matrix.json`
  const measured = values.all ? NOTHING : ((JSON.parse(written(matrixFile) || "null") as KillMatrix | null) ?? NOTHING)
  const now = unmeasured(catalogue, SEED)
  const change = changeSince(now, measured)
  const stale = [...change.mutants, ...change.clauses]
  if (values.check && stale.length > 0) {
    return [`${matrixFile} was measured before ${stale.slice(0, 3).join(", ")} changed: run npm run pages.`]
  }
  if (stale.length > 0)
    console.log(`${service}: ${change.mutants.size} mutants and ${change.clauses.size} clauses are new`)
  const matrix = await measure(catalogue, now, measured, change)
  const pages = {
    [`${service}.md`]: cataloguePage(contract, mutants),
    [`${service}-pins.md`]: pinsPage(contract, pins),
    [`${service}-kill-matrix.md`]: killMatrixPage(catalogue, matrix),
    [matrixFile]: killMatrixText(matrix),
  }
  const { aliveWithoutNamed, medianKillSet } = sharpnessIn(catalogue, matrix)
  const alive = `${Math.round(aliveWithoutNamed * 100)} %`
  const sharpness =
    catalogue.matrix === "named"
      ? "tried with the clauses that they name alone"
      : `median kill set ${medianKillSet}, ${alive} live without their clause`
  console.log(`${service}: ${mutants.length} mutants, ${sharpness}`)
  if (!values.check) {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(pages)) writeFileSync(join(folder, name), text)
  }
  return [
    ...(medianKillSet > 3
      ? [`The median mutant of ${service} must be failed by at most 3 clauses; got ${medianKillSet}.`]
      : []),
    ...(aliveWithoutNamed < LEAST_ALIVE
      ? [`Without its clause at least 64 % of the mutants of ${service} must live; got ${alive}.`]
      : []),
    ...Object.entries(pages)
      .filter(([name, text]) => written(name) !== text)
      .map(([name]) => `docs/conformance/${name} is not up to date: run npm run pages.`),
  ]
}

function written(name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8")
  } catch {
    return ""
  }
}
