import type { IAuthService } from "../../../contracts/foundation/auth.ts"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { Gate } from "../gate.ts"
import { staticTokens, tokensOf } from "./static-tokens.ts"
import { createTokenGate } from "./token-gate.ts"
import { verifyWith } from "./verify-with.ts"

export interface AdmissionOptions {
  /** Checks bearer tokens, in the place of `API_TOKEN` (may do everything) and `API_READ_TOKEN` (may read) of `env`. */
  auth?: IAuthService | undefined
  /** What the roles of users of `auth` may do: `{ operator: ["queue.*", "*.read"] }`. Default: nothing. */
  roles?: Readonly<Record<string, readonly string[]>> | undefined
  /** Decides alone who comes in: `openGate`, where whoever calls `fetch` has let the caller in. */
  gate?: Gate | undefined
  /** Default: `process.env`. */
  env?: Readonly<Record<string, string | undefined>> | undefined
  clock?: Clock | undefined
}

/** Who may come in. */
export interface Admission {
  readonly gate: Gate
  /** The token that was made, since nothing says who may come in. It must be shown once. */
  readonly generated?: string | undefined
  /** Its health is that of the service `auth`. */
  readonly service: object
}

/** @throws ServiceError INVALID_CONFIG, with each issue of the tokens. */
export function admissionOf({ auth, clock, env = process.env, gate, roles }: AdmissionOptions): Admission {
  if (gate !== undefined) return { gate, service: {} }
  if (auth !== undefined) return { gate: createTokenGate(verifyWith(auth, { clock, roles }), { clock }), service: auth }
  const { generated, tokens } = tokensOf(env)
  return { gate: createTokenGate(staticTokens(tokens), { clock }), generated, service: {} }
}
