import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { beforeAll, describe, expect, it } from "vitest"
import { safeAttribute } from "./attributes.ts"
import { cut } from "./cut.ts"
import { exceptionAttributes } from "./exception.ts"
import { safeName } from "./text.ts"

let collect = () => {}
beforeAll(() => {
  setFlagsFromString("--expose-gc")
  collect = runInNewContext("gc") as () => void
})

const MB = 1_000_000
const COUNT = 50

function largeText(at: number): string {
  return Buffer.alloc(MB, 65 + (at % 26)).toString()
}

describe("a text that is cut", () => {
  it.each([
    ["a name", (text: string) => safeName(text)],
    ["an attribute", (text: string) => safeAttribute(text, 4096)],
    ["a text in a list", (text: string) => safeAttribute([text], 4096)],
    ["an exception", (text: string) => exceptionAttributes(new Error(text), 4096)],
  ])("does not keep the whole of it: %s", (_, keep) => {
    collect()
    const before = process.memoryUsage().heapUsed
    const kept = Array.from({ length: COUNT }, (_, at) => keep(largeText(at)))
    collect()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan((COUNT * MB) / 5)
    expect(kept).toHaveLength(COUNT)
  })

  it("has the same characters, also where a pair is cut in two", () => {
    expect(cut('a"\u0000\n😀', 5)).toBe('a"\u0000\n\ud83d')
    expect(cut("abc", 3)).toBe("abc")
  })
})
