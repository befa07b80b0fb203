import { execFile } from "node:child_process"
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

export const repository = join(import.meta.dirname, "..", "..")

/** A check that ended, as the summary of CI reads it. */
interface Checked {
  readonly name: string
  readonly status: "passed" | "failed"
  readonly durationMs: number
}

/** Prints one line a check and counts those that failed. */
export class Checklist {
  readonly #checked: Checked[] = []

  get failed(): number {
    return this.#checked.filter(({ status }) => status === "failed").length
  }

  /** What `body` gives, or undefined when it failed. Text that it gives is printed behind the name. */
  async check<T>(name: string, body: () => T | Promise<T>): Promise<T | undefined> {
    const start = performance.now()
    const note = (status: Checked["status"]) =>
      this.#checked.push({ name, status, durationMs: performance.now() - start })
    try {
      const result = await body()
      note("passed")
      process.stdout.write(`ok    ${name}${typeof result === "string" ? `: ${result}` : ""}\n`)
      return result
    } catch (error) {
      note("failed")
      const text = error instanceof Error ? error.message : String(error)
      process.stdout.write(`FAIL  ${name}\n${text.trim().replaceAll(/^/gm, "      ")}\n`)
      return undefined
    }
  }

  /** Sets the exit code, and writes what was checked into the folder that RESULTS names, where it names one. */
  finish(): void {
    process.exitCode = this.failed === 0 ? 0 : 1
    const folder = process.env["RESULTS"]
    if (folder) writeFiles(folder, { "checks.json": JSON.stringify({ checks: this.#checked }) })
  }
}

export interface RunOptions {
  readonly cwd?: string
  readonly timeoutMs?: number
  /** The exit code that is right. Default 0. */
  readonly exitCode?: number
  readonly env?: Readonly<Record<string, string>>
  /** Of the output of what fails. Default 12. */
  readonly shownLines?: number
}

/** Variables that would change what is checked. */
const FOREIGN =
  /^(NODE_(ENV|OPTIONS|PATH|TEST_CONTEXT)|FORCE_COLOR|VITEST.*|CONFORMANCE_.*|RESULTS|(CACHE|QUEUE|SEARCH|STORAGE)_URL|npm_(package|lifecycle)_.*)$/

/** Runs a program to its end and gives its output; rejects with the end of the output when it fails. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))
  const env = { ...Object.fromEntries(own), NO_COLOR: "1", ...options.env }
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      { cwd: options.cwd ?? repository, env, timeout: options.timeoutMs ?? 600_000, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code
        if (exitCode === (options.exitCode ?? 0)) return resolve(stdout)
        const why = error?.killed ? "not finished in time" : `exit code ${exitCode}`
        const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => !/^\s*(at .*)?$/.test(line))
        reject(
          new Error([`${[file, ...args].join(" ")}: ${why}`, ...lines.slice(-(options.shownLines ?? 12))].join("\n")),
        )
      },
    )
  })
}

export function node(args: readonly string[], options: RunOptions = {}): Promise<string> {
  return run(process.execPath, args, options)
}

/** Runs an installed tool of this repository. */
export function tool(path: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return node([join(repository, "node_modules", path), ...args], options)
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const QUIET = ["--no-audit", "--no-fund", "--prefer-offline"]

/** Installs what a private package of this folder names, by its lockfile, into another folder. */
export async function installPrivate(name: string, folder: string): Promise<void> {
  await installLocked(join(import.meta.dirname, name), folder)
}

/** Installs what a private package names, by its lockfile, into another folder. */
export async function installLocked(from: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(from, file), join(folder, file))
  // No scripts: what they would fetch or compile comes with optional dependencies.
  await run("npm", ["ci", "--include=dev", "--ignore-scripts", ...QUIET], { cwd: folder })
}

/** Makes a folder with only these packages installed. */
export async function installInto(folder: string, packages: readonly string[]): Promise<void> {
  writeFiles(folder, { "package.json": '{ "private": true }\n' })
  await run("npm", ["install", ...QUIET, ...packages], {
    cwd: folder,
    timeoutMs: 600_000,
  })
}
