import { describe, expect, it } from "vitest"
import { encodeDisposition } from "./disposition.ts"

describe("encodeDisposition", () => {
  it.each(["attachment", "inline", 'attachment; filename="a b.txt"', "inline; filename=a%20b", "ATTACHMENT"])(
    "leaves %j as it is",
    (disposition) => expect(encodeDisposition(disposition)).toBe(disposition),
  )

  it.each([
    ['attachment; filename="grüße.txt"', `attachment; filename="gr__e.txt"; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt`],
    ["inline ;filename=日本.txt", `inline; filename="__.txt"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt`],
    ['Attachment; FileName="é"', `Attachment; filename="_"; filename*=UTF-8''%C3%A9`],
    ['attachment; filename="\u{1F600}"', `attachment; filename="_"; filename*=UTF-8''%F0%9F%98%80`],
    [
      'attachment; filename="é \\"a\\\\b\\" 50%"',
      `attachment; filename="_ _a_b_ 50_"; filename*=UTF-8''%C3%A9%20%22a%5Cb%22%2050%25`,
    ],
    [`attachment; filename="é'(*)!~#"`, `attachment; filename="_'(*)!~#"; filename*=UTF-8''%C3%A9%27%28%2A%29!~%23`],
  ])("writes %j as %j", (disposition, expected) => {
    expect(encodeDisposition(disposition)).toBe(expected)
    expect(encodeDisposition(expected)).toBe(expected)
  })

  it("gives ASCII that a header takes, for a filename of every character", () => {
    for (let code = 0x20; code < 0x3000; code += 7) {
      const name = `é${String.fromCodePoint(code)}`.replaceAll(/["\\]/g, "\\$&")
      const encoded = encodeDisposition(`attachment; filename="${name}"`)
      expect(encoded).toMatch(/^attachment; filename="[ -~]+"; filename\*=UTF-8''[\w.!~%-]+$/)
    }
  })
})
