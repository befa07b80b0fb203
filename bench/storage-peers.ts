/** Other storages over files, in memory and over S3, set up as their documentation says. */
import { Readable } from "node:stream"
import { concurrently, type Listed, type Store } from "./storage-store.ts"
import type { S3Place } from "./suite.ts"

export interface StoragePeer {
  /** The package that must be installed. */
  readonly package: string
  readonly name: string
  files?(folder: string): Promise<Store>
  memory?(): Promise<Store>
  s3?(place: S3Place, bucket: string): Promise<Store>
}

export const storagePeers: readonly StoragePeer[] = [
  {
    package: "flydrive",
    name: "flydrive",
    async files(location) {
      const { FSDriver } = await import("flydrive/drivers/fs")
      return flydrive(new FSDriver({ location, visibility: "private" }))
    },
    async s3(place, bucket) {
      const { S3Driver } = await import("flydrive/drivers/s3")
      return flydrive(new S3Driver({ ...clientOptions(place), bucket, visibility: "private", supportsACL: false }))
    },
  },
  {
    package: "@flystorage/local-fs",
    name: "flystorage",
    async files(folder) {
      const { LocalStorageAdapter } = await import("@flystorage/local-fs")
      return flystorage(new LocalStorageAdapter(folder))
    },
    async s3(place, bucket) {
      const { S3Client } = await import("@aws-sdk/client-s3")
      const { AwsS3StorageAdapter } = await import("@flystorage/aws-s3")
      return flystorage(new AwsS3StorageAdapter(new S3Client(clientOptions(place)), { bucket }))
    },
  },
  {
    package: "unstorage",
    name: "unstorage",
    async files(base) {
      const { default: driver } = await import("unstorage/drivers/fs")
      return unstorage(driver({ base }))
    },
    async memory() {
      const { default: driver } = await import("unstorage/drivers/memory")
      return unstorage(driver())
    },
  },
  {
    package: "files-sdk",
    name: "files-sdk",
    async files(root) {
      const { fs } = await import("files-sdk/fs")
      return filesSdk(fs({ root }))
    },
    async memory() {
      const { memory } = await import("files-sdk/memory")
      return filesSdk(memory())
    },
  },
]

/** What clients of the SDK are made of. */
export function clientOptions({ accessKeyId, endpoint, region, secretAccessKey }: S3Place) {
  return { endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } }
}

/** What a list of names lacks, eight names at a time. */
async function eachOf<Name>(names: readonly Name[], look: (name: Name) => Promise<Listed>): Promise<Listed[]> {
  const found: Listed[] = []
  await concurrently(8, names.length, async (index) => {
    found.push(await look(names[index] as Name))
  })
  return found
}

async function flydrive(driver: unknown): Promise<Store> {
  const { Disk } = await import("flydrive")
  const disk = new Disk(driver)
  return {
    put: (key, bytes) => disk.put(key, bytes),
    get: (key) => disk.getBytes(key),
    async list() {
      const files: { getMetaData(): Promise<{ contentLength: number; lastModified: Date }> }[] = []
      let paginationToken: string | undefined
      do {
        const page = await disk.listAll("", { recursive: true, paginationToken })
        files.push(...page.objects)
        paginationToken = page.paginationToken
      } while (paginationToken !== undefined)
      return eachOf(files, async (file) => {
        const { contentLength, lastModified } = await file.getMetaData()
        return { size: contentLength, modified: lastModified }
      })
    },
    putStream: (key, chunks) => disk.putStream(key, Readable.from(chunks)),
    getStream: (key) => disk.getStream(key),
  }
}

async function flystorage(adapter: unknown): Promise<Store> {
  const { FileStorage } = await import("@flystorage/file-storage")
  const storage = new FileStorage(adapter)
  return {
    put: (key, bytes) => storage.write(key, bytes),
    get: (key) => storage.readToUint8Array(key),
    async list() {
      const entries: { path: string }[] = await storage.list("", { deep: true }).toArray()
      return eachOf(entries, async ({ path }) => {
        const { lastModifiedMs, size } = await storage.statFile(path)
        return { size, modified: lastModifiedMs }
      })
    },
    putStream: (key, chunks) => storage.write(key, Readable.from(chunks)),
    getStream: (key) => storage.read(key),
  }
}

async function unstorage(driver: unknown): Promise<Store> {
  const { createStorage } = await import("unstorage")
  const storage = createStorage({ driver })
  return {
    put: (key, bytes) => storage.setItemRaw(key, bytes),
    get: (key) => storage.getItemRaw(key),
    async list() {
      const keys: string[] = await storage.getKeys()
      return eachOf(keys, async (key) => {
        const { mtime, size } = await storage.getMeta(key)
        return { size, modified: mtime }
      })
    },
    close: () => storage.dispose(),
  }
}

interface FilesSdkPage {
  readonly items: readonly { readonly size: number; readonly lastModified?: number }[]
  readonly cursor?: string
}

async function filesSdk(adapter: unknown): Promise<Store> {
  const { Files } = await import("files-sdk")
  const files = new Files({ adapter })
  return {
    put: (key, bytes) => files.upload(key, bytes),
    get: async (key) => new Uint8Array(await (await files.download(key)).arrayBuffer()),
    async list() {
      const found: Listed[] = []
      let cursor: string | undefined
      do {
        const page: FilesSdkPage = await files.list({ cursor })
        found.push(...page.items.map(({ lastModified, size }) => ({ size, modified: lastModified })))
        cursor = page.cursor
      } while (cursor !== undefined)
      return found
    },
    putStream: (key, chunks) => files.upload(key, Readable.toWeb(Readable.from(chunks, { objectMode: false }))),
    getStream: async (key) => (await files.download(key, { as: "stream" })).stream(),
  }
}
