import { type ChildProcess, fork } from "node:child_process"
import type { Clause } from "../engine/clause.ts"
import { timeout } from "../engine/limits.ts"
import { failed, filteredOut } from "../engine/outcome.ts"
import { type ClauseResult, type ConformanceReport, runtimeName, totalsOf, verdictOf } from "../engine/report.ts"
import type { ChildJob, ChildMessage } from "./child.ts"
import type { AnyContract, AnySubject } from "./config.ts"

/** No sign of life for so long means that the event loop is blocked; a sign comes twice a second. */
const SILENCE_MS = 10_000
const SHORTEST_SILENCE_MS = 2_000
/** Until the first clause begins: the configuration is loaded and the subject opened. */
const LOADING_MS = 60_000

export interface SuperviseOptions {
  readonly job: Omit<ChildJob, "only">
  readonly contract: AnyContract
  readonly subject: AnySubject
  readonly onResult: (result: ClauseResult) => void
}

/**
 * Runs a subject in child processes. A clause that blocks or ends its process is named, and the clauses that had not
 * ended run in another process.
 */
export async function supervise(options: SuperviseOptions): Promise<ConformanceReport> {
  const { contract, job, onResult } = options
  const { clauses } = contract
  const results = new Map<string, ClauseResult>()
  const note = (result: ClauseResult) => {
    results.set(result.id, result)
    onResult(result)
  }
  const waiting: string[][] = [clauses.map(({ id }) => id)]
  /** Clauses that seemed to block: a busy machine may be to blame, so they are tried once more. */
  const suspects = new Set<string>()
  let report: ConformanceReport | undefined
  for (let only = waiting.shift(); only !== undefined; only = waiting.shift()) {
    const tries = only.some((id) => suspects.has(id)) ? 2 : 1
    const ended = await runChild({ ...job, only }, tries, note)
    if (ended.error !== undefined) throw new Error(ended.error)
    report ??= ended.report
    if (ended.report !== undefined) continue
    const left = only.filter((id) => !results.has(id) && !ended.running.includes(id))
    const [suspect = ""] = ended.running
    if (ended.running.length > 1) waiting.push(...ended.running.map((id) => [id]), left)
    else if (ended.blocked && suspect !== "" && !suspects.has(suspect)) {
      suspects.add(suspect)
      waiting.push([suspect], left)
    } else {
      // A process that did not get as far as one clause will not get there next time.
      const culprits = ended.running.length === 1 ? ended.running : ended.progressed ? [] : left
      for (const clause of clauses) {
        if (culprits.includes(clause.id)) note(lostResult(clause, ended.reason, job.filter))
      }
      waiting.push(left.filter((id) => !culprits.includes(id)))
    }
    while (waiting[0]?.length === 0) waiting.shift()
  }
  const all = clauses.map(({ id }) => {
    const result = results.get(id)
    if (result === undefined) throw new Error(`The run lost the result of ${id}.`)
    return result
  })
  return { ...(report ?? emptyReport(options)), results: all, totals: totalsOf(all), verdict: verdictOf(all) }
}

interface Ended {
  readonly report?: ConformanceReport
  readonly error?: string
  /** Clauses that had begun and not ended. */
  readonly running: readonly string[]
  /** Whether a clause ended. */
  readonly progressed: boolean
  /** Whether it was ended for giving no sign of life. */
  readonly blocked: boolean
  readonly reason: string
}

function runChild(
  job: ChildJob & { only: readonly string[] },
  tries: number,
  onResult: (result: ClauseResult) => void,
): Promise<Ended> {
  const silenceMs = Math.ceil(Math.max(SHORTEST_SILENCE_MS, SILENCE_MS * job.timeScale) * job.pace.scale * tries)
  const child: ChildProcess = fork(childFile(), { stdio: ["ignore", "ignore", "inherit", "ipc"] })
  const selected = new Set(job.only)
  const running = new Set<string>()
  const loadingMs = LOADING_MS * job.pace.scale
  let progressed = false
  return new Promise((resolve) => {
    let ended: Partial<Ended> = {}
    let blocked = false
    let reason = ""
    const watch = (ms: number) => {
      const limit = timeout(ms)
      void limit.promise.then(() => {
        blocked = true
        reason = `blocked the event loop: no sign of life for ${ms} ms`
        child.kill("SIGKILL")
      })
      return limit
    }
    let watchdog = watch(loadingMs)
    child.on("message", (message: ChildMessage) => {
      watchdog.cancel()
      if (message.kind === "start") running.add(message.id)
      else if (message.kind === "result" && selected.has(message.result.id)) {
        running.delete(message.result.id)
        progressed = true
        onResult(message.result)
      } else if (message.kind === "done") ended = { report: message.report }
      else if (message.kind === "error") ended = { error: message.message }
      watchdog = watch(running.size > 0 || progressed ? silenceMs : loadingMs)
    })
    child.once("error", (error) => {
      watchdog.cancel()
      resolve({ error: `cannot start a process: ${error.message}`, running: [], progressed, blocked, reason })
    })
    child.once("exit", (code, signal) => {
      watchdog.cancel()
      const how = blocked ? reason : `ended the process (${signal ?? `exit code ${code}`})`
      resolve({ ...ended, running: [...running], progressed, blocked, reason: how })
    })
    child.send(job)
  })
}

/** Beside this file, in the source and in the build. */
function childFile(): URL {
  return new URL(`./child.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url)
}

/** For a subject that ended every process before it could be described. */
function emptyReport({ contract, job, subject }: SuperviseOptions): ConformanceReport {
  return {
    schemaVersion: 1,
    service: contract.service,
    contractVersion: contract.version,
    subject: { name: subject.name, ...(subject.version !== undefined && { version: subject.version }) },
    capabilities: { ...contract.defaultCapabilities, ...subject.capabilities },
    seed: job.seed,
    time: "real",
    runtime: runtimeName(),
    pace: job.pace,
    verdict: "failed",
    totals: totalsOf([]),
    warnings: [],
    results: [],
    durationMs: 0,
  }
}

/** Of a clause whose process ended: failed, unless it was not to run at all. */
function lostResult(
  { fix, id, text }: Clause<unknown, object>,
  reason: string,
  filter: string | undefined,
): ClauseResult {
  const outcome = filteredOut(id, filter) ?? { ...failed("timeout", reason), fix }
  return { id, text, ...outcome, durationMs: 0 }
}
