import type { ObjectInfo } from "../../../contracts/storage/object.ts"
import type { WriteConditions } from "../../../contracts/storage/options.ts"
import { outcomeUnknown, preconditionFailed } from "../../../core/storage/for-adapters.ts"
import { isGone, isTransient, serviceError } from "./errors.ts"
import { Failure } from "./failures.ts"
import type { SeenObject } from "./headers.ts"
import { type Requests, tried } from "./requests.ts"

/** A write that would meet what it stored itself if it were made again blindly. */
export interface OwnWrite {
  readonly conditions: WriteConditions
  /** Stands in the metadata of what this call stores, and of nothing else. */
  readonly nonce: string
  /** It can be made again. */
  readonly repeatable: boolean
  readonly signal?: AbortSignal | undefined
  /** @throws Failure or ServiceError */
  once(): Promise<ObjectInfo>
  /** What stands there now. */
  look(): Promise<SeenObject | undefined>
}

/** More than of other calls: a server refuses one of two simultaneous writes for no reason but the other. */
const ATTEMPTS = 6

/**
 * Makes a write of which the server may have lost the answer, or we: looks then whether it stands there. Another's object
 * says nothing, since that one may have replaced ours.
 *
 * @throws ServiceError PRECONDITION_FAILED only where no request can have been done; TIMEOUT, `details.outcome` "unknown".
 */
export async function settleWrite(requests: Requests, write: OwnWrite): Promise<ObjectInfo> {
  const { conditions, nonce, repeatable, signal } = write
  let isOpen = false
  for (let attempt = 1; ; attempt++) {
    const failure = await tried(write.once())
    if (!(failure instanceof Failure)) return failure.value
    if (failure.kind === "late") throw outcomeUnknown(failure.cause)
    isOpen ||= isGone(failure)
    const refused = isRefused(failure, conditions)
    // A completed upload is gone too.
    const isUploadGone = failure.code === "NoSuchUpload"
    if (isOpen || isUploadGone) {
      const seen = await lookedAt(write, failure)
      if (seen?.nonce === nonce) return seen.info
      if (isOpen && (isUploadGone || isOfAnother(seen, conditions))) throw outcomeUnknown(failure.cause)
    } else if (refused) {
      throw preconditionFailed(reasonOf(conditions), failure.cause)
    }
    const again = refused || isTransient(failure) || failure.code === "ConditionalRequestConflict"
    if (!again || !repeatable || attempt >= ATTEMPTS) {
      throw isOpen ? outcomeUnknown(failure.cause) : serviceError(failure, "write")
    }
    await requests.sleep(requests.pauseAfter(attempt), signal)
  }
}

/** Servers answer 404 where there is nothing that could have the ETag. */
function isRefused({ code, kind, status }: Failure, { ifMatch }: WriteConditions): boolean {
  if (kind !== "answer") return false
  return (
    status === 412 || (status === 404 && ifMatch !== undefined && code !== "NoSuchBucket" && code !== "NoSuchUpload")
  )
}

async function lookedAt(write: OwnWrite, failure: Failure): Promise<SeenObject | undefined> {
  try {
    return await write.look()
  } catch {
    throw outcomeUnknown(failure.cause)
  }
}

function isOfAnother(seen: SeenObject | undefined, { ifMatch, ifNoneMatch }: WriteConditions): boolean {
  if (ifNoneMatch !== undefined) return seen !== undefined
  return ifMatch !== undefined && seen?.info.etag !== ifMatch
}

function reasonOf({ ifNoneMatch }: WriteConditions): "exists" | "changed" {
  return ifNoneMatch === undefined ? "changed" : "exists"
}
