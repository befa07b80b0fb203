import type { MiddlewareHandler } from "hono"
import { missingPeer } from "../../foundation/missing-peer.ts"

/** Headers that keep browsers from misusing answers. What an answer says itself stays. */
export async function securityHeaders(): Promise<MiddlewareHandler> {
  const secureHeaders = await loadSecureHeaders()
  return secureHeaders({
    // An answer of the API is data, which runs nothing and stands in no frame.
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    xFrameOptions: "DENY",
    // Other hosts of the domain decide for themselves.
    strictTransportSecurity: "max-age=15552000",
    overwrite: false,
  })
}

async function loadSecureHeaders() {
  try {
    return (await import("hono/secure-headers")).secureHeaders
  } catch (error) {
    throw missingPeer("hono", error)
  }
}
