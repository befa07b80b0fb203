import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { STORAGE_MIN_PART_BYTES } from "../../../contracts/storage/arguments.ts"
import type { Body, ObjectInfo, PartInfo, SendOptions, UploadOptions } from "../../../contracts/storage/storage.ts"
import {
  admitBody,
  type BodySource,
  checkParts,
  outcomeUnknown,
  protocolBroken,
  tell,
} from "../../../core/storage/for-adapters.ts"
import { Chunks, watchedSource } from "../../kit/chunks.ts"
import { clonePlain } from "../../kit/clone.ts"
import type { GcsApi } from "./api.ts"
import { Sums } from "./body-chunks.ts"
import { changedOnItsWay, isUnanswered } from "./errors.ts"
import { type Marks, pagesOf } from "./pages.ts"
import type { Ask, Reply } from "./requests.ts"
import { infoOf, resourceToWrite } from "./resource.ts"
import { ownOf, type Write } from "./settle.ts"
import { checkRoot, elementsOf, encoded, requiredText, textOf } from "./xml.ts"
import { xmlRequest } from "./xml-request.ts"

export interface Uploading {
  readonly api: GcsApi
  readonly clock: Clock
  readonly idleTimeoutMs: number
  readonly maxObjectBytes: number
}

/** One upload in parts. The object that becomes of it is known by its nonce. */
export class Upload {
  readonly #uploading: Uploading
  readonly #write: Write
  readonly #id: string
  readonly #described: UploadOptions | undefined
  #completed: ObjectInfo | undefined
  /** Whether it may have become an object, though no answer said so. */
  #isOpen = false

  constructor(uploading: Uploading, write: Write, id: string, described?: UploadOptions) {
    this.#uploading = uploading
    this.#write = write
    this.#id = id
    this.#described = described
  }

