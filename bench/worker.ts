/** One target in a process of its own, so that none spoils the inline caches of another. */
import { cpuTime, type Elapsed, wallTime } from "./elapsed.ts"
import type { Servers, TargetName, Timed } from "./suite.ts"
import { suites } from "./suites.ts"

const ROUND_MS = 250

interface Job extends Servers {
  readonly suite: string
  readonly row: string
  readonly target: TargetName
}

const job = JSON.parse(process.argv[2] ?? "{}") as Job
const row = suites.find(({ name }) => name === job.suite)?.rows.find(({ name }) => name === job.row)
if (row === undefined) throw new Error(`no row ${job.row}`)

const open = row[job.target]
if (open === undefined) throw new Error(`no ${job.target} in row ${job.row}`)

const target = await open(job)
const score = "measure" in target ? target.measure : await timed(target, row.cpu ? cpuTime : wallTime)
process.on("disconnect", () => process.exit())
process.on("message", async (message) => {
  if (message === "stop") {
    await target.close?.()
    process.disconnect()
    return
  }
  process.send?.({ score: await score() })
})
process.send?.({ ready: true })

/** Operations in a second, over one round. */
async function timed(target: Timed, elapsed: Elapsed): Promise<() => Promise<number>> {
  const count = await calibrate(target)
  return async () => {
    const start = elapsed()
    await target.run(count)
    return (count / (elapsed() - start)) * 1000
  }
}

/** Warms up, and finds how many operations fill a round. */
async function calibrate(target: Timed): Promise<number> {
  let tried = 1
  for (;;) {
    const start = performance.now()
    await target.run(tried)
    const took = performance.now() - start
    if (took >= ROUND_MS) return Math.max(1, Math.round((tried * ROUND_MS) / took))
    tried = Math.ceil(tried * Math.min(10, Math.max(1.5, ROUND_MS / Math.max(took, 0.1))))
  }
}
