import type { Readable } from "node:stream"
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ByteRange, StoredObject } from "../../../contracts/storage/object.ts"
import type { GetOptions, RangeOptions } from "../../../contracts/storage/options.ts"
import {
  bucketNotFound,
  byteRange,
  objectNotFound,
  openedObject,
  preconditionFailed,
  protocolBroken,
  rangeLength,
  rangeRefused,
} from "../../../core/storage/for-adapters.ts"
import { serviceError } from "./errors.ts"
import type { Failure } from "./failures.ts"
import { quotedEtag, type SeenObject, seenObject } from "./headers.ts"
import { ObjectBody } from "./object-body.ts"
import type { Requests } from "./requests.ts"
import { verifyingRead } from "./sums.ts"

/** Bodies up to so many bytes are read at once, so that none of them holds a connection. */
const HELD_BYTES = 65_536

export interface ReaderSettings {
  readonly clock: Clock
  readonly idleTimeoutMs: number
  /** Objects are asked for their checksums. */
  readonly readsSums: boolean
}

/** What a get gave: all bytes, or a body to read. */
interface Got {
  readonly seen: SeenObject
  readonly range: ByteRange | undefined
  readonly length: number
  readonly body: ObjectBody
  readonly held: Uint8Array | undefined
}

/** Looks at objects, and reads them. */
export class Reader {
  readonly #requests: Requests
  readonly #settings: ReaderSettings
  /** Bodies that somebody may still read. */
  readonly #open = new Set<ObjectBody>()

  constructor(requests: Requests, settings: ReaderSettings) {
    this.#requests = requests
    this.#settings = settings
  }

  /** Undefined for an object, or a bucket, that is not there: HEAD tells no difference. */
  head(bucket: string, key: string, signal?: AbortSignal): Promise<SeenObject | undefined> {
    return this.#requests.call<SeenObject | undefined>(
      async ({ s3, send }) => {
        const Bucket = this.#requests.stored(bucket)
        return seenObject(bucket, key, await send(new s3.HeadObjectCommand({ Bucket, Key: key })))
      },
      {
        kind: "read",
        signal,
        givesObject: true,
        headers: this.#sumMode(true),
        recover(failure) {
          if (failure.status === 404) return undefined
          throw serviceError(failure, "read")
        },
      },
    )
  }

  async get(bucket: string, key: string, options: GetOptions): Promise<StoredObject> {
    const { ifMatch, ifNoneMatch, range: asked, signal } = options
    const { clock, idleTimeoutMs: idleMs } = this.#settings
    const got = await this.#requests.call<Got>(
      async ({ s3, send }) => {
        const output = await send(
          new s3.GetObjectCommand({
            Bucket: this.#requests.stored(bucket),
            Key: key,
            Range: asked && rangeHeader(asked),
            IfMatch: quotedEtag(ifMatch),
            IfNoneMatch: quotedEtag(ifNoneMatch),
          }),
        )
        return await this.#taken(bucket, key, output, options)
      },
      {
        kind: "read",
        signal,
        givesObject: true,
        headers: this.#sumMode(asked === undefined),
        recover: async (failure) => {
          if (failure.status === 416) throw await this.#outOfRange(bucket, key, failure)
          throw await this.missing(bucket, failure)
        },
      },
    )
    const { body, held, length, range, seen } = got
    if (held === undefined) this.#follow(body)
    const source = held ?? body
    const verify = asked === undefined ? verifyingRead(seen.info.checksums) : undefined
    return openedObject({ info: seen.info, range, length, source, signal, idleMs, clock, verify })
  }

  /** What a failure on an object means: of a 404 without a code one look at the bucket tells what is not there. */
  async missing(bucket: string, failure: Failure): Promise<ServiceError> {
    if (failure.status !== 404 || /^NoSuch/.test(failure.code)) return serviceError(failure, "read")
    return (await this.hasBucket(bucket)) ? objectNotFound(failure.cause) : bucketNotFound(failure.cause)
  }

  hasBucket(bucket: string): Promise<boolean> {
    return this.#requests.call<boolean>(
      async ({ s3, send }) => {
        await send(new s3.HeadBucketCommand({ Bucket: this.#requests.stored(bucket) }))
        return true
      },
      {
        kind: "read",
        recover(failure) {
          if (failure.status === 404) return false
          throw serviceError(failure, "read")
        },
      },
    )
  }

  /** Releases what nobody has read. */
  close(): void {
    for (const body of this.#open) body.release()
  }

  #follow(body: ObjectBody): void {
    this.#open.add(body)
    body.onRelease(() => this.#open.delete(body))
  }

  async #taken(bucket: string, key: string, output: GetObjectCommandOutput, options: GetOptions): Promise<Got> {
    const body = new ObjectBody(output.Body as Readable)
    try {
      const { length, range, size } = placeOf(output, options.range)
      const seen = seenObject(bucket, key, output, size)
      const { etag } = seen.info
      if (options.ifMatch !== undefined && options.ifMatch !== etag) throw preconditionFailed("changed")
      if (options.ifNoneMatch === etag) throw preconditionFailed("not-modified")
      const held = length <= HELD_BYTES ? await body.all(length) : undefined
      return { seen, range, length, body, held }
    } catch (error) {
      body.release()
      throw error
    }
  }

  /** A member of the command would have the SDK check the body as well, over a stream of its own. */
  #sumMode(isWhole: boolean): (() => Record<string, string>) | undefined {
    return this.#settings.readsSums && isWhole ? () => ({ "x-amz-checksum-mode": "ENABLED" }) : undefined
  }

  async #outOfRange(bucket: string, key: string, failure: Failure): Promise<ServiceError> {
    const [, told] = /^bytes \*\/(\d+)$/.exec(failure.headers["content-range"] ?? "") ?? []
    const size = told === undefined ? (await this.head(bucket, key))?.info.size : Number(told)
    return size === undefined ? objectNotFound(failure.cause) : rangeRefused(size)
  }
}

function rangeHeader({ end, start, suffix }: RangeOptions): string {
  return suffix === undefined ? `bytes=${start ?? 0}-${end ?? ""}` : `bytes=-${suffix}`
}

/**
 * Which bytes an answer holds. The whole of an object is never handed out as a range of it.
 *
 * @throws ServiceError UNAVAILABLE, reason "protocol", where it is not what was asked for.
 */
function placeOf({ ContentLength, ContentRange }: GetObjectCommandOutput, asked: RangeOptions | undefined) {
  if (ContentLength === undefined) throw protocolBroken()
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange ?? "") ?? []
  const size = ContentRange === undefined ? ContentLength : Number(total)
  const range = asked && byteRange(asked, size)
  const length = asked === undefined ? size : rangeLength(range)
  const isRight = ContentRange === undefined || (Number(first) === range?.start && Number(last) === range?.end)
  if (!isRight || length !== ContentLength) throw protocolBroken()
  return { size, range, length }
}
