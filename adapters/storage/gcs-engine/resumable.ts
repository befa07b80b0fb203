import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PutOptions } from "../../../contracts/storage/options.ts"
import { bucketNotFound, protocolBroken } from "../../../core/storage/for-adapters.ts"
import type { GcsApi } from "./api.ts"
import type { Chunk } from "./body-chunks.ts"
import { conditionFailed, generationMatch } from "./conditions.ts"
import { isUnanswered, leftOpen, unanswered } from "./errors.ts"
import type { Reply } from "./requests.ts"
import { type ObjectResource, resourceToWrite } from "./resource.ts"
import { settled, storedBy, type Write } from "./settle.ts"

/** How often a chunk is sent again without a byte of it getting through. */
const ATTEMPTS = 4

/** An address for the bytes of one object, which GCS makes when it has all of them. */
export class ResumableSession {
  readonly #api: GcsApi
  readonly #write: Write
  readonly #path: string
  readonly #signal: AbortSignal | undefined

  private constructor(api: GcsApi, write: Write, path: string, signal: AbortSignal | undefined) {
    this.#api = api
    this.#write = write
    this.#path = path
    this.#signal = signal
  }

  /** @param size Of the whole body, where it is known. */
  static async begin(
    api: GcsApi,
    write: Write,
    options: PutOptions,
    size: number | undefined,
  ): Promise<ResumableSession> {
    const { bucket, conditions, key, nonce } = write
    const resource = new TextEncoder().encode(JSON.stringify({ name: key, ...resourceToWrite(options, nonce) }))
    const reply = await api.requests.send({
      method: "POST",
      path: api.uploadPath(bucket),
      query: { uploadType: "resumable", ifGenerationMatch: generationMatch(conditions) },
      headers: {
        "content-type": "application/json; charset=UTF-8",
        ...(size !== undefined && { "x-upload-content-length": String(size) }),
      },
      body: () => ({ length: resource.length, pieces: [resource] }),
      // A session that nobody knows of keeps nothing, and ends in a week.
      kind: "read",
      expected: [404, 412],
      signal: options.signal,
    })
    if (reply.status === 404) throw bucketNotFound()
    if (reply.status === 412) throw conditionFailed(conditions, reply)
    return new ResumableSession(api, write, pathOf(reply.header("location")), options.signal)
  }

  /** Sends a chunk that is not the last. */
  async send(chunk: Chunk): Promise<void> {
    try {
      const reply = await this.#deliver(chunk, undefined)
      if (reply.status === 412) throw conditionFailed(this.#write.conditions, reply)
      if (reply.status === 404 || reply.status === 410) throw gone()
      if (reply.status === 308) return
      storedBy(reply)
      throw protocolBroken()
    } catch (error) {
      throw isUnanswered(error) ? notStored(error) : error
    }
  }

  /** Sends the last chunk, and resolves with the object. @param crc32c Of the whole object. */
  async finish(chunk: Chunk, crc32c: string): Promise<ObjectResource> {
    return storedBy(
      await settled(this.#api, this.#write, async () => {
        const reply = await this.#deliver(chunk, crc32c)
        if (reply.status === 308) throw protocolBroken()
        if (reply.status !== 404 && reply.status !== 410) return reply
        throw reply.isRepeated ? unanswered(undefined) : gone()
      }),
    )
  }

  /** Nothing of it stays on the server. */
  async cancel(): Promise<void> {
    await this.#api.requests.send({
      method: "DELETE",
      path: this.#path,
      kind: "write",
      expected: [404, 410, 499],
      anyForm: true,
      isFarewell: true,
    })
  }

  /**
   * Sends what is missing of a chunk until the server has all of it. After an answer that says nothing it is asked how
   * much it has.
   */
  async #deliver(chunk: Chunk, crc32c: string | undefined): Promise<Reply> {
    const end = chunk.offset + chunk.bytes.length
    const total = crc32c === undefined ? undefined : end
    let from = chunk.offset
    let isRepeated = false
    for (let failures = 0; ; failures++) {
      const reply = await this.#put(chunk, from, total, crc32c).catch(async (error: unknown) => {
        if (!isPassing(error) || failures === ATTEMPTS) throw isRepeated ? leftOpen(error) : error
        isRepeated ||= total !== undefined && isUnanswered(error)
        await this.#api.requests.pause(failures + 1, this.#signal)
        return this.#ask(total).catch((silence: unknown) => {
          throw isRepeated || isPassing(silence) ? leftOpen(silence) : silence
        })
      })
      if (reply.status !== 308) return { ...reply, isRepeated }
      const persisted = persistedOf(reply)
      if (persisted === end && total === undefined) return reply
      if (persisted < chunk.offset || persisted > end || failures === ATTEMPTS) {
        throw isRepeated ? unanswered(undefined) : gone()
      }
      if (persisted > from) failures = 0
      from = persisted
    }
  }

  #put(chunk: Chunk, from: number, total: number | undefined, crc32c: string | undefined): Promise<Reply> {
    const end = chunk.offset + chunk.bytes.length
    const bytes = chunk.bytes.subarray(from - chunk.offset)
    return this.#api.requests.send({
      method: "PUT",
      path: this.#path,
      headers: {
        "content-range": `bytes ${from === end ? "*" : `${from}-${end - 1}`}/${total ?? "*"}`,
        ...(crc32c !== undefined && { "x-goog-hash": `crc32c=${crc32c}` }),
      },
      body: () => ({ length: bytes.length, pieces: [bytes] }),
      kind: "once",
      expected: [308, 400, 404, 410, 412],
      anyForm: true,
      signal: this.#signal,
      isSlow: true,
    })
  }

  /** How much the server has. */
  #ask(total: number | undefined): Promise<Reply> {
    return this.#api.requests.send({
      method: "PUT",
      path: this.#path,
      headers: { "content-range": `bytes */${total ?? "*"}` },
      kind: "read",
      expected: [308, 404, 410, 412],
      anyForm: true,
      signal: this.#signal,
    })
  }
}

/** Of the address of a session its path alone is used: an emulator may not know the name by which it is reached. */
function pathOf(location: string | undefined): string {
  if (location === undefined || !URL.canParse(location)) throw protocolBroken()
  const { pathname, search } = new URL(location)
  return pathname + search
}

function persistedOf(reply: Reply): number {
  const range = reply.header("range")
  if (range === undefined) return 0
  const last = /^bytes=0-(\d+)$/.exec(range)?.[1]
  if (last === undefined) throw protocolBroken()
  return Number(last) + 1
}

function isPassing(error: unknown): boolean {
  return ServiceError.is(error) && error.retryable && error.details?.["reason"] === undefined
}

/** The object is made with the last chunk alone. */
function notStored(cause: unknown): ServiceError {
  return new ServiceError("UNAVAILABLE", "The server took no more of the body; nothing was stored.", { cause })
}

function gone(): ServiceError {
  return new ServiceError("UNAVAILABLE", "The server has lost what was sent of the body; nothing was stored.")
}
