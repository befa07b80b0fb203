import type { AuthResult, IAuthService } from "../../../contracts/foundation/auth.ts"
import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { got } from "../../../contracts/foundation/text.ts"
import { Deadlines } from "../../foundation/deadlines.ts"
import type { Caller } from "../../foundation/http/route.ts"
import type { Verify } from "./token-gate.ts"

interface VerifyWithOptions {
  /** Permissions of each role. A user has those of its roles and its own. Default: roles have none. */
  roles?: Readonly<Record<string, readonly string[]>> | undefined
  /** Milliseconds that `verify` may take. Default 5000. */
  timeoutMs?: number | undefined
  clock?: Clock | undefined
}

const RETRY_AFTER_SECONDS = 5

/**
 * Knows callers by an auth service. Nobody comes in while it does not answer: an error of any kind, or the end of the
 * time, rejects UNAVAILABLE with `details.retryAfterSeconds`.
 *
 * @throws ServiceError INVALID_CONFIG for an auth service without `verify`, and a time that is no number above 0.
 * @example
 * const verify = verifyWith(auth, { roles: { operator: ["queue.*", "*.read"] } })
 * const gate = createTokenGate(verify)
 */
export function verifyWith(auth: IAuthService, options: VerifyWithOptions = {}): Verify {
  const { clock = systemClock, roles = {}, timeoutMs = 5000 } = options
  if (typeof auth?.verify !== "function") {
    throw new ServiceError("INVALID_CONFIG", `auth must have a method verify; got ${got(auth)}.`)
  }
  if (!(Number.isFinite(timeoutMs) && timeoutMs > 0)) {
    throw new ServiceError("INVALID_CONFIG", `timeoutMs must be a number above 0; got ${got(timeoutMs)}.`)
  }
  const deadlines = new Deadlines(clock, timeoutMs)
  const late = () => new ServiceError("TIMEOUT", `verify() must answer within ${timeoutMs} ms.`)
  const ask = async (token: string) => callerOf(await auth.verify(token), roles)
  return async (token) => {
    try {
      return await deadlines.run(ask(token), late)
    } catch (error) {
      throw new ServiceError("UNAVAILABLE", "The auth service could not check a token; see cause.", {
        details: { retryAfterSeconds: retryAfterOf(error) },
        cause: error,
      })
    }
  }
}

/** The user of a good token, with the permissions of its roles; what has another type than it should counts as nothing. */
function callerOf({ success, user }: AuthResult, roles: NonNullable<VerifyWithOptions["roles"]>): Caller | undefined {
  if (success !== true || typeof user?.id !== "string" || user.id === "") return undefined
  const ofRoles = textsOf(user.roles).flatMap((role) => textsOf(roles[role]))
  return { id: user.id, permissions: [...textsOf(user.permissions), ...ofRoles] }
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : []
}

function retryAfterOf(error: unknown): number {
  const seconds = ServiceError.is(error) ? error.details?.["retryAfterSeconds"] : undefined
  return Number.isInteger(seconds) && Number(seconds) > 0 ? Number(seconds) : RETRY_AFTER_SECONDS
}
