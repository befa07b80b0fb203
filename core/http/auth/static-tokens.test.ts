import { timingSafeEqual } from "node:crypto"
import { describe, expect, it, vi } from "vitest"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { staticTokens, tokensOf } from "./static-tokens.ts"

vi.mock("node:crypto", async (importOriginal) => {
  const crypto = await importOriginal<typeof import("node:crypto")>()
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) }
})

const first = "first-token-0123456789"
const second = "second-token-0123456789"

function refusalOf(env: Record<string, string>): ServiceError {
  try {
    tokensOf(env)
  } catch (error) {
    if (ServiceError.is(error)) return error
  }
  throw new Error("tokensOf() must refuse")
}

describe("tokensOf", () => {
  it("reads a token for everything and a token for reading", () => {
    expect(tokensOf({ API_TOKEN: first, API_READ_TOKEN: second })).toEqual({
      tokens: [
        { token: first, caller: { id: "api", permissions: ["*"] } },
        { token: second, caller: { id: "api-read", permissions: ["*.read"] } },
      ],
    })
  })

  it("reads several tokens with commas between them", () => {
    const { tokens } = tokensOf({ API_TOKEN: `${first}, ${second}` })
    expect(tokens.map(({ token }) => token)).toEqual([first, second])
  })

  it("makes no token where one for reading is set", () => {
    expect(tokensOf({ API_READ_TOKEN: first }).generated).toBeUndefined()
  })

  it.each([{}, { API_TOKEN: "", API_READ_TOKEN: "" }])("makes a token of 32 random bytes of %j", (env) => {
    const { generated, tokens } = tokensOf(env)
    expect(generated).toMatch(/^[\w-]{43}$/)
    expect(tokens).toEqual([{ token: generated, caller: { id: "api", permissions: ["*"] } }])
    expect(tokensOf(env).generated).not.toBe(generated)
  })

  it.each([
    ["API_TOKEN", "short-secret"],
    ["API_READ_TOKEN", "short-secret"],
    ["API_TOKEN", `${first},`],
    ["API_TOKEN", `${first},short-secret`],
    ["API_TOKEN", " "],
    ["API_TOKEN", "secret with white space"],
    ["API_TOKEN", "secret-of-lötzinn-and-more"],
    ["API_TOKEN", "secret-line\nsecret-line-2"],
  ])("refuses %s=%j without showing it", (variable, value) => {
    const error = refusalOf({ [variable]: value })
    expect(error).toMatchObject({ code: "INVALID_CONFIG", details: { issues: [{ path: `env.${variable}` }] } })
    expect(JSON.stringify(error)).not.toMatch(/secret|first/)
  })

  it("refuses a token that is for everything and for reading alone", () => {
    expect(refusalOf({ API_TOKEN: `${first},${second}`, API_READ_TOKEN: second })).toMatchObject({
      code: "INVALID_CONFIG",
      details: { issues: [{ path: "env.API_READ_TOKEN", message: "must have no token that API_TOKEN has too" }] },
    })
  })
})

describe("staticTokens", () => {
  const verify = staticTokens(tokensOf({ API_TOKEN: first, API_READ_TOKEN: second }).tokens)

  it("knows who has a token, at once", () => {
    expect(verify(first)).toEqual({ id: "api", permissions: ["*"] })
    expect(verify(second)).toEqual({ id: "api-read", permissions: ["*.read"] })
  })

  it.each(["x", first, second, `${first}0`])("compares as many bytes with all tokens for %j", (token) => {
    vi.mocked(timingSafeEqual).mockClear()
    verify(token)
    const lengths = vi.mocked(timingSafeEqual).mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])
    expect(lengths).toEqual([
      [27, 27],
      [27, 27],
    ])
  })

  it.each(["", first.slice(1), `${first}0`, `${first}\0`, `${second}0`, first.toUpperCase(), `${first},${second}`])(
    "knows nobody by %j",
    (token) => {
      expect(verify(token)).toBeUndefined()
    },
  )
})
