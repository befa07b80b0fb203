/**
 * The plainest reading of cron that clauses need: each minute is looked at until one fits. It knows five or six fields
 * of `*`, numbers, lists, ranges and steps, and names of days.
 */
const FIELDS = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
const SECOND_MS = 1000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Longer than from one leap day to the next, also around a year that has none. */
const MOST_DAYS = 366 * 9

export function referenceCronIssue(cron: unknown, timezone: unknown = "UTC"): string | undefined {
  if (typeof cron !== "string") return "cron must be text."
  const fields = fieldsOf(cron)
  if (fields.length !== 6) return "cron must have 5 or 6 fields."
  for (const [index, field] of fields.entries()) {
    const [least, most] = FIELDS[index] ?? [0, 0]
    if (valuesOf(field, least, most) === undefined) return `cron must not have ${field}.`
  }
  try {
    new Intl.DateTimeFormat("en", { timeZone: String(timezone) })
  } catch {
    return "timezone must be the name of a time zone."
  }
  return referenceNextRun(cron, String(timezone), 0) === undefined ? "cron must have a time that comes." : undefined
}

/** Of five fields the seconds are 0. */
function fieldsOf(cron: string): string[] {
  const fields = cron.trim().split(/\s+/)
  return fields.length === 5 ? ["0", ...fields] : fields
}

/**
 * The next time after `after`, in epoch milliseconds. A local time that does not exist comes later by the length of the
 * gap. One that exists twice comes the first time, and the second time too where the expression has every hour.
 */
export function referenceNextRun(cron: string, timezone: string, after: number): number | undefined {
  const fields = fieldsOf(cron)
  const sets = fields.map((field, index) => valuesOf(field, FIELDS[index]?.[0] ?? 0, FIELDS[index]?.[1] ?? 0))
  // A field that cannot be read fits no time.
  if (sets.includes(undefined)) return undefined
  const [seconds = new Set<number>(), minutes, hours, days, months, weekdays] = sets
  const offsetAt = offsets(timezone)
  const eitherDay = fields[3] !== "*" && fields[5] !== "*"
  const dayFits = (local: Date) => {
    if (!months?.has(local.getUTCMonth() + 1)) return false
    const [byDate, byName] = [days?.has(local.getUTCDate()) === true, weekdays?.has(local.getUTCDay()) === true]
    return eitherDay ? byDate || byName : byDate && byName
  }
  const fits = (local: Date) =>
    dayFits(local) && hours?.has(local.getUTCHours()) === true && minutes?.has(local.getUTCMinutes()) === true
  const minuteFits = (at: number) => {
    const [offset, before] = [offsetAt(at), offsetAt(at - 3 * HOUR_MS)]
    const change = offset - before
    // The clocks were set forward, and would show now what they left out.
    if (change > 0 && offsetAt(at - change) === before && fits(new Date(at + before))) return true
    // They were set back, and have shown this before.
    const again = change < 0 && offsetAt(at + change) === before
    return fits(new Date(at + offset)) && (!again || hours?.size === 24)
  }
  const start = (Math.floor(after / SECOND_MS) + 1) * SECOND_MS
  const end = start + MOST_DAYS * 24 * HOUR_MS
  for (let at = Math.floor(start / MINUTE_MS) * MINUTE_MS; at < end; at += MINUTE_MS) {
    if (minuteFits(at)) {
      const second = [...seconds].sort((one, other) => one - other).find((value) => at + value * SECOND_MS >= start)
      if (second !== undefined) return at + second * SECOND_MS
    }
    const local = at + offsetAt(at)
    const fitsWithin = (hours: number) => [-hours, 0, hours].some((hour) => dayFits(new Date(local + hour * HOUR_MS)))
    // Days begin, and clocks change, at whole quarters.
    if (!fitsWithin(24)) at += 12 * HOUR_MS
    else if (at % (15 * MINUTE_MS) === 0 && !fitsWithin(4)) at += 14 * MINUTE_MS
  }
  return undefined
}

const zones = new Map<string, (at: number) => number>()

/** How far the clocks of a zone are ahead of UTC. They change at quarters of an hour. */
function offsets(timeZone: string): (at: number) => number {
  if (timeZone === "UTC") return () => 0
  const offsetAt = zones.get(timeZone) ?? offsetsOf(timeZone)
  zones.set(timeZone, offsetAt)
  return offsetAt
}

function offsetsOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
  const known = new Map<number, number>()
  return (at) => {
    const quarter = Math.floor(at / (15 * MINUTE_MS))
    const offset = known.get(quarter) ?? offsetOf(format, at)
    known.set(quarter, offset)
    return offset
  }
}

/** Of `GMT+05:30`. */
function offsetOf(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? ""
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d\d):?(\d\d)?/.exec(name) ?? []
  return (sign === "-" ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS)
}

function valuesOf(field: string, least: number, most: number): Set<number> | undefined {
  const values = new Set<number>()
  for (const part of field.split(",")) {
    const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part)
    if (match === null) return undefined
    const [, from, to, step = "1"] = match
    const first = from === undefined ? least : numberOf(from)
    const last = to === undefined ? (from === undefined || match[3] !== undefined ? most : first) : numberOf(to)
    if (!(first >= least && last <= most && first <= last && Number(step) >= 1)) return undefined
    for (let value = first; value <= last; value += Number(step)) values.add(most === 7 ? value % 7 : value)
  }
  return values
}

function numberOf(text: string): number {
  const day = DAYS.indexOf(text.toUpperCase())
  return day >= 0 ? day : /^\d+$/.test(text) ? Number(text) : Number.NaN
}
