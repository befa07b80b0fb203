/** Cron expressions as text, and the values that their fields allow. */
import { typeName } from "../../../contracts/foundation/text.ts"
import { remembered } from "./remembered.ts"

/** Values of a field in ascending order; each field has one at least. */
type CronValues = readonly [number, ...number[]]

export interface Cron {
  readonly seconds: CronValues
  readonly minutes: CronValues
  readonly hours: CronValues
  readonly months: ReadonlySet<number>
  /** Days of the month, `L` for the last one; undefined where the field is `*`. */
  readonly days: ReadonlySet<number | "L"> | undefined
  /** `5` for each Friday, `5#2` for the second of a month, `5L` for the last; undefined where the field is `*`. */
  readonly weekdays: ReadonlySet<string> | undefined
}

/** A cron expression that was read, or what is wrong with it. */
export type ParsedCron =
  | { readonly cron: Cron; readonly issue?: never }
  | { readonly cron?: never; readonly issue: string }

interface Field {
  readonly name: string
  readonly min: number
  /** The last value of `*`. */
  readonly top: number
  /** The last value that may be written. */
  readonly max: number
  readonly form: string
  readonly names?: readonly string[]
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

const SECOND: Field = { name: "second", min: 0, top: 59, max: 59, form: "*, 0 to 59, ranges or steps" }
const MINUTE: Field = { ...SECOND, name: "minute" }
const HOUR: Field = { name: "hour", min: 0, top: 23, max: 23, form: "*, 0 to 23, ranges or steps" }
const DAY: Field = { name: "day of month", min: 1, top: 31, max: 31, form: "*, ?, 1 to 31, L, ranges or steps" }
const MONTH: Field = {
  name: "month",
  min: 1,
  top: 12,
  max: 12,
  form: "*, 1 to 12, JAN to DEC, ranges or steps",
  names: MONTHS,
}
/** Sunday is 0 and 7; `*` has it once. */
const WEEKDAY: Field = {
  name: "day of week",
  min: 0,
  top: 6,
  max: 7,
  form: "*, ?, 0 to 7, SUN to SAT, 5L, 5#2, ranges or steps",
  names: WEEKDAYS,
}

const MAX_LENGTH = 256
const MAX_REMEMBERED = 1000

const parsed = new Map<string, ParsedCron>()

/**
 * Reads a cron expression of five fields, minute, hour, day of month, month and day of week, or of six with the second
 * first. Expressions that were read lately are remembered.
 */
export function parseCron(text: unknown): ParsedCron {
  if (typeof text !== "string") return { issue: `A cron expression must be a string; got ${typeName(text)}.` }
  if (text.length > MAX_LENGTH) {
    return { issue: `A cron expression must have at most ${MAX_LENGTH} characters; got ${text.length}.` }
  }
  return remembered(parsed, text, MAX_REMEMBERED, () => parse(text))
}

function parse(text: string): ParsedCron {
  const fields = text
    .trim()
    .replaceAll(/[a-z]+/g, (name) => name.toUpperCase())
    .split(/\s+/)
  if (fields.length === 5) fields.unshift("0")
  if (fields.length !== 6) return { issue: countIssue(text.trim()) }
  const [second = "", minute = "", hour = "", day = "", month = "", weekday = ""] = fields
  try {
    return {
      cron: {
        seconds: ascending(SECOND, valuesOf(SECOND, second)),
        minutes: ascending(MINUTE, valuesOf(MINUTE, minute)),
        hours: ascending(HOUR, valuesOf(HOUR, hour)),
        days: isAny(day) ? undefined : new Set(day.split(",").flatMap(daysOf)),
        months: new Set(valuesOf(MONTH, month)),
        weekdays: isAny(weekday) ? undefined : new Set(weekday.split(",").flatMap(weekdaysOf)),
      },
    }
  } catch (error) {
    if (error instanceof FieldIssue) return { issue: error.message }
    throw error
  }
}

function countIssue(text: string): string {
  const count = text === "" ? 0 : text.split(/\s+/).length
  const got = text.startsWith("@") ? "a name that begins with @" : count
  return `A cron expression must have 5 fields, or 6 with the second first; got ${got}.`
}

/** Why a field cannot be read. */
class FieldIssue extends Error {
  constructor({ form, name }: Field, got: string) {
    super(`The ${name} of a cron expression must be made of ${form}; got ${got}.`)
  }
}

/** Whether a day field leaves the day to the other one. */
function isAny(day: string): boolean {
  return day === "*" || day === "?"
}

function daysOf(part: string): (number | "L")[] {
  return part === "L" ? ["L"] : valuesOfPart(DAY, part)
}

function weekdaysOf(part: string): string[] {
  const [, day, which] = /^(\d|[A-Z]{3})(L|#[1-5])$/.exec(part) ?? []
  if (day !== undefined) return [`${numberOf(WEEKDAY, day) % 7}${which}`]
  return valuesOfPart(WEEKDAY, part).map((value) => `${value % 7}`)
}

function valuesOf(field: Field, text: string): number[] {
  return text.split(",").flatMap((part) => valuesOfPart(field, part))
}

/** The values of `*`, `5`, `1-5`, or one of these with a step; `5/15` is every 15th from 5 on. */
function valuesOfPart(field: Field, part: string): number[] {
  const [range = "", step, ...more] = part.split("/")
  if (more.length > 0) throw new FieldIssue(field, "two steps in one part")
  const { first, last } = rangeOf(field, range, step !== undefined)
  const by = step === undefined ? 1 : stepOf(field, step)
  const values: number[] = []
  for (let value = first; value <= last; value += by) values.push(value)
  return values
}

function rangeOf(field: Field, range: string, stepped: boolean): { first: number; last: number } {
  if (range === "*") return { first: field.min, last: field.top }
  const [from = "", to, ...more] = range.split("-")
  if (more.length > 0) throw new FieldIssue(field, "a range of three ends")
  const first = numberOf(field, from)
  if (to === undefined) return { first, last: stepped ? Math.max(first, field.top) : first }
  // Sunday ends a week as well as it begins one: FRI-SUN.
  const last = to === "SUN" && first > 0 ? 7 : numberOf(field, to)
  if (last < first) throw new FieldIssue(field, "a range that runs backwards")
  return { first, last }
}

function numberOf(field: Field, text: string): number {
  const named = field.names?.indexOf(text) ?? -1
  if (named >= 0) return named + field.min
  if (!/^\d{1,2}$/.test(text)) throw new FieldIssue(field, textKind(text))
  const value = Number(text)
  if (value < field.min || value > field.max) throw new FieldIssue(field, "a number outside of its range")
  return value
}

function stepOf(field: Field, text: string): number {
  const most = field.top - field.min + 1
  const step = /^\d{1,2}$/.test(text) ? Number(text) : 0
  if (step < 1 || step > most) throw new FieldIssue(field, `a step that is not 1 to ${most}`)
  return step
}

/** A text that is no value, as messages may show it. */
function textKind(text: string): string {
  if (text === "") return "an empty part"
  const [letter] = /^[HL?]|W$/.exec(text) ?? []
  return letter === undefined ? "another text" : `${letter} where a number must be`
}

function ascending(field: Field, values: readonly number[]): CronValues {
  const [first = field.min, ...rest] = [...new Set(values)].sort((a, b) => a - b)
  return [first, ...rest]
}
