/** Counts in an object, as often as it takes until nobody was faster. */
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { createFilesystemStorage } from "../filesystem.ts"

export interface Counter {
  count(key: string, times: number): Promise<void>
}

/** In whatever process it is made. */
export function createCounter(root: string): Counter {
  const storage = createFilesystemStorage({ root })
  return {
    async count(key, times) {
      for (let counted = 0; counted < times; ) if (await increment(storage, key)) counted++
    },
  }
}

async function increment(storage: Storage, key: string): Promise<boolean> {
  const object = await storage.get("files", key)
  const next = String(Number(await object.text()) + 1)
  try {
    await storage.put("files", key, next, { ifMatch: object.info.etag })
    return true
  } catch (error) {
    if (ServiceError.is(error) && error.code === "PRECONDITION_FAILED") return false
    throw error
  }
}
