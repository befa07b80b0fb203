import type { WriteConditions } from "../../../contracts/storage/options.ts"
import { bucketNotFound, outcomeUnknown, protocolBroken } from "../../../core/storage/for-adapters.ts"
import type { GcsApi } from "./api.ts"
import { conditionFailed, isConditional } from "./conditions.ts"
import { changedOnItsWay, isUnanswered, readRefusal, refusalError } from "./errors.ts"
import type { Reply } from "./requests.ts"
import { jsonOf, NONCE, type ObjectResource, resourceOf } from "./resource.ts"

/** A write of one object, and how it is known again. */
export interface Write {
  readonly bucket: string
  readonly key: string
  readonly conditions: WriteConditions
  /** In the metadata of what it stores; without conditions there is none, since it is then sent again until it is stored. */
  readonly nonce: string | undefined
}

export function writeOf(bucket: string, key: string, conditions: WriteConditions): Write {
  return { bucket, key, conditions, nonce: isConditional(conditions) ? crypto.randomUUID() : undefined }
}

/**
 * Sends a write until it is known what came of it. Where an answer was lost, its condition may fail because of what the
 * call itself has stored: the nonce tells. Another's object tells nothing, since it may have replaced ours.
 *
 * @returns The reply, or what the call has stored.
 * @throws ServiceError PRECONDITION_FAILED where the condition failed and nothing that was sent before can have been
 * applied; TIMEOUT, outcome unknown, where nobody can tell.
 */
export async function settled(api: GcsApi, write: Write, send: () => Promise<Reply>): Promise<Reply | ObjectResource> {
  let reply: Reply
  try {
    reply = await send()
  } catch (error) {
    if (!isUnanswered(error)) throw error
    return ownOrUnknown(api, write, error)
  }
  if (reply.status < 300) return reply
  if (reply.isRepeated) return ownOrUnknown(api, write)
  if (reply.status === 412) throw conditionFailed(write.conditions, reply)
  return reply
}

async function ownOrUnknown(api: GcsApi, write: Write, cause?: unknown): Promise<ObjectResource> {
  const own = await ownOf(api, write).catch(() => undefined)
  if (own === undefined) throw outcomeUnknown(cause)
  return own
}

/** What the call has stored, where it stands. */
export async function ownOf(api: GcsApi, write: Write): Promise<ObjectResource | undefined> {
  if (write.nonce === undefined) return undefined
  const found = await api.find(write.bucket, write.key)
  return found?.metadata?.[NONCE] === write.nonce ? found : undefined
}

/** The object that an upload has stored. 404 can only mean its bucket, and 400 that it came with other bytes. */
export function storedBy(outcome: Reply | ObjectResource): ObjectResource {
  if (!isReply(outcome)) return outcome
  const { status, text } = outcome
  if (status === 404) throw bucketNotFound()
  if (status !== 400) return resourceOf(jsonOf(text))
  const refusal = readRefusal(status, text)
  if (refusal === undefined) throw protocolBroken()
  throw /crc32c|md5|digest/i.test(text) ? changedOnItsWay() : refusalError(refusal)
}

export function isReply(outcome: Reply | ObjectResource): outcome is Reply {
  return "isRepeated" in outcome
}
