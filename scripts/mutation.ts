/**
 * Mutation testing of the memory cache by the conformance catalogue alone: what survives is what the harness cannot see.
 *
 *     npm run mutation [-- FILE …]     default: the files of the memory cache
 *
 * Each mutant changes one operator, condition, literal or call in a copy of the sources, in a process of its own.
 */
import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { mutationsOf, type SourceMutation } from "./mutation/mutations.ts"

const root = join(import.meta.dirname, "..")
const FILES = [
  "adapters/cache/memory.ts",
  "adapters/cache/memory-engine/entries.ts",
  "adapters/cache/memory-engine/leases.ts",
  "adapters/cache/memory-engine/tag-index.ts",
  "adapters/kit/clone.ts",
]
const COPIED = ["adapters", "contracts", "core", "testing", "scripts", "package.json", "tsconfig.json"]
const WORKERS = 2
const LIMIT_MS = 30_000

type Verdict = "killed" | "survived" | "timeout"

const chosen = process.argv.length > 2 ? process.argv.slice(2) : FILES
const waiting = chosen.flatMap((file) => mutationsOf(file, readFileSync(join(root, file), "utf8")))
const all = waiting.length
const verdicts = new Map<SourceMutation, Verdict>()
await Promise.all(Array.from({ length: WORKERS }, work))

const survivors = [...verdicts].filter(([, verdict]) => verdict === "survived").map(([mutation]) => mutation)
for (const { file, line, what } of survivors) console.log(`${file}:${line}  ${what}`)
const killed = all - survivors.length
console.log(
  `${killed} of ${all} mutants killed (${Math.round((killed / all) * 1000) / 10} %), ${survivors.length} survived`,
)

/** One copy of the sources, in which one mutant after the other lives. */
async function work(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "objectos-mutation-"))
  try {
    for (const name of COPIED) cpSync(join(root, name), join(folder, name), { recursive: true })
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
    for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
      const path = join(folder, mutation.file)
      const original = readFileSync(path, "utf8")
      writeFileSync(path, mutation.text)
      verdicts.set(mutation, await judge(folder))
      writeFileSync(path, original)
      if (process.stderr.isTTY) process.stderr.write(`\r${verdicts.size} of ${all}`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether a clause of the catalogue fails. */
function judge(folder: string): Promise<Verdict> {
  const args = ["--import", "tsx", "--conditions=@objectos/source", join(folder, "scripts/mutation/judge.ts")]
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, timeout: LIMIT_MS, killSignal: "SIGKILL" }, (error) => {
      resolve(error === null ? "survived" : error.killed ? "timeout" : "killed")
    })
  })
}
