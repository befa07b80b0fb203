import { describe, expect, it } from "vitest"
import { isSecretName, oneLine, redactText, shownName, usageLine } from "./shown.ts"

describe("a text of somebody else", () => {
  it.each([
    ["at redis://ada:hunter2@h:1/0 now", "at redis://ada:***@h:1/0 now"],
    ["at redis://:hunter2@h", "at redis://:***@h"],
    ["at https://hunter2@h/", "at https://***@h/"],
    ["at redis://ada:hun/ter2?x#@y@h", "at redis://ada:***@h"],
    ["redis://a:hunter2@h, redis://b:hunter2@i", "redis://a:***@h, redis://b:***@i"],
    [`"redis://ada:hun'ter2@h"`, '"redis://ada:***@h"'],
    ["jdbc:postgresql://ada:hunter2@h/db", "jdbc:postgresql://ada:***@h/db"],
    ["https://h/?token=hunter2&a=1", "https://h/?token=***&a=1"],
    ["Server=h;Password=hunter2;Port=1", "Server=h;Password=***;Port=1"],
    ["mail of ada@h at http://h/", "mail of ada@h at http://h/"],
  ])("%s is shown without its secrets", (text, shown) => expect(redactText(text)).toBe(shown))

  it.each(["m", "a-", "a://"])("is shown at once where it is long: %s 40,000 times", { timeout: 2000 }, (piece) => {
    expect(redactText(`${piece.repeat(40_000)} token=hunter2`)).toBe(`${piece.repeat(40_000)} token=***`)
  })

  it("is one line", () => expect(oneLine(" a\nb\u0000\u001b[1m c\n")).toBe("a b [1m c"))
})

it("names of secrets are known in any case and at any place", () => {
  const secret = "password pwd passphrase clientSecret TOKEN auth authorization dsn apiKey key tls_key credentials"
  expect(secret.split(" ").filter((name) => !isSecretName(name))).toEqual([])
  expect(["keyPrefix", "maxKeyBytes", "host", "username", "timeoutMs"].filter(isSecretName)).toEqual([])
})

it("a name is shown where it is a short identifier", () => {
  expect(["a-b.c_1", "", "a b", "redis://h", "a".repeat(65)].map(shownName)).toEqual(["a-b.c_1", "…", "…", "…", "…"])
})

it("a line about wrong usage shows no argument that may be a URL", () => {
  const url = "redis://ada:hunter 2@h"
  expect(usageLine(`Unknown ${url}\nx; try a.`, [url])).toBe("Unknown … x; try a.")
  expect(usageLine("Got redis://ada:hunter2@h; try a.", [])).toBe("Got … try a.")
})
