import type { Caller } from "../foundation/http/route.ts"

/** Where a request comes from, as far as the server knows. */
export interface Client {
  /** The address of the other end of the connection. */
  readonly address?: string | undefined
  /** Whether a part of the request has not come yet. */
  readonly isSending?: boolean | undefined
  /** Ends the connection in the middle of an answer. */
  cut?(): void
}

/** Who may come in. */
export interface Gate {
  /**
   * The caller of a request; undefined where it has no token and the permission is `public`.
   *
   * @throws ServiceError PERMISSION_DENIED, with reason "credentials" where a token is missing or not good; RATE_LIMITED;
   * UNAVAILABLE where nobody can tell.
   */
  admit(request: Request, permission: string, client: Client): Caller | undefined | Promise<Caller | undefined>
}

/** Nobody needs a token. */
export const openGate: Gate = { admit: () => undefined }
