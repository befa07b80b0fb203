/** Each key of the configuration acts. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buffer } from "node:stream/consumers"
import { gunzipSync } from "node:zlib"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { HttpServerConfig } from "./config.ts"
import { answerOf, get, route, serve } from "./serve.fixture.ts"

const PATH = "/api/v1/things"
const APP = "https://app.example.com"

/** Answers of a server with one route, which is set up so. */
async function served(config: HttpServerConfig, answer = route(() => ({ text: "a".repeat(2000) }))) {
  const { url } = await serve({ config, routes: [answer] })
  return (headers: Record<string, string> = {}, path = PATH, method = "GET") => answerOf(url, { path, headers, method })
}

/** Sends a body and resolves with the status. */
async function post(url: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers: { "content-type": "text/plain" } }
    request(url, options, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end(body)
  })
}

describe("port and host", () => {
  it("say where the server listens", async () => {
    const other = await serve()
    const taken = serve({ config: { port: other.port, host: "127.0.0.1" }, port: undefined })
    await expect(taken).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining(`${other.port}`),
    })
    await expect(serve({ config: { host: "192.0.2.1" } })).rejects.toMatchObject({ code: "INVALID_CONFIG" })
  })

  it("are those of the options where these have some", async () => {
    const server = await serve({ config: { host: "192.0.2.1", port: 1 }, host: "localhost", port: 0 })
    expect(server.url).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):\d{2,}$/)
  })

  it("are loopback, unless somebody chose who may come in", async () => {
    const shown = vi.spyOn(console, "warn").mockImplementation(() => {})
    const { url } = await serve({ gate: undefined })
    expect(new URL(url).hostname).toBe("127.0.0.1")
    const [, token] = /^Authorization: Bearer ([\w-]{43})$/m.exec(shown.mock.calls.join()) ?? []
    expect(await answerOf(`${url}/api/v1/openapi.json`)).toMatchObject({ status: 401 })
    const headers = { authorization: `Bearer ${token}` }
    expect(await answerOf(`${url}/api/v1/openapi.json`, { headers })).toMatchObject({ status: 200 })
    expect(new URL((await serve()).url).hostname).toBe("localhost")
    expect(shown).toHaveBeenCalledTimes(1)
  })
})

describe("cors", () => {
  const preflight = {
    origin: APP,
    "access-control-request-method": "PUT",
    "access-control-request-headers": "if-match",
  }

  it("left out or not enabled says nothing to other origins", async () => {
    for (const config of [{}, { cors: { enabled: false } }]) {
      const ask = await served(config)
      const { headers } = await ask({ origin: APP })
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([])
      expect(await ask(preflight, PATH, "OPTIONS")).toMatchObject({
        status: 204,
        headers: { allow: "GET, HEAD, OPTIONS" },
      })
    }
  })

  it("lets every origin read, and errors too", async () => {
    const ask = await served({ cors: {} })
    for (const path of [PATH, "/nowhere"]) {
      expect((await ask({ origin: APP }, path)).headers["access-control-allow-origin"]).toBe("*")
    }
  })

  it("answers a preflight without a token", async () => {
    const admit = () => {
      throw new ServiceError("PERMISSION_DENIED", "A token must come.", { details: { reason: "credentials" } })
    }
    const { url } = await serve({ config: { cors: { maxAge: 600 } }, gate: { admit }, routes: [route(() => ({}))] })
    expect(await answerOf(url + PATH, { method: "OPTIONS", headers: preflight })).toMatchObject({
      status: 204,
      headers: {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET,HEAD,POST,PUT,PATCH,DELETE",
        "access-control-allow-headers": "if-match",
        "access-control-max-age": "600",
      },
    })
    expect(await answerOf(url + PATH, { headers: { origin: APP } })).toMatchObject({
      status: 401,
      headers: { "access-control-allow-origin": "*" },
    })
  })

  it("lets the given origins read, each exactly, and caches know", async () => {
    for (const origins of [APP, [APP, "http://localhost:5173"]]) {
      const ask = await served({ cors: { origins, credentials: true } })
      expect(await ask({ origin: APP })).toMatchObject({
        headers: {
          "access-control-allow-origin": APP,
          "access-control-allow-credentials": "true",
          vary: expect.stringContaining("Origin"),
        },
      })
      for (const origin of [`${APP}:8443`, "http://app.example.com", `${APP}.evil.example`, "null"]) {
        const { headers } = await ask({ origin })
        expect(headers).toMatchObject({ vary: expect.stringContaining("Origin") })
        expect(headers["access-control-allow-origin"]).toBeUndefined()
      }
    }
  })

  it("names the methods", async () => {
    const ask = await served({ cors: { methods: ["GET", "PUT"] } })
    const { headers } = await ask(preflight, PATH, "OPTIONS")
    expect(headers["access-control-allow-methods"]).toBe("GET,PUT")
  })

  it("leaves OPTIONS that is no preflight to the API", async () => {
    const ask = await served({ cors: {} })
    expect(await ask({}, PATH, "OPTIONS")).toMatchObject({ headers: { allow: "GET, HEAD, OPTIONS" } })
  })
})

