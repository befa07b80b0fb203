import { gunzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { Answer, Connection } from "./connection.ts"
import { type HttpOptions, HttpSender, type SpanFormat } from "./http-sender.ts"
import { installedPackages } from "./library.ts"
import { otlpFormat } from "./otlp-format.ts"
import type { Sending } from "./sender.ts"

const { ProtobufTraceSerializer } = await installedPackages.loadTransformer()
const { refusedIn } = otlpFormat(ProtobufTraceSerializer)

/** Texts, of which "bad" cannot be written. */
const format: SpanFormat<string> = {
  contentType: "application/x-protobuf",
  empty: new Uint8Array(),
  write(spans) {
    if (spans.includes("bad")) throw new TypeError("It cannot be written.")
    return Buffer.from(spans.join())
  },
  refusedIn,
}

/** A sender whose requests are answered by the list, or fail where an answer is none. */
function open(answers: (Answer | undefined)[], options: Partial<HttpOptions> = {}) {
  const clock = createManualClock()
  const requests: { headers: Readonly<Record<string, string>>; body: string }[] = []
  const pauses: [number, boolean][] = []
  const connection: Connection = {
    async post(bytes, headers) {
      const body = headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : Buffer.from(bytes)
      requests.push({ headers, body: body.toString() })
      const answer = answers.shift()
      if (answer === undefined) throw new Error("ECONNREFUSED")
      return answer
    },
    close() {},
  }
  const own: HttpOptions = { connection, headers: { "x-key": "secret" }, compression: "none", timeoutMs: 10_000, clock }
  const sender = new HttpSender(format, { ...own, ...options })
  const sending: Sending = {
    signal: new AbortController().signal,
    pause: async (ms, isAsked) => void pauses.push([ms, isAsked]),
  }
  return { sender, clock, requests, pauses, send: (...spans: string[]) => sender.send(spans, sending) }
}

function answer(
  status: number,
  headers: Record<string, string> = {},
  body: string | Uint8Array | undefined = "",
): Answer {
  return { status, headers, body: typeof body === "string" ? Buffer.from(body) : body }
}

const json = { "content-type": "application/json" }
const protobuf = { "content-type": "application/x-protobuf" }

/** Field 1 of the answer is the partial success, whose field 1 is the count. */
const partialOf = (count: number) => new Uint8Array([10, 2, 8, count])

describe("an answer", () => {
  it.each([
    ["of success", answer(200, protobuf), 5],
    ["without a body", answer(200), 5],
    ["that refuses some in protobuf", answer(200, protobuf, partialOf(3)), 2],
    ["that refuses some in JSON", answer(200, json, '{"partialSuccess":{"rejectedSpans":"3"}}'), 2],
    ["that says nothing in JSON", answer(200, json, '{"partialSuccess":null}'), 5],
    ["that only warns", answer(200, protobuf, new Uint8Array([10, 4, 18, 2, 104, 105])), 5],
    ["that refuses more than were sent", answer(200, protobuf, partialOf(9)), 0],
  ])("%s counts as such", async (_what, response, count) => {
    const { send } = open([response])
    expect(await send("a", "b", "c", "d", "e")).toBe(count)
  })

  it.each([
    ["a page of HTML", answer(200, { "content-type": "text/html" }, "<p>Welcome")],
    ["no JSON", answer(200, json, "<p>Welcome")],
    ["a list", answer(200, json, "[]")],
    ["a text", answer(200, json, '"ok"')],
    ["a count that is no number", answer(200, json, '{"partialSuccess":{"rejectedSpans":"some"}}')],
    ["half a span", answer(200, json, '{"partialSuccess":{"rejectedSpans":1.5}}')],
    ["less than none", answer(200, json, '{"partialSuccess":{"rejectedSpans":-1}}')],
    ["no end", { ...answer(200, protobuf), body: undefined }],
    ["no protobuf", answer(200, protobuf, new Uint8Array([10, 200, 1]))],
    ["400", answer(400)],
    ["401", answer(401)],
    ["500", answer(500)],
    ["a redirect", answer(307, { location: "https://elsewhere" })],
  ])("of %s is a failure, and is not sent again", async (_what, response) => {
    const { pauses, requests, send, sender } = open([response])
    await expect(send("a")).rejects.toMatchObject({ message: expect.stringMatching(/^The receiver of spans must/) })
    expect(requests).toHaveLength(1)
    expect(pauses).toEqual([])
    expect(sender.failure).toBeDefined()
  })

  it.each([429, 502, 503, 504])("of %i is asked for again, after ever longer pauses", async (status) => {
    const { pauses, send } = open([...Array.from({ length: 5 }, () => answer(status)), answer(200)])
    expect(await send("a")).toBe(1)
    expect(pauses).toEqual([500, 1000, 2000, 4000, 5000].map((ms) => [ms, false]))
  })

  it("that names a pause is waited for", async () => {
    const { clock, pauses, send } = open([
      answer(503, { "retry-after": "3" }),
      answer(429, { "retry-after": new Date(Date.UTC(2026, 0, 1, 0, 0, 7)).toUTCString() }),
      answer(503, { "retry-after": "soon" }),
      answer(200),
    ])
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1))
    expect(await send("a")).toBe(1)
    expect(pauses).toEqual([
      [3000, true],
      [7000, true],
      [2000, false],
    ])
  })

  it("that does not come is asked for again", async () => {
    const { send, sender } = open([undefined, answer(200)])
    expect(await send("a")).toBe(1)
    expect(sender.failure).toBeUndefined()
  })
})

