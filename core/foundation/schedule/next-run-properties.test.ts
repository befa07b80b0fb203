/** Properties of nextRun over whatever schedule there is, beside a search of every minute and beside two libraries. */
import { CronExpressionParser } from "cron-parser"
import { Cron } from "croner"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cronIssue } from "./cron-issue.ts"
import { isShifted, nextRun } from "./next-run.ts"

/** `CONFORMANCE_SEED=…` replays a failure. */
const seed = Number(process.env["CONFORMANCE_SEED"] ?? Date.now() % 2 ** 31)

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** A field as text, and the values that it stands for. */
interface Field {
  readonly text: string
  readonly has: (value: number) => boolean
}

const any: Field = { text: "*", has: () => true }

function fieldOf(min: number, max: number, names?: readonly string[]): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max })
  const nameOf = (number: number) => names?.[number - min] ?? String(number)
  const step = fc.integer({ min: 2, max: Math.min(30, max - min) })
  const part = fc.oneof(
    { weight: 3, arbitrary: value.map((at): Field => ({ text: nameOf(at), has: (one) => one === at })) },
    fc.tuple(value, value).map(([a, b]): Field => {
      const [from, to] = a < b ? [a, b] : [b, a]
      return { text: `${nameOf(from)}-${nameOf(to)}`, has: (one) => from <= one && one <= to }
    }),
    fc.tuple(value, value, step).map(([a, b, by]): Field => {
      const [from, to] = a < b ? [a, b] : [b, a]
      return { text: `${from}-${to}/${by}`, has: (one) => from <= one && one <= to && (one - from) % by === 0 }
    }),
    step.map((by): Field => ({ text: `*/${by}`, has: (one) => one <= max && (one - min) % by === 0 })),
  )
  const list = fc.array(part, { minLength: 2, maxLength: 3 }).map(
    (parts): Field => ({
      text: parts.map(({ text }) => text).join(","),
      has: (one) => parts.some(({ has }) => has(one)),
    }),
  )
  return fc.oneof({ weight: 3, arbitrary: part }, list)
}

const months = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ")
const weekdays = "sun mon tue wed thu fri sat".split(" ")

/** A day of a month as `has` takes it: the last one is also 100, a second Friday also 205, a last one also 1005. */
const dayField = fc.oneof(fieldOf(1, 31), fc.constant<Field>({ text: "L", has: (day) => day === 100 }))
const weekdayField = fc.oneof(
  { weight: 4, arbitrary: fieldOf(0, 6, weekdays) },
  fc.constant<Field>({ text: "7", has: (day) => day === 0 }),
  fc.constant<Field>({ text: "5-7", has: (day) => day === 0 || day === 5 || day === 6 }),
  fc.integer({ min: 0, max: 6 }).map((day): Field => ({ text: `${day}L`, has: (one) => one === 1000 + day })),
  fc
    .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 5 }))
    .map(([day, nth]): Field => ({ text: `${day}#${nth}`, has: (one) => one === nth * 100 + day })),
)

function orAny(field: fc.Arbitrary<Field>, weight = 1): fc.Arbitrary<Field> {
  return fc.oneof({ weight, arbitrary: fc.constant(any) }, { weight: 1, arbitrary: field })
}

interface Expression {
  readonly text: string
  readonly everyHour: boolean
  /** Whether it matches a local time, given as the milliseconds of that time in UTC. */
  readonly matches: (local: number) => boolean
}

function expressionsWith(seconds: fc.Arbitrary<Field>): fc.Arbitrary<Expression> {
  return fc
    .tuple(
      ...([seconds, orAny(fieldOf(0, 59)), orAny(fieldOf(0, 23))] as const),
      ...([orAny(dayField, 3), orAny(fieldOf(1, 12, months), 4), orAny(weekdayField, 3)] as const),
    )
    .map(([second, minute, hour, day, month, weekday]) => ({
      text: [second, minute, hour, day, month, weekday].map(({ text }) => text).join(" "),
      everyHour: Array.from({ length: 24 }, (_, index) => index).every(hour.has),
      matches: (local) => {
        const date = new Date(local)
        return (
          second.has(date.getUTCSeconds()) &&
          minute.has(date.getUTCMinutes()) &&
          hour.has(date.getUTCHours()) &&
          month.has(date.getUTCMonth() + 1) &&
          matchesDay(day, weekday, local)
        )
      },
    }))
}

function matchesDay(day: Field, weekday: Field, local: number): boolean {
  const date = new Date(local)
  const number = date.getUTCDate()
  const isLast = new Date(local + DAY).getUTCDate() === 1
  const ofMonth = day.has(number) || (isLast && day.has(100))
  const on = date.getUTCDay()
  const isLastOfWeekday = new Date(local + 7 * DAY).getUTCMonth() !== date.getUTCMonth()
  const ofWeek =
    weekday.has(on) || weekday.has(Math.ceil(number / 7) * 100 + on) || (isLastOfWeekday && weekday.has(1000 + on))
  if (day.text === "*") return ofWeek
  return weekday.text === "*" ? ofMonth : ofMonth || ofWeek
}

const zero = fc.constant<Field>({ text: "0", has: (second) => second === 0 })
const expressions = expressionsWith(zero)
const expressionsWithSeconds = expressionsWith(fc.oneof(zero, orAny(fieldOf(0, 59))))

