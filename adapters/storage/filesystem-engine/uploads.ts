import { lstat, mkdir, rm } from "node:fs/promises"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type {
  ObjectInfo,
  PartInfo,
  SendOptions,
  StorageCapabilities,
  UploadOptions,
} from "../../../contracts/storage/storage.ts"
import {
  type AdmittedBody,
  aborted,
  checkParts,
  tokenRefused,
  uploadNotFound,
} from "../../../core/storage/for-adapters.ts"
import type { FileLocks } from "./file-locks.ts"
import { renameFile, syncDirectory, unless } from "./files.ts"
import { createJson, readJson, replaceJson } from "./json-file.ts"
import { mapSome } from "./map-some.ts"
import { bytesOf, findFile, findObject, type ObjectFile } from "./object-file.ts"
import { StagedFile } from "./staged-file.ts"
import { objectInfoOf, type StoredInfo, storedInfoOf } from "./trailer.ts"
import { ABSENT, entriesOf, parentOf, type Tree } from "./tree.ts"
import { Turns } from "./turns.ts"
import type { Writes } from "./writes.ts"

interface StoredUpload {
  readonly key: string
  readonly options: UploadOptions
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
}

export interface UploadPlace {
  readonly bucket: string
  readonly key: string
  readonly id: string
}

/** For how long a completed upload is known, so that complete can be called again. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000
/** Parts that are looked at together. */
const AT_ONCE = 16

/** Uploads in parts: each a directory with its options and its parts, and later with what became of it. */
export class Uploads {
  readonly #tree: Tree
  readonly #locks: FileLocks
  readonly #writes: Writes
  readonly #sync: boolean
  readonly #capabilities: StorageCapabilities
  readonly #clock: Clock
  readonly #turns = new Turns()

  constructor(
    tree: Tree,
    locks: FileLocks,
    writes: Writes,
    options: { readonly sync: boolean; readonly capabilities: StorageCapabilities; readonly clock: Clock },
  ) {
    this.#tree = tree
    this.#locks = locks
    this.#writes = writes
    this.#sync = options.sync
    this.#capabilities = options.capabilities
    this.#clock = options.clock
  }

