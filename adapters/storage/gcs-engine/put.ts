import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { Body, ObjectInfo } from "../../../contracts/storage/object.ts"
import type { PutOptions } from "../../../contracts/storage/options.ts"
import { admitBody, DEFAULT_CONTENT_TYPE, tell } from "../../../core/storage/for-adapters.ts"
import { Chunks, watchedSource } from "../../kit/chunks.ts"
import type { GcsApi } from "./api.ts"
import { type Chunk, chunksOf, Sums } from "./body-chunks.ts"
import type { Closing } from "./closing.ts"
import { generationMatch } from "./conditions.ts"
import { storedOtherwise } from "./errors.ts"
import { infoOf, type ObjectResource, resourceToWrite } from "./resource.ts"
import { ResumableSession } from "./resumable.ts"
import { settled, storedBy, type Write, writeOf } from "./settle.ts"

export interface Putting {
  readonly api: GcsApi
  readonly clock: Clock
  readonly closing: Closing
  readonly partBytes: number
  readonly idleTimeoutMs: number
  readonly maxObjectBytes: number
}

/** Stores a body. Nothing of it is stored before all of it is there and has its checksum. */
export async function put(
  putting: Putting,
  bucket: string,
  key: string,
  body: Body,
  options: PutOptions,
): Promise<ObjectInfo> {
  const { api, clock, closing, idleTimeoutMs, maxObjectBytes, partBytes } = putting
  const admitted = admitBody(body, options, maxObjectBytes)
  const write = writeOf(bucket, key, options)
  const sums = new Sums(options.checksum)
  const isStream = !(admitted instanceof Uint8Array)
  const source = isStream ? new Chunks(watchedSource(admitted, idleTimeoutMs, clock)) : admitted
  const chunks = chunksOf(source, partBytes, sums)
  // A stream tells of its progress itself.
  const onProgress = isStream ? undefined : options.onProgress
  const first = (await chunks.next()).value as Chunk
  if (first.isLast) {
    const crc32c = sums.end()
    const stored = await putAtOnce(api, write, first, crc32c, options)
    tell(onProgress, first.bytes.length)
    return checked(putting, write, stored, first.bytes.length, crc32c)
  }
  const size = isStream ? admitted.size : admitted.length
  const session = await ResumableSession.begin(api, write, options, size)
  try {
    let chunk = first
    for (; !chunk.isLast; chunk = (await chunks.next()).value as Chunk) {
      await session.send(chunk)
      closing.check()
      tell(onProgress, chunk.offset + chunk.bytes.length)
    }
    const crc32c = sums.end()
    const stored = await session.finish(chunk, crc32c)
    const length = chunk.offset + chunk.bytes.length
    tell(onProgress, length)
    return await checked(putting, write, stored, length, crc32c)
  } catch (error) {
    // The call does not wait for it: one that is aborted ends at once.
    closing.holds(session.cancel()).catch(() => {})
    throw error
  }
}

/** In one request, the resource before the bytes, with their CRC32C: GCS stores nothing where they have another. */
async function putAtOnce(
  api: GcsApi,
  write: Write,
  { bytes }: Chunk,
  crc32c: string,
  options: PutOptions,
): Promise<ObjectResource> {
  const { bucket, conditions, key, nonce } = write
  const boundary = crypto.randomUUID()
  const resource = JSON.stringify({ name: key, ...resourceToWrite(options, nonce), crc32c })
  const head = textBytes(
    `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${resource}\r\n` +
      `--${boundary}\r\ncontent-type: ${options.contentType ?? DEFAULT_CONTENT_TYPE}\r\n\r\n`,
  )
  const tail = textBytes(`\r\n--${boundary}--`)
  const outcome = await settled(api, write, () =>
    api.requests.send({
      method: "POST",
      path: api.uploadPath(bucket),
      query: { uploadType: "multipart", ifGenerationMatch: generationMatch(conditions) },
      headers: { "content-type": `multipart/related; boundary=${boundary}` },
      body: () => ({ length: head.length + bytes.length + tail.length, pieces: [head, bytes, tail] }),
      kind: "write",
      expected: [400, 404, 412],
      signal: options.signal,
      isSlow: true,
    }),
  )
  return storedBy(outcome)
}

/**
 * Refuses what a server has stored that does not check what it is sent. Where nothing stood before it is taken away;
 * else it stays, since nobody can bring back what it has replaced.
 */
async function checked(
  { api }: Putting,
  { bucket, conditions, key }: Write,
  stored: ObjectResource,
  length: number,
  crc32c: string,
): Promise<ObjectInfo> {
  if (Number(stored.size) === length && (stored.crc32c ?? crc32c) === crc32c) return infoOf(bucket, stored)
  if (conditions.ifNoneMatch !== undefined) {
    const query = { ifGenerationMatch: stored.generation }
    await api.delete(api.objectPath(bucket, key), query, [404, 412]).catch(() => {})
  }
  throw storedOtherwise()
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
