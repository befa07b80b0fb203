/** The server's document of the requirement document (HttpServerConfig). */
import * as z from "zod/mini"
import { checkedOptions } from "../../foundation/checked-options.ts"
import { admissionChecks, anObject, apiOptions, byteSize, MAX_MS, milliseconds } from "../options.ts"

const origin = z
  .string()
  .check(z.refine(isOrigin, "must be an origin such as https://app.example.com; got another string"))
const origins = z.union([z.literal("*"), origin, z.array(origin).check(z.minLength(1))])
const methods = z.array(z.enum(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])).check(z.minLength(1))

const corsSchema = z
  .strictObject({
    enabled: z._default(z.boolean(), true),
    origins: z._default(origins, "*"),
    methods: z._default(methods, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    credentials: z._default(z.boolean(), false),
    maxAge: z.optional(z.int().check(z.gte(0))),
  })
  .check(
    z.refine(({ credentials, origins }) => !credentials || origins !== "*", {
      path: ["credentials"],
      message: "must be false where origins is *, since browsers refuse the two together; name the origins",
    }),
  )

const rateLimitSchema = z.strictObject({
  enabled: z._default(z.boolean(), false),
  windowMs: z._default(milliseconds, 60_000),
  maxRequests: z._default(z.int().check(z.gte(1)), 100),
})

const securitySchema = z.strictObject({
  helmet: z._default(z.boolean(), true),
  rateLimit: z.prefault(rateLimitSchema, {}),
})

const mountPath = z
  .string()
  .check(
    z.regex(
      /^(\/|(\/[\w~-][\w.~-]*)+)$/,
      "must be a path such as /docs, without a slash at its end; got another string",
    ),
  )

const staticSchema = z.strictObject({
  path: mountPath,
  directory: z.string().check(z.minLength(1)),
  cacheControl: z.optional(
    z.string().check(z.regex(/^[\w=,"' -]+$/, "must be a value of Cache-Control; got another string")),
  ),
})

const configSchema = z.strictObject({
  port: z._default(z.int().check(z.gte(1), z.lte(65_535)), 3000),
  host: z.optional(z.string().check(z.minLength(1))),
  cors: z.optional(corsSchema),
  requestTimeout: z._default(milliseconds, 30_000),
  bodyLimit: z._default(byteSize, "10mb"),
  compression: z._default(z.boolean(), true),
  security: z.prefault(securitySchema, {}),
  static: z._default(z.array(staticSchema), []),
  trustProxy: z._default(z.boolean(), false),
})

/**
 * How a server is set up: HttpServerConfig of the requirement document. Every key acts; one that nobody knows is
 * refused, with its path.
 *
 * - `port` 1 to 65,535, default 3000. `host` default 0.0.0.0, or 127.0.0.1 where no token was chosen.
 * - `cors`: left out, no other origin may read answers. `origins` is `*` (the default) or exact origins (scheme, host
 *   and port); `credentials` (default false) needs such a list; `maxAge` is in seconds.
 * - `requestTimeout` in ms, default 30,000: how long a request may take to arrive, and then to be answered.
 * - `bodyLimit` such as `100`, `512kb`, `10mb` (the default) or `1gb`.
 * - `compression` (default true) of JSON and text.
 * - `security.helmet` (default true): headers that keep browsers from misusing answers. `security.rateLimit`: at most
 *   `maxRequests` (default 100) of one client in `windowMs` (default 60,000).
 * - `static`: directories whose files everybody may read under a path.
 * - `trustProxy` (default false): a client's address is the last one of X-Forwarded-For. It must be false where no
 *   proxy of yours writes that header.
 *
 * @example
 * const config: HttpServerConfig = {
 *   port: 8080,
 *   cors: { origins: ["https://app.example.com"], credentials: true },
 *   bodyLimit: "2mb",
 *   security: { rateLimit: { enabled: true, windowMs: 60_000, maxRequests: 600 } },
 *   static: [{ path: "/docs", directory: "./public", cacheControl: "max-age=3600" }],
 * }
 */
export type HttpServerConfig = z.input<typeof configSchema>

export type ParsedServerConfig = z.output<typeof configSchema>

const wait = z.optional(z.int().check(z.gte(0), z.lte(MAX_MS)))

const optionsSchema = z
  .strictObject({
    ...apiOptions,
    config: z.prefault(configSchema, {}),
    host: z.optional(z.string().check(z.minLength(1))),
    port: z.optional(z.int().check(z.gte(0), z.lte(65_535))),
    drainDelayMs: wait,
    drainTimeoutMs: wait,
    logger: z.optional(anObject),
  })
  .check(...admissionChecks)

/** What errors are about. */
export const SERVER_CONFIG = "The configuration of the server"

/**
 * The options of a server, with defaults in `config`.
 *
 * @throws ServiceError INVALID_CONFIG with each issue.
 */
export function readServerOptions(options: object): z.output<typeof optionsSchema> {
  return checkedOptions(optionsSchema, options, SERVER_CONFIG)
}

/** Whether browsers would send the text as `Origin`. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { host, protocol } = new URL(text)
  return host !== "" && text === `${protocol}//${host}`
}
