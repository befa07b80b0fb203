import type {
  ObjectHeaders,
  ObjectInfo,
  StorageCapabilities,
  StoredObject,
  WriteConditions,
} from "../../contracts/storage/storage.ts"
import { watchedStream } from "./bodies.ts"
import { FILES, type StorageClient } from "./clause.ts"

interface StoringOptions extends ObjectHeaders, WriteConditions {
  metadata?: Record<string, string> | undefined
}

/** Stores bytes under a key of `FILES`. */
export type Store = (
  storage: StorageClient,
  key: string,
  bytes: Uint8Array,
  options?: StoringOptions,
) => Promise<ObjectInfo>

/** Where copies come from. */
const SOURCES = "sources-of-copies"

/** The ways to store an object, each as a call that stores one. The first is the plainest. */
export function storing(client: StorageClient, { multipart }: StorageCapabilities): [way: string, store: Store][] {
  const ways: [string, Store][] = [
    ["put", (storage, key, bytes, options) => storage.put(FILES, key, bytes, options)],
    ["put of a stream", putStream],
  ]
  if (typeof client.copy === "function") ways.push(["copy", copyInto])
  if (multipart) ways.push(["an upload in parts", upload])
  return ways
}

const putStream: Store = (storage, key, bytes, options) =>
  storage.put(FILES, key, watchedStream("a web stream", [bytes]).body, options)

const copyInto: Store = async (storage, key, bytes, { ifMatch, ifNoneMatch, ...rest } = {}) => {
  await storage.createBucket(SOURCES)
  const source = { bucket: SOURCES, key }
  await storage.put(SOURCES, key, bytes, rest)
  return storage.copy(source, { bucket: FILES, key }, { ifMatch, ifNoneMatch })
}

const upload: Store = async (storage, key, bytes, options) => {
  const session = await storage.createUpload(FILES, key, options)
  await session.uploadPart(1, bytes)
  return session.complete()
}

/** Reads the bytes of an object of `FILES`, which is not empty. */
export type Read = (storage: StorageClient, key: string) => Promise<Uint8Array>

/** The ways to read an object. The first is the plainest. */
export const reading: readonly [way: string, read: Read][] = [
  ["bytes", async (storage, key) => (await storage.get(FILES, key)).bytes()],
  ["text", async (storage, key) => new TextEncoder().encode(await (await storage.get(FILES, key)).text())],
  ["stream", async (storage, key) => joined(await storage.get(FILES, key))],
  ["a range", async (storage, key) => (await storage.get(FILES, key, { range: { start: 0 } })).bytes()],
]

/** The infos of an object of `FILES`, by who tells them. */
export const telling: readonly [way: string, tell: (storage: StorageClient, key: string) => Promise<ObjectInfo>][] = [
  ["head", async (storage, key) => (await storage.head(FILES, key)) as ObjectInfo],
  [
    "get",
    async (storage, key) => {
      const object = await storage.get(FILES, key)
      await object.cancel()
      return object.info
    },
  ],
]

/** All that the stream of an object gives. */
export async function joined(object: StoredObject): Promise<Uint8Array> {
  const pieces = await piecesRead(object.stream())
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/** The pieces of a stream. */
export async function piecesRead(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  const reader = stream.getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) pieces.push(step.value)
  return pieces
}
