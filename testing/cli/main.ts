#!/usr/bin/env node
/** The command line of the harness. */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { usageLine } from "../../contracts/foundation/shown.ts"
import { openSentences } from "../engine/clause.ts"
import { nodeTooOld } from "../engine/node-version.ts"
import { currentPace, describePace } from "../engine/pace.ts"
import { type ClauseResult, type ConformanceReport, describeResult } from "../engine/report.ts"
import { isTooSlow } from "../engine/window.ts"
import { seedFromEnvironment, timeScaleFromEnvironment } from "../environment.ts"
import { toBadge } from "../report/badge.ts"
import { toJUnit } from "../report/junit.ts"
import { toMarkdown } from "../report/markdown.ts"
import { builtinContracts, contractOf, loadConfig, UsageError } from "./config.ts"
import { supervise } from "./supervise.ts"

const USAGE = `Usage: objectos-conformance run [config] [options]
       objectos-conformance list [service]
       objectos-conformance explain <clause>

run       proves the subjects that the module [config] (default conformance.config.mjs) exports as the list
          \`subjects\`, each in a process of its own
list      the clauses of every contract, or of one service
explain   what a clause asks for, why, and how to fix what fails it

  --filter TEXT     only clauses whose id contains TEXT
  --subject TEXT    only the subject of that name or, where none has it, those whose name contains TEXT
  --seed N          replays the data of an earlier run
  --time-scale N    multiplies every time budget, beside what the measured pace of the machine does
  --report DIR      writes <service>-<subject>.json, .md, .xml (JUnit) and .badge.json there
  --require         a subject that cannot run here fails the run, unless this Node is too old for it
  -h, --help        this text

CONFORMANCE_SEED and CONFORMANCE_TIME_SCALE are the defaults of --seed and --time-scale.

Exit codes: 0 proven, 1 a clause failed, 2 wrong usage or a fault of the harness, 3 not run under --require`

/** Said of sentences that no clause checks. */
const OPEN = "open: no check yet"

process.exitCode = await main().catch((error: unknown) => {
  const parse = (error as { code?: unknown }).code?.toString().startsWith("ERR_PARSE_ARGS")
  const known = error instanceof UsageError || ServiceError.is(error) || parse
  const message = known && error instanceof Error ? error.message : ""
  const [line = ""] = message.split("\n")
  const args = process.argv.slice(2)
  console.error(parse ? usageLine(usageOf(line), args) : known ? usageLine(message, args) : error)
  return 2
})

/** The first sentence of what Node.js says of wrong usage. */
function usageOf(line: string): string {
  return `${(line.split(". ")[0] ?? line).replace(/\.$/, "")}; --help shows the usage.`
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      filter: { type: "string" },
      subject: { type: "string" },
      seed: { type: "string" },
      "time-scale": { type: "string" },
      report: { type: "string" },
      require: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  const [command, argument, ...rest] = positionals
  if (values.help) return print(USAGE)
  if (rest.length > 0)
    throw new UsageError(
      `The command ${command} must have at most one argument; got ${rest.length + 1}. --help shows the usage.`,
    )
  if (command === "list") return list(argument)
  if (command === "explain" && argument !== undefined) return explain(argument)
  if (command !== "run")
    throw new UsageError("The command must be run, list or explain <clause>. --help shows the usage.")
  return run(argument ?? "conformance.config.mjs", {
    seed: numberOf("--seed", values.seed) ?? seedFromEnvironment() ?? Math.floor(Math.random() * 2_147_483_647),
    timeScale: numberOf("--time-scale", values["time-scale"]) ?? timeScaleFromEnvironment() ?? 1,
    require: values.require,
    ...(values.filter !== undefined && { filter: values.filter }),
    ...(values.subject !== undefined && { named: values.subject }),
    ...(values.report !== undefined && { report: values.report }),
  })
}

interface RunArguments {
  readonly seed: number
  readonly timeScale: number
  readonly require: boolean
  readonly filter?: string
  /** The name of the subject to run, or a part of the names. */
  readonly named?: string
  readonly report?: string
}

