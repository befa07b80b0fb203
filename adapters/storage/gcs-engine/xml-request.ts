import type { ServiceError } from "../../../contracts/foundation/errors.ts"
import { bucketNotFound, uploadNotFound } from "../../../core/storage/for-adapters.ts"
import type { GcsApi } from "./api.ts"
import { changedOnItsWay, refusalError, unanswered } from "./errors.ts"
import type { Ask, Reply } from "./requests.ts"

/** A request of the XML API, which tells apart what the JSON API does not. */
export async function xmlRequest(api: GcsApi, ask: Ask): Promise<Reply> {
  const reply = await api.requests.send({ ...ask, expected: [400, 404] })
  const refusal = refusalOf(reply)
  if (refusal === undefined) return reply
  // A completion that was carried out ends its upload.
  throw reply.isRepeated && ask.method === "POST" ? unanswered(refusal) : refusal
}

function refusalOf(reply: Reply): ServiceError | undefined {
  const { status, word } = reply
  if (word === "BadDigest") return changedOnItsWay()
  if (status === 400) return refusalError(reply)
  if (status === 404) return word === "NoSuchBucket" ? bucketNotFound() : uploadNotFound()
  return undefined
}
