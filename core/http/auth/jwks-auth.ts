import type { JWTPayload, JWTVerifyGetKey } from "jose"
import type { AuthResult, AuthUser, IAuthService } from "../../../contracts/foundation/auth.ts"
import { systemClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { IHealthCheckable } from "../../../contracts/foundation/health.ts"
import { missingPeer } from "../../foundation/missing-peer.ts"
import { type JwksAuthOptions, readJwksOptions } from "./jwks-options.ts"
import { KeptKeys } from "./kept-keys.ts"
import { readKeySet } from "./read-key-set.ts"

/** An auth service whose health is that of its keys. */
export type JwksAuth = IAuthService & IHealthCheckable

/** All headers of a request together may be as long in Node. */
const MAX_TOKEN_LENGTH = 16_384

const UNKNOWN_KEY = "ERR_JWKS_NO_MATCHING_KEY"

/** Codes of jose that blame the token. All others blame the keys. */
const TOKEN_FAULTS: ReadonlySet<unknown> = new Set([
  UNKNOWN_KEY,
  "ERR_JOSE_ALG_NOT_ALLOWED",
  "ERR_JOSE_NOT_SUPPORTED",
  "ERR_JWKS_MULTIPLE_MATCHING_KEYS",
  "ERR_JWS_INVALID",
  "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  "ERR_JWT_CLAIM_VALIDATION_FAILED",
  "ERR_JWT_EXPIRED",
  "ERR_JWT_INVALID",
])

/**
 * Checks tokens of an issuer (JWT) by its key set. It needs the package `jose`.
 *
 * A token must have `exp` and `sub`, the issuer and the audience, and `kid` where several keys fit. The keys are read
 * with the first token, then every 10 minutes, and for a token with an unknown key, once in 5 s. While they cannot be
 * read, the last ones are used for an hour, and health is degraded; then `verify` rejects UNAVAILABLE with
 * `details.retryAfterSeconds`, and health is unhealthy.
 *
 * @throws ServiceError INVALID_CONFIG for options that cannot be used, or without the package.
 * @example
 * const auth = await createJwksAuth({
 *   url: "https://login.example.com/.well-known/jwks.json",
 *   issuer: "https://login.example.com/",
 *   audience: "orders",
 * })
 */
export async function createJwksAuth(options: JwksAuthOptions): Promise<JwksAuth> {
  const { clock = systemClock, ...given } = options
  const { algorithms, audience, clockToleranceSeconds, issuer, requestTimeoutMs, url, ...claims } =
    readJwksOptions(given)
  const { createLocalJWKSet, jwtVerify } = await loadJose()
  const read = async () => {
    // It checks what it is given.
    const keySet = (await readKeySet({ clock, timeoutMs: requestTimeoutMs, url })) as Parameters<
      typeof createLocalJWKSet
    >[0]
    return createLocalJWKSet(keySet)
  }
  const kept = new KeptKeys(read, clock)
  const counts = { verified: 0, refused: 0, undecided: 0 }
  const rules = { algorithms, audience, clockTolerance: clockToleranceSeconds, issuer, requiredClaims: ["exp", "sub"] }

  const findKey: JWTVerifyGetKey = async (header, token) => {
    const keys = await kept.current()
    try {
      return await keys(header, token)
    } catch (error) {
      if (codeOf(error) !== UNKNOWN_KEY) throw error
      return (await kept.renewed())(header, token)
    }
  }

  async function resultOf(token: string): Promise<AuthResult> {
    if (token.length > MAX_TOKEN_LENGTH) return { success: false, error: "The token is too long." }
    try {
      const { payload } = await jwtVerify(token, findKey, { ...rules, currentDate: new Date(clock.now()) })
      const user = userOf(payload, claims)
      return user === undefined ? { success: false, error: "The claim sub is no text." } : { success: true, user }
    } catch (error) {
      const code = codeOf(error)
      if (TOKEN_FAULTS.has(code)) return { success: false, error: String(code) }
      throw error
    }
  }

  return {
    async verify(token) {
      try {
        const result = await resultOf(token)
        counts[result.success ? "verified" : "refused"]++
        return result
      } catch (error) {
        counts.undecided++
        throw ServiceError.is(error) ? error : unusableKey(error)
      }
    },

    async healthCheck() {
      const begun = clock.monotonic()
      await kept.current().catch(() => {})
      const { status } = kept
      const message = MESSAGES[status]
      return { status, latency: clock.monotonic() - begun, ...(message !== undefined && { message }) }
    },

    getMetrics: async () => ({ ...counts, ...kept.metrics }),
  }
}

const MESSAGES = {
  healthy: undefined,
  degraded: "The key set cannot be read; its last keys are used.",
  unhealthy: "The key set cannot be read, and no key is known.",
} as const

async function loadJose() {
  try {
    return await import("jose")
  } catch (error) {
    throw missingPeer("jose", error)
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | undefined)?.code
}

function unusableKey(cause: unknown): ServiceError {
  return new ServiceError("UNAVAILABLE", "The key of a token cannot be used; see cause.", {
    details: { retryAfterSeconds: 5 },
    cause,
  })
}

function userOf(
  payload: JWTPayload,
  claims: { readonly permissionsClaim: string; readonly rolesClaim: string },
): AuthUser | undefined {
  const { sub } = payload
  if (typeof sub !== "string" || sub === "") return undefined
  return { id: sub, permissions: textsOf(payload[claims.permissionsClaim]), roles: textsOf(payload[claims.rolesClaim]) }
}

/** The texts of a claim: an array of them, or one with spaces between them. */
function textsOf(claim: unknown): string[] {
  const texts = typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : []
  return texts.filter((text) => typeof text === "string" && text !== "")
}