const allZones = Intl.supportedValuesOf("timeZone")
const zonesOfNote = [
  ...["Europe/Berlin", "America/New_York", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Nuuk"],
  ...["Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns", "UTC"],
]
const zones = fc.oneof(fc.constantFrom(...zonesOfNote), fc.constantFrom(...allZones))
const FIRST = Date.UTC(1975, 0, 1)
const LAST = Date.UTC(2075, 0, 1)
const instants = fc.integer({ min: FIRST, max: LAST })

/** Local time as Intl writes it, as the milliseconds of the same time in UTC. */
const clocks = new Map<string, Intl.DateTimeFormat>()
function localOf(zone: string, instant: number): number {
  let clock = clocks.get(zone)
  if (clock === undefined) {
    const digits = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const
    clock = new Intl.DateTimeFormat("en-US", { ...digits, second: "2-digit", hourCycle: "h23", timeZone: zone })
    clocks.set(zone, clock)
  }
  const [, month, day, year, hour, minute, second] =
    /(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)/.exec(clock.format(instant)) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

/** An instant in each of the weeks from 1975 to 2075 in which clocks are changed. */
const changes = new Map<string, number[]>()
function changesOf(zone: string): number[] {
  const known = changes.get(zone)
  if (known !== undefined) return known
  const found: number[] = []
  const offsetAt = (instant: number) => localOf(zone, instant) - instant
  for (let at = FIRST, before = offsetAt(FIRST); at < LAST; at += 4 * DAY) {
    const offset = offsetAt(at)
    if (offset !== before) {
      let [low, high] = [at - 4 * DAY, at]
      while (high - low > MINUTE) {
        const middle = Math.floor((low + high) / 2 / MINUTE) * MINUTE
        if (offsetAt(middle) === before) low = middle
        else high = middle
      }
      found.push(high)
    }
    before = offset
  }
  changes.set(zone, found)
  return found
}

/** A zone and an instant, half of the time near a change of clocks. */
const moments = fc
  .tuple(zones, instants, fc.boolean(), fc.nat(), fc.integer({ min: -36 * 60, max: 12 * 60 }))
  .map(([zone, instant, near, which, minutes]) => {
    const known = near ? changesOf(zone) : []
    const change = known[which % Math.max(1, known.length)]
    return { zone, after: change === undefined ? instant : change + minutes * MINUTE }
  })

/** All runs of some hours by the rules themselves: a look at each minute, and at each one that the clocks left out. */
function searched({ everyHour, matches }: Expression, zone: string, from: number, to: number): number[] {
  const runs = new Set<number>()
  let local = localOf(zone, from - 2 * DAY)
  const shown = new Set<number>()
  for (let instant = from - 2 * DAY; instant <= to; instant += MINUTE) {
    const before = local
    local = localOf(zone, instant)
    for (let left = before + MINUTE; left < local; left += MINUTE) {
      if (matches(left)) runs.add(instant + left - before - MINUTE)
    }
    if (matches(local) && (everyHour || !shown.has(local))) runs.add(instant)
    shown.add(local)
  }
  return [...runs].filter((run) => from <= run && run <= to).sort((a, b) => a - b)
}

function iso(instant: number | undefined): string {
  return instant === undefined ? "none" : new Date(instant).toISOString()
}

describe(`nextRun (seed ${seed})`, () => {
  it("finds each run that a look at every minute finds, and no other", () => {
    fc.assert(
      fc.property(expressions, moments, (expression, { after, zone }) => {
        const from = Math.ceil(after / MINUTE) * MINUTE
        const to = from + 2 * DAY
        const found: number[] = []
        for (let run = nextRun(expression.text, zone, from - 1); run !== undefined && run <= to; ) {
          found.push(run)
          run = nextRun(expression.text, zone, run)
        }
        expect(found.map(iso)).toEqual(searched(expression, zone, from, to).map(iso))
      }),
      { seed, numRuns: 100 },
    )
  })

  it("gives later and later runs, each of a time that matches on the clock or that the clock left out", () => {
    fc.assert(
      fc.property(expressionsWithSeconds, moments, ({ text, matches }, { after, zone }) => {
        if (cronIssue(text) !== undefined) return
        let last = after
        for (let count = 0; count < 20; count++) {
          const run = nextRun(text, zone, last) ?? Number.NaN
          expect(run).toBeGreaterThan(last)
          expect(isShifted(text, zone, run), iso(run)).toBe(!matches(localOf(zone, run)))
          last = run
        }
      }),
      { seed, numRuns: 300 },
    )
  })

  // cron-parser refuses lists that name a value twice. Where clocks are changed both go astray: the search above knows.
  it("gives the run that cron-parser and croner agree on, and they mostly do", () => {
    const counts = { asked: 0, answered: 0, agreed: 0, compared: 0 }
    fc.assert(
      fc.property(expressionsWithSeconds, zones, instants, ({ text }, zone, after) => {
        if (cronIssue(text) !== undefined) return
        counts.asked++
        const start = new Date(after)
        const run = quietly(() => CronExpressionParser.parse(text, { tz: zone, currentDate: start }).next().getTime())
        const other = quietly(() => new Cron(text, { timezone: zone }).nextRun(start)?.getTime())
        if (run === undefined || other === undefined) return
        counts.answered++
        if (run !== other) return
        counts.agreed++
        if (isNearChange(zone, after) || isNearChange(zone, run)) return
        counts.compared++
        expect(iso(nextRun(text, zone, after))).toBe(iso(run))
      }),
      { seed, numRuns: 1000 },
    )
    expect(counts.answered / counts.asked).toBeGreaterThan(0.75)
    expect(counts.agreed / counts.answered).toBeGreaterThan(0.95)
    expect(counts.compared / counts.agreed).toBeGreaterThan(0.9)
  })
})

/** Whether clocks are changed a day before or after, at the most. */
function isNearChange(zone: string, instant: number): boolean {
  return localOf(zone, instant - DAY) - localOf(zone, instant + DAY) !== -2 * DAY
}

function quietly<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch {
    return undefined
  }
}