  /** A stream whose size is known is sent as it comes, any other body when all of it is there. */
  async send(number: number, body: Body, options: SendOptions): Promise<PartInfo> {
    const { clock, idleTimeoutMs, maxObjectBytes } = this.#uploading
    const admitted = admitBody(body, options, maxObjectBytes)
    const sums = new Sums(options.checksum)
    const { signal } = options
    if (admitted instanceof Uint8Array) {
      const part = await this.#sendBytes(number, admitted, sums, signal)
      tell(options.onProgress, admitted.length)
      return part
    }
    const source = watchedSource(admitted, idleTimeoutMs, clock)
    const { size } = admitted
    if (size === undefined) return this.#sendBytes(number, await new Chunks(source).takePart(), sums, signal)
    return this.#put(number, size, sums, {
      body: () => ({ length: size, pieces: checkedPieces(source, sums) }),
      kind: "once",
      signal,
    })
  }

  async parts(): Promise<PartInfo[]> {
    const parts: PartInfo[] = []
    for await (const { items } of pagesOf((marks) => this.#page(marks))) parts.push(...items)
    return parts.sort((a, b) => a.number - b.number)
  }

  async complete(): Promise<ObjectInfo> {
    this.#completed ??= await this.#complete().catch((error: unknown) => this.#settle(error))
    return clonePlain(this.#completed)
  }

  async abort(): Promise<void> {
    await this.#request({ method: "DELETE", kind: "write" }).catch((error: unknown) => {
      if (!ServiceError.is(error) || error.code !== "NOT_FOUND") throw error
    })
  }

  async #complete(): Promise<ObjectInfo> {
    const sent = await this.parts()
    // The server makes no object of no parts.
    const parts = sent.length > 0 ? sent : [await this.send(1, new Uint8Array(0), {})]
    const { maxObjectBytes } = this.#uploading
    const size = checkParts(parts, { maxObjectBytes, minPartBytes: STORAGE_MIN_PART_BYTES })
    const list = parts.map(({ etag, number }) => {
      return `<Part><PartNumber>${number}</PartNumber><ETag>${encoded(`"${etag}"`)}</ETag></Part>`
    })
    const body = new TextEncoder().encode(`<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`)
    const reply = await this.#request({
      method: "POST",
      headers: { "content-type": "application/xml; charset=UTF-8" },
      body: () => ({ length: body.length, pieces: [body] }),
      kind: "write",
      isSlow: true,
    })
    checkRoot(reply.text, "CompleteMultipartUploadResult")
    const own = await this.#own().catch((error: unknown) => {
      throw outcomeUnknown(error)
    })
    return own ?? this.#replaced(reply, size)
  }

  async #page(marks: Marks) {
    const { text } = await this.#request({ method: "GET", query: { "max-parts": 1000, ...marks }, kind: "read" })
    checkRoot(text, "ListPartsResult")
    const goesOn = textOf(text, "IsTruncated") === "true"
    const next = goesOn ? { "part-number-marker": requiredText(text, "NextPartNumberMarker") } : undefined
    return { items: elementsOf(text, "Part").map(partOf), next }
  }

  /** What was made, though it was replaced or deleted before anybody could look at it. */
  #replaced(reply: Reply, size: number): ObjectInfo {
    const { bucket, key } = this.#write
    if (this.#described === undefined) throw outcomeUnknown()
    const crc32c = crc32cOf(reply)
    return infoOf(bucket, {
      ...resourceToWrite(this.#described, undefined),
      ...(crc32c !== undefined && { crc32c }),
      name: key,
      size: String(size),
      generation: reply.header("x-goog-generation") ?? requiredText(reply.text, "ETag").replaceAll('"', ""),
      updated: new Date(this.#uploading.clock.now()).toISOString(),
    })
  }

  /** An upload that is gone, or whose answer was lost, may have become an object. */
  async #settle(error: unknown): Promise<ObjectInfo> {
    if (!ServiceError.is(error)) throw error
    this.#isOpen ||= isUnanswered(error)
    if (!isUnanswered(error) && error.details?.["reason"] !== "upload") throw error
    const own = await this.#own().catch(() => undefined)
    if (own !== undefined) return own
    throw this.#isOpen ? outcomeUnknown(error) : error
  }

  async #own(): Promise<ObjectInfo | undefined> {
    const own = await ownOf(this.#uploading.api, this.#write)
    return own && infoOf(this.#write.bucket, own)
  }

  #sendBytes(number: number, bytes: Uint8Array, sums: Sums, signal: AbortSignal | undefined): Promise<PartInfo> {
    sums.update(bytes)
    return this.#put(number, bytes.length, sums, {
      headers: { "x-goog-hash": `crc32c=${sums.end()}` },
      body: () => ({ length: bytes.length, pieces: [bytes] }),
      kind: "write",
      signal,
    })
  }

  async #put(number: number, size: number, sums: Sums, ask: Omit<Ask, "method" | "path">): Promise<PartInfo> {
    const reply = await this.#request({ ...ask, method: "PUT", query: { partNumber: number }, isSlow: true })
    const etag = reply.header("etag")
    if (etag === undefined || reply.text !== "") throw protocolBroken()
    const stored = crc32cOf(reply)
    if (stored !== undefined && stored !== sums.end()) throw changedOnItsWay()
    return { number, size, etag: etag.replaceAll('"', "") }
  }

  #request(ask: Omit<Ask, "path">) {
    const { bucket, key } = this.#write
    const { api } = this.#uploading
    return xmlRequest(api, { ...ask, path: api.xmlPath(bucket, key), query: { ...ask.query, uploadId: this.#id } })
  }
}

function crc32cOf(reply: Reply): string | undefined {
  return /crc32c=([\w+/=]+)/.exec(reply.header("x-goog-hash") ?? "")?.[1]
}

/** The last piece is held back until the checksum is known to be right: without it the server keeps nothing. */
async function* checkedPieces(source: Pick<BodySource, "next">, sums: Sums): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array | undefined
  for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
    if (held !== undefined) yield held
    // Whoever gave it may fill it again when asked for the next.
    held = new Uint8Array(piece)
    sums.update(held)
  }
  sums.end()
  if (held !== undefined) yield held
}

function partOf(element: string): PartInfo {
  return {
    number: Number(requiredText(element, "PartNumber")),
    size: Number(requiredText(element, "Size")),
    etag: requiredText(element, "ETag").replaceAll('"', ""),
  }
}
