import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import { Preparation } from "../foundation/preparation.ts"
import { wrap } from "../foundation/wrap.ts"

/** What a document puts around the storage of the adapter. */
export interface StorageLayers {
  /** Made where they are not there. */
  readonly buckets: readonly string[]
  readonly defaultBucket: string | undefined
}

/** They ask no store, so they wait for none. */
const LOCAL = ["presign", "verifyPresigned"]

/** Puts around the storage of the adapter what its document asks for. */
export function composeStorage(storage: Storage, { buckets, defaultBucket }: StorageLayers): Storage {
  const make = () => Promise.all(buckets.map((bucket) => ensureBucket(storage, bucket)))
  const prepared = new Preparation(make, buckets.length === 0)
  return wrap(
    storage,
    async ({ method }, next) => {
      if (!prepared.isDone && !LOCAL.includes(method)) await prepared.run()
      return next()
    },
    {
      keepsContract: true,
      async connect(next) {
        await next()
        if (!prepared.isDone) await prepared.run()
      },
      portable: defaultBucket === undefined ? {} : { defaultBucket },
    },
  )
}

/** A program that may use its bucket may often neither list it nor make one, so a bucket is made only where there is none. */
async function ensureBucket(storage: Storage, bucket: string): Promise<void> {
  try {
    await storage.list(bucket, { limit: 1 })
  } catch (error) {
    if (!ServiceError.is(error)) throw error
    if (error.code === "PERMISSION_DENIED") return
    if (error.code !== "NOT_FOUND" || error.details?.["reason"] !== "bucket") throw error
    await storage.createBucket(bucket)
  }
}
