import { createHash } from "node:crypto"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { STORAGE_MAX_EXPIRES_IN } from "../../../contracts/storage/arguments.ts"
import type { PresignedRequest, PresignOptions } from "../../../contracts/storage/storage.ts"
import { encodeMetadata } from "../../../core/storage/for-adapters.ts"
import type { Access } from "./access.ts"
import type { GcsApi } from "./api.ts"
import { encode } from "./requests.ts"

const ALGORITHM = "GOOG4-RSA-SHA256"

export interface Presigning {
  readonly access: Access
  readonly api: GcsApi
  readonly clock: Clock
  readonly timeoutMs: number
}

/** When and by whom something is signed, in the words of Google's V4 signatures. */
interface Signing {
  readonly scope: string
  readonly credential: string
  /** `20260131T235959Z`. */
  readonly date: string
  /** Seconds from the date on. */
  readonly seconds: number
  readonly expiresAt: Date
}

/** A signed request, by Google's V4 algorithm. It is signed here, without the store, where the key is here. */
export async function presign(
  presigning: Presigning,
  bucket: string,
  key: string,
  options: PresignOptions,
): Promise<PresignedRequest> {
  const { access, clock, timeoutMs } = presigning
  const email = await access.email(timeoutMs)
  const signing = signingOf(clock.now(), options.expiresIn, email)
  return options.method === "POST"
    ? signedForm(presigning, signing, bucket, key, options)
    : signedUrl(presigning, signing, bucket, key, options)
}

/** The time of the signature is in whole seconds, so that what is left of one is added to its life. */
function signingOf(nowMs: number, expiresIn: number, email: string): Signing {
  const startMs = Math.floor(nowMs / 1000) * 1000
  const seconds = startMs === nowMs ? expiresIn : Math.min(expiresIn + 1, STORAGE_MAX_EXPIRES_IN)
  const date = `${new Date(startMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`
  const scope = `${date.slice(0, 8)}/auto/storage/goog4_request`
  return { scope, credential: `${email}/${scope}`, date, seconds, expiresAt: new Date(startMs + seconds * 1000) }
}

async function signedUrl(
  { access, api, timeoutMs }: Presigning,
  signing: Signing,
  bucket: string,
  key: string,
  options: PresignOptions,
): Promise<PresignedRequest> {
  const { disposition, method } = options
  const { credential, date, expiresAt, scope, seconds } = signing
  const headers = headersOf(options)
  const signed = Object.entries({ ...headers, host: new URL(access.origin).host }).sort(([a], [b]) => (a < b ? -1 : 1))
  const path = api.xmlPath(bucket, key)
  const query = queryOf({
    "X-Goog-Algorithm": ALGORITHM,
    "X-Goog-Credential": credential,
    "X-Goog-Date": date,
    "X-Goog-Expires": String(seconds),
    "X-Goog-SignedHeaders": signed.map(([name]) => name).join(";"),
    ...(disposition !== undefined && { "response-content-disposition": disposition }),
  })
  const request = [
    ...[method, path, query],
    ...signed.map(([name, value]) => `${name}:${value.replaceAll(/ {2,}/g, " ")}`),
    ...["", signed.map(([name]) => name).join(";"), "UNSIGNED-PAYLOAD"],
  ].join("\n")
  const hash = createHash("sha256").update(request).digest("hex")
  const signature = await access.sign([ALGORITHM, date, scope, hash].join("\n"), timeoutMs)
  return { url: `${access.origin}${path}?${query}&X-Goog-Signature=${signature}`, method, headers, expiresAt }
}

/** All of them are signed, so a request without one is refused. */
function headersOf({ cacheControl, contentEncoding, contentType, ifNoneMatch, metadata, size }: PresignOptions) {
  const headers = {
    "content-type": contentType,
    "content-encoding": contentEncoding,
    "cache-control": cacheControl,
    "x-goog-if-generation-match": ifNoneMatch === undefined ? undefined : "0",
    "x-goog-content-length-range": size === undefined ? undefined : `${size},${size}`,
    ...metadataFields(metadata),
  }
  return given(headers)
}

async function signedForm(
  { access, api, timeoutMs }: Presigning,
  signing: Signing,
  bucket: string,
  key: string,
  options: PresignOptions,
): Promise<PresignedRequest> {
  const { cacheControl, contentType, maxBytes, metadata } = options
  const name = api.nameOf(bucket)
  const fields = given({
    key,
    "content-type": contentType,
    "cache-control": cacheControl,
    ...metadataFields(metadata),
    "x-goog-algorithm": ALGORITHM,
    "x-goog-credential": signing.credential,
    "x-goog-date": signing.date,
  })
  const conditions = [
    { bucket: name },
    ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
    ...(maxBytes === undefined ? [] : [["content-length-range", 0, maxBytes]]),
  ]
  const document = JSON.stringify({ conditions, expiration: signing.expiresAt.toISOString().replace(".000", "") })
  const policy = btoa(document.replaceAll(/[\u0080-\uffff]/g, escaped))
  const signature = await access.sign(policy, timeoutMs)
  return {
    url: `${access.origin}/${name}/`,
    method: "POST",
    headers: {},
    fields: { ...fields, policy, "x-goog-signature": signature },
    expiresAt: signing.expiresAt,
  }
}

function metadataFields(metadata: PresignOptions["metadata"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(encodeMetadata(metadata)).map(([name, value]) => [`x-goog-meta-${name}`, value]),
  )
}

function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** A query whose names are sorted, as it is signed. */
function queryOf(values: Readonly<Record<string, string>>): string {
  const names = Object.keys(values).sort()
  return names.map((name) => `${encode(name)}=${encode(values[name] as string)}`).join("&")
}

/** A UTF-16 unit as JSON can write it in ASCII, as Google wants policies. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
}
