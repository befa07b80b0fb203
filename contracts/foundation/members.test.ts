import { describe, expect, it } from "vitest"
import { searchQueryIssue } from "../search/query-arguments.ts"
import { isText, isTrueOrFalse, isWhole, membersIssue } from "./members.ts"

const rules = { name: isText, force: isTrueOrFalse, count: isWhole(1, 10) }
const issueOf = (options: unknown) => membersIssue("options", options, rules)

describe("membersIssue", () => {
  it("takes what its rules say, and members that are left out or undefined", () => {
    for (const options of [{}, { name: "a", force: false, count: 10 }, { name: undefined }, Object.create(null)]) {
      expect(issueOf(options)).toBeUndefined()
    }
  })

  it.each([
    [undefined, "options must be an object; got undefined."],
    [[], "options must be an object; got an array."],
    [{ colour: 1 }, "options.colour: unknown option; the options are name, force, count."],
    [{ name: "" }, "options.name must be text that is not empty; got a string."],
    [{ count: 11 }, "options.count must be a whole number from 1 to 10; got 11."],
  ])("refuses %j", (options, message) => {
    expect(issueOf(options)).toBe(message)
  })

  it("sees members as who reads them does: inherited, computed and hidden ones", () => {
    const hidden = Object.defineProperty({}, "count", { value: 0 })
    for (const options of [
      Object.create({ count: 0 }),
      new (class {
        get count() {
          return 0
        }
      })(),
      hidden,
    ]) {
      expect(issueOf(options)).toContain("options.count must be a whole number")
    }
  })
})

describe("the lists of a query", () => {
  const query = { object: "things", q: "a" }

  it.each([
    { fields: [{ field: "title", boost: 5n }] },
    { fields: [{ field: "title", boost: "5" }] },
    { fields: [{ field: "title", boost: Number.POSITIVE_INFINITY }] },
    { fields: new Array(1) },
    { where: { and: new Array(1) } },
    { facets: new Array(1) },
  ])("refuse what is no item: %o", (more) => {
    expect(searchQueryIssue({ ...query, ...more })).toMatch(/^query\.\w+ must be /)
  })
})
