/** Runs every example, and every TypeScript block of the README, as a program of its own. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const root = new URL("..", import.meta.url).pathname
const TIMEOUT_MS = 60_000

/** Examples that are run in another way, or are there to be imported. */
const PROGRAMS = readdirSync(join(root, "examples"))
  .filter((file) => file.endsWith(".ts") && file !== "my-cache.ts")
  .map((file) => ({ name: `examples/${file}`, path: join(root, "examples", file) }))

const folder = mkdtempSync(join(root, "examples", ".readme-"))
try {
  const readme = readFileSync(join(root, "README.md"), "utf8")
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""], index) => {
    const path = join(folder, `block-${index + 1}.ts`)
    writeFileSync(path, code)
    return { name: `README.md, block ${index + 1}`, path }
  })
  for (const { name, path } of [...PROGRAMS, ...blocks]) run(name, path)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function run(name: string, path: string): void {
  const result = spawnSync(process.execPath, ["--import", "tsx", "--conditions=@objectos/source", path], {
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
