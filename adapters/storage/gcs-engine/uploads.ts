import type { UploadOptions, UploadSession } from "../../../contracts/storage/storage.ts"
import { encodeMetadata, readUploadToken, uploadTokenOf } from "../../../core/storage/for-adapters.ts"
import { atMost } from "./at-most.ts"
import { type Marks, pagesOf } from "./pages.ts"
import { NONCE } from "./resource.ts"
import { Upload, type Uploading } from "./upload.ts"
import { checkRoot, elementsOf, requiredText, textOf } from "./xml.ts"
import { xmlRequest } from "./xml-request.ts"

/** How many uploads are aborted at the same time. */
const AT_ONCE = 16

/**
 * Uploads in parts, by the XML API: nobody sees their parts, while those of the JSON API would be objects. It knows no
 * conditions of such uploads.
 */
export class Uploads {
  readonly #uploading: Uploading

  constructor(uploading: Uploading) {
    this.#uploading = uploading
  }

  async create(bucket: string, key: string, options: UploadOptions = {}): Promise<UploadSession> {
    const { api } = this.#uploading
    const nonce = crypto.randomUUID()
    const reply = await xmlRequest(api, {
      method: "POST",
      path: api.xmlPath(bucket, key),
      query: { uploads: "" },
      headers: headersOf(options, nonce),
      // Where an answer is lost an upload stays that nobody knows of, until it is swept.
      kind: "read",
    })
    checkRoot(reply.text, "InitiateMultipartUploadResult")
    const id = requiredText(reply.text, "UploadId")
    return this.resume(uploadTokenOf({ adapter: "gcs", bucket, key, id, nonce }), structuredClone(options))
  }

  /** @param described What the object will have, where it is known. */
  resume(token: string, described?: UploadOptions): UploadSession {
    const { bucket, id, key, nonce } = readUploadToken("gcs", token)
    const upload = new Upload(this.#uploading, { bucket, key, conditions: {}, nonce }, id, described)
    return {
      ...{ bucket, key, token },
      uploadPart: (number, body, options = {}) => upload.send(number, body, options),
      parts: () => upload.parts(),
      complete: () => upload.complete(),
      abort: () => upload.abort(),
    }
  }

  async sweep(bucket: string, olderThanMs: number): Promise<number> {
    const { clock } = this.#uploading
    const before = clock.now() - olderThanMs
    const old: Upload[] = []
    for await (const { items } of pagesOf((marks) => this.#page(bucket, marks))) {
      for (const element of items) {
        const key = requiredText(element, "Key")
        const id = requiredText(element, "UploadId")
        const startedAt = Date.parse(requiredText(element, "Initiated"))
        const write = { bucket, key, conditions: {}, nonce: undefined }
        if (startedAt <= before) old.push(new Upload(this.#uploading, write, id))
      }
    }
    await atMost(AT_ONCE, old, (upload) => upload.abort())
    return old.length
  }

  async #page(bucket: string, marks: Marks) {
    const { api } = this.#uploading
    const { text } = await xmlRequest(api, {
      method: "GET",
      path: `/${api.nameOf(bucket)}`,
      query: { uploads: "", "max-uploads": 1000, ...marks },
      kind: "read",
    })
    checkRoot(text, "ListMultipartUploadsResult")
    const next = textOf(text, "IsTruncated") === "true" ? nextOf(text) : undefined
    return { items: elementsOf(text, "Upload"), next }
  }
}

function nextOf(text: string): Marks {
  return {
    "key-marker": requiredText(text, "NextKeyMarker"),
    "upload-id-marker": requiredText(text, "NextUploadIdMarker"),
  }
}

function headersOf(options: UploadOptions, nonce: string): Record<string, string> {
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata } = options
  const custom = Object.entries({ ...encodeMetadata(metadata), [NONCE]: nonce })
  return {
    ...(cacheControl !== undefined && { "cache-control": cacheControl }),
    ...(contentDisposition !== undefined && { "content-disposition": contentDisposition }),
    ...(contentEncoding !== undefined && { "content-encoding": contentEncoding }),
    ...(contentLanguage !== undefined && { "content-language": contentLanguage }),
    ...(contentType !== undefined && { "content-type": contentType }),
    ...Object.fromEntries(custom.map(([name, value]) => [`x-goog-meta-${name}`, value])),
  }
}
