/**
 * Who calls: what the HTTP API needs of an auth service. The platform's own `IAuthService` fits as it is: it has more
 * methods and tells more of a user, and it knows roles alone, so `roles` of the HTTP API says what these may do.
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
  /** False for a token that nobody issued, and for one that is expired or revoked. */
  success: boolean
  /** Whose token it is. A result without one lets nobody in. */
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