  /** @returns Its id. */
  async create(bucket: string, key: string, options: UploadOptions): Promise<string> {
    await this.#tree.requireBucket(bucket)
    const id = crypto.randomUUID()
    const staged = this.#tree.staged()
    const upload: StoredUpload = { key, options, startedAt: this.#clock.now() }
    try {
      await mkdir(staged)
      await mkdir(`${staged}/parts`)
      await createJson(`${staged}/upload.json`, upload, this.#sync)
      if (this.#sync) await syncDirectory(staged)
      await this.#tree.verify(this.#tree.uploads(bucket))
      await renameFile(staged, this.#directory({ bucket, id }))
      if (this.#sync) await this.#tree.syncNearest(this.#tree.uploads(bucket))
      return id
    } catch (error) {
      await rm(staged, { recursive: true, force: true }).catch(() => {})
      throw error
    }
  }

  async uploadPart(place: UploadPlace, number: number, body: AdmittedBody, options: SendOptions): Promise<PartInfo> {
    const { signal } = options
    await this.#find(place)
    const parts = `${this.#directory(place)}/parts`
    const staged = await StagedFile.create(this.#tree)
    try {
      const stored = storedInfoOf(await staged.fill(body, options), {}, this.#clock.now())
      await staged.seal(stored, this.#sync)
      if (signal?.aborted) throw aborted(signal)
      const moving = async () => {
        await this.#tree.verify(parts)
        await renameFile(staged.path, `${parts}/${number}`)
        return true
      }
      if ((await unless(ABSENT, moving())) === undefined) throw await this.#notFound(place)
      if (this.#sync) await this.#tree.syncNearest(parts)
      return { number, size: stored.size, etag: stored.etag }
    } catch (error) {
      await staged.discard()
      throw error
    }
  }

  async parts(place: UploadPlace): Promise<PartInfo[]> {
    await this.#find(place)
    const parts = await mapSome(await this.#numbers(place), AT_ONCE, (number) => this.#part(place, number))
    return parts.filter((part) => part !== undefined)
  }

  /** One call makes the object, and those that come meanwhile give the same. */
  complete(place: UploadPlace): Promise<ObjectInfo> {
    return this.#turns.take(place.id, async () => {
      const stored = (await this.#completed(place)) ?? (await this.#completeOnce(place))
      return objectInfoOf(place.bucket, place.key, stored)
    })
  }

  abort(place: UploadPlace): Promise<void> {
    return this.#lock(place, async () => {
      if ((await this.#read(place)) === undefined || (await this.#completed(place)) !== undefined) return
      await this.#remove(this.#directory(place))
    })
  }

  /** @returns How many uploads were aborted. */
  async sweep(bucket: string, olderThanMs: number): Promise<number> {
    await this.#tree.requireBucket(bucket)
    await this.#tree.verify(this.#tree.uploads(bucket))
    const now = this.#clock.now()
    let aborted = 0
    for (const { name: id } of await entriesOf(this.#tree.uploads(bucket))) {
      if (!isId(id)) continue
      const upload = await this.#stored({ bucket, id })
      if (upload === undefined) {
        if (await this.#removeBroken({ bucket, id }, now - olderThanMs)) aborted++
        continue
      }
      const place = { bucket, id, key: upload.key }
      const done = await this.#completed(place)
      if (done !== undefined && done.lastModified <= now - REMEMBERED_MS) await this.#remove(this.#directory(place))
      if (done !== undefined || upload.startedAt > now - olderThanMs) continue
      await this.abort(place)
      aborted++
    }
    return aborted
  }

  /** Another process may be faster, and remove the parts. */
  async #completeOnce(place: UploadPlace): Promise<StoredInfo> {
    try {
      return await this.#complete(place)
    } catch (error) {
      const completed = isNotFound(error) ? await this.#completed(place) : undefined
      if (completed === undefined) throw error
      return completed
    }
  }

  async #complete(place: UploadPlace): Promise<StoredInfo> {
    const { options } = await this.#find(place)
    const parts = await this.parts(place)
    const size = checkParts(parts, this.#capabilities)
    const staged = await StagedFile.create(this.#tree)
    const pieces = this.#bytes(place, parts)
    try {
      const contents = await staged.fill({ size, next: async () => (await pieces.next()).value ?? undefined })
      const stored = storedInfoOf(contents, options, this.#clock.now())
      await staged.seal(stored, this.#sync)
      return await this.#lock(place, () => this.#commit(place, stored, staged.path))
    } finally {
      await pieces.return()
      await staged.discard()
    }
  }

  async #commit(place: UploadPlace, stored: StoredInfo, staged: string): Promise<StoredInfo> {
    const completed = await this.#completed(place)
    if (completed !== undefined) return completed
    const { bucket, key } = place
    const { options } = await this.#find(place)
    const directory = this.#directory(place)
    try {
      // Whoever comes after a crash sees by it whether the object was stored.
      await replaceJson(this.#tree, `${directory}/completing.json`, stored, this.#sync)
      await this.#writes.prepare(bucket, key)
      await this.#writes.store(bucket, key, staged, options)
    } catch (error) {
      if (ServiceError.is(error) && error.code === "PRECONDITION_FAILED") await this.#remove(directory)
      throw error
    }
    await this.#conclude(directory)
    return stored
  }

  /** What complete has made of an upload, also one that could not tell any more. */
  async #completed(place: UploadPlace): Promise<StoredInfo | undefined> {
    if ((await this.#read(place)) === undefined) return undefined
    const directory = this.#directory(place)
    const completed = await readJson<StoredInfo>(`${directory}/completed.json`)
    if (completed !== undefined) return completed
    const completing = await readJson<StoredInfo>(`${directory}/completing.json`)
    if (completing === undefined) return undefined
    const file = await findObject(this.#tree, place.bucket, place.key)
    file?.close()
    if (file?.stored.etag !== completing.etag) return undefined
    await this.#conclude(directory)
    return completing
  }

  async #conclude(directory: string): Promise<void> {
    const renaming = async () => {
      await this.#tree.verify(directory)
      await renameFile(`${directory}/completing.json`, `${directory}/completed.json`)
    }
    await unless(ABSENT, renaming())
    await this.#remove(`${directory}/parts`)
  }

  /** A directory goes at once; what cannot be removed then is swept later. */
  async #remove(directory: string): Promise<void> {
    const trash = this.#tree.staged()
    const moving = async () => {
      await this.#tree.verify(parentOf(directory))
      await renameFile(directory, trash)
    }
    await unless(ABSENT, moving())
    await rm(trash, { recursive: true, force: true }).catch(() => {})
  }

  /** All bytes of the parts, in the order of their numbers. */
  async *#bytes(place: UploadPlace, parts: readonly PartInfo[]): AsyncGenerator<Uint8Array, void, undefined> {
    for (const { number } of parts) {
      const file = await this.#openPart(place, number)
      if (file === undefined) throw uploadNotFound()
      yield* bytesOf(file)
    }
  }

  async #numbers(place: UploadPlace): Promise<number[]> {
    const entries = await entriesOf(`${this.#directory(place)}/parts`)
    const numbers = entries.filter(({ name }) => /^[1-9]\d{0,4}$/.test(name)).map(({ name }) => Number(name))
    return numbers.sort((a, b) => a - b)
  }

  async #part(place: UploadPlace, number: number): Promise<PartInfo | undefined> {
    const file = await this.#openPart(place, number)
    file?.close()
    return file && { number, size: file.stored.size, etag: file.stored.etag }
  }

  #openPart(place: UploadPlace, number: number): Promise<ObjectFile | undefined> {
    return findFile(this.#tree, `${this.#directory(place)}/parts/${number}`)
  }

  /** An upload that takes parts. @throws ServiceError NOT_FOUND */
  async #find(place: UploadPlace): Promise<StoredUpload> {
    const upload = await this.#read(place)
    const isOpen = await this.#tree.isThere(`${this.#directory(place)}/parts`)
    if (upload === undefined || !isOpen) throw await this.#notFound(place)
    return upload
  }

  async #notFound({ bucket }: UploadPlace): Promise<ServiceError> {
    // It rejects where the root is gone.
    await this.#tree.hasBucket(bucket)
    return uploadNotFound()
  }

  /** An upload, also one that is completed. The key comes out of a token too: that of another key is none. */
  async #read(place: UploadPlace): Promise<StoredUpload | undefined> {
    const upload = await this.#stored(place)
    return upload?.key === place.key ? upload : undefined
  }

  /** Undefined where its file is broken, and where it is reached through a link. */
  async #stored(place: Omit<UploadPlace, "key">): Promise<StoredUpload | undefined> {
    const directory = this.#directory(place)
    if (!(await this.#tree.isThere(directory))) return undefined
    const upload = await readJson<Partial<StoredUpload>>(`${directory}/upload.json`)
    const isWhole = typeof upload?.key === "string" && typeof upload.startedAt === "number"
    return isWhole ? (upload as StoredUpload) : undefined
  }

  /** Nobody can go on with it, and only its directory tells its age. @returns Whether it was so old. */
  async #removeBroken(place: Omit<UploadPlace, "key">, before: number): Promise<boolean> {
    const directory = this.#directory(place)
    const stats = await unless(ABSENT, lstat(directory))
    if (stats === undefined || !stats.isDirectory() || stats.mtimeMs > before) return false
    await this.#remove(directory)
    return true
  }

  #directory({ bucket, id }: Omit<UploadPlace, "key">): string {
    // It comes out of a token, which anybody can write.
    if (!isId(id)) throw tokenRefused()
    return `${this.#tree.uploads(bucket)}/${id}`
  }

  #lock<T>({ id }: UploadPlace, work: () => Promise<T>): Promise<T> {
    return this.#locks.hold(`upload ${id}`, work)
  }
}

function isId(id: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)
}

function isNotFound(error: unknown): boolean {
  return ServiceError.is(error) && error.code === "NOT_FOUND"
}
