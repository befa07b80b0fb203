import { encodeMetadataValue } from "../../../contracts/storage/metadata.ts"
import type { PresignOptions } from "../../../contracts/storage/options.ts"
import { headersRefused } from "../errors.ts"

const METADATA = "x-meta-"

/** Headers that change what a PUT does, so that none may be sent that was not signed. */
const SIGNABLE = ["content-encoding", "if-match", "if-none-match"]

/** The headers that a signed PUT must be sent with. */
export function signedHeaders(options: PresignOptions): Record<string, string> {
  const { cacheControl, contentEncoding, contentType, ifNoneMatch, metadata = {} } = options
  const given = {
    "content-type": contentType,
    "content-encoding": contentEncoding,
    "cache-control": cacheControl,
    "if-none-match": ifNoneMatch,
  }
  const values = Object.entries(metadata).map(([name, value]) => [METADATA + name, encodeMetadataValue(value)])
  return Object.fromEntries([...Object.entries(given), ...values].filter(([, value]) => value !== undefined))
}

/** @throws ServiceError PERMISSION_DENIED, reason "headers", where one is not as it was signed, or was not signed. */
export function checkSignedHeaders(headers: Headers, options: PresignOptions): void {
  const signed = signedHeaders(options)
  for (const [name, value] of Object.entries(signed)) if (headers.get(name) !== value) throw headersRefused()
  for (const [name] of headers) {
    const isSignable = SIGNABLE.includes(name) || name.startsWith(METADATA)
    if (isSignable && !Object.hasOwn(signed, name)) throw headersRefused()
  }
}
