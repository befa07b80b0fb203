/** `npm run bench -- <suite> [--row TEXT] [--json FILE] [--rounds N] [--data DIR]`: ratios to a baseline of the same run. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { isInstalled, PEERS_MISSING } from "./peers.ts"
import { missingPlace } from "./places.ts"
import { missingServer, startServers } from "./servers.ts"
import {
  type Row,
  type RowResult,
  type Score,
  type Scores,
  type Servers,
  type Suite,
  summarise,
  type TargetName,
} from "./suite.ts"
import { suites } from "./suites.ts"

const USAGE = `Usage: npm run bench -- <suite> [--row TEXT] [--json FILE] [--rounds N] [--data DIR]

Suites: ${suites.map(({ name }) => name).join(", ")}
--row TEXT    only the rows whose name has this text: to repeat one whose spread was high
--json FILE   also writes the rows as JSON
--rounds N    rounds of each row, ours and baseline in turn (default 7, at least 5)
--data DIR    the collection that the relevance of answers is measured on`

/** Built, as users have it: a runner of TypeScript gives each function its name at run time, and only to ours. */
const WORKER = new URL("./.build/worker.js", import.meta.url)

const NAME_WIDTH = 62

/** The SDK of AWS would tell each process that Node 20 ends. */
const ENV = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" }

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
})

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "string" },
      row: { type: "string", default: "" },
      rounds: { type: "string", default: "7" },
      data: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  })
  if (values.help) return console.log(USAGE)
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 5) throw new Error("--rounds is a whole number of 5 or more")
  const chosen = positionals.length === 0 ? suites : suites.filter(({ name }) => positionals.includes(name))
  const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0) throw new Error(`unknown suite ${unknown.join(", ")}\n\n${USAGE}`)

  const results: RowResult[] = []
  for (const suite of chosen) {
    const rows = suite.rows.filter(({ name }) => name.includes(values.row))
    results.push(...(await runSuite({ ...suite, rows }, rounds, values.data)))
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
}

async function runSuite(suite: Suite, rounds: number, folder: string | undefined): Promise<RowResult[]> {
  const data = folder === undefined ? undefined : resolve(folder)
  const runnable = suite.rows.filter((row) => missingAlone(row, data) === undefined)
  const { afterRow, servers: started, stop } = await startServers(runnable)
  const servers: Servers = { ...started, ...(data !== undefined && { data }) }
  const results: RowResult[] = []
  console.log(`${suite.name}, Node ${process.version}, ${rounds} interleaved rounds, one process per target`)
  console.log(line("row", "ratio", "goal", "met", "spread", "ours", "baseline"))
  for (const row of suite.rows) {
    const missing = missingAlone(row, data) ?? missingServer(row)
    if (missing !== undefined) {
      console.log(`${row.name.padEnd(NAME_WIDTH)} not run: ${missing}`)
      continue
    }
    try {
      const ofRow = await runRow(suite, row, rounds, servers)
      results.push(...ofRow)
      for (const result of ofRow) show(result)
    } catch (error) {
      // The others are still worth their time.
      console.log(`${row.name.padEnd(NAME_WIDTH)} FAILED: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 2
    }
    await afterRow()
  }
  await stop()
  return results
}

function show(result: RowResult): void {
  const { baseline = "", goal = "", limit, ratio = "", row, spread } = result
  const met = result.met === undefined ? "" : result.met ? "yes" : "NO"
  const ours = result.ours === undefined ? "" : `${result.ours} ${result.unit}`
  console.log(line(row, ratio, goal, met, spread, ours, baseline))
  if (limit !== undefined) console.log(`  ${limit}`)
}

/** What a row lacks besides servers, or undefined. */
function missingAlone(row: Row, folder: string | undefined): string | undefined {
  const { data, peer, place } = row
  if (data && folder === undefined) return "--data DIR names the folder of the collection"
  if (peer !== undefined && !isInstalled(peer)) return PEERS_MISSING
  return place && missingPlace(place)
}

async function runRow(suite: Suite, row: Row, rounds: number, servers: Servers): Promise<RowResult[]> {
  const targets: TargetName[] = row.baseline ? ["ours", "baseline"] : ["ours"]
  const workers: [TargetName, ChildProcess][] = []
  try {
    for (const target of targets) {
      const job = { suite: suite.name, row: row.name, target, ...servers }
      const worker = fork(WORKER, [JSON.stringify(job)], { env: ENV, execArgv: ["--expose-gc"] })
      workers.push([target, worker])
      await answer(worker)
    }
    return summarise(suite.name, row, await scoresOf(workers, row.exact ? 1 : rounds))
  } finally {
    // One whose other target failed ends by it.
    for (const [, worker] of workers) if (worker.connected) worker.disconnect()
  }
}

async function scoresOf(workers: readonly (readonly [TargetName, ChildProcess])[], rounds: number): Promise<Scores[]> {
  const scores: Scores[] = []
  const turns = [...workers]
  for (let round = 0; round < rounds; round++) {
    const scored: Scores = {}
    for (const [target, worker] of turns) {
      worker.send("round")
      const { score } = await answer(worker)
      if (score !== undefined) scored[target] = score
    }
    scores.push(scored)
    // Turn about, so that a drift of the machine's speed favours neither.
    turns.reverse()
  }
  for (const [, worker] of workers) {
    worker.send("stop")
    await once(worker, "exit")
  }
  return scores
}

async function answer(worker: ChildProcess): Promise<{ score?: Score }> {
  const answered = new AbortController()
  const failed = once(worker, "exit", answered).then(() => {
    throw new Error("a target failed; see above")
  })
  const message = once(worker, "message", answered).then(([value]) => value as { score?: Score })
  try {
    return await Promise.race([message, failed])
  } finally {
    answered.abort()
  }
}

function line(row: string, ...cells: (string | number)[]): string {
  const [ratio, goal, met, spread, ours, baseline] = cells.map(String)
  return `${row.padEnd(NAME_WIDTH)} ${ratio?.padEnd(7)} ${goal?.padEnd(6)} ${met?.padEnd(4)} ${spread?.padEnd(7)} ${ours?.padEnd(20)} ${baseline}`
}