describe("requestTimeout", () => {
  it("bounds the work, which is told to end", async () => {
    let signal: AbortSignal | undefined
    const hanging = route((call) => {
      signal = call.signal
      return new Promise<undefined>(() => {})
    })
    const ask = await served({ requestTimeout: 20 }, hanging)
    expect(await ask()).toMatchObject({ status: 504, body: expect.stringContaining('"TIMEOUT"') })
    expect(signal?.aborted).toBe(true)
  })
})

describe("bodyLimit", () => {
  it("bounds a body, by its length and as it comes", async () => {
    const reading = route(async ({ maxBodyBytes }) => ({ maxBodyBytes }), "POST")
    const { url } = await serve({ config: { bodyLimit: "1kb" }, routes: [reading] })
    expect(await post(url + PATH, "a".repeat(1024))).toBe(200)
    expect(await post(url + PATH, "a".repeat(1025))).toBe(413)
  })
})

describe("compression", () => {
  const gzip = { "accept-encoding": "gzip" }

  it("compresses JSON", async () => {
    const { url } = await serve({ routes: [route(() => ({ text: "a".repeat(2000) }))] })
    const response = await get(url + PATH, { headers: gzip })
    expect(response.headers).toMatchObject({
      "content-encoding": "gzip",
      vary: expect.stringContaining("Accept-Encoding"),
    })
    expect(JSON.parse(String(gunzipSync(await buffer(response))))).toEqual({ text: "a".repeat(2000) })
  })

  it.each<[string, () => Response | object, Record<string, string>, string]>([
    ["what the client does not take", () => ({ text: "a".repeat(2000) }), { "accept-encoding": "br" }, "GET"],
    ["HEAD", () => ({ text: "a".repeat(2000) }), gzip, "HEAD"],
    ["short answers", () => ({ text: "a" }), gzip, "GET"],
    [
      "other types",
      () => new Response(new Uint8Array(2000), { headers: { "content-type": "image/png" } }),
      gzip,
      "GET",
    ],
    ["events", () => new Response("a".repeat(2000), { headers: { "content-type": "text/event-stream" } }), gzip, "GET"],
    ["what has ranges", () => new Response("a".repeat(2000), { headers: { "accept-ranges": "bytes" } }), gzip, "GET"],
    [
      "a range",
      () => new Response("a".repeat(2000), { status: 206, headers: { "content-range": "bytes 0-1999/3000" } }),
      gzip,
      "GET",
    ],
  ])("leaves %s as it is", async (_name, answer, headers, method) => {
    const ask = await served({}, route(answer))
    expect((await ask(headers, PATH, method)).headers["content-encoding"]).toBeUndefined()
  })

  it("off compresses nothing", async () => {
    const ask = await served({ compression: false })
    expect((await ask(gzip)).headers["content-encoding"]).toBeUndefined()
  })

  it("keeps each byte of a text that comes in pieces", async () => {
    const text = () => new Blob([..."abcdefgh"].map((letter) => letter.repeat(700))).stream()
    const ask = route(() => new Response(text(), { headers: { "content-type": "text/plain" } }))
    const { url } = await serve({ routes: [ask] })
    const response = await get(url + PATH, { headers: gzip })
    expect(String(gunzipSync(await buffer(response)))).toBe(
      [..."abcdefgh"].map((letter) => letter.repeat(700)).join(""),
    )
  })
})

describe("security.helmet", () => {
  it("adds headers for browsers, and keeps those that an answer has", async () => {
    const ask = await served(
      {},
      route(() => new Response("", { headers: { "content-security-policy": "sandbox" } })),
    )
    const common = { "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer" }
    expect((await ask()).headers).toMatchObject({ ...common, "content-security-policy": "sandbox" })
    expect((await ask({}, "/nowhere")).headers).toMatchObject({
      ...common,
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    })
  })

  it("off adds none", async () => {
    const ask = await served({ security: { helmet: false }, static: [{ path: "/docs", directory: "docs" }] })
    for (const path of [PATH, "/docs/write-an-adapter.md"]) {
      const { headers, status } = await ask({}, path)
      expect(status).toBe(200)
      expect(headers).not.toHaveProperty("content-security-policy")
      expect(headers).not.toHaveProperty("x-frame-options")
    }
  })
})