async function run(file: string, options: RunArguments): Promise<number> {
  const { filter, named = "", report: folder, require, seed, timeScale } = options
  const config = await loadConfig(file)
  const entries = [...config.subjects.entries()]
  const exact = entries.filter(([, { name }]) => name === named)
  const chosen = exact.length > 0 ? exact : entries.filter(([, { name }]) => name.includes(named))
  if (chosen.length === 0) {
    const names = config.subjects.map(({ name }) => name).join(", ")
    throw new UsageError(`--subject must be part of a subject's name, which are ${names}; got ${named}.`)
  }
  const reports: ConformanceReport[] = []
  /** Subjects that did not run and could have. */
  let missed = 0
  for (const [index, subject] of chosen) {
    const contract = contractOf(config, subject)
    const tooOld = nodeTooOld(subject) !== undefined
    const pace = await currentPace()
    console.log(`${contract.service} contract: ${subject.name} (seed ${seed}; ${describePace(pace)})`)
    const show = progress(contract.clauses.length, seed)
    const job = { config: file, subject: index, seed, timeScale, pace, ...(filter !== undefined && { filter }) }
    const report = await supervise({ job, contract, subject, onResult: show })
    reports.push(report)
    if (report.verdict === "not-run" && !tooOld) missed++
    for (const warning of report.warnings) console.log(`  ! ${warning}`)
    const { failed, notRun, passed, skipped } = report.totals
    console.log(`  ${report.verdict}: ${passed} passed, ${failed} failed, ${skipped} do not apply, ${notRun} not run`)
    for (const [reason, count] of reasonsOf(report)) console.log(`    ${count} × ${reason}`)
    const open = openSentences(contract).length
    if (open > 0) console.log(`    ${open} × ${OPEN}`)
    if (folder !== undefined) await writeReports(folder, report)
  }
  const sum = (name: "passed" | "failed" | "skipped" | "notRun") =>
    reports.reduce((total, { totals }) => total + totals[name], 0)
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped") + sum("notRun")} skipped`)
  if (reports.some(({ verdict }) => verdict === "failed")) return 1
  return require && missed > 0 ? 3 : 0
}

/** Failures as they come, with their remedy, and what the machine was too slow for; on a terminal also how far the run is. */
function progress(all: number, seed: number): (result: ClauseResult) => void {
  let done = 0
  return (result) => {
    done++
    if (process.stdout.isTTY) process.stdout.write("\r\u001b[K")
    if (result.status === "failed") {
      console.log(`  ✗ ${describeResult(result, seed)}`)
      console.log(`    → ${result.fix ?? "See the reason."}`)
    }
    if (isTooSlow(result)) console.log(`  - ${result.id} not run: ${result.reason}`)
    if (result.warning !== undefined) console.log(`  ! ${result.id}: ${result.warning}`)
    if (process.stdout.isTTY && done < all) process.stdout.write(`  ${done} of ${all} ${result.id}`)
  }
}

/** Why clauses did not run, and how many for each reason; what was shown as it came is left out. */
function reasonsOf({ results }: ConformanceReport): Map<string, number> {
  const counts = new Map<string, number>()
  for (const result of results) {
    const { reason, status } = result
    if (reason === undefined || status === "passed" || status === "failed" || isTooSlow(result)) continue
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return counts
}

async function writeReports(folder: string, report: ConformanceReport): Promise<void> {
  await mkdir(folder, { recursive: true })
  const base = join(folder, `${report.service}-${report.subject.name.replaceAll(/[^\w.-]+/g, "-")}`)
  await writeFile(`${base}.json`, `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(`${base}.md`, toMarkdown(report))
  await writeFile(`${base}.xml`, toJUnit(report))
  await writeFile(`${base}.badge.json`, `${JSON.stringify(toBadge(report))}\n`)
}

function list(service: string | undefined): number {
  const chosen = builtinContracts.filter((contract) => service === undefined || contract.service === service)
  if (chosen.length === 0) {
    const services = builtinContracts.map((contract) => contract.service).join(", ")
    throw new UsageError(`There is no contract of ${service}; the contracts are ${services}.`)
  }
  const lines = chosen.flatMap((contract) => [
    ...contract.clauses.map(({ id, text }) => `${id}  ${text}`),
    ...openSentences(contract).map(([id, text]) => `${id}  open  ${text}`),
  ])
  // Services share clauses.
  for (const line of new Set(lines)) console.log(line)
  return 0
}

function explain(id: string): number {
  const wanted = id.toUpperCase()
  const clause = builtinContracts.flatMap(({ clauses }) => clauses).find((one) => one.id === wanted)
  const open = builtinContracts.flatMap(openSentences).find(([one]) => one === wanted)
  if (open !== undefined) return print(`${wanted} (${OPEN})\n${open[1]}`)
  if (clause === undefined) throw new UsageError(`There is no clause ${id}; list shows them all.`)
  const needs = clause.needs === undefined ? [] : [`Needs: ${clause.needs.join(", ")}`]
  return print([clause.id, clause.text, `Why: ${clause.why}`, `Fix: ${clause.fix}`, ...needs].join("\n"))
}

function print(text: string): number {
  console.log(text)
  return 0
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new UsageError(`${option} must be a number above 0; got ${text}.`)
  return value
}
