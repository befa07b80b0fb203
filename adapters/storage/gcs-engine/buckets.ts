import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { BucketInfo } from "../../../contracts/storage/object.ts"
import { bucketNotFound, preconditionFailed, protocolBroken } from "../../../core/storage/for-adapters.ts"
import type { Access } from "./access.ts"
import type { GcsApi } from "./api.ts"
import { atMost } from "./at-most.ts"
import { refusalError } from "./errors.ts"
import { pageOf } from "./list.ts"
import { pagesOf, tokenOf } from "./pages.ts"
import type { Ask } from "./requests.ts"
import { jsonOf, resourceOf } from "./resource.ts"

/** How many requests run at the same time for one call. */
const AT_ONCE = 16

/** How often a bucket is emptied anew that others go on filling. */
const ROUNDS = 5

/** Buckets of the project. */
export class Buckets {
  readonly #api: GcsApi
  readonly #project: () => Promise<string>

  constructor(api: GcsApi, access: Access, timeoutMs: number) {
    this.#api = api
    this.#project = () => access.projectId(timeoutMs)
  }

  async create(bucket: string): Promise<BucketInfo> {
    const body = new TextEncoder().encode(JSON.stringify({ name: this.#api.nameOf(bucket) }))
    const project = await this.#project()
    for (let round = 1; ; round++) {
      const reply = await this.#api.requests.send({
        method: "POST",
        path: "/storage/v1/b",
        query: { project },
        headers: { "content-type": "application/json; charset=UTF-8" },
        body: () => ({ length: body.length, pieces: [body] }),
        kind: "write",
        expected: [409],
      })
      if (reply.status !== 409) return this.#infoOf(jsonOf(reply.text))
      const own = await this.#own(bucket)
      if (own !== undefined) return own
      // It is being made, or being deleted.
      if (round === ROUNDS) throw refusalError({ status: 409, word: "conflict" })
      await this.#api.requests.pause(round, undefined)
    }
  }

  /**
   * Asks for one bucket. A server that forbids it has answered, and knows the credentials, which need no such right to
   * put and get objects.
   *
   * @returns Whether it is allowed.
   */
  async mayList(signal: AbortSignal | undefined): Promise<boolean> {
    const reply = await this.#api.requests.send({
      method: "GET",
      path: "/storage/v1/b",
      query: { project: await this.#project(), maxResults: 1 },
      kind: "read",
      expected: [403],
      attempts: 1,
      signal,
    })
    if (reply.status === 403) return false
    if (jsonOf(reply.text)["kind"] !== "storage#buckets") throw protocolBroken()
    return true
  }

  async list(): Promise<BucketInfo[]> {
    const project = await this.#project()
    const prefix = this.#api.nameOf("")
    const query = { project, prefix: prefix === "" ? undefined : prefix }
    const found: BucketInfo[] = []
    for await (const { items } of pagesOf((marks) => this.#page({ ...query, ...marks }))) found.push(...items)
    return found.sort((a, b) => compareCodePoints(a.name, b.name))
  }

  async #page(query: Ask["query"]) {
    const path = "/storage/v1/b"
    const { text } = await this.#api.requests.send({ method: "GET", path, query, kind: "read" })
    const json = jsonOf(text)
    const { items = [], kind } = json
    if (kind !== "storage#buckets" || !Array.isArray(items)) throw protocolBroken()
    return { items: items.map((item) => this.#infoOf(item)), next: tokenOf(json) }
  }

  async delete(bucket: string, force: boolean): Promise<void> {
    for (let round = 0; ; round++) {
      if (force) await this.#empty(bucket, false)
      if (await this.#deleteEmpty(bucket)) return
      if (!force || round === ROUNDS) throw preconditionFailed("bucket")
      // Older versions of objects keep it as well.
      await this.#empty(bucket, true)
    }
  }

  /** Whether it is gone: a bucket with objects stays. GCS answers 409 then, and fake-gcs-server 412. */
  async #deleteEmpty(bucket: string): Promise<boolean> {
    const reply = await this.#api.delete(this.#api.bucketPath(bucket), {}, [404, 409, 412])
    if (reply.status === 404 && !reply.isRepeated) throw bucketNotFound()
    return reply.status !== 409 && reply.status !== 412
  }

  /** Deletes what is listed, once: others may go on filling the bucket. */
  async #empty(bucket: string, versions: boolean): Promise<void> {
    const query = { maxResults: 1000, versions: versions ? "true" : undefined }
    for await (const { items } of pagesOf((marks) => pageOf(this.#api, bucket, { ...query, ...marks }))) {
      await atMost(AT_ONCE, items, async (item) => {
        const { generation, name } = resourceOf(item)
        await this.#api.delete(this.#api.objectPath(bucket, name), versions ? { generation } : {}, [404])
      })
    }
  }

  /** A bucket whose name is taken is ours where we may look at it; undefined where it is not there. */
  async #own(bucket: string): Promise<BucketInfo | undefined> {
    const path = this.#api.bucketPath(bucket)
    const reply = await this.#api.requests.send({ method: "GET", path, kind: "read", expected: [403, 404] })
    if (reply.status === 200) return this.#infoOf(jsonOf(reply.text))
    if (reply.status === 404) return undefined
    throw new ServiceError("ALREADY_EXISTS", "Another project has a bucket of this name; choose another name.")
  }

  #infoOf(json: unknown): BucketInfo {
    const { name, timeCreated } = Object(json) as { name?: unknown; timeCreated?: unknown }
    const prefix = this.#api.nameOf("")
    if (typeof name !== "string" || !name.startsWith(prefix)) throw protocolBroken()
    return {
      name: name.slice(prefix.length),
      ...(typeof timeCreated === "string" && { createdAt: new Date(timeCreated) }),
    }
  }
}
