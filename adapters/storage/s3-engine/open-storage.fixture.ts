import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3"
import { onTestFinished } from "vitest"
import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { asStorage } from "../../../core/storage/portable-storage.ts"
import { type S3Server, startVersitygw } from "../../../servers/versitygw.ts"
import { defaultContext } from "../../kit/context.ts"
import { parseOptions } from "../../kit/parse-options.ts"
import { capabilitiesOf, type S3StorageOptions, s3StorageOptionsSchema } from "./options.ts"
import { mapError, S3Storage } from "./s3-storage.ts"

let server: Promise<S3Server> | undefined

/** One server for all tests of a file. */
export function versitygw(): Promise<S3Server> {
  server ??= startVersitygw()
  return server
}

export async function stopVersitygw(): Promise<void> {
  await (await server)?.stop()
  server = undefined
}

export interface OpenOptions extends S3StorageOptions {
  /** The most bytes of one request. */
  readonly singleBytes?: number | undefined
  readonly context?: Partial<AdapterContext> | undefined
}

/** Options that reach a server. */
export function optionsOf({ accessKeyId, endpoint, region, secretAccessKey }: S3Server): S3StorageOptions {
  return { endpoint, region, accessKeyId, secretAccessKey, preset: "versitygw" }
}

/** A storage on the server of the file, which is closed after the test. */
export async function openStorage({ context, singleBytes, ...options }: OpenOptions = {}): Promise<Storage> {
  const storage = storageOf({ ...optionsOf(await versitygw()), ...options }, context, singleBytes)
  onTestFinished(() => storage.close())
  return storage
}

export function storageOf(
  given: S3StorageOptions,
  more: Partial<AdapterContext> = {},
  singleBytes?: number | undefined,
): Storage {
  const options = parseOptions(s3StorageOptionsSchema, given, "s3 storage")
  const capabilities = capabilitiesOf(options)
  const context = { ...defaultContext("storage"), ...more }
  const storage = new S3Storage(options, capabilities, context, singleBytes)
  return asStorage(storage, { adapter: "s3", capabilities, clock: context.clock, mapError })
}

/** How many uploads in parts are under way in a bucket of the server of the file. */
export async function countUploads(bucket: string): Promise<number> {
  const { accessKeyId, endpoint, region, secretAccessKey } = await versitygw()
  const credentials = { accessKeyId, secretAccessKey }
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  try {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    return Uploads.length
  } finally {
    client.destroy()
  }
}

let buckets = 0

/** A new bucket of a storage on the server of the file. */
export async function openBucket(options?: OpenOptions): Promise<{ storage: Storage; bucket: string }> {
  const storage = await openStorage(options)
  const bucket = `bucket-${++buckets}`
  await storage.createBucket(bucket)
  return { storage, bucket }
}

/** Bytes that are not all alike. */
export function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + (index >>> 8)) & 255
  return bytes
}

/** The bytes in pieces, as a stream gives them. */
export async function* inPieces(bytes: Uint8Array, length = 100_000): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}
