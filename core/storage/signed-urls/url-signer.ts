import type { Clock } from "../../../contracts/foundation/clock.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type {
  IStoragePresign,
  IStorageVerify,
  PresignedGrant,
  PresignedRequest,
  PresignOptions,
} from "../../../contracts/storage/storage.ts"
import { fromBase64Url, toBase64Url } from "../../foundation/base64url.ts"
import { type SignedUrlReason, signedUrlRefused } from "../errors.ts"
import { type ObjectPlace, objectOfPath, pathOfObject } from "./object-path.ts"
import { signedHeaders } from "./signed-headers.ts"
import { optionsOf, paramsOf } from "./signed-params.ts"

export interface UrlSignerOptions {
  /** Signs, and verifies. Default: a random one, which nobody else has. */
  readonly secret?: string | undefined
  /** Verifies alone, so that URLs that were signed with it stay good while the secret changes. */
  readonly previousSecret?: string | undefined
  /** Where `serveSignedUrls` answers; its origin is not signed, so that a proxy may stand in front. */
  readonly baseUrl: string
  readonly clock: Clock
}

type Request = Parameters<IStorageVerify["verifyPresigned"]>[0]

/** Of a name and a value. */
type Param = readonly [string, string]

/** Clocks of processes differ by less. */
const MAX_EARLY_MS = 15 * 60_000

/**
 * Signs requests that come back to the application, and looks at them. The signature is an HMAC-SHA256 over bucket, key,
 * time and all options.
 */
export class UrlSigner implements IStoragePresign, IStorageVerify {
  readonly #clock: Clock
  readonly #baseUrl: string
  readonly #secrets: readonly string[]
  #keys: Promise<CryptoKey[]> | undefined

  constructor({ baseUrl, clock, previousSecret, secret = randomSecret() }: UrlSignerOptions) {
    this.#clock = clock
    this.#baseUrl = baseUrl.replace(/\/+$/, "")
    this.#secrets = previousSecret === undefined ? [secret] : [secret, previousSecret]
  }

  async presign(bucket: string, key: string, options: PresignOptions): Promise<PresignedRequest> {
    const { expiresIn, method } = options
    const now = this.#clock.now()
    const params = { ...paramsOf(options), date: String(now) }
    const signature = await this.#sign(textOf({ bucket, key }, Object.entries(params)))
    const url = `${this.#baseUrl}/${pathOfObject({ bucket, key })}`
    const signed = { ...params, signature }
    const expiresAt = new Date(now + expiresIn * 1000)
    if (method === "POST") return { url, method, headers: {}, fields: signed, expiresAt }
    const query = new URLSearchParams(signed).toString().replaceAll("+", "%20")
    return { url: `${url}?${query}`, method, headers: signedHeaders(options), expiresAt }
  }

  async verifyPresigned({ fields, method, url }: Request): Promise<PresignedGrant> {
    const { params, place } = this.#read(url, fields)
    const signature = params.filter(([name]) => name === "signature")
    const signed = params.filter(([name]) => name !== "signature")
    const [first, ...others] = signature
    const isOne = place !== undefined && first !== undefined && others.length === 0
    if (!isOne || !(await this.#isSigned(textOf(place, signed), first[1]))) throw signedUrlRefused("signature")
    const { date, ...given } = Object.fromEntries(signed)
    const options = optionsOf(given)
    const signedAt = Number(date)
    const expiresAt = new Date(signedAt + options.expiresIn * 1000)
    const refusal = this.#refusal(method, options, signedAt, expiresAt)
    if (refusal !== undefined) throw signedUrlRefused(refusal)
    return { ...place, options, expiresAt }
  }

  #refusal(method: string, options: PresignOptions, signedAt: number, expiresAt: Date): SignedUrlReason | undefined {
    const now = this.#clock.now()
    if (method !== options.method) return "method"
    if (signedAt > now + MAX_EARLY_MS) return "early"
    return now >= expiresAt.getTime() ? "expired" : undefined
  }

  /** Nothing is known of a request yet. */
  #read(text: string, fields: Request["fields"]): { place: ObjectPlace | undefined; params: readonly Param[] } {
    const url = URL.canParse(text, this.#baseUrl) ? new URL(text, this.#baseUrl) : undefined
    const base = `${new URL(this.#baseUrl).pathname.replace(/\/$/, "")}/`
    if (url === undefined || !url.pathname.startsWith(base)) return { place: undefined, params: [] }
    const query = [...url.searchParams]
    return {
      place: objectOfPath(url.pathname.slice(base.length)),
      params: fields === undefined ? query : [...query, ...Object.entries(fields)],
    }
  }

  async #sign(text: string): Promise<string> {
    const [key] = await this.#allKeys()
    return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key as CryptoKey, encode(text))))
  }

  /** In the same time for every wrong signature. */
  async #isSigned(text: string, signature: string): Promise<boolean> {
    const bytes = signatureBytes(signature)
    if (bytes === undefined) return false
    const keys = await this.#allKeys()
    const found = await Promise.all(keys.map((key) => crypto.subtle.verify("HMAC", key, bytes, encode(text))))
    return found.includes(true)
  }

  #allKeys(): Promise<CryptoKey[]> {
    this.#keys ??= Promise.all(this.#secrets.map(keyOf))
    return this.#keys
  }
}

/** All that is signed, in a form that no other request has. */
function textOf({ bucket, key }: ObjectPlace, params: readonly Param[]): string {
  return JSON.stringify(["1", bucket, key, params.toSorted(([a], [b]) => compareCodePoints(a, b))])
}

function randomSecret(): string {
  return crypto.randomUUID() + crypto.randomUUID()
}

function keyOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"])
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** Undefined for a text that no signature is written in, such as one with other bits behind its last byte. */
function signatureBytes(signature: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = new Uint8Array(fromBase64Url(signature))
    return toBase64Url(bytes) === signature ? bytes : undefined
  } catch {
    return undefined
  }
}
