import { describe, expect, it } from "vitest"
import { redact, redactUrl, showOption } from "./redact.ts"

describe("an option that is shown", () => {
  it("is hidden where its name says that it is a secret, as a member of another too", () => {
    expect(showOption("password", "hunter2")).toBe("***")
    expect(showOption("tls", { ca: "public", key: "hunter2", passphrase: "hunter2" })).toBe(
      '{"ca":"public","key":"***","passphrase":"***"}',
    )
    expect(showOption("nodes", [{ token: "hunter2" }])).toBe('[{"token":"***"}]')
  })

  it("is the name of its class for an object that is no data, which may be circular and hold secrets", () => {
    class Client {
      readonly self = this
      readonly password = "hunter2"
    }
    expect(showOption("client", new Client())).toBe("(Client)")
    expect(showOption("clock", () => 0)).toBe("(function)")
  })

  it("has no credentials of a URL within a text, and no user of a URL alone", () => {
    expect(showOption("hint", "Error: redis://ada:hunter2@h")).toBe('"Error: redis://ada:***@h"')
    expect(showOption("proxy", "https://hunter2@h/")).toBe("https://***@h/")
    expect(redactUrl("redis:ada:hunter2@h")).toBe("redis://***@h")
    expect(redact({ auth: { a: 1 }, nodes: ["redis://ada:hunter2@h"] })).toEqual({
      auth: "***",
      nodes: ["redis://ada:***@h"],
    })
  })

  it("is data as JSON, and a URL without its credentials", () => {
    expect(showOption("nodes", ["a:1"])).toBe('["a:1"]')
    expect(showOption("size", 3)).toBe("3")
    expect(showOption("proxy", "http://ada:hunter2@host/path?token=x")).toBe("http://ada:***@host/path")
  })
})
