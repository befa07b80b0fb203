import type { Bucket } from "@aws-sdk/client-s3"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { BucketInfo } from "../../../contracts/storage/object.ts"
import { protocolBroken } from "../../../core/storage/for-adapters.ts"
import { serviceError } from "./errors.ts"
import { allPages } from "./pages.ts"
import type { Requests } from "./requests.ts"

/** Buckets, whose names begin with the prefix on the server. */
export class Buckets {
  readonly #requests: Requests

  constructor(requests: Requests) {
    this.#requests = requests
  }

  create(bucket: string): Promise<BucketInfo> {
    return this.#requests.call<BucketInfo>(
      async ({ s3, send }) => {
        await send(new s3.CreateBucketCommand({ Bucket: this.#requests.stored(bucket) }))
        return { name: bucket }
      },
      {
        kind: "write",
        recover: (failure) => {
          if (failure.code === "BucketAlreadyOwnedByYou") return { name: bucket }
          throw serviceError(failure, "write")
        },
      },
    )
  }

  async list(): Promise<BucketInfo[]> {
    const found = await allPages<Bucket>((from) => this.#page(from))
    return found.flatMap((each) => this.#shown(each)).sort((a, b) => compareCodePoints(a.name, b.name))
  }

  delete(bucket: string): Promise<void> {
    return this.#requests.call<void>(
      async ({ s3, send }) => {
        await send(new s3.DeleteBucketCommand({ Bucket: this.#requests.stored(bucket) }))
      },
      {
        kind: "write",
        recover(failure, wasGone) {
          // What an earlier request of this call has deleted is not there for the next one.
          if (wasGone && failure.status === 404) return
          throw serviceError(failure, "write")
        },
      },
    )
  }

  #page(from: string | undefined): Promise<{ items: Bucket[]; next: string | undefined }> {
    const prefix = this.#requests.stored("")
    return this.#requests.call(
      async ({ s3, send }) => {
        const input = {
          ...(prefix !== "" && { Prefix: prefix }),
          ...(from !== undefined && { ContinuationToken: from }),
        }
        const { Buckets, ContinuationToken } = await send(new s3.ListBucketsCommand(input))
        if (Buckets === undefined) throw protocolBroken()
        return { items: Buckets, next: ContinuationToken || undefined }
      },
      { kind: "read" },
    )
  }

  /** Servers that know no prefix list all buckets. */
  #shown({ CreationDate, Name = "" }: Bucket): BucketInfo[] {
    const prefix = this.#requests.stored("")
    if (!Name.startsWith(prefix)) return []
    return [{ name: Name.slice(prefix.length), ...(CreationDate !== undefined && { createdAt: CreationDate }) }]
  }
}
