/**
 * Checks the example of a third-party plugin as its author and its users do: in an empty folder, with the packed SDK.
 *
 *     npm run build && npm run plugin:check     also compares the report that the plugin keeps
 *     npm run build && npm run plugin:report    writes it anew where it differs
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ConformanceReport } from "../testing/engine/report.ts"
import { toBadge } from "../testing/report/badge.ts"
import { toMarkdown } from "../testing/report/markdown.ts"
import { blocksOf } from "./docs/page.ts"
import { Checklist, node, repository, run, writeFiles } from "./pack-check/run.ts"
import { packTarball } from "./pack-check/tarball.ts"
import { compareReports } from "./plugin-check/compare-reports.ts"

const plugin = join(repository, "examples", "third-party-plugin")
const temporary = mkdtempSync(join(tmpdir(), "objectos-plugin-"))
const copy = join(temporary, "plugin")
const write = process.argv.includes("--write")
const list = new Checklist()

try {
  const tarball = await list.check("npm pack", () => packTarball(temporary))
  const installed = tarball && (await list.check("the plugin installs", () => install(tarball)))
  if (installed) {
    await list.check("its types fit the contracts", async () => void (await script("types")))
    const report = await list.check("its command line proves it", prove)
    if (report !== undefined) await checkRunners(report)
    if (report !== undefined) await list.check("its report is the one that it keeps", () => compare(report))
    await list.check("its README runs", runReadme)
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
list.finish()

async function install(tarball: string): Promise<true> {
  const manifest = readJson(join(plugin, "package.json"))
  const name = `file:../../objectos-sdk-${readJson(join(repository, "package.json")).version}.tgz`
  const named = manifest.devDependencies["@objectos/sdk"]
  if (named !== name) throw new Error(`Its package.json depends on ${named}; the tarball is ${name}.`)
  manifest.devDependencies["@objectos/sdk"] = `file:${tarball}`
  cpSync(plugin, copy, { recursive: true, filter: (path) => !/\/(node_modules|conformance)$/.test(path) })
  writeFiles(copy, { "package.json": JSON.stringify(manifest) })
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: copy, timeoutMs: 600_000 })
  return true
}

async function prove(): Promise<ConformanceReport> {
  await script("conformance")
  const report: ConformanceReport = readJson(join(copy, "conformance", "cache-file.json"))
  if (report.verdict !== "conformant") throw new Error(report.verdict)
  return report
}

/** Under each runner, the tests are those of the report and those that the plugin adds. */
async function checkRunners({ totals }: ConformanceReport): Promise<void> {
  await list.check("its tests pass under node --test", async () => {
    const passed = Number(/^\S+ pass (\d+)$/m.exec(await script("test"))?.[1])
    if (!(passed >= totals.passed)) throw new Error(`${passed} passed, and ${totals.passed} in the report`)
    return `${passed} passed`
  })
  await list.check("its tests pass under vitest", async () => {
    const passed = Number(/ Tests +(\d+) passed/.exec(await script("test:vitest"))?.[1])
    if (passed !== totals.passed) throw new Error(`${passed} passed, and ${totals.passed} in the report`)
    return `${passed} passed`
  })
}

function compare(fresh: ConformanceReport): string {
  const base = join(plugin, "conformance", "cache-file")
  const differences = existsSync(`${base}.json`) ? differencesOf(base, fresh) : ["there is none yet"]
  if (differences.length === 0) return "no difference"
  if (!write) throw new Error([...differences, "npm run plugin:report writes it anew."].join("\n"))
  cpSync(join(copy, "conformance"), join(plugin, "conformance"), { recursive: true })
  return "written anew"
}

function differencesOf(base: string, fresh: ConformanceReport): string[] {
  const kept: ConformanceReport = readJson(`${base}.json`)
  const differences = compareReports(kept, fresh)
  if (differences.length > 0) return differences
  const text = readFileSync(`${base}.md`, "utf8")
  if (text !== toMarkdown(kept)) differences.push("the page does not say what the report says")
  const badge = JSON.stringify(readJson(`${base}.badge.json`))
  if (badge !== JSON.stringify(toBadge(kept))) differences.push("the badge does not say what the report says")
  return differences
}

/** The JavaScript of the README is what a user of the plugin writes. */
async function runReadme(): Promise<string> {
  const readme = readFileSync(join(plugin, "README.md"), "utf8")
  const blocks = blocksOf(readme).filter(({ language }) => language === "js")
  for (const [index, { code }] of blocks.entries()) {
    writeFiles(copy, { [`readme-${index}.js`]: code })
    await node([`readme-${index}.js`], { cwd: copy })
  }
  if (blocks.length === 0) throw new Error("It has no code.")
  return `${blocks.length} blocks`
}

function script(name: string): Promise<string> {
  return run("npm", ["run", "--silent", name], { cwd: copy })
}

function readJson(path: string) {
  return JSON.parse(readFileSync(path, "utf8"))
}
