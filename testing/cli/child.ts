/** Runs clauses of one subject in a process of its own, and tells the parent what happens. */
import type { Pace } from "../engine/pace.ts"
import type { ClauseResult, ConformanceReport } from "../engine/report.ts"
import { runContract } from "../engine/run.ts"
import { contractOf, loadConfig } from "./config.ts"
import { LeakWatch } from "./leaks.ts"

export interface ChildJob {
  readonly config: string
  /** Position in the list of subjects. */
  readonly subject: number
  readonly seed: number
  readonly timeScale: number
  readonly pace: Pace
  readonly filter?: string
  readonly only?: readonly string[]
}

export type ChildMessage =
  /** The event loop turns. */
  | { readonly kind: "alive" }
  | { readonly kind: "start"; readonly id: string }
  | { readonly kind: "result"; readonly result: ClauseResult }
  | { readonly kind: "done"; readonly report: ConformanceReport }
  | { readonly kind: "error"; readonly message: string }

const ALIVE_MS = 500

const send = (message: ChildMessage) => process.send?.(message)

process.once("message", (job: ChildJob) => {
  setInterval(() => send({ kind: "alive" }), ALIVE_MS).unref()
  void run(job)
    .catch((error: unknown): ChildMessage => {
      return { kind: "error", message: error instanceof Error ? error.message : String(error) }
    })
    // What subjects share between clauses, such as a server, may stay open to the end.
    .then((message) => process.send?.(message, () => process.exit()))
})

async function run({
  config: file,
  filter,
  only,
  pace,
  seed,
  subject: index,
  timeScale,
}: ChildJob): Promise<ChildMessage> {
  const leaks = new LeakWatch()
  const config = await loadConfig(file)
  const subject = config.subjects[index]
  if (subject === undefined) throw new Error(`no subject ${index}`)
  const report = await runContract(contractOf(config, subject), subject, {
    seed,
    timeScale,
    pace,
    filter,
    only: only && new Set(only),
    onStart(id) {
      leaks.begin()
      send({ kind: "start", id })
    },
    onResult: (result) => send({ kind: "result", result }),
    afterClause: () => leaks.end(),
  })
  return { kind: "done", report }
}
