import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { errorResponse } from "../../foundation/http/answer.ts"
import { staticTokens, tokensOf } from "./static-tokens.ts"
import { createTokenGate, type Verify } from "./token-gate.ts"

const token = "everything-0123456789"
const readToken = "reading-0123456789"
const known = staticTokens(tokensOf({ API_TOKEN: token, API_READ_TOKEN: readToken }).tokens)

function gateOf(verify: Verify = known) {
  const clock = createManualClock()
  const gate = createTokenGate(verify, { clock })
  return {
    clock,
    admit: (authorization?: string, permission = "cache.write", address = "192.0.2.1") =>
      gate.admit(requestOf(authorization), permission, { address }),
  }
}

function requestOf(authorization?: string, url = "http://localhost/"): Request {
  return new Request(url, authorization === undefined ? {} : { headers: { authorization } })
}

/** The answer to a request that is not let in. */
async function refusalOf(admit: () => unknown): Promise<Response> {
  try {
    await admit()
  } catch (error) {
    return errorResponse(requestOf(), error, {})
  }
  throw new Error("The gate must refuse.")
}

describe("a token", () => {
  it("lets its caller in at once, without a promise", () => {
    const { admit } = gateOf()
    expect(admit(`Bearer ${token}`)).toEqual({ id: "api", permissions: ["*"] })
    expect(admit(`Bearer ${readToken}`, "cache.read")).toEqual({ id: "api-read", permissions: ["*.read"] })
  })

  it.each(["bearer", "BEARER", "Bearer  "])("may come with the scheme %j", (scheme) => {
    expect(gateOf().admit(`${scheme} ${token}`)).toMatchObject({ id: "api" })
  })

  it("is not asked for by a public route, which knows the caller all the same", () => {
    const { admit } = gateOf()
    expect(admit(undefined, "public")).toBeUndefined()
    expect(admit(`Bearer ${readToken}`, "public")).toMatchObject({ id: "api-read" })
  })

  it("may come late", async () => {
    const { admit } = gateOf(async () => ({ id: "ada", permissions: ["cache.write"] }))
    expect(await admit("Bearer x")).toEqual({ id: "ada", permissions: ["cache.write"] })
    expect((await refusalOf(() => admit("Bearer x", "cache.read"))).status).toBe(403)
  })
})

describe("401", () => {
  it("asks for the token that is missing", async () => {
    const answer = await refusalOf(() => gateOf().admit())
    expect(answer.status).toBe(401)
    expect(answer.headers.get("www-authenticate")).toBe("Bearer")
    expect(await answer.json()).toMatchObject({
      error: {
        code: "PERMISSION_DENIED",
        message: "A token must be sent; add the header Authorization: Bearer TOKEN.",
        details: { reason: "credentials" },
      },
    })
  })

  it.each([
    ["a wrong token", "Bearer wrong-secret-0123456789"],
    ["a part of a token", `Bearer ${token.slice(0, -1)}`],
    ["two tokens", `Bearer ${token} ${token}`],
    ["two headers", `Bearer ${token}, Bearer ${token}`],
    ["a list of tokens", `Bearer ${token},${readToken}`],
    ["no token", "Bearer"],
    ["nothing", ""],
    ["no scheme", token],
    ["another scheme", `Basic ${token}`],
    ["a scheme that only begins so", `BearerX ${token}`],
  ])("is for %s, on every route", async (_, authorization) => {
    const { admit } = gateOf()
    for (const permission of ["cache.write", "public"]) {
      const answer = await refusalOf(() => admit(authorization, permission))
      expect(answer.status).toBe(401)
      expect(answer.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"')
      expect(await answer.text()).not.toMatch(/secret|0123/)
    }
  })

  it("is for a token in the URL", async () => {
    const gate = createTokenGate(known)
    const url = `http://localhost/?access_token=${token}&token=${token}`
    expect((await refusalOf(() => gate.admit(requestOf(undefined, url), "cache.read", {}))).status).toBe(401)
  })
})

it("403 names the permission that a caller must have", async () => {
  const answer = await refusalOf(() => gateOf().admit(`Bearer ${readToken}`, "cache.write"))
  expect(answer.status).toBe(403)
  expect(answer.headers.get("www-authenticate")).toBeNull()
  expect(await answer.json()).toMatchObject({
    error: { code: "PERMISSION_DENIED", message: "The caller must have the permission cache.write." },
  })
})

describe("429", () => {
  /** The statuses of requests with bad tokens, one after the other. */
  async function statuses(count: number, admit: () => unknown): Promise<number[]> {
    const answers: number[] = []
    while (answers.length < count) answers.push((await refusalOf(admit)).status)
    return answers
  }

  it("is for the eleventh bad token in a minute", async () => {
    const { admit, clock } = gateOf()
    expect(await statuses(10, () => admit("Bearer wrong"))).toEqual(Array(10).fill(401))
    await clock.advance(15_000)
    const answer = await refusalOf(() => admit("Basic wrong", "public"))
    expect(answer.status).toBe(429)
    expect(answer.headers.get("retry-after")).toBe("45")
    expect(await answer.json()).toMatchObject({ error: { code: "RATE_LIMITED" } })
    await clock.advance(45_000)
    expect(await statuses(1, () => admit("Bearer wrong"))).toEqual([401])
  })

  it("is for nobody else: not for a good token, a request without one, or another client", async () => {
    const { admit } = gateOf()
    await statuses(11, () => admit("Bearer wrong"))
    expect(admit(`Bearer ${token}`)).toMatchObject({ id: "api" })
    expect(await statuses(1, () => admit(`Bearer ${readToken}`))).toEqual([403])
    expect(await statuses(1, () => admit())).toEqual([401])
    expect(admit(undefined, "public")).toBeUndefined()
    expect(await statuses(1, () => admit("Bearer wrong", "public", "192.0.2.2"))).toEqual([401])
  })

  it("does not count what is good or missing", async () => {
    const { admit } = gateOf()
    for (let count = 0; count < 20; count++) await admit(`Bearer ${token}`)
    await statuses(20, () => admit(`Bearer ${readToken}`))
    await statuses(20, () => admit())
    expect(await statuses(1, () => admit("Bearer wrong"))).toEqual([401])
  })

  it("comes after as many as are allowed", async () => {
    const gate = createTokenGate(known, { clock: createManualClock(), maxFailuresPerMinute: 2 })
    const admit = () => gate.admit(requestOf("Bearer wrong"), "public", {})
    expect(await statuses(3, admit)).toEqual([401, 401, 429])
  })
})

it.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, "5"])(
  "a gate refuses %s as its number of bad tokens",
  (given) => {
    expect(() => createTokenGate(() => undefined, { maxFailuresPerMinute: given as number })).toThrow(
      expect.objectContaining({
        code: "INVALID_CONFIG",
        message: expect.stringMatching(/^maxFailuresPerMinute must be /),
      }),
    )
  },
)
