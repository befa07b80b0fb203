import { describe, expect, it } from "vitest"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Gate } from "../gate.ts"
import { route } from "../server/serve.fixture.ts"
import { tracedApi } from "./traced-api.fixture.ts"

const TOKEN = "everything-0123456789"
const PATH = "/api/v1/health"

/** The span of the check, and the status of the answer. */
async function checkOf(options: Parameters<typeof tracedApi>[0], authorization?: string, path = openapi) {
  const { call, tracing } = await tracedApi({ gate: undefined, ...options })
  const response = await call(path, authorization === undefined ? {} : { headers: { authorization } })
  await response.text()
  const [span] = tracing.getSpans({ name: "auth.check" })
  const [request] = tracing.getSpans().filter(({ kind }) => kind === "server")
  expect(JSON.stringify(tracing.getSpans())).not.toContain(TOKEN)
  return { request, span, status: response.status }
}

const env = { API_TOKEN: TOKEN }
const openapi = "/api/v1/openapi.json"

describe("the span of a check", () => {
  it("says that a caller came in, and is the child of the request", async () => {
    const { request, span, status } = await checkOf({ env }, `Bearer ${TOKEN}`, openapi)
    expect([status, span?.parentSpanId]).toEqual([200, request?.context.spanId])
    expect(span).toMatchObject({
      kind: "internal",
      attributes: { "auth.permission": expect.any(String), "auth.outcome": "admitted" },
      status: { code: "unset" },
    })
  })

  it("says that a token was refused, which is no failure", async () => {
    const { span, status } = await checkOf({ env }, "Bearer another-token-of-tests", openapi)
    expect(status).toBe(401)
    expect(span).toMatchObject({
      attributes: { "auth.outcome": "refused", "error.type": "PERMISSION_DENIED" },
      status: { code: "unset" },
      events: [],
    })
  })

  it("is an error where nobody can tell", async () => {
    const auth = { verify: () => Promise.reject(new Error("away")) }
    const { span, status } = await checkOf({ auth }, `Bearer ${TOKEN}`, openapi)
    expect(status).toBe(503)
    expect(span).toMatchObject({
      attributes: { "auth.outcome": "failed", "error.type": "UNAVAILABLE" },
      status: { code: "error" },
      events: [{ name: "exception" }],
    })
  })

  it("is there for a gate that waits, also without a token", async () => {
    const gate: Gate = { admit: async () => ({ id: "ada", permissions: [] }) }
    expect((await checkOf({ gate }, undefined, openapi)).span).toMatchObject({
      attributes: { "auth.outcome": "admitted" },
    })
    const refusing: Gate = { admit: () => Promise.reject(new ServiceError("PERMISSION_DENIED", "No.")) }
    expect((await checkOf({ gate: refusing }, undefined, openapi)).span).toMatchObject({
      attributes: { "auth.outcome": "refused" },
    })
  })

  it("is active while the gate checks", async () => {
    let seen: string | undefined
    const { call, tracing } = await tracedApi({
      gate: {
        async admit() {
          await Promise.resolve()
          seen = tracing.activeContext()?.spanId
          return undefined
        },
      },
    })
    await call(PATH, { headers: { authorization: "Bearer a" } })
    expect(seen).toBe(tracing.getSpans({ name: "auth.check" })[0]?.context.spanId)
  })

  it("is over before the handler runs, and not active in it", async () => {
    let seen: unknown[] = []
    const { call, tracing } = await tracedApi({
      gate: { admit: async () => undefined },
      routes: [
        route(() => {
          seen = [tracing.activeContext()?.spanId, tracing.getSpans({ name: "auth.check" }).length]
          return {}
        }),
      ],
    })
    await call("/api/v1/things", { headers: { authorization: "Bearer a" } })
    const [request] = tracing.getSpans().filter(({ kind }) => kind === "server")
    expect(seen).toEqual([request?.context.spanId, 1])
  })

  it("is not there where there is nothing to check, and for probes", async () => {
    expect((await checkOf({ env }, undefined, openapi)).span).toBeUndefined()
    expect((await checkOf({ env }, `Bearer ${TOKEN}`, "/livez")).span).toBeUndefined()
  })
})
