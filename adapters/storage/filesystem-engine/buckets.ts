import { mkdir, readdir, rm, rmdir } from "node:fs/promises"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import { bucketIssue } from "../../../contracts/storage/arguments.ts"
import type { BucketInfo } from "../../../contracts/storage/object.ts"
import { preconditionFailed } from "../../../core/storage/for-adapters.ts"
import type { FileLocks } from "./file-locks.ts"
import { errorCode, renameFile, syncDirectory, unless } from "./files.ts"
import { createJson, readJson } from "./json-file.ts"
import { isObjectText, textOfName } from "./key-path.ts"
import { ABSENT, entriesOf, type Tree } from "./tree.ts"

interface StoredBucket {
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
}

/** Buckets are made and removed as a whole, by one process at a time. */
export class Buckets {
  readonly #tree: Tree
  readonly #locks: FileLocks
  readonly #sync: boolean

  constructor(tree: Tree, locks: FileLocks, sync: boolean) {
    this.#tree = tree
    this.#locks = locks
    this.#sync = sync
  }

  async create(name: string, now: number): Promise<BucketInfo> {
    return (await this.#info(name)) ?? this.#locks.hold(`bucket ${name}`, () => this.#create(name, now))
  }

  async list(): Promise<BucketInfo[]> {
    const entries = await readdir(this.#tree.buckets, { withFileTypes: true })
    const names = entries.flatMap((entry) => (entry.isDirectory() && isBucket(entry.name) ? [entry.name] : []))
    const infos = await Promise.all(names.map((name) => this.#info(name)))
    return infos.filter((info) => info !== undefined).sort((a, b) => compareCodePoints(a.name, b.name))
  }

  async delete(name: string, force: boolean): Promise<void> {
    const trash = this.#tree.staged()
    await this.#tree.requireBucket(name)
    if (!force) await removeEmptyBelow(this.#tree.objects(name))
    await this.#locks.hold(`bucket ${name}`, async () => {
      await this.#tree.requireBucket(name)
      // An object that comes at this moment keeps the directory from going; without it nothing can be put any more.
      if (!force) await rmdir(this.#tree.objects(name)).catch(rethrowNotEmpty)
      await renameFile(this.#tree.bucket(name), trash)
      if (this.#sync) await syncDirectory(this.#tree.buckets)
    })
    // The bucket is gone, and what cannot be removed now is swept later.
    await rm(trash, { recursive: true, force: true }).catch(() => {})
  }

  async #create(name: string, now: number): Promise<BucketInfo> {
    const staged = this.#tree.staged()
    try {
      await mkdir(staged)
      await mkdir(`${staged}/objects`)
      await mkdir(`${staged}/uploads`)
      await createJson(`${staged}/bucket.json`, { createdAt: now } satisfies StoredBucket, this.#sync)
      if (this.#sync) await syncDirectory(staged)
      const found = await this.#moveIn(staged, name)
      if (this.#sync) await syncDirectory(this.#tree.buckets)
      return found ?? { name, createdAt: new Date(now) }
    } finally {
      await rm(staged, { recursive: true, force: true }).catch(() => {})
    }
  }

  /** @returns The bucket that stands there. */
  async #moveIn(staged: string, name: string): Promise<BucketInfo | undefined> {
    const path = this.#tree.bucket(name)
    try {
      await renameFile(staged, path)
    } catch (error) {
      if (!NOT_EMPTY.includes(errorCode(error) ?? "")) throw error
      const found = await this.#info(name)
      if (found !== undefined) return found
      // The removal of a bucket was broken off.
      const trash = this.#tree.staged()
      await renameFile(path, trash)
      await renameFile(staged, path)
      await rm(trash, { recursive: true, force: true }).catch(() => {})
    }
    return undefined
  }

  async #info(name: string): Promise<BucketInfo | undefined> {
    if (!(await this.#tree.hasBucket(name))) return undefined
    const stored = await readJson<StoredBucket>(`${this.#tree.bucket(name)}/bucket.json`)
    return { name, ...(stored !== undefined && { createdAt: new Date(stored.createdAt) }) }
  }
}

const NOT_EMPTY: readonly string[] = ["ENOTEMPTY", "EEXIST"]

function rethrowNotEmpty(error: unknown): never {
  throw NOT_EMPTY.includes(errorCode(error) ?? "") ? preconditionFailed("bucket", error) : error
}

function isBucket(name: string): boolean {
  return bucketIssue(name) === undefined
}

/** Removes directories that a broken put has left. @throws ServiceError PRECONDITION_FAILED at the first object. */
async function removeEmptyBelow(directory: string): Promise<void> {
  for (const entry of await entriesOf(directory)) {
    const text = textOfName(entry.name)
    if (text !== undefined && isObjectText(text) && entry.isFile()) throw preconditionFailed("bucket")
    if (text === undefined || !entry.isDirectory()) continue
    await removeEmptyBelow(`${directory}/${entry.name}`)
    await unless([...ABSENT, ...NOT_EMPTY], rmdir(`${directory}/${entry.name}`))
  }
}
