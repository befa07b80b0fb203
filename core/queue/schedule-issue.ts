import { isWhole, membersIssue } from "../../contracts/foundation/members.ts"
import { QUEUE_MAX_DELAY_MS } from "../../contracts/queue/arguments.ts"
import { cronIssue } from "../foundation/schedule/cron-issue.ts"

/** What is wrong with a schedule, or undefined. */
export function scheduleIssue(schedule: unknown): string | undefined {
  const given = { must: "given", holds: () => true }
  const issue = membersIssue<{ cron: string; timezone: string; everyMs: number }>("schedule", schedule, {
    cron: given,
    timezone: given,
    everyMs: isWhole(1, QUEUE_MAX_DELAY_MS),
  })
  if (issue !== undefined) return issue
  const { cron, everyMs, timezone } = schedule as Readonly<Record<string, unknown>>
  if (everyMs === undefined) return cronIssue(cron, timezone)
  if (cron === undefined && timezone === undefined) return undefined
  return `schedule.everyMs must come alone; got ${cron === undefined ? "timezone" : "cron"} as well.`
}
