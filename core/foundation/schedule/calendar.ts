/** When a cron expression matches the clock on a wall, whatever the time zone of that wall. */
import type { Cron } from "./cron.ts"

export const SECOND_MS = 1000
export const DAY_MS = 86_400_000

/** No day of a cron expression is further away: 29 February is a given weekday every 28 years, or 40 around 2100. */
const MAX_YEARS = 41

/**
 * The first time of day at or after `local` that the expression matches, undefined where it never does. Local times are
 * milliseconds as those of UTC; `local` is a whole second.
 */
export function nextLocal(cron: Cron, local: number): number | undefined {
  const date = new Date(local)
  const today = Math.floor(local / DAY_MS) * DAY_MS
  if (isDay(cron, date)) {
    const time = nextTime(cron, date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds())
    if (time !== undefined) return today + time
  }
  const day = nextDay(cron, new Date(today + DAY_MS))
  return day === undefined ? undefined : day + firstTime(cron)
}

/** The first day of the expression at or after `from`, a midnight. */
function nextDay(cron: Cron, from: Date): number | undefined {
  const year = from.getUTCFullYear()
  for (let month = from.getUTCMonth(); month < MAX_YEARS * 12; month++) {
    if (!cron.months.has((month % 12) + 1)) continue
    const last = lastDayOf(year, month)
    for (let day = month === from.getUTCMonth() ? from.getUTCDate() : 1; day <= last; day++) {
      const midnight = Date.UTC(year, month, day)
      if (isOneOfDays(cron, day, last, new Date(midnight).getUTCDay())) return midnight
    }
  }
  return undefined
}

function isDay(cron: Cron, date: Date): boolean {
  const month = date.getUTCMonth()
  if (!cron.months.has(month + 1)) return false
  return isOneOfDays(cron, date.getUTCDate(), lastDayOf(date.getUTCFullYear(), month), date.getUTCDay())
}

/** Where both day fields say something, a day that is in one of them is enough. */
function isOneOfDays({ days, weekdays }: Cron, day: number, last: number, weekday: number): boolean {
  if (days === undefined && weekdays === undefined) return true
  if (days !== undefined && (days.has(day) || (day === last && days.has("L")))) return true
  if (weekdays === undefined) return false
  return (
    weekdays.has(`${weekday}`) ||
    weekdays.has(`${weekday}#${Math.ceil(day / 7)}`) ||
    (day + 7 > last && weekdays.has(`${weekday}L`))
  )
}

function lastDayOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
}

/** The first time of day at or after the one given, in milliseconds since midnight. */
function nextTime(cron: Cron, hour: number, minute: number, second: number): number | undefined {
  const { hours, minutes, seconds } = cron
  if (hours.includes(hour)) {
    const nextSecond = minutes.includes(minute) ? seconds.find((value) => value >= second) : undefined
    if (nextSecond !== undefined) return timeOf(hour, minute, nextSecond)
    const nextMinute = minutes.find((value) => value > minute)
    if (nextMinute !== undefined) return timeOf(hour, nextMinute, seconds[0])
  }
  const nextHour = hours.find((value) => value > hour)
  return nextHour === undefined ? undefined : timeOf(nextHour, minutes[0], seconds[0])
}

function firstTime({ hours, minutes, seconds }: Cron): number {
  return timeOf(hours[0], minutes[0], seconds[0])
}

function timeOf(hour: number, minute: number, second: number): number {
  return ((hour * 60 + minute) * 60 + second) * SECOND_MS
}