describe("a request", () => {
  it("has the headers, and the type of its body", async () => {
    const { requests, send } = open([answer(200)])
    await send("a", "b")
    const headers = { "x-key": "secret", "content-type": "application/x-protobuf" }
    expect(requests).toEqual([{ headers, body: "a,b" }])
  })

  it("is zipped where that was asked for", async () => {
    const { requests, send } = open([answer(200)], { compression: "gzip" })
    await send("a")
    expect(requests).toMatchObject([{ headers: { "content-encoding": "gzip" }, body: "a" }])
  })

  it("is ended after its time", async () => {
    const post: Connection["post"] = (_body, _headers, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
    const { clock, sender } = open([], { connection: { post, close() {} } })
    const check = expect(sender.check(new AbortController().signal)).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await clock.advance(10_000)
    await check
  })

  it("leaves out a span that cannot be written, and no other", async () => {
    const { requests, send } = open([answer(200)])
    expect(await send("a", "bad", "b")).toBe(2)
    expect(requests).toMatchObject([{ body: "a,b" }])
  })
})

describe("a failure", () => {
  it.each([
    [307, "Check the endpoint."],
    [404, "Check the endpoint."],
    [405, "Check the endpoint."],
    [401, "Check the headers."],
    [403, "Check the headers."],
  ])("by status %i says what to do", async (status, hint) => {
    const { send, sender } = open([answer(status)])
    await expect(send("a")).rejects.toThrow()
    expect(sender.failure?.message).toBe(
      `The receiver of spans must take them; it answered with status ${status}. ${hint}`,
    )
  })

  it("says that credentials are wrong, and shows none", async () => {
    const { send, sender } = open([answer(401)])
    await expect(send("a")).rejects.toThrow()
    expect(sender.failure?.code).toBe("PERMISSION_DENIED")
    expect(JSON.stringify(sender.failure)).not.toContain("secret")
  })

  it("is over when spans are taken again", async () => {
    const { send, sender } = open([answer(400), answer(200)])
    await expect(send("a")).rejects.toThrow()
    await send("b")
    expect(sender.failure).toBeUndefined()
  })

  it.each([
    ["DEPTH_ZERO_SELF_SIGNED_CERT", /certificate.*NODE_EXTRA_CA_CERTS/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /certificate.*NODE_EXTRA_CA_CERTS/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", /certificate.*NODE_EXTRA_CA_CERTS/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", /must speak TLS.*http:\/\//],
  ])("by %s says what to do", async (code, message) => {
    const post = () => Promise.reject(Object.assign(new Error("It failed with secret."), { code }))
    const { sender } = open([], { connection: { post, close() {} } })
    await expect(sender.check(new AbortController().signal)).rejects.toThrow(message)
    await expect(sender.check(new AbortController().signal)).rejects.not.toThrow("secret")
  })

  it("of a receiver that was away is over when it answers", async () => {
    const { sender, send } = open([answer(503), answer(400), answer(200)])
    const { signal } = new AbortController()
    const refused = { signal, pause: () => Promise.reject(new Error("late")) }
    await expect(sender.send(["a"], refused)).rejects.toThrow("late")
    expect(sender.failure).toBeDefined()
    await sender.check(signal)
    expect(sender.failure).toBeUndefined()
    await send("b")
  })

  it("of a receiver that refuses is not over when it answers", async () => {
    const { send, sender } = open([answer(400), answer(200)])
    await expect(send("a")).rejects.toThrow()
    await sender.check(new AbortController().signal)
    expect(sender.failure).toBeDefined()
  })
})
