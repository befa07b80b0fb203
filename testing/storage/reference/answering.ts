import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type {
  GetOptions,
  IStorageService,
  ObjectInfo,
  PresignedGrant,
  PresignOptions,
  PutOptions,
  RangeOptions,
  StoredObject,
} from "../../../contracts/storage/storage.ts"
import { ReferenceSigning } from "./signing.ts"

const STATUS: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  LIMIT_EXCEEDED: 413,
  NOT_FOUND: 404,
  PERMISSION_DENIED: 403,
  PRECONDITION_FAILED: 412,
}

/** How the server of the reference answers signed requests, in small methods that mutants change one of. */
export abstract class ReferenceAnswering
  extends ReferenceSigning
  implements Pick<IStorageService, "put" | "get" | "head" | "delete">
{
  abstract put(bucket: string, key: string, body: Uint8Array, options?: PutOptions): Promise<ObjectInfo>
  abstract get(bucket: string, key: string, options?: GetOptions): ReturnType<IStorageService["get"]>
  abstract head(bucket: string, key: string): Promise<ObjectInfo | undefined>
  abstract delete(bucket: string, key: string): Promise<void>

  async answer(request: Request): Promise<Response> {
    try {
      return await this.answered(request)
    } catch (error) {
      if (!ServiceError.is(error)) throw error
      return new Response(error.message, { status: this.statusOf(error) })
    }
  }

  statusOf({ code, details }: ServiceError): number {
    return details?.["reason"] === "range" ? 416 : (STATUS[code] ?? 500)
  }

  async answered(request: Request): Promise<Response> {
    const { method, url } = request
    if (method === "POST") return this.answerPost(request)
    const grant = await this.verifyPresigned({ method, url })
    if (method === "PUT") return this.answerPut(request, grant)
    if (method === "GET" || method === "HEAD") return this.answerGet(request, grant)
    await this.delete(grant.bucket, grant.key)
    return new Response(null, { status: 204 })
  }

  async answerGet({ headers, method }: Request, { bucket, key, options }: PresignedGrant): Promise<Response> {
    const range = this.rangeOfHeader(headers.get("range"))
    const object = await this.get(bucket, key, range && { range })
    const bytes = await object.bytes()
    return new Response(method === "HEAD" ? null : new Uint8Array(bytes), {
      status: range === undefined ? 200 : 206,
      headers: { ...this.answerHeaders(object.info, bytes, options.disposition), ...this.rangeHeader(object) },
    })
  }

  rangeHeader({ info, range }: StoredObject): Record<string, string> {
    return range === undefined ? {} : { "content-range": `bytes ${range.start}-${range.end}/${info.size}` }
  }

  answerHeaders(info: ObjectInfo, bytes: Uint8Array, disposition = info.contentDisposition): Record<string, string> {
    return {
      "content-length": String(bytes.length),
      "content-type": info.contentType,
      etag: `"${info.etag}"`,
      ...(disposition !== undefined && { "content-disposition": disposition }),
    }
  }

  /** Of `bytes=1-2`, `bytes=1-` and `bytes=-2`. */
  rangeOfHeader(header: string | null): RangeOptions | undefined {
    const [, start = "", end = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? []
    if (start === "") return end === "" ? undefined : { suffix: Number(end) }
    return { start: Number(start), ...(end !== "" && { end: Number(end) }) }
  }

  async answerPut(request: Request, { bucket, key, options }: PresignedGrant): Promise<Response> {
    const { headers } = request
    for (const [name, value] of Object.entries(this.signedHeaders(options))) this.checkHeader(headers, name, value)
    const bytes = new Uint8Array(await request.arrayBuffer())
    this.checkSignedSize(bytes, options.size)
    const { cacheControl, contentEncoding, contentType, ifNoneMatch } = options
    const metadata = this.metadataOfHeaders(headers)
    await this.put(bucket, key, bytes, { cacheControl, contentEncoding, contentType, ifNoneMatch, metadata })
    return new Response(null, { status: 200 })
  }

  checkHeader(headers: Headers, name: string, value: string): void {
    if (headers.get(name) !== value) this.refuseSigned("signature")
  }

  checkSignedSize(bytes: Uint8Array, size: number | undefined): void {
    if (size !== undefined && size !== bytes.length) this.refuseSize()
  }

  async answerPost(request: Request): Promise<Response> {
    const { method, url } = request
    if (!request.headers.get("content-type")?.startsWith("multipart/form-data")) this.refuseSigned("method")
    const form = await request.formData()
    const file = form.get("file")
    const texts = [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string")
    const { bucket, key, options } = await this.verifyPresigned({ method, url, fields: Object.fromEntries(texts) })
    for (const [name, value] of Object.entries(this.signedHeaders(options))) {
      if (form.get(name) !== value) this.refuseSigned("signature")
    }
    const bytes = file === null ? new Uint8Array(0) : new Uint8Array(await new Response(file).arrayBuffer())
    this.checkSignedMost(bytes, options.maxBytes)
    await this.put(bucket, key, bytes, this.formOptions(options))
    return new Response(null, { status: 204 })
  }

  /** What a form stores its file with. */
  formOptions({ cacheControl, contentType, metadata }: PresignOptions): PutOptions {
    return { cacheControl, contentType, metadata }
  }

  checkSignedMost(bytes: Uint8Array, maxBytes = Number.POSITIVE_INFINITY): void {
    if (bytes.length > maxBytes) this.refuse("LIMIT_EXCEEDED", `A file has at most ${maxBytes} bytes.`)
  }
}
