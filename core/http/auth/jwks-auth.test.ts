import { inspect } from "node:util"
import { base64url, SignJWT, UnsecuredJWT } from "jose"
import { afterEach, beforeAll, describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { errorResponse } from "../../foundation/http/answer.ts"
import { createJwksAuth } from "./jwks-auth.ts"
import type { JwksAuthOptions } from "./jwks-options.ts"
import { createKey, startJwksServer } from "./jwks-server.fixture.ts"
import { createTokenGate } from "./token-gate.ts"
import { verifyWith } from "./verify-with.ts"

const MINUTE = 60_000
const clock = createManualClock()
const seconds = () => Math.floor(clock.now() / 1000)
const claims = (more: object = {}) => ({
  ...{ iss: "https://issuer.example", aud: "orders", sub: "ada", exp: seconds() + 86_400 },
  ...more,
})

let key: Awaited<ReturnType<typeof createKey>>
let stranger: typeof key
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  key = await createKey("first")
  stranger = await createKey("stranger")
})

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function issuer(options: Partial<JwksAuthOptions> = {}, keys: readonly object[] = [key.jwk]) {
  const server = await startJwksServer(keys)
  stops.push(server.stop)
  const given = { url: server.url, issuer: "https://issuer.example", audience: "orders", clock }
  return { server, auth: await createJwksAuth({ ...given, ...options }) }
}

describe("a good token", () => {
  it("gives its user, with permissions of scope and roles of roles", async () => {
    const { auth } = await issuer()
    const token = await key.sign(claims({ scope: "openid  cache.read *.write", roles: ["operator", 7], name: "Ada" }))
    expect(await auth.verify(token)).toEqual({
      success: true,
      user: { id: "ada", permissions: ["openid", "cache.read", "*.write"], roles: ["operator"] },
    })
    expect(await auth.verify(await key.sign(claims()))).toEqual({
      success: true,
      user: { id: "ada", permissions: [], roles: [] },
    })
  })

  it("may have them in other claims", async () => {
    const { auth } = await issuer({ permissionsClaim: "permissions", rolesClaim: "https://issuer.example/role" })
    const token = await key.sign(
      claims({ permissions: ["cache.read"], "https://issuer.example/role": "operator", scope: "*", roles: ["admin"] }),
    )
    expect(await auth.verify(token)).toMatchObject({ user: { permissions: ["cache.read"], roles: ["operator"] } })
  })

  it.each(["RS256", "PS512", "ES384", "EdDSA"])("may be signed by %s", async (alg) => {
    const other = await createKey("other", alg)
    const { auth } = await issuer({}, [key.jwk, other.jwk])
    expect(await auth.verify(await other.sign(claims()))).toMatchObject({ success: true })
  })

  it("may be of one of several issuers and audiences, and as old as the tolerance allows", async () => {
    const { auth } = await issuer({ issuer: ["https://a.example", "https://b.example"], audience: ["a", "orders"] })
    const token = await key.sign(claims({ iss: "https://b.example", aud: ["x", "orders"], exp: seconds() - 4 }))
    expect(await auth.verify(token)).toMatchObject({ success: true })
  })
})

