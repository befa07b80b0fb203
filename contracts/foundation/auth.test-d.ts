/** The auth service of the platform checks the tokens of the HTTP API as it is. */
import { describe, expectTypeOf, it } from "vitest"
import type { AuthResult, IAuthService } from "./auth.ts"

/** The platform's own signatures. */
interface PlatformUser {
  id: string
  email: string
  name: string
  roles?: string[]
  tenantId?: string
}

interface PlatformResult {
  success: boolean
  user?: PlatformUser
  session?: { id: string; userId: string; expiresAt: string; token?: string }
  error?: string
}

interface PlatformAuthService {
  handleRequest(request: Request): Promise<Response>
  verify(token: string): Promise<PlatformResult>
  logout?(sessionId: string): Promise<void>
  getCurrentUser?(request: Request): Promise<PlatformUser | undefined>
}

describe("an auth service", () => {
  it("may be that of the platform", () => {
    expectTypeOf<PlatformAuthService>().toExtend<IAuthService>()
  })

  it("may know more of its users", () => {
    const auth: IAuthService = {
      verify: async () => ({ success: true, user: { id: "ada", email: "ada@example.org", roles: ["operator"] } }),
    }
    expectTypeOf(auth.verify).returns.resolves.toEqualTypeOf<AuthResult>()
  })

  it("must say whether a token is good", () => {
    // @ts-expect-error Without `success` nobody can tell.
    const auth: IAuthService = { verify: async () => ({ user: { id: "ada" } }) }
    expectTypeOf(auth).toEqualTypeOf<IAuthService>()
  })
})
