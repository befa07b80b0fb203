/** What is refused. It stands apart from `next-run.ts`: every program that makes a queue loads this, and few the rest. */
import { nextLocal } from "./calendar.ts"
import { parseCron } from "./cron.ts"
import { zoneFormat } from "./zone-format.ts"

/** Any time of a calendar will do: days come back. */
const ANY_TIME = Date.UTC(2000, 0, 1)

/**
 * What is wrong with a cron expression and its time zone, or undefined.
 *
 * An expression has five fields, minute, hour, day of month, month and day of week, or six with the second first. It
 * must have a next run. Zones are IANA names as Intl knows them.
 *
 * @example
 * cronIssue("0 0 31 2 *") // "A cron expression must have a next run; got days that none of its months has."
 */
export function cronIssue(expression: unknown, timezone: unknown = "UTC"): string | undefined {
  const { cron, issue } = parseCron(expression)
  if (issue !== undefined) return issue
  if (nextLocal(cron, ANY_TIME) === undefined) {
    return "A cron expression must have a next run; got days that none of its months has."
  }
  return zoneFormat(timezone).issue
}
