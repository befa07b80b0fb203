/** Runs clauses of one subject in a process of its own, and tells the parent what happens. */
import type { ClauseResult, ConformanceReport } from "../engine/report.ts"
import { runContract } from "../engine/run.ts"
import { contractOf, loadConfig } from "./config.ts"

export interface ChildJob {
  readonly config: string
  /** Position in the list of subjects. */
  readonly subject: number
  readonly seed: number
  readonly timeScale: number
  readonly filter?: string
  readonly only?: readonly string[]
}

export type ChildMessage =
  | { readonly kind: "start"; readonly id: string }
  | { readonly kind: "result"; readonly result: ClauseResult }
  | { readonly kind: "done"; readonly report: ConformanceReport }
  | { readonly kind: "error"; readonly message: string }

const send = (message: ChildMessage) => process.send?.(message)

/** What has happened since the clause at hand began. */
let rejection: string | undefined
let wroteToStdout = false
let timersBefore = 0

process.on("unhandledRejection", (error) => {
  rejection = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
})
process.stdout.write = () => {
  wroteToStdout = true
  return true
}

process.once("message", (job: ChildJob) => {
  void run(job)
    .catch((error: unknown): ChildMessage => {
      return { kind: "error", message: error instanceof Error ? error.message : String(error) }
    })
    // What subjects share between clauses, such as a server, may stay open to the end.
    .then((message) => process.send?.(message, () => process.exit()))
})

async function run({ config: file, filter, only, seed, subject: index, timeScale }: ChildJob): Promise<ChildMessage> {
  const config = await loadConfig(file)
  const subject = config.subjects[index]
  if (subject === undefined) throw new Error(`no subject ${index}`)
  const report = await runContract(contractOf(config, subject), subject, {
    seed,
    timeScale,
    filter,
    only: only && new Set(only),
    onStart(id) {
      rejection = undefined
      wroteToStdout = false
      timersBefore = runningTimers()
      send({ kind: "start", id })
    },
    onResult: (result) => send({ kind: "result", result }),
    afterClause: leftBehind,
  })
  return { kind: "done", report }
}

async function leftBehind(): Promise<{ failure?: string; warning?: string }> {
  // Unhandled rejections are told once the microtasks have run.
  await new Promise((resolve) => setImmediate(resolve))
  const timers = runningTimers() - timersBefore
  const failure =
    rejection !== undefined
      ? `left a rejection that nobody handles: ${rejection}`
      : timers > 0
        ? "left a timer running that keeps the process alive"
        : undefined
  return {
    ...(failure !== undefined && { failure }),
    ...(wroteToStdout && { warning: "wrote to standard output" }),
  }
}

function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((type) => type === "Timeout").length
}
