import type { Gcs } from "./gcs.ts"
import { type GcsRequest, header } from "./http.ts"
import { accessDenied, Refusal } from "./refusal.ts"
import { checkSignedUrl, isSigned } from "./signed-url.ts"

const CHALLENGE = { "www-authenticate": 'Bearer realm="https://accounts.google.com/"' }

/** Lets a request of the JSON API in by its bearer token, where the double has one. */
export function checkToken({ token }: Gcs, request: GcsRequest): void {
  if (token === undefined) return
  const given = header(request, "authorization")
  if (given === undefined) {
    const words = { reason: "required", code: "AuthenticationRequired" }
    throw new Refusal(401, words, "Anonymous caller does not have access to the Google Cloud Storage object.", {
      headers: CHALLENGE,
    })
  }
  checkGiven(token, given)
}

/** Lets a request of the XML API in by its signature or its token. */
export function checkXmlAccess(gcs: Gcs, request: GcsRequest): void {
  const { signer, store, token } = gcs
  if (isSigned(request)) {
    checkSignedUrl(request, signer, store.now())
  } else if (token !== undefined) {
    const given = header(request, "authorization")
    if (given === undefined) throw accessDenied("Anonymous caller does not have access to the object.")
    checkGiven(token, given)
  }
}

function checkGiven(token: string, given: string): void {
  if (given === `Bearer ${token}`) return
  const words = { reason: "authError", code: "AuthenticationRequired" }
  throw new Refusal(401, words, "Invalid Credentials", { headers: CHALLENGE })
}
