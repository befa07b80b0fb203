import { decodeMetadataValue, encodeMetadataValue } from "../../../contracts/storage/metadata.ts"
import type { PresignMethod, PresignOptions } from "../../../contracts/storage/options.ts"

/** Parameters of a signed URL, or fields of a signed form. */
export type SignedParams = Record<string, string>

const TEXTS = {
  contentType: "content-type",
  contentEncoding: "content-encoding",
  cacheControl: "cache-control",
  ifNoneMatch: "if-none-match",
  disposition: "disposition",
} as const
const NUMBERS = { size: "size", maxBytes: "max-bytes" } as const
const METADATA = "meta-"

/** What presign was given, as texts. */
export function paramsOf(options: PresignOptions): SignedParams {
  const { expiresIn, metadata = {}, method } = options
  const given = Object.entries({ ...TEXTS, ...NUMBERS }).flatMap(([option, name]) => {
    const value = options[option as keyof typeof TEXTS | keyof typeof NUMBERS]
    return value === undefined ? [] : [[name, String(value)]]
  })
  const values = Object.entries(metadata).map(([name, value]) => [METADATA + name, encodeMetadataValue(value)])
  return { method, expires: String(expiresIn), ...Object.fromEntries([...given, ...values]) }
}

/** What `paramsOf` was given. */
export function optionsOf(params: Readonly<SignedParams>): PresignOptions {
  const texts = Object.entries(TEXTS).map(([option, name]) => [option, params[name]])
  const numbers = Object.entries(NUMBERS).map(([option, name]) => [option, params[name] && Number(params[name])])
  const given = [...texts, ...numbers].filter(([, value]) => value !== undefined)
  const metadata = Object.entries(params)
    .filter(([name]) => name.startsWith(METADATA))
    .map(([name, value]) => [name.slice(METADATA.length), decodeMetadataValue(value)])
  return {
    method: params["method"] as PresignMethod,
    expiresIn: Number(params["expires"]),
    ...Object.fromEntries(given),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
  }
}
