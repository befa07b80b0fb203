import { describe, expect, it } from "vitest"
import type { AuthResult, IAuthService } from "../../../contracts/foundation/auth.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { httpStatusOf } from "../../foundation/http/status.ts"
import { verifyWith } from "./verify-with.ts"

const answering = (result: unknown): IAuthService => ({ verify: async () => result as AuthResult })
const rejecting = (error: unknown): IAuthService => ({ verify: () => Promise.reject(error) })

const roles = { operator: ["queue.*", "*.read"], nobody: [] }

describe("a user may do", () => {
  it.each([
    ["what it has permissions for", { permissions: ["cache.read"] }, ["cache.read"]],
    ["what its roles may do", { roles: ["operator", "nobody"] }, ["queue.*", "*.read"]],
    ["both", { permissions: ["cache.read"], roles: ["operator"] }, ["cache.read", "queue.*", "*.read"]],
    ["nothing with neither", {}, []],
    ["nothing with a role that nobody knows", { roles: ["admin"] }, []],
    ["nothing with a role that every object has", { roles: ["constructor", "__proto__", "toString"] }, []],
    ["nothing with what is no list of texts", { permissions: "*", roles: { operator: true } }, []],
    ["nothing with what is no text", { permissions: [1, ["*"], null], roles: [null] }, []],
  ])("%s", async (_, user, permissions) => {
    const verify = verifyWith(answering({ success: true, user: { id: "ada", ...user } }), { roles })
    expect(await verify("x")).toEqual({ id: "ada", permissions })
  })
})

describe("nobody is known by", () => {
  it.each([
    { success: false },
    { success: false, user: { id: "ada" } },
    { success: true },
    { success: true, user: null },
    { success: true, user: {} },
    { success: true, user: { id: "" } },
    { success: true, user: { id: 7 } },
    { success: "yes", user: { id: "ada" } },
    { user: { id: "ada" } },
    {},
  ])("%j", async (result) => {
    expect(await verifyWith(answering(result))("x")).toBeUndefined()
  })
})

it("the auth service gets the token, as its own method", async () => {
  const auth = {
    secret: "right",
    async verify(token: string) {
      return { success: token === this.secret, user: { id: "ada" } }
    },
  }
  const verify = verifyWith(auth)
  expect(await verify("right")).toMatchObject({ id: "ada" })
  expect(await verify("wrong")).toBeUndefined()
})

describe("UNAVAILABLE, status 503, is", () => {
  async function errorOf(auth: IAuthService): Promise<unknown> {
    return Promise.resolve(verifyWith(auth)("the-secret")).then(
      () => "nothing",
      (error: unknown) => error,
    )
  }

  it.each([
    ["UNAVAILABLE", new ServiceError("UNAVAILABLE", "away")],
    ["TIMEOUT", new ServiceError("TIMEOUT", "late")],
    ["PERMISSION_DENIED", new ServiceError("PERMISSION_DENIED", "no", { details: { reason: "credentials" } })],
    ["a foreign error", new TypeError("fetch failed for the-secret")],
    ["no error", undefined],
    ["a text", "the-secret"],
  ])("what a rejection with %s becomes", async (_, cause) => {
    const error = await errorOf(rejecting(cause))
    expect(error).toMatchObject({ code: "UNAVAILABLE", details: { retryAfterSeconds: 5 } })
    expect(httpStatusOf(error)).toBe(503)
    expect(JSON.stringify(error)).not.toContain("the-secret")
  })

  it.each([
    [30, 30],
    [0, 5],
    [-1, 5],
    ["soon\r\n", 5],
    [1.5, 5],
  ])("with the Retry-After of the service: %j gives %j", async (retryAfterSeconds, shown) => {
    const error = await errorOf(rejecting(new ServiceError("UNAVAILABLE", "away", { details: { retryAfterSeconds } })))
    expect(error).toMatchObject({ details: { retryAfterSeconds: shown } })
  })

  it("what no answer, no object, and a throw become", async () => {
    const throwing = () => {
      throw new Error("broken")
    }
    const services = [answering(undefined), answering(null), { verify: throwing }]
    for (const auth of services) expect(await errorOf(auth)).toMatchObject({ code: "UNAVAILABLE" })
  })

  it("what an answer becomes that does not come in time", async () => {
    const clock = createManualClock()
    const hanging: IAuthService = { verify: () => new Promise(() => {}) }
    const settled = Promise.resolve(verifyWith(hanging, { clock })("x")).catch((error: unknown) => error)
    const first = Promise.race([settled, clock.advance(4_999).then(() => "waiting")])
    expect(await first).toBe("waiting")
    await clock.advance(1)
    expect(await settled).toMatchObject({ code: "UNAVAILABLE", cause: { code: "TIMEOUT" } })
  })
})

it.each([
  ["no verify", {}, {}, /^auth must have /],
  ["NaN ms", { verify: async () => ({ success: false }) }, { timeoutMs: Number.NaN }, /^timeoutMs must be /],
  ["0 ms", { verify: async () => ({ success: false }) }, { timeoutMs: 0 }, /^timeoutMs must be /],
])("%s is refused at once", (_kind, auth, options, message) => {
  expect(() => verifyWith(auth as never, options)).toThrow(
    expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringMatching(message) }),
  )
})
