const DAY = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d$/
const TIME =
  /^(?<day>(?:\d{4}|[+-]\d{6})-\d\d-\d\d)T(?<minutes>\d\d:\d\d)(?::(?<seconds>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?:Z|(?<sign>[+-])(?<hours>\d\d):?(?<more>\d\d)?)$/

/** Epoch milliseconds of a day, or of a time with a zone; undefined for all else. Finer digits are cut. */
export function millisecondsOf(text: string): number | undefined {
  if (DAY.test(text)) return midnightOf(text)
  const {
    day,
    fraction = "",
    hours = "0",
    minutes = "",
    more = "0",
    seconds = "00",
    sign = "+",
  } = TIME.exec(text)?.groups ?? {}
  const midnight = day === undefined ? undefined : midnightOf(day)
  const offset = (Number(hours) * 60 + Number(more)) * 60_000
  const time = Date.parse(`1970-01-01T${minutes}:${seconds}.${`${fraction}000`.slice(0, 3)}Z`)
  if (midnight === undefined || Number.isNaN(time) || time >= 86_400_000) return undefined
  return midnight + time + (sign === "+" ? -offset : offset)
}

/** A day that no month has is none. */
function midnightOf(day: string): number | undefined {
  const time = Date.parse(`${day}T00:00:00.000Z`)
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(day) ? undefined : time
}
