import * as z from "zod/mini"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { checkedOptions } from "../../foundation/checked-options.ts"

const ALGORITHMS = [
  ...(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const),
  ...(["ES256", "ES384", "ES512", "Ed25519", "EdDSA"] as const),
]

export interface JwksAuthOptions {
  /** Of the key set of the issuer (RFC 7517): http or https, without a user or a password. */
  url: string | URL
  /** Tokens must have it as `iss`: one of several. */
  issuer: string | readonly string[]
  /** Tokens must have it in `aud`: one of several. */
  audience: string | readonly string[]
  /** Signatures that are accepted. Default: all of these, in which the key that checks cannot sign. */
  algorithms?: readonly (typeof ALGORITHMS)[number][] | undefined
  /** The claim with the permissions: an array, or a text with spaces between them. Default `scope`. */
  permissionsClaim?: string | undefined
  /** The claim with the roles, in the same forms. Default `roles`. */
  rolesClaim?: string | undefined
  /** Seconds that the clocks of the issuer and of this machine may differ, at most 300. Default 5. */
  clockToleranceSeconds?: number | undefined
  /** Milliseconds that the key set may take. Default 3000. */
  requestTimeoutMs?: number | undefined
  clock?: Clock | undefined
}

const text = z.string().check(z.minLength(1))
const oneOrSeveral = z.pipe(
  z.union([text, z.array(text).check(z.minLength(1))]),
  z.transform((given) => (typeof given === "string" ? [given] : given)),
)

const schema = z.strictObject({
  url: z.pipe(
    z.union([z.string(), z.instanceof(URL)]).check(
      z.refine((given) => isUsable(String(given)), {
        error: "must be a URL that begins with http:// or https://, without a user or a password; got another one",
      }),
    ),
    z.transform((given) => new URL(given)),
  ),
  issuer: oneOrSeveral,
  audience: oneOrSeveral,
  algorithms: z._default(z.array(z.enum(ALGORITHMS)).check(z.minLength(1)), ALGORITHMS),
  permissionsClaim: z._default(text, "scope"),
  rolesClaim: z._default(text, "roles"),
  clockToleranceSeconds: z._default(z.number().check(z.minimum(0), z.maximum(300)), 5),
  requestTimeoutMs: z._default(z.number().check(z.positive()), 3000),
})

function isUsable(given: string): boolean {
  const url = URL.canParse(given) ? new URL(given) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
}

/** The options with their defaults. @throws ServiceError INVALID_CONFIG with each issue. */
export function readJwksOptions(options: Omit<JwksAuthOptions, "clock">): z.output<typeof schema> {
  return checkedOptions(schema, options, "The options of createJwksAuth")
}
