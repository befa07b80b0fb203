import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ByteRange, StoredObject } from "../../../contracts/storage/object.ts"
import type { GetOptions } from "../../../contracts/storage/options.ts"
import {
  type ByteReader,
  byteRange,
  checksumBroken,
  openedObject,
  preconditionFailed,
  protocolBroken,
  rangeLength,
} from "../../../core/storage/for-adapters.ts"
import { summing } from "../../kit/checksums.ts"
import type { GcsApi } from "./api.ts"
import { LineFailure, type WireAnswer } from "./exchange.ts"
import { infoOf, type ObjectResource } from "./resource.ts"

export interface Getting {
  readonly api: GcsApi
  readonly clock: Clock
  readonly idleTimeoutMs: number
}

/** A body up to this size is read at once, and keeps no connection. */
const SMALL_BYTES = 65_536

/** How often an object may be replaced between the look at it and its bytes. */
const LOOKS = 5

/** Looks at an object and then asks for the bytes of just that generation, so that both always belong together. */
export async function get(getting: Getting, bucket: string, key: string, options: GetOptions): Promise<StoredObject> {
  const { api, clock, idleTimeoutMs } = getting
  const { ifMatch, ifNoneMatch, signal } = options
  for (let looks = 0; looks < LOOKS; looks++) {
    const resource = await api.find(bucket, key, signal)
    if (resource === undefined) throw await api.absence(bucket)
    if (ifMatch !== undefined && ifMatch !== resource.generation) throw preconditionFailed("changed")
    if (ifNoneMatch === resource.generation) throw preconditionFailed("not-modified")
    const size = Number(resource.size)
    const range = options.range && byteRange(options.range, size)
    const length = options.range === undefined ? size : rangeLength(range)
    const source = length === 0 ? new Uint8Array(0) : await open(getting, bucket, resource, range, length, signal)
    if (source === undefined) continue
    return openedObject({
      ...{ info: infoOf(bucket, resource), range, length, source, signal, idleMs: idleTimeoutMs, clock },
      verify: length === size ? verifying(resource) : undefined,
    })
  }
  throw new ServiceError("UNAVAILABLE", `The object was replaced ${LOOKS} times while it was opened; get it again.`)
}

/** The bytes, or a reader for them; undefined where the object is another one by now. */
async function open(
  { api, idleTimeoutMs }: Getting,
  bucket: string,
  { generation, name, size }: ObjectResource,
  range: ByteRange | undefined,
  length: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | ByteReader | undefined> {
  const opened = await api.requests.open(
    {
      method: "GET",
      path: api.objectPath(bucket, name),
      query: { alt: "media", generation },
      // Without it, GCS decodes what was stored as gzip, and takes no notice of ranges.
      headers: {
        "accept-encoding": "gzip",
        ...(range !== undefined && { range: `bytes=${range.start}-${range.end}` }),
      },
      kind: "read",
      // Bytes are asked for in no form of an API, and so are they refused.
      expected: [404, 416],
      anyForm: true,
      signal,
    },
    async (answer) => {
      if ((answer.header("x-goog-generation") ?? generation) !== generation) return release(answer, undefined)
      if (!isWhatWasAsked(answer, range, size, length)) return release(answer, protocolBroken())
      if (length > SMALL_BYTES) return answer.reader()
      const bytes = await answer.bytes(length, idleTimeoutMs)
      if (bytes.length < length) throw new LineFailure(true, false)
      return bytes
    },
  )
  return opened !== undefined && "status" in opened ? undefined : opened
}

/** A server that takes no notice of a range answers 200 with all bytes, which must never pass for the range. */
function isWhatWasAsked(answer: WireAnswer, range: ByteRange | undefined, size: string, length: number): boolean {
  const announced = answer.header("content-length")
  if (announced !== undefined && Number(announced) !== length) return false
  if (range === undefined) return answer.status === 200
  return answer.status === 206 && answer.header("content-range") === `bytes ${range.start}-${range.end}/${size}`
}

function release(answer: WireAnswer, error: ServiceError | undefined): undefined {
  answer.reader().release()
  if (error !== undefined) throw error
  return undefined
}

/** Whole reads are held against the CRC32C of the object. */
function verifying({ crc32c }: ObjectResource) {
  if (crc32c === undefined) return undefined
  const sum = summing("crc32c")
  return {
    update: (piece: Uint8Array) => sum.update(piece),
    end: () => {
      if (sum.digest() !== crc32c) throw checksumBroken()
    },
  }
}
