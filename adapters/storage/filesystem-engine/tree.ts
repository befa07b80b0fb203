import type { Dirent, Stats } from "node:fs"
import { lstat, mkdir, readdir, realpath, rmdir } from "node:fs/promises"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { bucketNotFound } from "../../../core/storage/for-adapters.ts"
import { foreignEntry } from "./errors.ts"
import { type CloseWritten, closerFor, errorCode, realPath, syncDirectory, unless } from "./files.ts"
import { pathOfKey } from "./key-path.ts"
import { processIdentity } from "./process-identity.ts"

/** What the system says of a path that is not there. */
export const ABSENT: readonly string[] = ["ENOENT", "ENOTDIR", "ELOOP"]

/** How many bytes a path has besides that of the root and that of the key. */
export const LONGEST_BUCKET_PATH = "/buckets//objects/".length + 63

/** Where everything is below a root, which has no link in its own path. */
export class Tree {
  readonly root: string
  readonly buckets: string
  readonly staging: string
  readonly locks: string
  readonly identity: string
  readonly #verifying = new Map<string, Promise<void>>()
  readonly #stagedBegin: string
  #stagedCount = 0

  readonly closeWritten: CloseWritten

  private constructor(root: string, identity: string, closeWritten: CloseWritten) {
    this.root = root
    this.closeWritten = closeWritten
    this.identity = identity
    this.buckets = `${root}/buckets`
    this.staging = `${root}/staging`
    this.locks = `${root}/locks`
    // Threads of one process have an identity in common.
    this.#stagedBegin = `${this.staging}/${identity}.${crypto.randomUUID()}.`
  }

  /** Makes what is missing, the root too. */
  static async open(root: string): Promise<Tree> {
    if (process.platform === "win32") throw new ServiceError("UNSUPPORTED", "This storage does not run on Windows.")
    await mkdir(root, { recursive: true })
    const tree = new Tree(await realpath(root), await processIdentity(), await closerFor(root))
    for (const directory of [tree.buckets, tree.staging, tree.locks]) await makeDirectory(directory)
    return tree
  }

  /** A new name in staging, which begins with our identity. */
  staged(): string {
    return this.#stagedBegin + this.#stagedCount++
  }

  bucket(name: string): string {
    return `${this.buckets}/${name}`
  }

  /** A bucket is there while this directory is. */
  objects(bucket: string): string {
    return `${this.buckets}/${bucket}/objects`
  }

  uploads(bucket: string): string {
    return `${this.buckets}/${bucket}/uploads`
  }

  object(bucket: string, key: string): string {
    return `${this.objects(bucket)}/${pathOfKey(key)}`
  }

  /** @throws ServiceError UNAVAILABLE where the root itself is gone: nobody knows then what it has. */
  async hasBucket(name: string): Promise<boolean> {
    if (await this.isThere(this.objects(name))) return true
    if (await this.isThere(this.buckets)) return false
    throw new ServiceError("UNAVAILABLE", "The root is gone, as where its volume is not mounted any more.", {
      details: { reason: "root" },
    })
  }

  /** Whether a directory is there. One that is reached through a link is not. */
  async isThere(directory: string): Promise<boolean> {
    try {
      await this.verify(directory)
      return true
    } catch (error) {
      if (ServiceError.is(error) || ABSENT.includes(errorCode(error) ?? "")) return false
      throw error
    }
  }

  async requireBucket(name: string): Promise<void> {
    if (!(await this.hasBucket(name))) throw bucketNotFound()
  }

  /**
   * Rejects where a link stands in the path of a directory, or the directory is not there. Calls that come while one
   * looks share what it finds, which is as new as what each would find before it goes on.
   */
  verify(directory: string): Promise<void> {
    const running = this.#verifying.get(directory)
    // What it does not find may have been made since it began to look.
    if (running !== undefined) return running.catch(() => verifyPath(directory))
    const verifying = verifyPath(directory).finally(() => this.#verifying.delete(directory))
    this.#verifying.set(directory, verifying)
    return verifying
  }

  /**
   * Makes the directories down to this one, which is in a bucket.
   *
   * @param sync Whether each survives a loss of power.
   */
  async makeDirectories(bucket: string, directory: string, sync: boolean): Promise<void> {
    const objects = this.objects(bucket)
    await this.requireBucket(bucket)
    let path = objects
    for (const name of directory.slice(objects.length + 1).split("/")) {
      const parent = path
      path = `${parent}/${name}`
      if (name === "" || !(await makeDirectory(path))) continue
      if (sync) await syncDirectory(parent)
    }
  }

  /** What was changed in a directory of a bucket survives a loss of power, also where others have removed it meanwhile. */
  async syncNearest(directory: string): Promise<void> {
    for (let path = directory; ; path = parentOf(path)) {
      try {
        return await syncDirectory(path)
      } catch (error) {
        if (path === this.buckets || !ABSENT.includes(errorCode(error) ?? "")) throw error
      }
    }
  }

  /** Removes directories upwards while they are empty, and never that of all objects. @returns The first that stays. */
  async removeEmpty(bucket: string, directory: string): Promise<string> {
    const objects = this.objects(bucket)
    let path = directory
    while (path.length > objects.length) {
      try {
        await rmdir(path)
      } catch (error) {
        // Whoever was faster goes on upwards.
        if (errorCode(error) !== "ENOENT") return path
      }
      path = parentOf(path)
    }
    return path
  }
}

async function verifyPath(directory: string): Promise<void> {
  if ((await realPath(directory)) !== directory) throw foreignEntry()
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"))
}

/** What a directory holds; nothing where there is none. */
export async function entriesOf(directory: string): Promise<Dirent[]> {
  return (await unless(ABSENT, readdir(directory, { withFileTypes: true }))) ?? []
}

/** @returns Whether it was not there. @throws ServiceError CORRUPT where something else stands there. */
async function makeDirectory(path: string): Promise<boolean> {
  if (
    await unless(
      ["EEXIST"],
      mkdir(path).then(() => true),
    )
  )
    return true
  const stats: Stats | undefined = await unless(["ENOENT"], lstat(path))
  if (stats !== undefined && !stats.isDirectory()) throw foreignEntry()
  return false
}
