import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { node, writeFiles } from "./run.ts"

/** Writes the URL of each ES module that is loaded into the file LOADED. */
const RECORDER = `
import { appendFileSync } from "node:fs"
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + "\\n")
  return next(url, context)
}`

const RECORD = `
import { register } from "node:module"
register("./recorder.mjs", import.meta.url)`

/** The files that a script loads, and what it prints. */
export async function recordImports(folder: string, script: string): Promise<{ modules: string[]; stdout: string }> {
  const file = join(folder, `${script}.loaded`)
  writeFiles(folder, { "recorder.mjs": RECORDER, "record.mjs": RECORD, [`${script}.loaded`]: "" })
  const stdout = await node(["--import", "./record.mjs", script], { cwd: folder, env: { LOADED: file } })
  const urls = readFileSync(file, "utf8").split("\n")
  const modules = urls.filter((url) => url.startsWith("file:")).map((url) => fileURLToPath(url))
  if (modules.length === 0) throw new Error("the recorder saw no modules")
  return { modules, stdout }
}
