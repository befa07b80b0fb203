import { onTestFinished, type TestContext } from "vitest"
import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { Clock, ManualClock } from "../../../contracts/foundation/clock.ts"
import { STORAGE_MAX_PAGE } from "../../../contracts/storage/arguments.ts"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { FAKE_GCS_MISSING, findFakeGcs, startFakeGcs } from "../../../servers/fake-gcs-server.ts"
import { type GcsDouble, type GcsDoubleOptions, startGcsDouble } from "../../../servers/gcs-double.ts"
import { createGcsStorage, type GcsStorageOptions } from "../gcs.ts"

/** Conditions are kept by the server that the test names. */
const KEPT = { conditionalCreate: true, conditionalMatch: true, conditionalCopy: true }

/** A storage for one test, at a server that is there already. */
export function openStorage(options: GcsStorageOptions, context: Partial<AdapterContext> = {}): Storage {
  const storage = createGcsStorage({ projectId: "test-project", ...KEPT, ...options }, context)
  const { clock } = context
  onTestFinished(() => (isManual(clock) ? settled(clock, storage.close()) : storage.close()))
  return storage
}

export interface OpenedDouble {
  readonly double: GcsDouble
  readonly storage: Storage
  /** A second client of the same server, with time of its own. */
  readonly other: Storage
}

/** The double of GCS for one test, with an empty bucket `files`. */
export async function openDouble(
  options: Omit<GcsStorageOptions, "endpoint"> = {},
  context: Partial<AdapterContext> = {},
  doubleOptions: GcsDoubleOptions = {},
): Promise<OpenedDouble> {
  const double = await startGcsDouble(doubleOptions)
  onTestFinished(() => double.stop())
  const other = openStorage({ endpoint: double.endpoint })
  if (doubleOptions.token === undefined) await other.createBucket("files")
  const where = options.client === undefined ? { endpoint: double.endpoint } : {}
  return { double, storage: openStorage({ ...where, ...options }, context), other }
}

/** fake-gcs-server for one test, with an empty bucket `files`; skips where it is not installed. */
export async function openFake(
  context: TestContext,
  options: GcsStorageOptions = {},
): Promise<{ storage: Storage; endpoint: string }> {
  if (findFakeGcs() === undefined) context.skip(FAKE_GCS_MISSING)
  const server = await startFakeGcs()
  onTestFinished(() => server.stop())
  const storage = openStorage({ endpoint: server.endpoint, conditionalCopy: false, multipart: false, ...options })
  await storage.createBucket("files")
  return { storage, endpoint: server.endpoint }
}

/** What came in, one word for each request: the method and what it is about. */
export function told(requests: GcsDouble["requests"]): string[] {
  return requests.map(({ method, status, url }) => {
    const query = new URLSearchParams(url.slice(url.indexOf("?")))
    const what =
      query.get("uploadType") ?? (query.has("alt") ? "media" : /\/o(\/|\?|$)/.test(url) ? "object" : "bucket")
    return `${method} ${query.has("upload_id") ? "session" : what} ${status}`
  })
}

export function isUpload({ path }: { readonly path: string }): boolean {
  return path.startsWith("/upload/")
}

/** The whole object as text. */
export async function textOf(storage: Storage, key: string): Promise<string> {
  return (await storage.get("files", key)).text()
}

/** Keys of the bucket `files`. */
export async function keysOf(storage: Storage): Promise<string[]> {
  const { objects } = await storage.list("files", { limit: STORAGE_MAX_PAGE })
  return objects.map(({ key }) => key)
}

/** Bytes that differ from place to place. */
export function patternOf(length: number): Uint8Array {
  return new Uint8Array(length).map((_, index) => index % 251)
}

/** Pieces of bytes as a stream, none of them larger than `size`. */
export function streamOf(bytes: Uint8Array, size = 65_536): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}

function isManual(clock: Clock | undefined): clock is ManualClock {
  return clock !== undefined && "advance" in clock
}

/** Until all times of waiting are over. */
export async function settled<T>(clock: ManualClock, call: Promise<T>): Promise<T> {
  let isOver = false
  call.then(
    () => (isOver = true),
    () => (isOver = true),
  )
  while (!isOver) await clock.advance(20)
  return call
}
