/** When a schedule runs: one answer for every adapter. */
import { nextLocal, SECOND_MS } from "./calendar.ts"
import { type Cron, parseCron } from "./cron.ts"
import { LONGEST_CHANGE_MS, type Span, zoneOf } from "./zone.ts"

/** Runs are known in these years. */
const FIRST_INSTANT = Date.UTC(1900, 0, 1)
const LAST_INSTANT = Date.UTC(9999, 11, 31)

/**
 * The first run after an instant, in milliseconds since the Unix epoch. It never throws: undefined means that there is
 * none before the year 10,000, or that `cronIssue` finds something wrong.
 *
 * A local time that does not exist runs later by the length of the gap. One that exists twice runs the first time; the
 * second time as well where the expression has every hour, so that it goes on in real time. Runs that fall on the same
 * instant are one.
 *
 * @example
 * nextRun("30 2 * * *", "Europe/Berlin", Date.parse("2027-03-28T00:00Z")) // 01:30Z, which is 03:30 there
 */
export function nextRun(expression: string, timezone: string, after: number): number | undefined {
  const { cron } = parseCron(expression)
  const zone = zoneOf(timezone)
  if (cron === undefined || zone === undefined || !(after >= FIRST_INSTANT && after < LAST_INSTANT)) return undefined
  let from = (Math.floor(after / SECOND_MS) + 1) * SECOND_MS
  while (from < LAST_INSTANT) {
    const span = zone.spanAt(from)
    const regular = regularRun(cron, span, from)
    if (regular === undefined) return undefined
    const run = Math.min(regular, shiftedRun(cron, span, from) ?? regular)
    if (run < span.end) return run
    // The run may be years away, and no other is before it, unless clocks that are set back soon show today again.
    const skips = span.end - from > LONGEST_CHANGE_MS
    from = skips ? Math.max(span.end, regular - LONGEST_CHANGE_MS) : span.end
  }
  return undefined
}

/** Whether the run at an instant is one of a local time that does not exist, so that it was moved by the gap. */
export function isShifted(expression: string, timezone: string, at: number): boolean {
  const { cron } = parseCron(expression)
  const zone = zoneOf(timezone)
  if (cron === undefined || zone === undefined || !(at >= FIRST_INSTANT && at < LAST_INSTANT)) return false
  if (at % SECOND_MS !== 0) return false
  const span = zone.spanAt(at)
  return regularRun(cron, span, at) !== at && shiftedRun(cron, span, at) === at
}

/** The first run at or after `from` of a local time as the clocks of the span show it, even if that is after its end. */
function regularRun(cron: Cron, { before, offset, start }: Span, from: number): number | undefined {
  // Clocks that were set back show again what they have shown before.
  const shown = cron.hours.length === 24 ? from : Math.max(from, start + before - offset)
  const local = nextLocal(cron, shown + offset)
  return local === undefined ? undefined : local - offset
}

/** The first run at or after `from` of a local time that the clocks left out when they were set forward. */
function shiftedRun(cron: Cron, { before, offset, start }: Span, from: number): number | undefined {
  const gapEnd = start + offset - before
  if (from >= gapEnd) return undefined
  const local = nextLocal(cron, from + before)
  const run = local === undefined ? undefined : local - before
  return run !== undefined && run < gapEnd ? run : undefined
}
