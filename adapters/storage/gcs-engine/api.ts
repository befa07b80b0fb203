import type { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ObjectRef } from "../../../contracts/storage/object.ts"
import { bucketNotFound, objectNotFound, protocolBroken } from "../../../core/storage/for-adapters.ts"
import { type Ask, encode, type Reply, type Requests } from "./requests.ts"
import { jsonOf, type ObjectResource, resourceOf } from "./resource.ts"

const JSON_API = "/storage/v1"

/** What several methods of a storage use of the APIs of GCS. Buckets are named as callers name them. */
export class GcsApi {
  readonly requests: Requests
  readonly #bucketPrefix: string

  constructor(requests: Requests, bucketPrefix: string) {
    this.requests = requests
    this.#bucketPrefix = bucketPrefix
  }

  /** The name of a bucket on the server. */
  nameOf(bucket: string): string {
    return this.#bucketPrefix + bucket
  }

  bucketPath(bucket: string): string {
    return JSON_API + this.#place(bucket)
  }

  objectPath(bucket: string, key: string): string {
    return `${JSON_API + this.#place(bucket)}/o/${encode(key)}`
  }

  rewritePath(from: ObjectRef, to: ObjectRef): string {
    return `${this.objectPath(from.bucket, from.key)}/rewriteTo${this.#place(to.bucket)}/o/${encode(to.key)}`
  }

  uploadPath(bucket: string): string {
    return `/upload${JSON_API + this.#place(bucket)}/o`
  }

  /** Of the XML API, and of signed URLs. */
  xmlPath(bucket: string, key: string): string {
    return `/${this.nameOf(bucket)}/${key.split("/").map(encode).join("/")}`
  }

  /** What stands under a key; undefined where nothing does, or where the bucket is not there. */
  async find(bucket: string, key: string, signal?: AbortSignal): Promise<ObjectResource | undefined> {
    const path = this.objectPath(bucket, key)
    const reply = await this.requests.send({ method: "GET", path, kind: "read", expected: [404], signal })
    return reply.status === 404 ? undefined : resourceOf(jsonOf(reply.text))
  }

  /** Deletes what has this path. @returns The reply, of which a status other than 2xx is one of `expected`. */
  async delete(path: string, query: Ask["query"], expected: readonly number[]): Promise<Reply> {
    const reply = await this.requests.send({ method: "DELETE", path, query, kind: "write", expected })
    // GCS answers nothing, fake-gcs-server null, and a web page something else.
    if (reply.status === 200 && reply.text.trim() !== "null") throw protocolBroken()
    return reply
  }

  /** Why something was not found: GCS answers the same for a bucket and for an object. */
  async absence(bucket: string): Promise<ServiceError> {
    return (await this.hasBucket(bucket)) ? objectNotFound() : bucketNotFound()
  }

  /** Roles that may use objects need not be allowed to look at their bucket, which is then there. */
  async hasBucket(bucket: string): Promise<boolean> {
    const path = this.bucketPath(bucket)
    const reply = await this.requests.send({ method: "GET", path, kind: "read", expected: [403, 404] })
    if (reply.status === 200) jsonOf(reply.text)
    return reply.status !== 404
  }

  #place(bucket: string): string {
    return `/b/${encode(this.nameOf(bucket))}`
  }
}
