import { describe, expect, it } from "vitest"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { type HttpServerConfig, readServerOptions } from "./config.ts"

const readServerConfig = (config: HttpServerConfig) => readServerOptions({ config }).config

/** The issues of options, as `path: message`. */
function issuesOf(options: object): string[] {
  try {
    readServerOptions(options)
    return []
  } catch (error) {
    if (!ServiceError.is(error) || error.code !== "INVALID_CONFIG") throw error
    const { issues } = error.details as { issues: { path: string; message: string }[] }
    return issues.map(({ message, path }) => `${path}: ${message}`)
  }
}

describe("the configuration of the server", () => {
  it("has the defaults of the requirement document", () => {
    expect(readServerConfig({ cors: {}, security: { rateLimit: {} } })).toEqual({
      port: 3000,
      cors: {
        enabled: true,
        origins: "*",
        methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        credentials: false,
      },
      requestTimeout: 30_000,
      bodyLimit: "10mb",
      compression: true,
      security: { helmet: true, rateLimit: { enabled: false, windowMs: 60_000, maxRequests: 100 } },
      static: [],
      trustProxy: false,
    })
    expect(readServerConfig({ cors: {}, security: { rateLimit: {} } })).toMatchObject(readServerConfig({}))
  })

  it.each<[HttpServerConfig]>([
    [{ cors: { origins: "https://app.example.com", credentials: true, maxAge: 0 } }],
    [{ cors: { origins: ["http://localhost:5173", "capacitor://localhost"], methods: ["GET", "OPTIONS"] } }],
    [{ bodyLimit: "100" }],
    [{ bodyLimit: "1GB" }],
    [{ static: [{ path: "/", directory: "public", cacheControl: "public, max-age=60" }] }],
  ])("takes %j", (document) => expect(issuesOf({ config: document })).toEqual([]))

  it.each([
    ["port", "config: must be an object; got a string"],
    [{ prot: 1 }, /^config\.prot: unknown option; the options are port, host, /],
    [{ port: 0 }, "config.port: must be at least 1; got 0"],
    [{ port: 65_536 }, "config.port: must be at most 65535; got 65536"],
    [{ host: "" }, "config.host: must not be empty"],
    [{ cors: { origin: "*" } }, /^config\.cors\.origin: unknown option; the options are enabled, origins/],
    [{ cors: { origins: "https://a.example/" } }, /^config\.cors\.origins: must be /],
    [{ cors: { origins: "https://a.example:443" } }, /^config\.cors\.origins: must be /],
    [{ cors: { origins: ["*"] } }, /^config\.cors\.origins/],
    [{ cors: { origins: [] } }, /^config\.cors\.origins/],
    [{ cors: { methods: ["get"] } }, /^config\.cors\.methods\.0: must be one of GET, POST/],
    [{ cors: { credentials: true } }, /^config\.cors\.credentials: must be false where origins is \*/],
    [{ cors: { maxAge: -1 } }, "config.cors.maxAge: must be at least 0; got -1"],
    [{ requestTimeout: 0 }, "config.requestTimeout: must be at least 1; got 0"],
    [{ bodyLimit: "10 apples" }, "config.bodyLimit: must be bytes such as 512kb, 10mb or 1gb; got another string"],
    [{ bodyLimit: "0" }, /^config\.bodyLimit: must be bytes/],
    [{ bodyLimit: 10 }, "config.bodyLimit: must be a string; got a number"],
    [{ compression: "yes" }, "config.compression: must be true or false; got a string"],
    [{ security: { csp: true } }, /^config\.security\.csp: unknown option/],
    [
      { security: { rateLimit: { maxRequests: 0 } } },
      "config.security.rateLimit.maxRequests: must be at least 1; got 0",
    ],
    [{ static: [{ path: "docs", directory: "." }] }, /^config\.static\.0\.path: must be a path such as \/docs/],
    [{ static: [{ path: "/docs/", directory: "." }] }, /^config\.static\.0\.path: must be a path/],
    [{ static: [{ path: "/../etc", directory: "." }] }, /^config\.static\.0\.path: must be a path/],
    [{ static: [{ path: "/:id", directory: "." }] }, /^config\.static\.0\.path: must be a path/],
    [{ static: [{ path: "/docs", directory: "" }] }, "config.static.0.directory: must not be empty"],
    [
      { static: [{ path: "/docs", directory: ".", cacheControl: "a\r\nb: c" }] },
      "config.static.0.cacheControl: must be a value of Cache-Control; got another string",
    ],
    [{ trustProxy: 1 }, "config.trustProxy: must be true or false; got a number"],
  ])("refuses %j", (document, said) => {
    expect(issuesOf({ config: document })).toEqual([typeof said === "string" ? said : expect.stringMatching(said)])
  })

  it("tells all issues at once", () => {
    const config = { port: 0, cors: { maxAge: 1.5 }, static: [{}] }
    const options = { config, port: 65_536, host: "", drainDelayMs: -1, drainTimeoutMs: Number.NaN }
    expect(issuesOf(options).map((issue) => issue.split(":")[0])).toEqual([
      ...["config.port", "config.cors.maxAge", "config.static.0.path", "config.static.0.directory"],
      ...["host", "port", "drainDelayMs", "drainTimeoutMs"],
    ])
  })
})