describe("success is false for", () => {
  const header = { alg: "ES256", kid: "first" }
  const part = (value: unknown) => base64url.encode(JSON.stringify(value))
  const faults: readonly (readonly [string, () => string | Promise<string>])[] = [
    ["an expired token", () => key.sign(claims({ exp: seconds() - 6 }))],
    ["one that is not valid yet", () => key.sign(claims({ nbf: seconds() + 6 }))],
    ["one without exp", () => key.sign(claims({ exp: undefined }))],
    ["one whose exp is a text", () => key.sign(claims({ exp: "2099-01-01" }))],
    ["one of another issuer", () => key.sign(claims({ iss: "https://issuer.example.org" }))],
    ["one of no issuer", () => key.sign(claims({ iss: undefined }))],
    ["one for another audience", () => key.sign(claims({ aud: ["invoices"] }))],
    ["one for no audience", () => key.sign(claims({ aud: undefined }))],
    ["one without sub", () => key.sign(claims({ sub: undefined }))],
    ["one whose sub is no text", () => key.sign(claims({ sub: 7 }))],
    ["one whose sub is empty", () => key.sign(claims({ sub: "" }))],
    ["one that another key signed", () => stranger.sign(claims(), { kid: "first" })],
    ["one of an unknown key", () => stranger.sign(claims())],
    [
      "one with a critical header that nobody knows",
      () => key.signText(JSON.stringify(claims()), { crit: ["x"], x: 1 }),
    ],
    ["one without a signature", () => new UnsecuredJWT(claims()).encode()],
    ["one whose algorithm is none", () => `${part({ ...header, alg: "none" })}.${part(claims())}.`],
    ["HS256 by the public key", () => hs256(key.jwk)],
    [
      "claims that were changed",
      async () => (await key.sign(claims())).replace(/\.[^.]+\./, `.${part(claims({ sub: "eve" }))}.`),
    ],
    ["claims that are no object", () => key.signText("[]")],
    ["claims that are no JSON", () => key.signText("claims")],
    ["two parts", async () => (await key.sign(claims())).split(".").slice(0, 2).join(".")],
    ["four parts", async () => `${await key.sign(claims())}.x`],
    ["garbage", () => "garbage"],
    ["nothing", () => ""],
    ["garbage in three parts", () => "a.b.c"],
    ["characters outside of ASCII", () => "ä.ö.ü"],
    ["no algorithm", () => `${part({ kid: "first" })}.${part(claims())}.AAAA`],
    ["an algorithm that every object has", () => `${part({ ...header, alg: "constructor" })}.${part(claims())}.AAAA`],
    ["a kid that is no text", () => `${part({ ...header, kid: { x: 1 } })}.${part(claims())}.AAAA`],
    ["1 MB", () => "x".repeat(1_048_576)],
    ["1 MB of a good token's form", async () => key.sign(claims({ pad: "x".repeat(1_048_576) }))],
  ]

  async function hs256(jwk: object): Promise<string> {
    const secret = new TextEncoder().encode(JSON.stringify(jwk))
    return new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid: "first" }).sign(secret)
  }

  it.each(faults)("%s", async (_, make) => {
    const { auth } = await issuer()
    const token = await make()
    const result = await auth.verify(token)
    expect(result).toEqual({ success: false, error: expect.stringMatching(/^(ERR_[A-Z_]+|The .+\.)$/) })
    expect(await auth.getMetrics()).toMatchObject({ refused: 1, verified: 0, undecided: 0 })
  })

  it("an algorithm that is not accepted", async () => {
    const { auth } = await issuer({ algorithms: ["RS256"] })
    expect(await auth.verify(await key.sign(claims()))).toEqual({ success: false, error: "ERR_JOSE_ALG_NOT_ALLOWED" })
  })

  it("a token without kid, where several keys fit", async () => {
    const { auth } = await issuer({}, [key.jwk, stranger.jwk])
    const token = await key.sign(claims(), { kid: undefined as never })
    expect(await auth.verify(token)).toEqual({ success: false, error: "ERR_JWKS_MULTIPLE_MATCHING_KEYS" })
  })
})

describe("a token that is wrong in itself", () => {
  it("asks for no keys, and is refused while there are none", async () => {
    const { auth, server } = await issuer()
    await server.stop()
    expect(await auth.verify("garbage")).toMatchObject({ success: false })
    expect(await auth.verify(new UnsecuredJWT(claims()).encode())).toMatchObject({ success: false })
    expect(await auth.getMetrics()).toMatchObject({ keySetReads: 0 })
  })
})

