import { spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import type { ClauseResult, ConformanceReport } from "../../testing/engine/report.ts"
import { type Block, compareOutput, patched, patternOf } from "./page.ts"

const root = join(import.meta.dirname, "..", "..")
const TIMEOUT_MS = 300_000

/** What a reader has installed, from the source of this repository. */
const PROGRAMS = {
  objectos: join(root, "cli/main.ts"),
  "objectos-conformance": join(root, "testing/cli/main.ts"),
  mocha: join(root, "node_modules/mocha/bin/mocha.js"),
  vitest: join(root, "node_modules/vitest/vitest.mjs"),
}

/** Written by each run of the harness beside what the command of the page asks for. */
const REPORT = ".report"

const NPX = `#!/bin/sh
if [ "$1" = --package ]; then shift 2; fi
name=$1
shift
case $name in
${Object.entries(PROGRAMS)
  .map(([name, file]) => `  ${name}) program=${JSON.stringify(file)} ;;`)
  .join("\n")}
  *) echo "a page cannot run npx $name" >&2; exit 127 ;;
esac
if [ "$name $1" = "objectos-conformance run" ]; then shift; set -- run --report ${REPORT} "$@"; fi
exec node "$program" "$@"
`

const VITEST_CONFIG = "export default { resolve: { tsconfigPaths: true } }\n"

type Clauses = ReadonlyMap<string, Pick<ClauseResult, "status" | "text">>

/** What a block claims wrongly, or undefined; and its text as it should be. */
export interface BlockFindings {
  readonly problem?: string | undefined
  readonly refreshed?: string
}

/** The folder in which a reader follows a page. */
export class Session {
  readonly #folder: string
  #output: string | undefined
  /** Of the latest run of the harness, and of the one before. */
  #clauses: Clauses = new Map()
  #before: Clauses = new Map()

  /** @param parent A folder of this repository, so that the package's name leads to its source. */
  constructor(parent: string) {
    this.#folder = mkdtempSync(join(parent, ".page-"))
    this.#write(".bin/npx", NPX)
    chmodSync(join(this.#folder, ".bin/npx"), 0o755)
    this.#write("vitest.config.mjs", VITEST_CONFIG)
  }

  /** Does what a block asks for. `next` is the block after it. */
  step(block: Block, next: Block | undefined): BlockFindings {
    const { code, language, words } = block
    const output = this.#output
    this.#output = undefined
    const [word] = words
    if (language === "sh") {
      if (next?.language === "text") this.#output = this.#shell(code)
      return {}
    }
    if (language === "text") {
      if (word === "red" || word === "green") return { problem: this.#wrongClauses(word, code) }
      if (output === undefined) return {}
      const { missing, refreshed } = compareOutput(code, output)
      return missing === undefined ? { refreshed } : { problem: `the output lacks: ${missing}\n${output}` }
    }
    if (word === undefined) return language === "ts" ? this.#program(code) : {}
    this.#write(word, language === "diff" ? patched(this.#read(word), code) : code)
    return {}
  }

  end(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Clauses that do not have the colour a page says. Green ones were not green in the run before. */
  #wrongClauses(colour: "red" | "green", list: string): string | undefined {
    const wrong = list
      .trim()
      .split("\n")
      .filter((line) => {
        const id = line.split(" ", 1)[0] ?? ""
        const clause = this.#clauses.get(id)
        if (clause === undefined || !patternOf(line).test(`${id}  ${clause.text}`)) return true
        if (colour === "red") return clause.status !== "failed"
        return clause.status !== "passed" || this.#before.get(id)?.status === "passed"
      })
    return wrong.length === 0 ? undefined : `not ${colour} here:\n${wrong.join("\n")}`
  }

  #program(code: string): BlockFindings {
    this.#write("program.ts", code)
    const { output, status } = this.#run("node", ["program.ts"])
    return { problem: status === 0 ? undefined : `exit code ${status}\n${output}` }
  }

  #shell(commands: string): string {
    rmSync(join(this.#folder, REPORT), { recursive: true, force: true })
    const { output } = this.#run("sh", ["-c", commands])
    if (existsSync(join(this.#folder, REPORT))) {
      this.#before = this.#clauses
      this.#clauses = this.#readReport()
    }
    return output
  }

  #readReport(): Clauses {
    const files = readdirSync(join(this.#folder, REPORT)).filter((name) => /^[^.]+\.json$/.test(name))
    const reports = files.map((name) => JSON.parse(this.#read(join(REPORT, name))) as ConformanceReport)
    return new Map(reports.flatMap(({ results }) => results).map((result) => [result.id, result]))
  }

  #run(file: string, args: readonly string[]): { output: string; status: number | null } {
    const { error, status, stderr, stdout } = spawnSync(file, args, {
      cwd: this.#folder,
      encoding: "utf8",
      timeout: TIMEOUT_MS,
      env: {
        ...process.env,
        CACHE_URL: "",
        NO_COLOR: "1",
        PATH: `${join(this.#folder, ".bin")}:${process.env["PATH"]}`,
        NODE_OPTIONS: "--import tsx",
      },
    })
    return { output: `${stdout}${stderr}${error?.message ?? ""}`, status }
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), "utf8")
  }

  #write(name: string, text: string): void {
    mkdirSync(dirname(join(this.#folder, name)), { recursive: true })
    writeFileSync(join(this.#folder, name), text)
  }
}
