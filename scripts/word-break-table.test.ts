import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { wordBreakData } from "./word-break/data.ts"

it("the committed table of the tokenizer is what its script writes", () => {
  const file = join(import.meta.dirname, "..", "core", "search", "analysis", "word-break-data.ts")
  expect(readFileSync(file, "utf8") === wordBreakData()).toBe(true)
})
