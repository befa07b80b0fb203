import { createHash, verify as verifySignature } from "node:crypto"
import type { Signer } from "./gcs.ts"
import { type GcsRequest, header } from "./http.ts"
import { decode } from "./limits.ts"
import { accessDenied, invalid } from "./refusal.ts"

const ALGORITHM = "GOOG4-RSA-SHA256"
const MAX_EXPIRES_S = 604_800
/** How far a date may lie in the future. */
const SKEW_MS = 15 * 60 * 1000

export function isSigned({ query }: GcsRequest): boolean {
  return query.has("X-Goog-Signature")
}

/** Refuses a request whose V4 signature is not that of the signer, by the algorithm that Google publishes. */
export function checkSignedUrl(request: GcsRequest, signer: Signer | undefined, nowMs: number): void {
  const { query } = request
  const field = (name: string): string => {
    const [value, ...others] = query.getAll(`X-Goog-${name}`)
    if (value === undefined || others.length > 0) {
      throw invalid(`X-Goog-${name} must be given once.`, "AuthorizationQueryParametersError")
    }
    return value
  }
  if (field("Algorithm") !== ALGORITHM)
    throw invalid("Unsupported X-Goog-Algorithm.", "AuthorizationQueryParametersError")
  const date = field("Date")
  const scope = checkCredential(field("Credential"), date, signer)
  checkTime(date, field("Expires"), nowMs)
  const signed = field("SignedHeaders").split(";")
  checkSignedHeaders(request, signed)
  const isRight = hosts(request).some((host) => {
    const text = [ALGORITHM, date, scope, sha256(canonicalRequest(request, signed, host))].join("\n")
    return hasSigned(signer, text, field("Signature"))
  })
  if (!isRight) throw doesNotMatch()
}

/** Whether a signature in hex is that of the signer. */
export function hasSigned(signer: Signer | undefined, text: string, signature: string): boolean {
  return (
    signer !== undefined &&
    verifySignature("RSA-SHA256", Buffer.from(text), signer.publicKey, Buffer.from(signature, "hex"))
  )
}

/** The scope of a credential, `date/location/storage/goog4_request`. */
export function checkCredential(credential: string, date: string, signer: Signer | undefined): string {
  const [email, day, location, ...rest] = credential.split("/")
  if (rest.join("/") !== "storage/goog4_request" || day !== date.slice(0, 8) || !location) {
    throw invalid("Invalid credential scope.", "AuthorizationQueryParametersError")
  }
  if (email !== signer?.clientEmail) throw accessDenied("The client email of the credential is not known.")
  return [day, location, ...rest].join("/")
}

export function doesNotMatch() {
  return accessDenied(
    "The request signature we calculated does not match the signature you provided.",
    "SignatureDoesNotMatch",
  )
}

/** Epoch milliseconds of `20260131T235959Z`. */
export function timeOf(date: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)
  if (parts === null) throw invalid("Invalid X-Goog-Date.", "AuthorizationQueryParametersError")
  const [, year, month, day, hour, minute, second] = parts
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

export function checkNotInFuture(atMs: number, nowMs: number): void {
  if (atMs > nowMs + SKEW_MS) throw accessDenied("The date of the request lies in the future.", "RequestTimeTooSkewed")
}

function checkTime(date: string, expires: string, nowMs: number): void {
  if (!/^[1-9]\d*$/.test(expires) || Number(expires) > MAX_EXPIRES_S) {
    throw invalid(`X-Goog-Expires must be 1 to ${MAX_EXPIRES_S}.`, "AuthorizationQueryParametersError")
  }
  const atMs = timeOf(date)
  checkNotInFuture(atMs, nowMs)
  const endMs = atMs + Number(expires) * 1000
  if (nowMs > endMs)
    throw invalid("Invalid argument.", "ExpiredToken", `Request signature expired at: ${new Date(endMs).toISOString()}`)
}

/** Every signed header must be sent, and every extension header that is sent must be signed. */
function checkSignedHeaders({ headers }: GcsRequest, signed: readonly string[]): void {
  const malformed = (details: string) =>
    invalid("Your request has a malformed header.", "MalformedSecurityHeader", details)
  if (!signed.includes("host")) throw malformed("host was not included in signedheaders.")
  const missing = signed.find((name) => headers[name] === undefined)
  if (missing !== undefined) throw malformed(`${missing} was included in signedheaders, but not in the request.`)
  const unsigned = Object.keys(headers).find((name) => name.startsWith("x-goog-") && !signed.includes(name))
  if (unsigned !== undefined) throw malformed(`${unsigned} was not included in signedheaders.`)
}

function canonicalRequest(request: GcsRequest, signed: readonly string[], host: string): string {
  const values = signed.map(
    (name) => `${name}:${name === "host" ? host : canonicalValue(header(request, name) ?? "")}\n`,
  )
  return [
    request.method,
    request.path
      .split("/")
      .map((part) => encode(decode(part)))
      .join("/"),
    canonicalQuery(request.query),
    values.join(""),
    signed.join(";"),
    header(request, "x-goog-content-sha256") ?? "UNSIGNED-PAYLOAD",
  ].join("\n")
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== "X-Goog-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort((one, other) => (one < other ? -1 : 1))
    .join("&")
}

const canonicalValue = (value: string) => value.trim().replace(/\s{2,}/g, " ")

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** GCS has no port in its name, and clients sign the host without it; a double has one. */
function hosts(request: GcsRequest): string[] {
  const host = header(request, "host") ?? ""
  return [host, host.replace(/:\d+$/, "")]
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
