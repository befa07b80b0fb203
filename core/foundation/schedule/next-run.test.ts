import { describe, expect, it } from "vitest"
import { isShifted, nextRun } from "./next-run.ts"

/** The runs between two times in UTC, both included, which are written as `from` is. */
function runs(cron: string, zone: string, from: string, to: string): string[] {
  const found: string[] = []
  const end = Date.parse(`${to}Z`)
  let run = nextRun(cron, zone, Date.parse(`${from}Z`) - 1)
  while (run !== undefined && run <= end) {
    found.push(new Date(run).toISOString().slice(0, from.length))
    run = nextRun(cron, zone, run)
  }
  return found
}

interface Case {
  readonly cron: string
  readonly zone: string
  readonly from: string
  readonly to: string
  readonly runs: readonly string[]
}

const berlinInMarch = { zone: "Europe/Berlin", from: "2027-03-28T00:00", to: "2027-03-28T12:00" }
const berlinInOctober = { zone: "Europe/Berlin", from: "2027-10-30T23:30", to: "2027-10-31T03:30" }
const lordHoweInOctober = { zone: "Australia/Lord_Howe", from: "2027-10-02T15:10", to: "2027-10-02T16:10" }
const cairoInApril = { zone: "Africa/Cairo", from: "2027-04-29T12:00", to: "2027-04-30T12:00" }

describe("a local time that does not exist runs once, later by the length of the gap", () => {
  it.each<Case>([
    { cron: "30 2 * * *", ...berlinInMarch, runs: ["2027-03-28T01:30"] },
    { cron: "*/30 2 * * *", ...berlinInMarch, runs: ["2027-03-28T01:00", "2027-03-28T01:30"] },
    { cron: "0 0 * * *", ...cairoInApril, runs: ["2027-04-29T22:00"] },
    { cron: "15 0 * * *", ...cairoInApril, runs: ["2027-04-29T22:15"] },
    {
      ...{ cron: "15 0 * * *", zone: "America/Santiago", from: "2027-09-04T12:00", to: "2027-09-05T12:00" },
      runs: ["2027-09-05T04:15"],
    },
    { cron: "15 2 * * *", ...lordHoweInOctober, runs: ["2027-10-02T15:45"] },
    { cron: "0 * * * *", ...lordHoweInOctober, runs: ["2027-10-02T15:30", "2027-10-02T16:00"] },
    {
      ...{ cron: "30 23 * * 6", zone: "America/Nuuk", from: "2027-03-27T12:00", to: "2027-03-29T12:00" },
      runs: ["2027-03-28T01:30"],
    },
    {
      ...{ cron: "0 9 30 12 *", zone: "Pacific/Apia", from: "2011-12-29T12:00", to: "2012-01-01T12:00" },
      runs: ["2011-12-30T19:00"],
    },
  ])("$cron in $zone", ({ cron, from, runs: expected, to, zone }) => {
    expect(runs(cron, zone, from, to)).toEqual(expected)
  })

  it("is one run with that of a local time that exists", () => {
    const { from, to, zone } = berlinInMarch
    expect(runs("0 2,3 * * *", zone, from, to)).toEqual(["2027-03-28T01:00"])
  })
})

describe("a local time that exists twice runs once, the first time", () => {
  it.each<Case>([
    { cron: "30 2 * * *", ...berlinInOctober, runs: ["2027-10-31T00:30"] },
    { cron: "*/30 2 * * *", ...berlinInOctober, runs: ["2027-10-31T00:00", "2027-10-31T00:30"] },
    { cron: "0 2-4 * * *", ...berlinInOctober, runs: ["2027-10-31T00:00", "2027-10-31T02:00", "2027-10-31T03:00"] },
    {
      ...{ cron: "0 1-4 * * *", zone: "Europe/Berlin", from: "2027-10-30T22:30", to: "2027-10-31T12:00" },
      runs: ["2027-10-30T23:00", "2027-10-31T00:00", "2027-10-31T02:00", "2027-10-31T03:00"],
    },
  ])("$cron in $zone", ({ cron, from, runs: expected, to, zone }) => {
    expect(runs(cron, zone, from, to)).toEqual(expected)
  })
})

