import type { S3Client } from "@aws-sdk/client-s3"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PresignedRequest } from "../../../contracts/storage/optional-interfaces.ts"
import type { PresignOptions } from "../../../contracts/storage/options.ts"
import { Deadlines } from "../../../core/foundation/deadlines.ts"
import type { S3Connection } from "./connection.ts"
import { fieldsInput, refuseReserved } from "./headers.ts"
import { loadPresignedPost, loadPresigner, type Sdk } from "./library.ts"
import { refuseStranger } from "./prepare.ts"
import type { Requests } from "./requests.ts"

export interface SignerSettings {
  readonly clock: Clock
  readonly onlyAws: boolean
  readonly timeoutMs: number
}

/** Signs requests, which asks no server. */
export class Signer {
  readonly #connection: S3Connection
  readonly #requests: Requests
  readonly #clock: Clock
  readonly #onlyAws: boolean
  readonly #deadlines: Deadlines

  constructor(connection: S3Connection, requests: Requests, { clock, onlyAws, timeoutMs }: SignerSettings) {
    this.#connection = connection
    this.#requests = requests
    this.#clock = clock
    this.#onlyAws = onlyAws
    this.#deadlines = new Deadlines(clock, timeoutMs)
  }

  presign(bucket: string, key: string, options: PresignOptions): Promise<PresignedRequest> {
    return this.#deadlines.run(
      this.#presign(bucket, key, options),
      () => new ServiceError("TIMEOUT", "The credentials to sign with did not come in time."),
    )
  }

  async #presign(bucket: string, key: string, options: PresignOptions): Promise<PresignedRequest> {
    refuseReserved(options.metadata)
    const { client, s3 } = await this.#connection.open()
    // By the server's clock, as far as it is known, and in whole seconds, as signatures are.
    const signingDate = new Date(Math.floor((this.#clock.now() + this.#connection.clockOffset) / 1000) * 1000)
    const target = { Bucket: this.#requests.stored(bucket), Key: key }
    const signed =
      options.method === "POST"
        ? await signedPost(client, target, options)
        : await signedUrl(client, s3, target, options, signingDate)
    if (this.#onlyAws) refuseStranger(new URL(signed.url).hostname)
    return { ...signed, method: options.method, expiresAt: new Date(signingDate.getTime() + options.expiresIn * 1000) }
  }
}

type Target = { readonly Bucket: string; readonly Key: string }

async function signedUrl(client: S3Client, s3: Sdk, target: Target, options: PresignOptions, signingDate: Date) {
  const { getSignedUrl } = await loadPresigner()
  const headers = options.method === "PUT" ? headersOf(options) : {}
  const names = Object.keys(headers)
  const url = await getSignedUrl(client, commandOf(s3, target, options), {
    expiresIn: options.expiresIn,
    signingDate,
    // What a header says is signed as one: in the query some servers would not see it.
    signableHeaders: new Set(["host", ...names]),
    unhoistableHeaders: new Set(names),
  })
  return { url, headers }
}

function commandOf(s3: Sdk, target: Target, options: PresignOptions) {
  const { disposition, ifNoneMatch, method, size } = options
  if (method === "HEAD") return new s3.HeadObjectCommand(target)
  if (method === "DELETE") return new s3.DeleteObjectCommand(target)
  if (method === "GET") return new s3.GetObjectCommand({ ...target, ResponseContentDisposition: disposition })
  return new s3.PutObjectCommand({ ...target, ...fieldsInput(options), ContentLength: size, IfNoneMatch: ifNoneMatch })
}

/** What a PUT must be sent with, as its command would have it. */
function headersOf(options: PresignOptions): Record<string, string> {
  const { ifNoneMatch, size } = options
  const { CacheControl, ContentEncoding, ContentType, Metadata } = fieldsInput(options)
  const headers = {
    "cache-control": CacheControl,
    "content-encoding": ContentEncoding,
    "content-length": size === undefined ? undefined : String(size),
    "content-type": ContentType,
    "if-none-match": ifNoneMatch,
  }
  const metadata = Object.entries(Metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value])
  return Object.fromEntries([...Object.entries(headers).filter(([, value]) => value !== undefined), ...metadata])
}

async function signedPost(client: S3Client, target: Target, options: PresignOptions) {
  if (target.Key.includes(TEMPLATE)) throw templateRefused()
  const { createPresignedPost } = await loadPresignedPost()
  const { expiresIn, maxBytes } = options
  const { CacheControl, ContentType, Metadata } = fieldsInput(options)
  const metadata = Object.entries(Metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value])
  const { fields, url } = await createPresignedPost(client, {
    ...target,
    Expires: expiresIn,
    Fields: {
      ...(CacheControl !== undefined && { "Cache-Control": CacheControl }),
      ...(ContentType !== undefined && { "Content-Type": ContentType }),
      ...Object.fromEntries(metadata),
    },
    ...(maxBytes !== undefined && { Conditions: [["content-length-range", 0, maxBytes]] }),
  })
  return { url, headers: {}, fields }
}

/** In its place a server puts the name of the file. */
const TEMPLATE = "$" + "{filename}"

function templateRefused(): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", `A key that has ${TEMPLATE} in it cannot be signed for POST; sign a PUT.`)
}