describe("the key set", () => {
  it("is read once by tokens at the same time", async () => {
    const { auth, server } = await issuer()
    const token = await key.sign(claims())
    const results = await Promise.all(Array.from({ length: 50 }, () => auth.verify(token)))
    expect(results.every(({ success }) => success)).toBe(true)
    expect(server.requests).toBe(1)
    expect(await auth.getMetrics()).toEqual({
      verified: 50,
      refused: 0,
      undecided: 0,
      keySetReads: 1,
      keySetFailures: 0,
    })
  })

  it("is read anew for a new key at once, and for unknown keys once in 5 s", async () => {
    const { auth, server } = await issuer()
    await auth.verify(await key.sign(claims()))
    const second = await createKey("second")
    server.keys = [second.jwk]
    expect(await auth.verify(await second.sign(claims()))).toMatchObject({ success: true })
    const unknown = await stranger.sign(claims())
    for (const _ of [1, 2, 3]) expect(await auth.verify(unknown)).toMatchObject({ success: false })
    expect(server.requests).toBe(2)
    await clock.advance(5_000)
    for (const _ of [1, 2, 3]) expect(await auth.verify(unknown)).toMatchObject({ success: false })
    expect(server.requests).toBe(3)
    expect(await auth.verify(await key.sign(claims()))).toMatchObject({ success: false })
  })

  it("that cannot be read: its last keys are used for an hour, until it is back", async () => {
    const { auth, server } = await issuer()
    const token = await key.sign(claims())
    await auth.verify(token)
    expect(await auth.healthCheck()).toEqual({ status: "healthy", latency: 0 })
    await server.stop()
    await clock.advance(59 * MINUTE)
    expect(await auth.verify(token)).toMatchObject({ success: true })
    expect(await auth.healthCheck()).toEqual({
      status: "degraded",
      latency: 0,
      message: "The key set cannot be read; its last keys are used.",
    })
    await clock.advance(MINUTE)
    await expect(auth.verify(token)).rejects.toMatchObject({ code: "UNAVAILABLE", details: { retryAfterSeconds: 5 } })
    expect(await auth.healthCheck()).toMatchObject({ status: "unhealthy" })
    await server.start()
    await clock.advance(5_000)
    expect(await auth.verify(token)).toMatchObject({ success: true })
    expect(await auth.healthCheck()).toEqual({ status: "healthy", latency: 0 })
  })

  it("is read by the health check, but not in a storm", async () => {
    const { auth, server } = await issuer()
    server.answer = (_, response) => response.writeHead(500).end()
    for (const _ of [1, 2, 3]) expect(await auth.healthCheck()).toMatchObject({ status: "unhealthy" })
    expect(server.requests).toBe(1)
    server.answer = undefined
    await clock.advance(5_000)
    for (const _ of [1, 2, 3]) expect(await auth.healthCheck()).toMatchObject({ status: "healthy" })
    expect(server.requests).toBe(2)
  })

  it.each([
    ["a status that is not 200", () => [500, {}, "no"] as const],
    ["another success", () => [206, {}, JSON.stringify({ keys: [key.jwk] })] as const],
    ["a redirect", (url: string) => [302, { location: `${url}?again` }, ""] as const],
    ["no JSON", () => [200, {}, "<html>"] as const],
    ["nothing", () => [200, {}, ""] as const],
    ["no key set", () => [200, {}, JSON.stringify({ keys: "none" })] as const],
    ["keys that are no objects", () => [200, {}, JSON.stringify({ keys: [1] })] as const],
    ["more than 256 KiB", () => [200, {}, JSON.stringify({ keys: [key.jwk], pad: "x".repeat(262_144) })] as const],
    ["private keys", () => [200, {}, JSON.stringify({ keys: [key.privateJwk] })] as const],
  ])("of %s makes tokens UNAVAILABLE", async (_, answer) => {
    const { auth, server } = await issuer()
    server.answer = ({ url }, response) => {
      const [status, headers, body] = url?.endsWith("?again")
        ? [200, {}, JSON.stringify({ keys: [key.jwk] })]
        : answer(server.url)
      response.writeHead(status, headers).end(body)
    }
    await expect(auth.verify(await key.sign(claims()))).rejects.toMatchObject({
      code: "UNAVAILABLE",
      details: { retryAfterSeconds: 5 },
    })
    expect(await auth.getMetrics()).toMatchObject({ undecided: 1, refused: 0 })
  })

  it.each(["headers", "body"])("that does not come (%s) is given up", async (missing) => {
    const { auth, server } = await issuer()
    const asked = new Promise<void>((resolve) => {
      server.answer = (_, response) => {
        if (missing === "body") response.writeHead(200).write("{")
        resolve()
      }
    })
    const settled = auth.verify(await key.sign(claims())).catch((error: unknown) => error)
    await asked
    await clock.advance(3_000)
    expect(await settled).toMatchObject({ code: "UNAVAILABLE", cause: { code: "TIMEOUT" } })
  })
})

