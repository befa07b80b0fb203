import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { got } from "../../../contracts/foundation/text.ts"
import type { Caller } from "../../foundation/http/route.ts"
import type { Client, Gate } from "../gate.ts"
import { bearerToken } from "./bearer-token.ts"
import { FailureLimit } from "./failure-limit.ts"
import { includesPermission } from "./permissions.ts"

/** Tells who has a token; undefined where it is not good. It rejects UNAVAILABLE where nobody can tell. */
export type Verify = (token: string) => Caller | undefined | Promise<Caller | undefined>

interface TokenGateOptions {
  /** Bad tokens of one client, an IPv4 address or an IPv6 network of 64 bits, that are answered with 401. Default 10. */
  maxFailuresPerMinute?: number | undefined
  clock?: Clock | undefined
}

/**
 * Lets in whoever has a bearer token with the permission of the route. A public route needs no token, but one that is
 * sent must be good: then the caller is known.
 *
 * A token that is missing or bad is answered with 401, and a caller without the permission with 403. A client that sends
 * too many bad tokens is told to wait, with 429; a good token of the same client always comes in.
 *
 * @throws ServiceError INVALID_CONFIG for a number of failures that is no whole number, 0 or more.
 * @example
 * const gate = createTokenGate(staticTokens(tokensOf(process.env).tokens))
 */
export function createTokenGate(verify: Verify, options: TokenGateOptions = {}): Gate {
  const { clock = systemClock, maxFailuresPerMinute = 10 } = options
  if (!(Number.isInteger(maxFailuresPerMinute) && maxFailuresPerMinute >= 0)) {
    const given = got(maxFailuresPerMinute)
    throw new ServiceError("INVALID_CONFIG", `maxFailuresPerMinute must be a whole number, 0 or more; got ${given}.`)
  }
  const failures = new FailureLimit(clock, maxFailuresPerMinute)

  /** The answer to a request with a bad token. */
  function refusalOf({ address }: Client, message: string): ServiceError {
    const retryAfterSeconds = failures.count(address)
    if (retryAfterSeconds === undefined) return unknownCaller(message, { tokenSent: true })
    return new ServiceError("RATE_LIMITED", "Too many bad tokens came from this address; try again later.", {
      details: { retryAfterSeconds },
    })
  }

  function checked(caller: Caller | undefined, permission: string, client: Client): Caller {
    if (caller === undefined) throw refusalOf(client, "The bearer token must be valid; get a new one.")
    if (permission === "public" || includesPermission(caller.permissions, permission)) return caller
    throw new ServiceError("PERMISSION_DENIED", `The caller must have the permission ${permission}.`)
  }

  return {
    admit({ headers }, permission, client) {
      const token = bearerToken(headers)
      if (token === undefined) {
        if (permission === "public") return undefined
        throw unknownCaller("A token must be sent; add the header Authorization: Bearer TOKEN.", { tokenSent: false })
      }
      if (token === "") throw refusalOf(client, "The Authorization header must be Bearer and one token.")
      const caller = verify(token)
      return caller instanceof Promise
        ? caller.then((known) => checked(known, permission, client))
        : checked(caller, permission, client)
    },
  }
}

function unknownCaller(message: string, more: { readonly tokenSent: boolean }): ServiceError {
  return new ServiceError("PERMISSION_DENIED", message, { details: { reason: "credentials", ...more } })
}
