/**
 * Who calls: what the HTTP API needs of an auth service. The platform's own `IAuthService` fits.
 */

/** A caller who is known. */
export interface AuthUser {
  id: string
  /** What the roles may do stands in the options of the HTTP API. */
  roles?: readonly string[] | undefined
  /** Each like `cache.read`; `cache.*`, `*.read` and `*` stand for several. */
  permissions?: readonly string[] | undefined
  tenantId?: string | undefined
}

export interface AuthResult {
  /** False for a token that is missing a part, false, expired or revoked. */
  success: boolean
  /** Of a token that is good. */
  user?: AuthUser | undefined
  /** Why it is not, for logs: callers do not see it. */
  error?: string | undefined
}

/**
 * Looks at bearer tokens. An object with a `healthCheck` as well is part of the health of the whole, as `auth`.
 *
 * @example
 * const auth: IAuthService = {
 *   verify: async (token) => (token === secret ? { success: true, user: { id: "ops", permissions: ["*"] } } : { success: false }),
 * }
 */
export interface IAuthService {
  /**
   * Resolves with `success: false` for a token that is not good. Rejects where nobody can tell: UNAVAILABLE, while the keys
   * cannot be read.
   */
  verify(token: string): Promise<AuthResult>
}
