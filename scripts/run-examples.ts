/** Runs every example as a program of its own. */
import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"

const root = new URL("..", import.meta.url).pathname
const TIMEOUT_MS = 300_000

/** Examples that are run in another way, or are there to be imported, are left out. */
const programs = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".ts") && file !== "my-cache.ts")

for (const file of programs) run(`examples/${file}`)

function run(name: string): void {
  const result = spawnSync(process.execPath, ["--import", "tsx", name], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CACHE_URL: "" },
    timeout: TIMEOUT_MS,
  })
  const ok = result.status === 0
  console.log(`${ok ? "ok  " : "FAIL"}  ${name}`)
  if (ok) return
  process.exitCode = 1
  console.log(`${result.stdout}${result.stderr}${result.error?.message ?? ""}`)
}
