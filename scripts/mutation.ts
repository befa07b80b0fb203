/**
 * Mutation testing of the memory cache, judged by the conformance catalogue alone: what survives, the catalogue does not
 * see. Installs Stryker in a temporary folder; takes a few minutes. What came out: docs/conformance/mutation.md.
 *
 *     npm run mutation     leaves reports/mutation/mutation.html and .json
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type MutatedFile, summaryOf } from "./mutation/summary.ts"
import { installInto, repository } from "./pack-check/run.ts"

const STRYKER = "@stryker-mutator/core@10.1.1"
/** What Stryker needs; it also runs TypeScript as it is. */
const NODE = 22

const temporary = mkdtempSync(join(tmpdir(), "objectos-mutation-"))
const modules = join(temporary, "node_modules")
const ownNode = Number.parseInt(process.versions.node, 10) >= NODE
const nodePackage = `node-${process.platform}-${process.arch}`
try {
  await installInto(temporary, ownNode ? [STRYKER] : [STRYKER, `${nodePackage}@${NODE}`])
  const node = ownNode ? process.execPath : join(modules, nodePackage, "bin", "node")
  const stryker = join(modules, "@stryker-mutator", "core", "bin", "stryker.js")
  execFileSync(node, [stryker, "run", "scripts/mutation/stryker.config.json"], { cwd: repository, stdio: "inherit" })
  const report = readFileSync(join(repository, "reports", "mutation", "mutation.json"), "utf8")
  const files: Readonly<Record<string, MutatedFile>> = JSON.parse(report).files
  process.stdout.write(summaryOf(files))
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
