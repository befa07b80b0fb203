/**
 * Checks the generator: in a copy of the repository it makes a service and adapters, and runs there what CI runs. Then
 * it makes a real service of the skeleton, by the changes in scripts/new/fixture/notes.diff, and runs all of it again.
 *
 *     npm run new:check
 */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { patched } from "./docs/page.ts"
import { Checklist, node, type RunOptions, repository, run } from "./pack-check/run.ts"

const CRUISED = ["index.ts", "contracts", "core", "adapters", "cli", "testing", "examples", "servers"]
const TESTS = [
  "core/notes",
  "adapters/notes",
  "adapters/manifest",
  "scripts/exports",
  "scripts/layout",
  "testing/contract-text",
  "index.test",
]
/** The folders that the generator writes to. */
const GENERATED = ["contracts", "core", "adapters", "testing", "subjects"]
/** Lines of the output of what fails. */
const SHOWN_LINES = 60
/** Clauses that a service of four methods has, and its memory adapter passes. */
const LEAST_CLAUSES = 60

const folder = mkdtempSync(join(tmpdir(), "objectos-new-"))
const list = new Checklist()

try {
  await timed("copy", copyRepository)
  await refuse(1, "service", "Notes")
  await refuse(1, "service", "notes")
  await refuse(1, "service", "cache")
  await refuse(1, "adapter", "notes", "other")
  await refuse(1, "adapter", "cache", "redis")
  await refuse(1, "service", "core", "--platform", "data")
  await refuse(1, "service", "map", "--platform", "data")
  await refuse(1, "adapter", "cache", "as")
  await refuse(2, "adapter", "cache")
  await generate("service", "notes", "--platform", "data")
  await generate("adapter", "cache", "other")
  await generate("adapter", "queue", "other-one")
  await check("skeleton", "NOTES-02", ["adapters/cache/other", "adapters/queue/other-one"])
  await timed("fixture", async () => lay("notes.diff"))
  await generate("adapter", "notes", "other")
  await check("service", "NOTES-05", [])
  await list.check("service: clauses", countClauses)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${list.failed} failed, ${Math.round(performance.now() / 1000)} s`)
list.finish()

/** Everything that git knows or would add, with the packages that are installed here. */
async function copyRepository(): Promise<void> {
  const paths = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
  for (const path of paths.split("\0")) {
    if (path === "" || path === "node_modules" || !existsSync(join(repository, path))) continue
    cpSync(join(repository, path), join(folder, path))
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "dir")
}

/** Runs a program of node_modules in the copy. */
function tool(path: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return node([join("node_modules", path), ...args], { cwd: folder, shownLines: SHOWN_LINES, ...options })
}

function script(path: string, args: readonly string[], options?: RunOptions): Promise<string> {
  return tool("tsx/dist/cli.mjs", [path, ...args], options)
}

function generate(...args: string[]): Promise<void> {
  return timed(`new ${args.join(" ")}`, () => script("scripts/new.ts", args))
}

function refuse(exitCode: number, ...args: string[]): Promise<void> {
  return timed(`new ${args.join(" ")} is refused`, async () => {
    const before = state()
    await script("scripts/new.ts", args, { exitCode })
    if (state() !== before) throw new Error("something was written")
  })
}

/** The files of the copy, and when each was written. */
function state(): string {
  const paths = GENERATED.flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: "utf8" }).map((path) => join(name, path)),
  )
  return ["package.json", ...paths].map((path) => `${path} ${statSync(join(folder, path)).mtimeMs}`).join("\n")
}

/** The clauses that the service has for its probes, and how many of them its memory adapter passes: all that apply. */
async function countClauses(): Promise<string> {
  const lines = (await script("testing/cli/main.ts", ["list", "notes"])).trimEnd().split("\n")
  const clauses = lines.filter((line) => !line.includes("  open  ")).length
  const output = await script("testing/cli/main.ts", ["run", "subjects/notes.ts", "--require", "--subject", "memory"])
  const [passed = 0] = (/conformant: (\d+) passed, 0 failed/.exec(output) ?? []).slice(1).map(Number)
  const counted = `${clauses} clauses, of which memory passes ${passed} and fails none`
  if (clauses < LEAST_CLAUSES || passed < LEAST_CLAUSES) {
    throw new Error(`The service must have ${LEAST_CLAUSES} clauses that memory passes; got ${counted}:\n${output}`)
  }
  return counted
}

/** Prints whether it went well, and how long it took. */
async function timed(name: string, body: () => Promise<unknown>): Promise<void> {
  const start = performance.now()
  await list.check(name, async () => {
    await body()
    return `${((performance.now() - start) / 1000).toFixed(1)} s`
  })
}

/** Changes the copy by a diff of several files, each behind a line `=== path`. */
function lay(fixture: string): void {
  const text = readFileSync(join(repository, "scripts", "new", "fixture", fixture), "utf8")
  for (const part of text.split(/^=== /m).slice(1)) {
    const end = part.indexOf("\n")
    const path = join(folder, part.slice(0, end))
    const diff = part.slice(end + 1)
    writeFileSync(path, existsSync(path) ? patched(readFileSync(path, "utf8"), diff) : diff.replaceAll(/^\+/gm, ""))
  }
}

/** Runs what CI asks of the whole tree and of what was made. The one sentence without a check must be listed as open. */
async function check(what: string, open: string, tests: readonly string[]): Promise<void> {
  const says = (output: string, text: string) => {
    if (!output.includes(text)) throw new Error(`The output lacks "${text}":\n${output}`)
  }
  const types = ["--noEmit", "--incremental", "--tsBuildInfoFile", join(folder, "reports", "types.tsbuildinfo")]
  // node_modules is a link here.
  const cruise = ["--preserve-symlinks", "--config", ".dependency-cruiser.cjs", ...CRUISED]
  const prove = ["run", "subjects/notes.ts", "--require"]
  const one = async () => {
    await timed(`${what}: types`, () => tool("typescript/bin/tsc", types))
    await timed(`${what}: unused code`, () => tool("knip/bin/knip.js", []))
  }
  const other = async () => {
    await timed(`${what}: format and lint`, () => tool("@biomejs/biome/bin/biome", ["check", "."]))
    await timed(`${what}: import order`, () => tool("dependency-cruiser/bin/dependency-cruise.mjs", cruise))
    await timed(`${what}: tests`, async () => {
      const output = await tool("vitest/vitest.mjs", ["run", ...TESTS, ...tests])
      says(output, "Not run: 1 test - open: no check yet")
    })
    await timed(`${what}: conformance`, async () => {
      says(await script("testing/cli/main.ts", prove), "1 × open: no check yet")
      says(await script("testing/cli/main.ts", ["list", "notes"]), `${open}  open  `)
      says(await script("testing/cli/main.ts", ["explain", open]), `${open} (open: no check yet)`)
    })
  }
  await Promise.all([one(), other()])
}
