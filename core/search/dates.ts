const ISO = /^(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?))?$/

/**
 * Epoch milliseconds of an ISO date with a zone, or of a day alone, which is its midnight in UTC. Finer digits are cut.
 *
 * @returns Undefined for everything else: no zone, a year alone, a day that no month has.
 * @example
 * parseDate("2024-01-31") // 1706659200000
 */
export function parseDate(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined
  const match = ISO.exec(text)
  if (match === null || match[1] === "-000000") return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  const numbers = [year, month, day, hour, minute, second].map((digits) => Number(digits ?? 0))
  const [y, mo, d, h, mi, s] = numbers as [number, number, number, number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(y, mo - 1, d)
  if (date.getUTCFullYear() !== y || date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d) return undefined
  if (h > 23 || mi > 59 || s > 59) return undefined
  const offset = offsetOf(zone ?? "Z")
  if (offset === undefined) return undefined
  const milliseconds = Number(`${fraction ?? ""}000`.slice(0, 3))
  const time = date.getTime() + ((h * 60 + mi - offset) * 60 + s) * 1000 + milliseconds
  return Number.isNaN(new Date(time).getTime()) ? undefined : time
}

/** Minutes east of UTC. */
function offsetOf(zone: string): number | undefined {
  if (zone === "Z") return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(":", "") || 0)
  if (hours > 18 || minutes > 59) return undefined
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes)
}