describe("a schedule of every hour runs in real time", () => {
  it.each<Case>([
    {
      ...{ cron: "0 0-23 * * *", ...berlinInOctober },
      runs: ["2027-10-31T00:00", "2027-10-31T01:00", "2027-10-31T02:00", "2027-10-31T03:00"],
    },
    {
      ...{ cron: "0 * * * *", zone: "Europe/Berlin", from: "2027-03-28T00:00", to: "2027-03-28T02:30" },
      runs: ["2027-03-28T00:00", "2027-03-28T01:00", "2027-03-28T02:00"],
    },
    {
      ...{ cron: "*/10 * * * *", zone: "Australia/Lord_Howe", from: "2027-10-02T15:10", to: "2027-10-02T15:50" },
      runs: ["2027-10-02T15:10", "2027-10-02T15:20", "2027-10-02T15:30", "2027-10-02T15:40", "2027-10-02T15:50"],
    },
    {
      // The clocks go from 03:45 back to 02:45.
      ...{ cron: "*/10 * * * *", zone: "Pacific/Chatham", from: "2027-04-03T13:50", to: "2027-04-03T14:30" },
      runs: ["2027-04-03T13:55", "2027-04-03T14:05", "2027-04-03T14:15", "2027-04-03T14:25"],
    },
    {
      ...{ cron: "*/20 * * * * *", zone: "Europe/Berlin", from: "2027-10-31T00:59:20", to: "2027-10-31T01:00:40" },
      runs: ["00:59:20", "00:59:40", "01:00:00", "01:00:20", "01:00:40"].map((time) => `2027-10-31T${time}`),
    },
  ])("$cron in $zone", ({ cron, from, runs: expected, to, zone }) => {
    expect(runs(cron, zone, from, to)).toEqual(expected)
  })
})

describe("the days of January to March 2027, which began with a Friday", () => {
  it.each([
    ["0 9 L * *", "01-31 02-28 03-31"],
    ["0 9 15,L 2 *", "02-15 02-28"],
    ["0 9 28 */2 ?", "01-28 03-28"],
    ["0 9 */10 1 *", "01-01 01-11 01-21 01-31"],
    ["0 9 5-31/10 1 *", "01-05 01-15 01-25"],
    ["0 9 10/10 1 *", "01-10 01-20 01-30"],
    ["0 9 1 jan-Mar,DEC *", "01-01 02-01 03-01"],
    ["0 9 ? 2 SUN", "02-07 02-14 02-21 02-28"],
    ["0 9 * 2 7", "02-07 02-14 02-21 02-28"],
    ["0 9 * 2 SAT-SUN", "02-06 02-07 02-13 02-14 02-20 02-21 02-27 02-28"],
    ["0 9 * 2 SUN-SUN", "02-07 02-14 02-21 02-28"],
    ["0 9 * 2 */3", "02-03 02-06 02-07 02-10 02-13 02-14 02-17 02-20 02-21 02-24 02-27 02-28"],
    ["0 9 * 2 4/1", "02-04 02-05 02-06 02-11 02-12 02-13 02-18 02-19 02-20 02-25 02-26 02-27"],
    ["0 9 * 2 7/2", "02-07 02-14 02-21 02-28"],
    ["0 9 * * 5L", "01-29 02-26 03-26"],
    ["0 9 * * friL", "01-29 02-26 03-26"],
    ["0 9 * * 7L", "01-31 02-28 03-28"],
    ["0 9 * * 5#2", "01-08 02-12 03-12"],
    ["0 9 * * 1#5", "03-29"],
    ["0 9 * 1 MON#1,Fri#5", "01-04 01-29"],
    // A day that is in one of the two fields is enough.
    ["0 9 31 2 1", "02-01 02-08 02-15 02-22"],
    ["0 9 2,L 2 1#1", "02-01 02-02 02-28"],
    ["0 9 30 1 6#1", "01-02 01-30"],
    ["0 9 29-31 2 1-7/6", "02-01 02-07 02-08 02-14 02-15 02-21 02-22 02-28"],
  ])("%s", (cron, days) => {
    const found = runs(cron, "UTC", "2027-01-01T00:00", "2027-03-31T23:59")
    expect(found).toEqual(days.split(" ").map((day) => `2027-${day}T09:00`))
  })

  it("all of them, where one field is a range of all and the other is not", () => {
    expect(runs("0 9 1-31 2 1", "UTC", "2027-02-01T00:00", "2027-02-28T23:59")).toHaveLength(28)
    expect(runs("0 9 1 2 0-6", "UTC", "2027-02-01T00:00", "2027-02-28T23:59")).toHaveLength(28)
  })
})

