/** Wrong usage of the two command lines. */
import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Said } from "./rules.ts"

const root = new URL("../../", import.meta.url)
const COMMANDS = ["cli/main.ts", "testing/cli/main.ts"]

const CONFIGS: Readonly<Record<string, string>> = {
  "number.mjs": "export const services = 5; export const subjects = 5",
  "nothing.mjs": "export default {}",
  "throws.mjs": 'throw new TypeError("hunter2")',
  "missing.mjs": 'import "./none.mjs"',
  "stranger.mjs": 'export const subjects = [{ service: "pigeon", name: "one", open() {} }]',
}

const USAGES: readonly (readonly string[])[] = [
  [],
  ["chekc"],
  ["--colour"],
  ["check", "file.mjs"],
  ["check", "--colour"],
  ["check", "--timeout", "soon"],
  ["check", "--config", "none.mjs"],
  ["check", "--service", "cash"],
  ["run", "a", "b"],
  ["run", "none.mjs"],
  ["run", "x", "--seed", "abc"],
  ["list", "pigeon"],
  ["explain", "CACHE-NO-99"],
  ...Object.keys(CONFIGS).map((file) => ["check", "--config", file]),
  ...Object.keys(CONFIGS).map((file) => ["run", file]),
]

/** What each command line says of wrong usage on its standard error. */
export async function usages(): Promise<Said[]> {
  const folder = await mkdtemp(join(tmpdir(), "objectos-words-"))
  try {
    for (const [name, text] of Object.entries(CONFIGS)) await writeFile(join(folder, name), text)
    const said: Said[] = []
    for (const command of COMMANDS) {
      const wanted = command === "cli/main.ts" ? ["check"] : ["run", "list", "explain"]
      const own = USAGES.filter(([first = ""]) => !/^(check|run|list|explain)$/.test(first) || wanted.includes(first))
      for (const args of own) {
        const text = (await errorsOf(command, args, folder)).replace(/\n$/, "")
        if (text !== "") said.push({ by: `${command} ${args.join(" ")}`, text, kind: "line", shown: text })
      }
    }
    return said
  } finally {
    await rm(folder, { recursive: true })
  }
}

function errorsOf(command: string, args: readonly string[], cwd: string): Promise<string> {
  const tsx = ["--import", new URL("node_modules/tsx/dist/loader.mjs", root).href]
  const child = spawn(process.execPath, [...tsx, new URL(command, root).pathname, ...args], { cwd })
  let errors = ""
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk
  })
  child.stdout.resume()
  return new Promise((resolve) => child.once("close", () => resolve(errors)))
}
