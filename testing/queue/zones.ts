/** When the clocks of time zones change, as Intl knows it: what clauses of schedules are checked against. */
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A change of the clocks of a zone. */
export interface ClockChange {
  /** Epoch milliseconds. */
  readonly at: number
  /** How far the clocks are ahead of UTC before and after it, in milliseconds. */
  readonly before: number
  readonly after: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const units = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...units })
  formats.set(timeZone, format)
  return format
}

/** The local time of a zone, shown by the UTC methods of a Date. */
function localTime(zone: string, at: number): Date {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  return new Date(Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute")))
}

function offsetOf(zone: string, at: number): number {
  return localTime(zone, at).getTime() - Math.floor(at / MINUTE_MS) * MINUTE_MS
}

/** The next change forward or back that is two days away or more, if the zone has one within 400 days. */
export function nextChange(zone: string, from: number, direction: "forward" | "back"): ClockChange | undefined {
  // Clocks do not go there and back within so many days.
  const days = 10
  for (let day = 2; day < 400; day += days) {
    const [start, end] = [from + day * DAY_MS, from + (day + days) * DAY_MS]
    const [before, after] = [offsetOf(zone, start), offsetOf(zone, end)]
    if (direction === "forward" ? after <= before : after >= before) continue
    let [low, high] = [Math.floor(start / MINUTE_MS), Math.floor(end / MINUTE_MS)]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetOf(zone, middle * MINUTE_MS) === before) low = middle
      else high = middle
    }
    return { at: high * MINUTE_MS, before, after }
  }
  return undefined
}

/** The first instant after another at which the clocks of a zone show a time of the day. It is at whole quarters. */
export function nextTimeOfDay(zone: string, from: number, hour: number, minute: number): number {
  const quarter = 15 * MINUTE_MS
  for (let at = (Math.floor(from / quarter) + 1) * quarter; ; at += quarter) {
    const local = localTime(zone, at)
    if (local.getUTCHours() === hour && local.getUTCMinutes() === minute) return at
  }
}
