import { bucketNotFound, uploadNotFound } from "../../../core/storage/for-adapters.ts"
import type { GcsApi } from "./api.ts"
import { changedOnItsWay, refusalError } from "./errors.ts"
import type { Ask, Reply } from "./requests.ts"

/** A request of the XML API, which tells apart what the JSON API does not. */
export async function xmlRequest(api: GcsApi, ask: Ask): Promise<Reply> {
  const reply = await api.requests.send({ ...ask, expected: [400, 404] })
  const { status, word } = reply
  if (word === "BadDigest") throw changedOnItsWay()
  if (status === 400) throw refusalError(reply)
  if (status === 404) throw word === "NoSuchBucket" ? bucketNotFound() : uploadNotFound()
  return reply
}
