/** Every built-in storage as a subject, once: tests, CI and the command line read this list. */
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createFilesystemStorage, type FilesystemStorageOptions } from "../adapters/storage/filesystem.ts"
import { pathOfKey } from "../adapters/storage/filesystem-engine/key-path.ts"
import { createMemoryStorage } from "../adapters/storage/memory.ts"
import { createS3Storage, type S3StorageOptions } from "../adapters/storage/s3.ts"
import { type IStorageService, type Storage, storageMethods } from "../contracts/storage/storage.ts"
import { withTimeout } from "../core/foundation/timeout.ts"
import { asStorage } from "../core/storage/portable-storage.ts"
import { serveSignedUrls } from "../core/storage/serve-signed-urls.ts"
import { startVersitygw } from "../servers/versitygw.ts"
import { defineSubject } from "../testing/define-subject.ts"
import type { ForkedClient } from "../testing/engine/subject.ts"
import { forkClient } from "../testing/faults/fork-client.ts"
import { startTcpProxy } from "../testing/faults/tcp-proxy.ts"
import { FaultPlan, withFaults } from "../testing/faults/with-faults.ts"
import { lineFaults, plannedFaults } from "./kit/faults.ts"
import { openGcsDoubleWorld, openGcsWorld } from "./kit/gcs.ts"
import { deadline, fakeGcs, fakeGcsAvailable, versitygw, versitygwAvailable } from "./kit/servers.ts"

/** Over the largest body of the clauses, and small enough to be tried. */
const MAX_OBJECT_BYTES = 24 * 1024 * 1024

export const memoryStorageSubject = defineSubject({
  service: "storage",
  name: "memory",
  open: ({ clock }) => {
    const storage = createMemoryStorage({ maxObjectBytes: MAX_OBJECT_BYTES }, { clock })
    return {
      connect: () => storage,
      advance: (ms) => clock.advance(ms),
      adjustClock: (ms) => clock.adjust(ms),
      fetch: serveSignedUrls(storage),
      configuration: {
        create: (options) => createMemoryStorage(options, { clock }),
        valid: { maxObjectBytes: 1000 },
        invalid: { maxObjectBytes: 0, baseUrl: "no URL" },
      },
    }
  },
})

/** The eight methods that every storage has, as users write them. */
function eightMethodsOf(storage: Storage): IStorageService {
  return {
    createBucket: storage.createBucket.bind(storage),
    listBuckets: storage.listBuckets.bind(storage),
    deleteBucket: storage.deleteBucket.bind(storage),
    put: storage.put.bind(storage),
    get: storage.get.bind(storage),
    head: storage.head.bind(storage),
    delete: storage.delete.bind(storage),
    list: storage.list.bind(storage),
  }
}

/** A class with them alone, made portable. */
const eightMethodsStorageSubject = defineSubject({
  service: "storage",
  name: "eight methods of memory",
  open: ({ clock }) => {
    const base = eightMethodsOf(createMemoryStorage({}, { clock }))
    const storage = asStorage(base, { capabilities: { etag: "version" } })
    return { connect: () => storage, advance: (ms) => clock.advance(ms) }
  },
})

/** The same, as it stands: no method that every storage may leave out is there. */
const bareStorageSubject = defineSubject({
  service: "storage",
  name: "eight methods of memory alone",
  open: ({ clock }) => {
    const base = eightMethodsOf(createMemoryStorage({}, { clock }))
    const storage = asStorage(base, { capabilities: { etag: "version" } })
    const bare = { capabilities: storage.capabilities, ...eightMethodsOf(storage) }
    return { connect: () => bare, advance: (ms) => clock.advance(ms) }
  },
})

