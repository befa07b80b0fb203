import { describe, expect, it } from "vitest"
import { offenders, RULES } from "../../../scripts/words/rules.ts"
import { cronIssue } from "./cron-issue.ts"
import { nextRun } from "./next-run.ts"

const said: string[] = []

function issueOf(cron: unknown, timezone?: unknown): string {
  const issue = cronIssue(cron, timezone)
  if (issue === undefined) throw new Error(`nothing is wrong with ${String(cron)}`)
  said.push(issue)
  return issue
}

describe("a cron expression is refused that", () => {
  it.each([
    [undefined, "A cron expression must be a string; got undefined."],
    [5, "A cron expression must be a string; got a number."],
    ["", "A cron expression must have 5 fields, or 6 with the second first; got 0."],
    ["* * * *", "A cron expression must have 5 fields, or 6 with the second first; got 4."],
    ["0 0 9 * * * 2027", "A cron expression must have 5 fields, or 6 with the second first; got 7."],
    ["@daily", "A cron expression must have 5 fields, or 6 with the second first; got a name that begins with @."],
    [`* * * * ${"1,".repeat(124)}1`, "A cron expression must have at most 256 characters; got 257."],
    ["0 0 31 2 *", "A cron expression must have a next run; got days that none of its months has."],
    ["0 0 30,31 2 ?", "A cron expression must have a next run; got days that none of its months has."],
    ["0 0 31 2,4,6,9,11 *", "A cron expression must have a next run; got days that none of its months has."],
    [
      "H * * * *",
      "The minute of a cron expression must be made of *, 0 to 59, ranges or steps; got H where a number must be.",
    ],
    [
      "0 0 15W * *",
      "The day of month of a cron expression must be made of *, ?, 1 to 31, L, ranges or steps; got W where a number must be.",
    ],
  ])("%s", (cron, issue) => {
    expect(issueOf(cron)).toBe(issue)
  })

  it.each([
    ["60 * * * *", "minute", "a number outside of its range"],
    ["* 24 * * *", "hour", "a number outside of its range"],
    ["60 * * * * *", "second", "a number outside of its range"],
    ["0 0 0 * *", "day of month", "a number outside of its range"],
    ["0 0 32 * *", "day of month", "a number outside of its range"],
    ["0 0 * 13 *", "month", "a number outside of its range"],
    ["0 0 * * 8", "day of week", "a number outside of its range"],
    ["0 0 * * 8L", "day of week", "a number outside of its range"],
    ["0 0 L-2 * *", "day of month", "L where a number must be"],
    ["0 0 LW * *", "day of month", "L where a number must be"],
    ["0 0 L/2 * *", "day of month", "L where a number must be"],
    ["0 0 * * L", "day of week", "L where a number must be"],
    ["0 0 * * 1-5L", "day of week", "another text"],
    ["0 0 * * 5#6", "day of week", "another text"],
    ["0 0 * * 5#0", "day of week", "another text"],
    ["0 0 * * 1-5#2", "day of week", "another text"],
    ["0 0 1#1 * *", "day of month", "another text"],
    ["0 0 * * 6-1", "day of week", "a range that runs backwards"],
    ["0 0 * NOV-FEB *", "month", "a range that runs backwards"],
    ["5-1 * * * *", "minute", "a range that runs backwards"],
    ["1-2-3 * * * *", "minute", "a range of three ends"],
    ["*/0 * * * *", "minute", "a step that is not 1 to 60"],
    ["*/90 * * * *", "minute", "a step that is not 1 to 60"],
    ["*/5/5 * * * *", "minute", "two steps in one part"],
    ["*/ * * * *", "minute", "a step that is not 1 to 60"],
    ["1, * * * *", "minute", "an empty part"],
    ["-5 * * * *", "minute", "an empty part"],
    ["? * * * *", "minute", "? where a number must be"],
    ["0 0 ?/2 * *", "day of month", "? where a number must be"],
    ["0 0 *,? * *", "day of month", "? where a number must be"],
    ["0 0 * MON *", "month", "another text"],
    ["0 0 * * JAN", "day of week", "another text"],
    ["0 0 * * MONDAY", "day of week", "another text"],
    ["0 0 * * \u017fUN", "day of week", "another text"],
    ["1e1 * * * *", "minute", "another text"],
    ["+5 * * * *", "minute", "another text"],
    ["005 * * * *", "minute", "another text"],
    ["** * * * *", "minute", "another text"],
    ["H/5 * * * *", "minute", "H where a number must be"],
    ["H(0-5) * * * *", "minute", "H where a number must be"],
  ])("%s", (cron, field, got) => {
    const issue = issueOf(cron)
    expect(issue).toMatch(new RegExp(`^The ${field} of a cron expression must be made of `))
    expect(issue.endsWith(`; got ${got}.`), issue).toBe(true)
  })

  it("has a day that its month never has, and no other", () => {
    const refused: string[] = []
    for (let month = 1; month <= 12; month++) {
      for (let day = 1; day <= 31; day++) {
        const cron = `0 0 ${day} ${month} *`
        expect(nextRun(cron, "UTC", 0) === undefined).toBe(cronIssue(cron) !== undefined)
        if (cronIssue(cron) !== undefined) refused.push(`${day}.${month}.`)
      }
    }
    expect(refused).toEqual(["30.2.", "31.2.", "31.4.", "31.6.", "31.9.", "31.11."])
  })

  it("is long or strange, without taking time", () => {
    const hostile = ["9".repeat(1e6), "*,".repeat(1e6), " ".repeat(1e6), "*/1-".repeat(60), "- ".repeat(120), "\u0000"]
    const start = performance.now()
    for (const cron of hostile) expect(typeof issueOf(cron)).toBe("string")
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe("a time zone is refused that", () => {
  it.each([
    [null, "A time zone must be a string; got null."],
    ["", "A time zone must be an IANA name such as Europe/Berlin or UTC; got an empty text."],
    ["+02:00", "A time zone must be an IANA name such as Europe/Berlin or UTC; got an offset."],
    [
      "Europe/Atlantis",
      "A time zone must be an IANA name such as Europe/Berlin or UTC; got a name that Intl does not know.",
    ],
    [
      "x".repeat(1e6),
      "A time zone must be an IANA name such as Europe/Berlin or UTC; got a name that Intl does not know.",
    ],
  ])("%.40s", (timezone, issue) => {
    expect(issueOf("* * * * *", timezone)).toBe(issue)
  })
})

describe("nothing is wrong with", () => {
  it.each([
    ["* * * * *", undefined],
    ["  0\t9 *  * 1-5 ", "UTC"],
    ["*/15 * * * * *", "Europe/Berlin"],
    ["0 0 31 2 1", "Pacific/Chatham"],
    ["0 0 29 2 *", "europe/berlin"],
    ["0 0 * 2 1#5", "Etc/GMT+5"],
    ["59,0,0 05 1,L JAN-dec SUN,1,5L,5#2", "America/Argentina/ComodRivadavia"],
  ])("%s in %s", (cron, timezone) => {
    expect(cronIssue(cron, timezone)).toBeUndefined()
  })
})

it.each(RULES)("each issue $name", (rule) => {
  const lines = said.map((text) => ({
    by: "cronIssue",
    text,
    kind: "error" as const,
    code: "INVALID_ARGUMENT",
    shown: text,
  }))
  expect(lines.length).toBeGreaterThan(50)
  expect(offenders(rule, lines)).toEqual([])
})
