import { X509Certificate } from "node:crypto"
import { createSecureContext } from "node:tls"
import * as z from "zod/mini"
import { typeName } from "../../../../contracts/foundation/text.ts"
import { decodeUrlPart } from "../../../../core/foundation/url.ts"
import type { RedisAddress, RedisTarget } from "./client.ts"
import { type InjectedRedisClient, injectedClientIssue } from "./injected.ts"

const tls = z
  .strictObject({
    /** PEM of the authority that signed the server's certificate. Default: those that Node.js trusts. */
    ca: z.exactOptional(z.string().check(z.refine(isCertificate, "must be a certificate in PEM"))),
    /** PEM of our own certificate, where the server asks for one, with its `key`. */
    cert: z.exactOptional(z.string()),
    key: z.exactOptional(z.string()),
    /** The name that the server's certificate must have. Default: the host. */
    servername: z.exactOptional(z.string().check(z.minLength(1))),
    /** False accepts any certificate: for tests only. Default true. */
    rejectUnauthorized: z.exactOptional(z.boolean()),
  })
  .check(z.refine(({ cert, key }) => isPair(cert, key), "must have cert and key that are a pair in PEM"))

/** Says what a value of several forms must be; text may be a secret. */
function mustBe(forms: string) {
  return { error: ({ input }: { readonly input?: unknown }) => `must be ${forms}; got ${typeName(input)}` }
}

const HOST = "localhost"
const PORT = 6379

const node = z.string().check(z.regex(/^(\[[\da-f:.]+\]|[\w.-]+):\d{1,5}$/i, "must be host:port"))

const client = z.custom<InjectedRedisClient>().check(
  z.superRefine((value, context) => {
    const issue = injectedClientIssue(value)
    if (issue !== undefined) context.addIssue({ code: "custom", message: issue })
  }),
)

/** How to reach Redis, in the options of each adapter over it. */
export const redisConnectionShape = {
  host: z._default(z.string().check(z.minLength(1)), HOST),
  port: z._default(z.int().check(z.minimum(1), z.maximum(65_535)), PORT),
  username: z.exactOptional(z.string().check(z.minLength(1))),
  password: z.exactOptional(z.string().check(z.minLength(1))),
  /** A cluster has only 0. */
  database: z._default(z.int().check(z.minimum(0)), 0),
  /** A URL can say `rediss:` or `tls=true`; certificates are given here. Default false. */
  tls: z._default(z.union([z.boolean(), tls], mustBe("true, false, or an object with ca, cert, key and so on")), false),
  /** Redis Cluster, found through host and port (`true`) or else through any of `nodes`, "host:port". Default false. */
  cluster: z._default(
    z.union(
      [z.boolean(), z.strictObject({ nodes: z.array(node).check(z.minLength(1)) })],
      mustBe("true, false, or an object with nodes"),
    ),
    false,
  ),
  /**
   * A client that the application makes, connects and closes: client or cluster of `@redis/client`, Redis or Cluster
   * of `ioredis`. One that would send rejected commands later is refused: `@redis/client` needs
   * `disableOfflineQueue: true` (a cluster: in `defaults`); a Redis of `ioredis` needs `enableOfflineQueue: false` and
   * `autoResendUnfulfilledCommands: false`, its Cluster nothing. How soon a silent server is given up is theirs too.
   */
  client: z.exactOptional(client),
  /** Bound of each command, waiting for the connection included. Milliseconds. Default 1,000. */
  timeoutMs: z._default(z.int().check(z.minimum(1), z.maximum(600_000)), 1000),
}

export type RedisConnectionOptions = z.output<z.ZodMiniObject<typeof redisConnectionShape>>

/** What no single option shows: for `superRefine` of a schema with the options above. */
export function checkRedisConnection(options: RedisConnectionOptions, context: z.core.$RefinementCtx): void {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message })
  const { client, cluster, database, host, password, port, tls, username } = options
  if (cluster !== false && database !== 0)
    refuse("database", `must be 0, the only database of a cluster; got ${database}`)
  const where = { host: host !== HOST, port: port !== PORT }
  const how = { username, password, database, tls, cluster }
  if (typeof cluster === "object") refuseGiven(where, "must be left out beside cluster.nodes")
  if (client !== undefined) refuseGiven({ ...where, ...how }, "must be left out beside client, which has its own")

  function refuseGiven(given: Record<string, unknown>, message: string): void {
    for (const [name, value] of Object.entries(given)) if (value) refuse(name, message)
  }
}

/** The options in a `redis:` or `rediss:` URL before its query. */
export function redisOptionsFromUrl(url: URL): Record<string, unknown> {
  return {
    ...(url.hostname !== "" && { host: withoutBrackets(url.hostname) }),
    ...(url.port !== "" && { port: Number(url.port) }),
    ...(url.username !== "" && { username: decodeUrlPart(url.username, "user") }),
    ...(url.password !== "" && { password: decodeUrlPart(url.password, "password") }),
    ...(url.pathname.length > 1 && { database: Number(url.pathname.slice(1)) }),
    tls: url.protocol === "rediss:",
  }
}

export function redisTarget(options: RedisConnectionOptions): RedisTarget {
  const { cluster, database, host, password, port, timeoutMs, tls, username } = options
  const [first = { host, port }, ...others] = typeof cluster === "object" ? cluster.nodes.map(addressOf) : []
  return { addresses: [first, ...others], username, password, database, tls: tls === true ? {} : tls, timeoutMs }
}

function addressOf(node: string): RedisAddress {
  const colon = node.lastIndexOf(":")
  return { host: withoutBrackets(node.slice(0, colon)), port: Number(node.slice(colon + 1)) }
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1")
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

function isPair(cert: string | undefined, key: string | undefined): boolean {
  if (cert === undefined || key === undefined) return cert === key
  try {
    createSecureContext({ cert, key })
    return true
  } catch {
    return false
  }
}