/** Memory in real time, whose calls can be made to fail. */
const memoryFaultsStorageSubject = defineSubject({
  service: "storage",
  name: "memory-with-faults",
  open: ({ timeScale }) => {
    const plan = new FaultPlan()
    const storage = withTimeout(withFaults(createMemoryStorage(), plan, storageMethods), {
      timeoutMs: 1500 * timeScale,
    })
    return {
      connect: () => storage,
      faults: plannedFaults(plan),
      fetch: serveSignedUrls(storage),
    }
  },
  exempt: {
    "STORAGE-CREATE-04": { reason: "the fault stands in front of the storage, which alone can look at what it stored" },
    "STORAGE-MATCH-05": { reason: "the fault stands in front of the storage, which alone can look at what it stored" },
  },
})

const SECRET = "secret-of-the-conformance-run"

/** A folder, and clients of it that outlive a restart: each is then another instance. */
function filesystemSubject(name: string, durability: "rename" | "fsync") {
  return defineSubject({
    service: "storage",
    name,
    open: ({ clock }) => {
      const root = mkdtempSync(join(tmpdir(), "objectos-files-"))
      const options = { root, durability, maxObjectBytes: MAX_OBJECT_BYTES, secret: SECRET }
      const opened: Restartable[] = []
      const forks: ForkedClient<Storage>[] = []
      const connect = (given: FilesystemStorageOptions = options) => {
        const client = new Restartable(() => createFilesystemStorage(given, { clock }))
        opened.push(client)
        return client.storage
      }
      return {
        connect: () => connect(),
        neighbour: () => connect({ ...options, root: join(root, "staging", "neighbour") }),
        advance: (ms) => clock.advance(ms),
        adjustClock: (ms) => clock.adjust(ms),
        fetch: (request) => serveSignedUrls(connect())(request),
        restart: async () => void (await Promise.all(opened.map((client) => client.restart()))),
        corrupt: (key) => spoilFile(join(root, "buckets", "files", "objects", pathOfKey(key))),
        async fork() {
          const forked = await forkClient<Storage>({
            module: new URL("../adapters/storage/filesystem.ts", import.meta.url),
            make: "createFilesystemStorage",
            args: [options],
          })
          forks.push(forked)
          return forked
        },
        configuration: {
          create: (given) => createFilesystemStorage({ ...options, ...given }, { clock }),
          valid: { durability: "fsync", idleTimeoutMs: 1000 },
          invalid: { durability: "sometimes", idleTimeoutMs: 0, sweepAfterMs: 0 },
        },
        secrets: [SECRET],
        async destroy() {
          await Promise.all(forks.map(({ kill }) => kill()))
          await Promise.all(opened.map(({ storage }) => storage.close()))
          rmSync(root, { recursive: true, force: true })
        },
      }
    },
  })
}

export const filesystemStorageSubject = filesystemSubject("filesystem", "rename")
const syncedFilesystemStorageSubject = filesystemSubject("filesystem, fsync", "fsync")

/** A client that is another instance after a restart. */
class Restartable {
  readonly #make: () => Storage
  #current: Storage
  readonly storage: Storage

  constructor(make: () => Storage) {
    this.#make = make
    this.#current = make()
    this.storage = new Proxy({} as Storage, {
      get: (_, name) => {
        const member: unknown = Reflect.get(this.#current, name)
        return typeof member === "function" ? member.bind(this.#current) : member
      },
      has: (_, name) => Reflect.has(this.#current, name),
    })
  }

  async restart(): Promise<void> {
    await this.#current.close()
    this.#current = this.#make()
  }
}

/** Turns a bit of the first byte. */
async function spoilFile(path: string): Promise<void> {
  const file = await open(path, "r+")
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 0)
    await file.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, 0)
  } finally {
    await file.close()
  }
}

/** Names of buckets are short, and have no capital letter. */
function prefixOf(namespace: string): string {
  return `t${createHash("sha256").update(namespace).digest("hex").slice(0, 16)}`
}

