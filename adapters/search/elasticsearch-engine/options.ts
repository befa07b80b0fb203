import { X509Certificate } from "node:crypto"
import * as z from "zod/mini"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { SearchCapabilities } from "../../../contracts/search/search.ts"
import { decodeUrlPart } from "../../../core/foundation/url.ts"
import { mustBe } from "../../kit/must-be.ts"
import type { InjectedElasticsearchClient } from "./injected.ts"

const DEFAULT_PORT = "9200"

const text = z.string().check(z.minLength(1))

const client = z.custom<InjectedElasticsearchClient>().check(
  z.refine((value) => {
    const { close, transport } = (value ?? {}) as Partial<InjectedElasticsearchClient>
    return typeof close === "function" && typeof transport?.request === "function"
  }, mustBe("a Client of @elastic/elasticsearch")),
)

export const elasticsearchOptionsSchema = z
  .strictObject({
    /** URLs of the nodes, without credentials. A URL of the service names one. Default: http://localhost:9200. */
    nodes: z.exactOptional(
      z
        .array(z.string().check(z.refine(isNode, mustBe("an http: or https: URL without credentials, query and #"))))
        .check(z.minLength(1)),
    ),
    /** With `password`. */
    username: z.exactOptional(text),
    password: z.exactOptional(text),
    /** Instead of `username` and `password`: as Elasticsearch gives it, in Base64. */
    apiKey: z.exactOptional(text),
    /** PEM of the authority that signed the certificate of the nodes. Default: those that Node.js trusts. */
    ca: z.exactOptional(z.string().check(z.refine(isCertificate, "must be a certificate in PEM"))),
    /** SHA-256 of that authority's certificate, as Elasticsearch shows it when it is installed. */
    caFingerprint: z.exactOptional(
      z.string().check(z.regex(/^(?:[\da-f]{2}:?){32}$/i, mustBe("64 hexadecimal digits, with colons or without"))),
    ),
    /** A Client that the application makes and closes. Its retries and its deadline are not used: this adapter has its own. */
    client: z.exactOptional(client),
    /** Stands before the names of all indexes, with a dot between, so that several environments share a cluster. */
    indexPrefix: z._default(
      z
        .string()
        .check(
          z.regex(
            /^[a-z0-9][a-z0-9_-]{0,62}$/,
            mustBe("1 to 63 lower-case letters, digits, _ and -, the first a letter or digit"),
          ),
        ),
      "objectos",
    ),
    /** How long a write may wait until searches see it, in indexes that this adapter makes. Milliseconds. Default 1,000. */
    refreshIntervalMs: z._default(z.int().check(z.minimum(1), z.maximum(60_000)), 1000),
    /** Copies of each index besides the first one, in indexes that this adapter makes. Default 1. */
    replicas: z._default(z.int().check(z.minimum(0), z.maximum(10)), 1),
    /** Bound of each call, its retries included; a bulk or a reindex has it for each portion. Milliseconds. Default 10,000. */
    timeoutMs: z._default(z.int().check(z.minimum(1), z.maximum(600_000)), 10_000),
    /** How often a request is sent again where that is harmless and may help. Default 4. */
    retries: z._default(z.int().check(z.minimum(0), z.maximum(20)), 4),
  })
  .check(z.superRefine(checkTogether))

export type ElasticsearchSearchOptions = z.input<typeof elasticsearchOptionsSchema>
export type ParsedOptions = z.output<typeof elasticsearchOptionsSchema>

/** What no single option shows. */
function checkTogether(options: ParsedOptions, context: z.core.$RefinementCtx): void {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message })
  const { apiKey, client, password, username } = options
  if (username === undefined && password !== undefined) refuse("username", "must be given with password")
  if (username !== undefined && password === undefined) refuse("password", "must be given with username")
  if (apiKey !== undefined && username !== undefined) refuse("apiKey", "must be left out beside username and password")
  if (client === undefined) return
  for (const name of ["nodes", "username", "password", "apiKey", "ca", "caFingerprint"] as const) {
    if (options[name] !== undefined) refuse(name, "must be left out beside client, which has its own")
  }
}

function isNode(node: string): boolean {
  if (!/^https?:\/\//.test(node) || !URL.canParse(node)) return false
  const { hash, password, search, username } = new URL(node)
  return hash === "" && password === "" && search === "" && username === ""
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

/**
 * The options in an `elasticsearch+http:` or `elasticsearch+https:` URL before its query.
 *
 * @throws ServiceError INVALID_CONFIG where it names no host.
 */
export function elasticsearchOptionsFromUrl(url: URL): Record<string, unknown> {
  const { hostname, password, pathname, port, protocol, username } = url
  if (hostname === "") {
    throw new ServiceError(
      "INVALID_CONFIG",
      "The URL of an Elasticsearch search must be elasticsearch+https://host:port with its options in the query.",
    )
  }
  const scheme = protocol.replace("elasticsearch+", "")
  const path = pathname === "/" ? "" : pathname
  return {
    nodes: [`${scheme}//${hostname}:${port === "" ? DEFAULT_PORT : port}${path}`],
    ...(username !== "" && { username: decodeUrlPart(username, "user") }),
    ...(password !== "" && { password: decodeUrlPart(password, "password") }),
  }
}

export const CAPABILITIES: SearchCapabilities = {
  indexing: true,
  durable: true,
  shared: true,
  phrase: true,
  fuzzy: true,
  prefix: true,
  facets: true,
  disjunctiveFacets: true,
  sort: true,
  cursor: true,
  highlight: true,
  suggest: true,
  reindex: true,
  synonyms: true,
  explain: true,
  native: true,
  ranking: "bm25",
  analyzers: ["standard", "keyword", "folding", "english", "cjk"],
}
