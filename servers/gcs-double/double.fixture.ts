import { Storage } from "@google-cloud/storage"
import { onTestFinished } from "vitest"
import { type GcsDouble, type GcsDoubleOptions, startGcsDouble } from "../gcs-double.ts"

export interface Opened {
  readonly double: GcsDouble
  readonly storage: Storage
}

/** A double for one test, with the client of GCS and an empty bucket `bucket`. */
export async function openDouble(options: GcsDoubleOptions = {}): Promise<Opened> {
  const double = await startGcsDouble(options)
  onTestFinished(() => double.stop())
  const { endpoint, projectId } = double
  const storage = new Storage({ apiEndpoint: endpoint, projectId, retryOptions: { autoRetry: false } })
  if (options.token === undefined) await storage.createBucket("bucket")
  return { double, storage }
}
