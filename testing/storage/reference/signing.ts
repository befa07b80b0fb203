import { decodeMetadata, encodeMetadataValue } from "../../../contracts/storage/metadata.ts"
import type {
  IStoragePresign,
  IStorageVerify,
  PresignedGrant,
  PresignedRequest,
  PresignOptions,
} from "../../../contracts/storage/storage.ts"
import { crc32, fromToken, toToken } from "./sums.ts"
import { ReferenceUploads } from "./uploads.ts"

const ORIGIN = "https://storage.reference.test"

/** What a signature says. */
export interface SignedText {
  readonly bucket: string
  readonly key: string
  readonly options: PresignOptions
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

type Request = Parameters<IStorageVerify["verifyPresigned"]>[0]

/** How the reference storage signs requests and looks at them, in small methods that mutants change one of. */
export abstract class ReferenceSigning extends ReferenceUploads implements IStoragePresign, IStorageVerify {
  async presign(bucket: string, key: string, given: PresignOptions): Promise<PresignedRequest> {
    this.checkPresign(bucket, key, given)
    const { disposition } = given
    const options = { ...given, ...(disposition !== undefined && { disposition: this.dispositionOf(disposition) }) }
    const signed = { bucket, key, options, expiresAt: this.expiryOf(options) }
    const fields = { grant: toToken(signed), signature: this.signatureOf(signed) }
    const { method } = options
    return {
      url: method === "POST" ? this.pathOf(signed) : `${this.pathOf(signed)}?${new URLSearchParams(fields)}`,
      method,
      headers: method === "POST" ? {} : this.signedHeaders(options),
      ...(method === "POST" && { fields: { ...this.signedHeaders(options), ...fields } }),
      expiresAt: new Date(signed.expiresAt),
    }
  }

  expiryOf({ expiresIn }: PresignOptions): number {
    return this.clock.now() + expiresIn * 1000
  }

  pathOf({ bucket, key }: SignedText): string {
    return `${ORIGIN}/${bucket}/${encodeURIComponent(key)}`
  }

  /** A checksum in the place of a signature: nobody is kept out by the reference. */
  signatureOf({ bucket, expiresAt, key, options }: SignedText): string {
    return crc32(new TextEncoder().encode(JSON.stringify([this.password, bucket, key, options, expiresAt])))
  }

  /** What must be sent as it was signed. */
  signedHeaders({ cacheControl, contentEncoding, contentType, ifNoneMatch, metadata = {} }: PresignOptions) {
    const given = {
      "cache-control": cacheControl,
      "content-encoding": contentEncoding,
      "content-type": contentType,
      "if-none-match": ifNoneMatch,
    }
    const values = Object.entries(metadata).map(([name, value]) => [`x-meta-${name}`, encodeMetadataValue(value)])
    const headers = Object.entries(given).filter(([, value]) => value !== undefined)
    return Object.fromEntries([...headers, ...values]) as Record<string, string>
  }

  async verifyPresigned({ fields, method, url }: Request): Promise<PresignedGrant> {
    this.checkOpen()
    const { bucket, key, options, expiresAt } = this.readSigned(url, fields)
    this.checkTime(expiresAt)
    this.checkMethod(method, options)
    return { bucket, key, options, expiresAt: new Date(expiresAt) }
  }

  readSigned(url: string, fields: Request["fields"]): SignedText {
    const { pathname, search, searchParams } = new URL(url)
    const { grant = "", signature } = fields ?? (Object.fromEntries(searchParams) as Record<string, string>)
    const signed = fromToken(grant) as SignedText | undefined
    if (signed === undefined || this.signatureOf(signed) !== signature) this.refuseSigned("signature")
    this.checkPath(signed, pathname)
    if (fields === undefined) this.checkQuery({ grant, signature }, search)
    return signed
  }

  /** There is nothing in it that was not signed. */
  checkQuery(signed: Record<string, string>, search: string): void {
    if (search !== `?${new URLSearchParams(signed)}`) this.refuseSigned("signature")
  }

  checkPath(signed: SignedText, pathname: string): void {
    if (new URL(this.pathOf(signed)).pathname !== pathname) this.refuseSigned("signature")
  }

  checkTime(expiresAt: number): void {
    if (this.clock.now() >= expiresAt) this.refuseSigned("expired")
  }

  checkMethod(method: string, options: PresignOptions): void {
    if (method !== options.method) this.refuseSigned("method")
  }

  refuseSigned(reason: string): never {
    this.refuseFor("PERMISSION_DENIED", reason, "The request may not be made.")
  }

  metadataOfHeaders(headers: Headers): Record<string, string> {
    const names = [...headers].filter(([name]) => name.startsWith("x-meta-"))
    return decodeMetadata(Object.fromEntries(names.map(([name, value]) => [name.slice("x-meta-".length), value])))
  }
}
