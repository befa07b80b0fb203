import { describe, expect, it } from "vitest"
import { blocksOf, compareOutput, patched, withCode } from "./page.ts"

const PAGE = "# Title\n\n```js a.mjs\nlet a\n```\n\ntext\n\n```text red\nX-01  It is.\n```\n"

describe("blocks of a page", () => {
  it("have their language, words, code and line", () => {
    expect(blocksOf(PAGE)).toEqual([
      { language: "js", words: ["a.mjs"], code: "let a\n", line: 3 },
      { language: "text", words: ["red"], code: "X-01  It is.\n", line: 9 },
    ])
  })

  it("can be given other code", () => {
    expect(withCode(PAGE, 3, "let b\n")).toBe(PAGE.replace("let a", "let b"))
  })
})

describe("a diff", () => {
  it("changes each hunk where its text is found", () => {
    expect(patched("one\ntwo\nthree\n", "-one\n+1\n@@\n two\n+2.5\n")).toBe("1\ntwo\n2.5\nthree\n")
  })

  it.each(["-four\n+4\n", " two\n+2.5\n"])("is refused where a hunk is not found exactly once: %j", (diff) => {
    expect(() => patched("two\ntwo\n", diff)).toThrow("this hunk fits")
  })
})

describe("output", () => {
  const output = "start (seed 17)\nfailed: 12 passed, 3 failed\nend\n"
  const missing = (shown: string) => compareOutput(shown, output).missing

  it("is what a page shows, where … stands for anything and a count for any other", () => {
    expect(missing("start (seed 17)\nfailed: 12 passed, 3 failed\nend")).toBeUndefined()
    expect(missing("start (seed …)\nfailed: 99 passed, 1 failed\nend")).toBeUndefined()
    expect(missing("…\nend")).toBeUndefined()
    expect(missing("start …\n…")).toBeUndefined()
  })

  it.each([
    ["a line is another", "start (seed 18)\n…", "start (seed 18)"],
    ["a line is left out without …", "start (seed 17)\nend", "end"],
    ["lines are in another order", "…\nend\n…\nstart (seed 17)", "start (seed 17)"],
    ["none is some", "…\nfailed: 12 passed, 0 failed\n…", "failed: 12 passed, 0 failed"],
    ["it goes on", "start (seed 17)", "the end, or …"],
    ["a line is only begun", "start\n…", "start"],
  ])("is not what a page shows where %s", (_, shown, line) => {
    expect(missing(shown)).toBe(line)
  })

  it("gives the page its own counts, and leaves what is cut", () => {
    expect(compareOutput("start (seed …)\nfailed: 99 passed, 1 failed\n…\n", output).refreshed).toBe(
      "start (seed …)\nfailed: 12 passed, 3 failed\n…\n",
    )
  })
})
