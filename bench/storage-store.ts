import { createReadStream, createWriteStream } from "node:fs"
import { open, readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { crc32 } from "node:zlib"
import type { ListedObject, Storage } from "../contracts/storage/storage.ts"
import { makeFolder, type Place, removeFolder } from "./places.ts"

/** What a list tells of an object. */
export interface Listed {
  readonly size?: number | undefined
  readonly modified?: Date | number | undefined
}

/** What the loops need of a storage. */
export interface Store {
  put(key: string, bytes: Uint8Array): Promise<unknown>
  get(key: string): Promise<Uint8Array>
  list?(): Promise<readonly Listed[]>
  putStream?(key: string, chunks: AsyncIterable<Uint8Array>, size: number): Promise<unknown>
  getStream?(key: string): Promise<AsyncIterable<Uint8Array>>
  close?(): Promise<unknown>
}

/** Opens an empty store. */
export type OpenStore = () => Promise<Store>

const BUCKET = "bench-objects"
/** What the list of ours reads of each file, too. */
const HEAD_BYTES = 256

export interface StoreOptions {
  /** Each put is checked by a CRC-32. */
  readonly crc32?: boolean
  /** A stream is put with its size. */
  readonly sized?: boolean
}

/** A storage of ours, in a bucket of its own. */
export async function storeOf(
  storage: Storage,
  { crc32: checked = false, sized = false }: StoreOptions = {},
): Promise<Store> {
  await storage.createBucket(BUCKET)
  const sums = new Map<Uint8Array, string>()
  const sumOf = (bytes: Uint8Array) => {
    const sum = sums.get(bytes) ?? crc32Of(bytes)
    sums.set(bytes, sum)
    return sum
  }
  return {
    put(key, bytes) {
      if (!checked) return storage.put(BUCKET, key, bytes)
      return storage.put(BUCKET, key, bytes, { checksum: { algorithm: "crc32", value: sumOf(bytes) } })
    },
    get: async (key) => (await storage.get(BUCKET, key)).bytes(),
    list: () => listed(storage),
    putStream: (key, chunks, size) => storage.put(BUCKET, key, chunks, sized ? { size } : {}),
    getStream: async (key) => (await storage.get(BUCKET, key)).stream(),
    close: () => storage.close(),
  }
}

function crc32Of(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return sum.toString("base64")
}

async function listed(storage: Storage): Promise<Listed[]> {
  const objects: ListedObject[] = []
  let cursor: string | undefined
  do {
    const page = await storage.list(BUCKET, { cursor })
    objects.push(...page.objects)
    cursor = page.cursor
  } while (cursor !== undefined)
  return objects.map(({ lastModified, size }) => ({ size, modified: lastModified }))
}

/** Each time in a folder of its own, which is removed with it. */
export function inFolder(place: Place, open: (folder: string) => Promise<Store>): OpenStore {
  return async () => {
    const folder = makeFolder(place)
    const store = await open(folder)
    return {
      ...store,
      async close() {
        await store.close?.()
        removeFolder(folder)
      },
    }
  }
}

/** Files by `node:fs` alone: no temporary name, no headers, no checks. */
export async function rawFiles(folder: string): Promise<Store> {
  const pathOf = (key: string) => join(folder, key)
  return {
    put: (key, bytes) => writeFile(pathOf(key), bytes),
    get: (key) => readFile(pathOf(key)),
    async list() {
      const names = await readdir(folder)
      const found: Listed[] = []
      await concurrently(8, names.length, async (index) => {
        found.push(await readHead(pathOf(names[index] as string)))
      })
      return found
    },
    putStream: (key, chunks) => pipeline(Readable.from(chunks), createWriteStream(pathOf(key))),
    getStream: async (key) => createReadStream(pathOf(key)),
  }
}

async function readHead(path: string): Promise<Listed> {
  const file = await open(path)
  try {
    const { mtime, size } = await file.stat()
    await file.read(Buffer.allocUnsafe(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return { size, modified: mtime }
  } finally {
    await file.close()
  }
}

/** Does `count` things, so many at a time. */
export async function concurrently(
  width: number,
  count: number,
  one: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const caller = async () => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: width }, caller))
}