describe("the gate", () => {
  it("answers 401 for a bad token, 503 with Retry-After where nobody can tell, and never shows the token", async () => {
    const { auth, server } = await issuer()
    const gate = createTokenGate(verifyWith(auth, { clock, roles: { operator: ["cache.*"] } }), { clock })
    const errors: unknown[] = []
    const answerTo = async (token: string) => {
      const request = new Request("http://localhost/", { headers: { authorization: `Bearer ${token}` } })
      try {
        await gate.admit(request, "cache.write", {})
        return new Response()
      } catch (error) {
        errors.push(error)
        return errorResponse(request, error, {})
      }
    }
    const good = await key.sign(claims({ roles: ["operator"] }))
    const bad = [
      await key.sign(claims({ exp: 1 })),
      await key.sign(claims({ iss: "https://other.example" })),
      await stranger.sign(claims()),
    ]
    expect((await answerTo(good)).status).toBe(200)
    for (const token of bad) expect((await answerTo(token)).status).toBe(401)
    await server.stop()
    await clock.advance(60 * MINUTE)
    const answer = await answerTo(good)
    expect(answer.status).toBe(503)
    expect(answer.headers.get("retry-after")).toBe("5")

    const said = inspect([errors, await answer.text(), await auth.healthCheck(), await auth.getMetrics()], {
      depth: 20,
    })
    expect(errors).toHaveLength(4)
    for (const part of [good, ...bad].flatMap((token) => token.split("."))) expect(said).not.toContain(part)
  })
})

describe("options", () => {
  const usable = { url: "https://issuer.example/jwks.json", issuer: "https://issuer.example", audience: "orders" }

  it.each([
    ["url", { ...usable, url: "issuer.example" }],
    ["url", { ...usable, url: "file:///etc/keys.json" }],
    ["url", { ...usable, url: "https://ada:secret@issuer.example/" }],
    ["issuer", { ...usable, issuer: undefined }],
    ["issuer", { ...usable, issuer: "" }],
    ["issuer", { ...usable, issuer: [] }],
    ["audience", { ...usable, audience: undefined }],
    ["audience", { ...usable, audience: [] }],
    ["algorithms.0", { ...usable, algorithms: ["HS256"] }],
    ["algorithms.0", { ...usable, algorithms: ["none"] }],
    ["algorithms", { ...usable, algorithms: [] }],
    ["clockToleranceSeconds", { ...usable, clockToleranceSeconds: -1 }],
    ["clockToleranceSeconds", { ...usable, clockToleranceSeconds: Number.NaN }],
    ["requestTimeoutMs", { ...usable, requestTimeoutMs: 0 }],
    ["jwksUri", { ...usable, jwksUri: "x" }],
  ])("are refused for %s: %j", async (path, options) => {
    const error = await createJwksAuth(options as unknown as JwksAuthOptions).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: "INVALID_CONFIG", details: { issues: [{ path }] } })
    expect(JSON.stringify(error)).not.toContain("secret")
  })

  it("may have a URL", async () => {
    await expect(createJwksAuth({ ...usable, url: new URL(usable.url) })).resolves.toBeDefined()
  })
})
