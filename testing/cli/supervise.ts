import { type ChildProcess, fork } from "node:child_process"
import type { Clause } from "../engine/clause.ts"
import { type ClauseResult, type ConformanceReport, totalsOf, verdictOf } from "../engine/report.ts"
import type { ChildJob, ChildMessage } from "./child.ts"

/** No sign of life for so long means that the event loop is blocked: a clause ends on its own before. */
const SILENCE_MS = 40_000

export interface SuperviseOptions {
  readonly job: Omit<ChildJob, "only">
  readonly clauses: readonly Clause<unknown, object>[]
  readonly onResult: (result: ClauseResult) => void
}

/**
 * Runs a subject in child processes. A clause that blocks or ends its process is named, and the clauses that had not
 * ended run in another process.
 */
export async function supervise({ clauses, job, onResult }: SuperviseOptions): Promise<ConformanceReport> {
  const results = new Map<string, ClauseResult>()
  const note = (result: ClauseResult) => {
    results.set(result.id, result)
    onResult(result)
  }
  const waiting: string[][] = [clauses.map(({ id }) => id)]
  let report: ConformanceReport | undefined
  for (let only = waiting.shift(); only !== undefined; only = waiting.shift()) {
    const selected = new Set(only)
    const ended = await runChild({ ...job, only }, (result) => selected.has(result.id) && note(result))
    if (ended.error !== undefined) throw new Error(ended.error)
    report ??= ended.report
    if (ended.report !== undefined) continue
    const [culprit, ...others] = ended.running
    const left = only.filter((id) => !results.has(id) && !ended.running.includes(id))
    if (others.length > 0) waiting.push(...ended.running.map((id) => [id]), left)
    else {
      const clause = clauses.find(({ id }) => id === (culprit ?? left[0]))
      if (clause === undefined) throw new Error(ended.reason)
      note(failedResult(clause, ended.reason))
      waiting.push(left.filter((id) => id !== clause.id))
    }
    while (waiting[0]?.length === 0) waiting.shift()
  }
  if (report === undefined) throw new Error("The subject ended every process that ran it before it could be described.")
  const all = clauses.map(({ id }) => results.get(id)).filter((result) => result !== undefined)
  return { ...report, results: all, totals: totalsOf(all), verdict: verdictOf(all) }
}

interface Ended {
  readonly report?: ConformanceReport
  readonly error?: string
  /** Clauses that had begun and not ended. */
  readonly running: readonly string[]
  readonly reason: string
}

function runChild(job: ChildJob, onResult: (result: ClauseResult) => void): Promise<Ended> {
  const silenceMs = SILENCE_MS * job.timeScale
  const child: ChildProcess = fork(childFile(), { stdio: ["ignore", "ignore", "inherit", "ipc"] })
  const running = new Set<string>()
  return new Promise((resolve) => {
    let ended: Partial<Ended> = {}
    let reason = "the process ended"
    const watchdog = setTimeout(() => {
      reason = `blocked the event loop: no sign of life for ${silenceMs} ms`
      child.kill("SIGKILL")
    }, silenceMs)
    child.on("message", (message: ChildMessage) => {
      watchdog.refresh()
      if (message.kind === "start") running.add(message.id)
      else if (message.kind === "result") {
        running.delete(message.result.id)
        onResult(message.result)
      } else if (message.kind === "done") ended = { report: message.report }
      else ended = { error: message.message }
    })
    child.once("exit", (code, signal) => {
      clearTimeout(watchdog)
      const how = reason === "the process ended" ? `ended the process (${signal ?? `exit code ${code}`})` : reason
      resolve({ ...ended, running: [...running], reason: how })
    })
    child.send(job)
  })
}

/** Beside this file, in the source and in the build. */
function childFile(): URL {
  return new URL(`./child.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url)
}

function failedResult({ fix, id, level, text }: Clause<unknown, object>, reason: string): ClauseResult {
  return { id, level, text, status: "failed", failure: "timeout", reason, fix, durationMs: 0 }
}
