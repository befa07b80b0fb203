import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ObjectInfo, ObjectRef } from "../../../contracts/storage/object.ts"
import type { CopyOptions } from "../../../contracts/storage/options.ts"
import { aborted, bucketNotFound, decodeMetadata, protocolBroken } from "../../../core/storage/for-adapters.ts"
import type { GcsApi } from "./api.ts"
import { generationMatch, isConditional } from "./conditions.ts"
import type { Reply } from "./requests.ts"
import { infoOf, jsonOf, NONCE, type ObjectResource, resourceOf, resourceToWrite } from "./resource.ts"
import { isReply, settled, type Write, writeOf } from "./settle.ts"

/** How often the source may be replaced meanwhile. */
const LOOKS = 5

/**
 * Copies on the server. A copy with a condition, or with other fields, is of just the generation that was looked at:
 * GCS takes either all fields from the source or none.
 */
export async function copy(api: GcsApi, from: ObjectRef, to: ObjectRef, options: CopyOptions): Promise<ObjectInfo> {
  const { cacheControl, contentType, metadata, signal } = options
  if (signal?.aborted) throw aborted(signal)
  const write = writeOf(to.bucket, to.key, options)
  const isAsItIs =
    !isConditional(options) && [cacheControl, contentType, metadata].every((field) => field === undefined)
  if (isAsItIs) {
    const copied = await rewrite(api, from, write, signal, undefined)
    if (copied === undefined) throw await absence(api, from, to)
    return infoOf(to.bucket, copied)
  }
  for (let looks = 0; looks < LOOKS; looks++) {
    const source = await api.find(from.bucket, from.key, signal)
    if (source === undefined) throw await absence(api, from, to)
    const copied = await rewrite(api, from, write, signal, { source, fields: merged(source, options, write) })
    if (copied !== undefined) return infoOf(to.bucket, copied)
    if (!(await api.hasBucket(to.bucket))) throw bucketNotFound()
  }
  throw new ServiceError("UNAVAILABLE", `The source was replaced ${LOOKS} times while it was copied; copy it again.`)
}

interface Pinned {
  readonly source: ObjectResource
  readonly fields: Record<string, unknown>
}

/** @returns Undefined where there is no such source, or no such bucket. */
async function rewrite(
  api: GcsApi,
  from: ObjectRef,
  write: Write,
  signal: AbortSignal | undefined,
  pinned: Pinned | undefined,
): Promise<ObjectResource | undefined> {
  const body = new TextEncoder().encode(pinned === undefined ? "" : JSON.stringify(pinned.fields))
  const ask = (rewriteToken: string | undefined) =>
    api.requests.send({
      method: "POST",
      path: api.rewritePath(from, write),
      query: {
        sourceGeneration: pinned?.source.generation,
        ifGenerationMatch: generationMatch(write.conditions),
        rewriteToken,
      },
      headers: { "content-type": "application/json; charset=UTF-8" },
      body: () => ({ length: body.length, pieces: [body] }),
      kind: "write",
      expected: [404, 412],
      signal,
      isSlow: true,
    })
  const outcome = await settled(api, write, async () => {
    let reply = await ask(undefined)
    for (let token = tokenOf(reply); token !== undefined; token = tokenOf(reply)) reply = await ask(token)
    return reply
  })
  if (!isReply(outcome)) return outcome
  return outcome.status === 404 ? undefined : resourceOf(jsonOf(outcome.text)["resource"])
}

/** Of an answer that says that there is more to do. */
function tokenOf({ status, text }: Reply): string | undefined {
  if (status !== 200) return undefined
  const { done, rewriteToken } = jsonOf(text)
  if (done === true) return undefined
  if (typeof rewriteToken !== "string") throw protocolBroken()
  return rewriteToken
}

/** All fields of the copy: those of the source, but for what was given. */
function merged(source: ObjectResource, options: CopyOptions, { nonce }: Write): Record<string, unknown> {
  const { [NONCE]: _, ...kept } = source.metadata ?? {}
  const {
    cacheControl = source.cacheControl,
    contentType = source.contentType,
    metadata = decodeMetadata(kept),
  } = options
  const { contentDisposition, contentEncoding, contentLanguage } = source
  // fake-gcs-server takes no metadata for all of the source's, so there is always a nonce.
  return resourceToWrite(
    { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata },
    nonce ?? crypto.randomUUID(),
  )
}

/** Why there is no copy: one of two buckets, or the object. */
async function absence(api: GcsApi, from: ObjectRef, to: ObjectRef): Promise<ServiceError> {
  if (to.bucket !== from.bucket && !(await api.hasBucket(to.bucket))) return bucketNotFound()
  return api.absence(from.bucket)
}