/** S3 over the protocol: a server of its own only where the clause stops it. */
export const s3StorageSubject = defineSubject({
  service: "storage",
  name: "s3 on versitygw",
  available: versitygwAvailable,
  exempt: {
    "STORAGE-COPY-06": { reason: "versitygw 1.8.0 decodes the source of a copy before it looks for ?versionId" },
  },
  async open({ namespace, timeScale, uses }) {
    const own = uses.includes("restart") ? await startVersitygw() : undefined
    const server = own ?? (await versitygw())
    const proxy = uses.includes("faults") ? await startTcpProxy({ port: server.port }) : undefined
    const { accessKeyId, region, secretAccessKey } = server
    const options: S3StorageOptions = {
      ...{ accessKeyId, region, secretAccessKey, preset: "versitygw" },
      endpoint: `http://127.0.0.1:${proxy?.port ?? server.port}`,
      maxObjectBytes: MAX_OBJECT_BYTES,
      timeoutMs: deadline(proxy === undefined ? 10_000 : 1500, timeScale),
      idleTimeoutMs: deadline(proxy === undefined ? 10_000 : 1500, timeScale),
    }
    const prefix = prefixOf(namespace)
    const opened: Storage[] = []
    const forks: ForkedClient<Storage>[] = []
    const connect = (given: S3StorageOptions = {}) => {
      const storage = createS3Storage({ ...options, bucketPrefix: `${prefix}-`, ...given })
      opened.push(storage)
      return storage
    }
    return {
      connect: () => connect(),
      neighbour: () => connect({ bucketPrefix: `${prefix}n-` }),
      faults: lineFaults(proxy),
      restart: async () => own?.restart(),
      async fork() {
        const forked = await forkClient<Storage>({
          module: new URL("../adapters/storage/s3.ts", import.meta.url),
          make: "createS3Storage",
          args: [{ ...options, bucketPrefix: `${prefix}-` }],
        })
        forks.push(forked)
        return forked
      },
      configuration: {
        create: connect,
        valid: { partBytes: 5_242_880 },
        invalid: { timeoutMs: 0, partBytes: 1 },
      },
      secrets: [secretAccessKey],
      async destroy() {
        proxy?.heal()
        await Promise.all(forks.map(({ kill }) => kill()))
        await Promise.all(opened.map((storage) => storage.close()))
        await proxy?.close()
        await own?.stop()
      },
    }
  },
})

/** All that Google Cloud Storage promises, at a double of it. */
const gcsDoubleSubject = defineSubject({
  service: "storage",
  name: "gcs on gcs-double",
  exempt: {
    "STORAGE-SIGN-01": {
      reason: "GCS answers a signed URL with an ETag of its own; ours, the generation, is in x-goog-generation",
    },
  },
  open: (opened) => openGcsDoubleWorld(opened, GCS),
})

const GCS = {
  ...{ conditionalCreate: true, conditionalMatch: true, conditionalCopy: true },
  maxObjectBytes: MAX_OBJECT_BYTES,
}

/** The same by version 8 of the library, which is for newer Nodes. */
const gcs8Subject = defineSubject({
  ...gcsDoubleSubject,
  service: "storage",
  name: "gcs on gcs-double, @google-cloud/storage 8",
  node: ">=22",
  open: (opened) => openGcsDoubleWorld(opened, GCS, 8),
})

/** It keeps conditions of uploads alone, checks no signature, and has no XML API. */
const fakeGcsSubject = defineSubject({
  service: "storage",
  name: "gcs on fake-gcs-server",
  exempt: {
    "STORAGE-LIST-07": { reason: "fake-gcs-server 1.56.1 cuts a prefix behind the first character of its delimiter" },
  },
  available: fakeGcsAvailable,
  open: async (opened) =>
    openGcsWorld(opened, (await fakeGcs()).port, {
      ...{ conditionalCreate: true, conditionalMatch: true, presign: false, multipart: false },
      maxObjectBytes: MAX_OBJECT_BYTES,
    }),
})

export const subjects = [
  memoryStorageSubject,
  eightMethodsStorageSubject,
  bareStorageSubject,
  memoryFaultsStorageSubject,
  filesystemStorageSubject,
  syncedFilesystemStorageSubject,
  s3StorageSubject,
  gcsDoubleSubject,
  gcs8Subject,
  fakeGcsSubject,
]