describe("nextRun", () => {
  it("has the second first where there are six fields", () => {
    const found = runs("15,45 0 9 1 1 *", "UTC", "2027-01-01T00:00:00", "2027-12-31T00:00:00")
    expect(found).toEqual(["2027-01-01T09:00:15", "2027-01-01T09:00:45"])
  })

  it("is after the instant given, by as little as it may be", () => {
    const nine = Date.parse("2027-01-01T09:00Z")
    expect(nextRun("0 9 * * *", "UTC", nine - 1)).toBe(nine)
    expect(nextRun("0 9 * * *", "UTC", nine - 0.5)).toBe(nine)
    expect(nextRun("0 9 * * *", "UTC", nine)).toBe(nine + 86_400_000)
  })

  it("finds days that are years away", () => {
    expect(runs("0 0 29 2 *", "Europe/Berlin", "2095-01-01T00:00", "2109-01-01T00:00")).toEqual([
      ...["2096-02-28T23:00", "2104-02-28T23:00", "2108-02-28T23:00"],
    ])
    expect(runs("0 0 ? 2 1#5", "UTC", "2085-01-01T00:00", "2140-12-31T00:00")).toEqual([
      ...["2112-02-29T00:00", "2140-02-29T00:00"],
    ])
  })

  it("finds the run of a day that is shown again when its evening was over", () => {
    // On 30 October the clocks of Nuuk go from midnight back to 23:00, which is still Saturday.
    expect(runs("0 * * * 6", "America/Nuuk", "2027-10-31T00:00", "2027-11-01T00:00")).toEqual([
      ...["2027-10-31T00:00", "2027-10-31T01:00"],
    ])
  })

  it("is undefined, and never an error, where there is no run or no such schedule", () => {
    const now = Date.parse("2027-01-01T00:00Z")
    expect(nextRun("0 0 31 2 *", "UTC", now)).toBeUndefined()
    expect(nextRun("never", "UTC", now)).toBeUndefined()
    expect(nextRun("* * * * *", "Europe/Atlantis", now)).toBeUndefined()
    for (const after of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 8.64e15, -8.64e15]) {
      expect(nextRun("* * * * *", "Europe/Berlin", after)).toBeUndefined()
    }
    expect(nextRun("0 0 1 1 *", "UTC", Date.parse("9999-06-01T00:00Z"))).toBeUndefined()
    expect(nextRun("0 0 1 1 *", "UTC", Date.parse("9998-06-01T00:00Z"))).toBe(Date.parse("9999-01-01T00:00Z"))
  })

  it("takes names of zones in any case", () => {
    const now = Date.parse("2027-01-01T00:00Z")
    expect(nextRun("0 9 * * *", "europe/berlin", now)).toBe(Date.parse("2027-01-01T08:00Z"))
  })
})

describe("isShifted", () => {
  it.each([
    ["30 2 * * *", "Europe/Berlin", "2027-03-28T01:30", true],
    ["30 2,3 * * *", "Europe/Berlin", "2027-03-28T01:30", false],
    ["30 * * * *", "Europe/Berlin", "2027-03-28T01:30", false],
    ["30 2 * * *", "Europe/Berlin", "2027-03-29T00:30", false],
    ["30 2 * * *", "Europe/Berlin", "2027-03-28T01:31", false],
    ["30 2 * * *", "Europe/Berlin", "2027-10-31T00:30", false],
    ["0 0 * * *", "Africa/Cairo", "2027-04-29T22:00", true],
    ["15 2 * * *", "Australia/Lord_Howe", "2027-10-02T15:45", true],
    ["0 * * * *", "Australia/Lord_Howe", "2027-10-02T15:30", true],
    ["45 2 * * *", "Australia/Lord_Howe", "2027-10-02T15:45", false],
    ["30 2 * * *", "UTC", "2027-03-28T02:30", false],
    ["never", "UTC", "2027-03-28T02:30", false],
    ["30 2 * * *", "Europe/Atlantis", "2027-03-28T02:30", false],
  ])("%s in %s at %s: %s", (cron, zone, at, expected) => {
    expect(isShifted(cron, zone, Date.parse(`${at}Z`))).toBe(expected)
  })

  it("is false between two seconds and outside of all calendars", () => {
    expect(isShifted("30 2 * * *", "Europe/Berlin", Date.parse("2027-03-28T01:30Z") + 1)).toBe(false)
    expect(isShifted("30 2 * * *", "Europe/Berlin", Number.NaN)).toBe(false)
  })
})