describe("security.rateLimit", () => {
  it("bounds the requests of a client in a window, and leaves probes alone", async () => {
    const clock = createManualClock()
    const config = {
      trustProxy: true,
      security: { rateLimit: { enabled: true, windowMs: 10_000, maxRequests: 2 } },
    }
    const { url } = await serve({ config, clock, routes: [route(() => ({}))] })
    const ask = (client: string, path = PATH) => answerOf(url + path, { headers: { "x-forwarded-for": client } })
    const statuses = async (client: string) => [(await ask(client)).status, (await ask(client)).status]

    expect(await statuses("192.0.2.1")).toEqual([200, 200])
    await clock.advance(2500)
    expect(await ask("192.0.2.1")).toMatchObject({
      status: 429,
      headers: { "retry-after": "8", "x-frame-options": "DENY" },
      body: expect.stringContaining('"RATE_LIMITED"'),
    })
    expect(await ask("192.0.2.1", "/livez")).toMatchObject({ status: 200 })
    expect(await statuses("192.0.2.2")).toEqual([200, 200])
    await clock.advance(7500)
    expect(await statuses("192.0.2.1")).toEqual([200, 200])
  })

  it("is off unless it is enabled", async () => {
    const ask = await served({ security: { rateLimit: { maxRequests: 1 } } })
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
  })
})

describe("trustProxy", () => {
  it("says whose address a client has", async () => {
    for (const [trustProxy, address] of [
      [true, "192.0.2.7"],
      [false, "127.0.0.1"],
    ] as const) {
      const seen: unknown[] = []
      const admit = (_request: Request, _permission: string, client: { address?: string | undefined }) => {
        seen.push(client.address)
        return undefined
      }
      const { port } = await serve({
        config: { trustProxy },
        gate: { admit },
        host: "127.0.0.1",
        routes: [route(() => ({}))],
      })
      await answerOf(`http://127.0.0.1:${port}${PATH}`, { headers: { "x-forwarded-for": "192.0.2.6, 192.0.2.7" } })
      await answerOf(`http://127.0.0.1:${port}${PATH}`)
      expect(seen).toEqual([address, "127.0.0.1"])
    }
  })
})

describe("static", () => {
  async function site(config: { path: string; cacheControl?: string } = { path: "/docs" }) {
    const root = await mkdtemp(join(tmpdir(), "static-"))
    onTestFinished(() => rm(root, { recursive: true }))
    await mkdir(join(root, "site/guide"), { recursive: true })
    await writeFile(join(root, "site/index.html"), "<p>home")
    await writeFile(join(root, "site/guide/index.html"), "<p>guide")
    await writeFile(join(root, "site/.env"), "hidden")
    await writeFile(join(root, "outside.txt"), "outside")
    return served({ static: [{ directory: join(root, "site"), ...config }] })
  }

  it("serves files, for everybody", async () => {
    const ask = await site({ path: "/docs", cacheControl: "public, max-age=60" })
    const headers = {
      "cache-control": "public, max-age=60",
      "content-security-policy": expect.stringContaining("default-src 'self'"),
      "content-type": expect.stringContaining("text/html"),
      vary: "Accept-Encoding",
      "x-content-type-options": "nosniff",
    }
    expect(await ask({}, "/docs")).toMatchObject({ status: 200, headers, body: "<p>home" })
    expect(await ask({}, "/docs/guide/")).toMatchObject({ status: 200, headers, body: "<p>guide" })
    expect(await ask({}, "/docs", "HEAD")).toMatchObject({ status: 200, headers, body: "" })
    expect(await ask({}, "/docs", "POST")).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } })
    expect(await ask({}, "/docs/none")).toMatchObject({ status: 404, body: expect.stringContaining('"NOT_FOUND"') })
  })

  it("at the root leaves routes as they are", async () => {
    const ask = await site({ path: "/" })
    expect(await ask({}, "/guide/")).toMatchObject({ status: 200, body: "<p>guide" })
    expect(await ask()).toMatchObject({ status: 200, body: expect.stringContaining("aaa") })
  })

  it.each([
    "/docs/../outside.txt",
    "/docs/%2e%2e/outside.txt",
    "/docs/..%2foutside.txt",
    "/docs/%2e%2e%2foutside.txt",
    "/docs/..%5coutside.txt",
    "/docs/%252e%252e%252foutside.txt",
    "/docs//../outside.txt",
    "/docs/guide/../../outside.txt",
    "/docs../outside.txt",
    "/docs/.env",
    "/docs/%2eenv",
  ])("never leaves its directory: %s", async (path) => {
    const ask = await site()
    const { body, status } = await ask({}, path)
    expect([status, body.includes("NOT_FOUND")]).toEqual([404, true])
  })

  it("refuses a directory that is not there, and a path that the API has", async () => {
    const missing = serve({ config: { static: [{ path: "/docs", directory: "no-such-directory" }] } })
    await expect(missing).rejects.toMatchObject({
      code: "INVALID_CONFIG",
      details: { issues: [{ path: "config.static.0.directory", message: expect.stringContaining("create it") }] },
    })
    for (const path of ["/api", PATH, `${PATH}/more`]) {
      const colliding = serve({ config: { static: [{ path, directory: "." }] }, routes: [route(() => ({}))] })
      await expect(colliding).rejects.toMatchObject({
        code: "INVALID_CONFIG",
        details: { issues: [{ path: "config.static.0.path", message: expect.stringContaining("choose another") }] },
      })
    }
  })
})
