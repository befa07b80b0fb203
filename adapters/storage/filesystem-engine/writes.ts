import { link, lstat, unlink } from "node:fs/promises"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { SendOptions, WriteConditions } from "../../../contracts/storage/options.ts"
import { aborted, outcomeUnknown, preconditionFailed } from "../../../core/storage/for-adapters.ts"
import { foreignEntry } from "./errors.ts"
import type { FileLocks } from "./file-locks.ts"
import { errorCode, renameFile, unless } from "./files.ts"
import { findObject } from "./object-file.ts"
import { ABSENT, parentOf, type Tree } from "./tree.ts"
import { Turns } from "./turns.ts"

type StoreOptions = WriteConditions & Pick<SendOptions, "signal">

/** How often a directory may be removed by others just when a file is to go there. */
const MAX_TRIES = 50

/** Puts files in the place of objects, and takes them away. */
export class Writes {
  readonly #tree: Tree
  readonly #locks: FileLocks
  readonly #sync: boolean
  readonly #turns = new Turns()

  constructor(tree: Tree, locks: FileLocks, sync: boolean) {
    this.#tree = tree
    this.#locks = locks
    this.#sync = sync
  }

  /** @throws ServiceError PRECONDITION_FAILED where a condition does not hold now. */
  async check(bucket: string, key: string, { ifMatch, ifNoneMatch }: WriteConditions): Promise<void> {
    if (ifMatch === undefined && ifNoneMatch === undefined) return
    const file = await findObject(this.#tree, bucket, key)
    file?.close()
    if (file === undefined) await this.#tree.requireBucket(bucket)
    if (ifMatch !== undefined && file?.stored.etag !== ifMatch) throw preconditionFailed("changed")
    if (ifNoneMatch !== undefined && file !== undefined) throw preconditionFailed("exists")
  }

  /** To be called just before `store`: rejects where a link stands in the path of the object. */
  async prepare(bucket: string, key: string): Promise<void> {
    await unless(["ENOENT"], this.#verify(bucket, this.#tree.object(bucket, key)))
  }

  /** The staged file becomes the object, at once and whole, unless the signal aborts before. */
  async store(bucket: string, key: string, staged: string, options: StoreOptions): Promise<void> {
    const { ifMatch, ifNoneMatch, signal } = options
    const target = this.#tree.object(bucket, key)
    await this.#turns.take(target, async () => {
      if (ifMatch !== undefined) {
        const replace = async (checkLock: () => Promise<void>) => {
          await this.check(bucket, key, options)
          await checkLock()
          if (signal?.aborted) throw aborted(signal)
          // Where the directory is gone, so is the object that was just there.
          const move = renameFile(staged, target).then(() => true)
          if ((await unless(["ENOENT"], move)) === undefined) throw preconditionFailed("changed")
        }
        await this.#locks.hold(target, replace, signal)
      } else {
        const move = ifNoneMatch === undefined ? renameFile : linkFile
        await this.#place(bucket, target, () => move(staged, target), signal)
      }
    })
    // Between two links of one file a rename does nothing.
    if (ifNoneMatch !== undefined) await unlink(staged).catch(() => {})
    if (this.#sync) await this.#tree.syncNearest(parentOf(target)).catch(rethrowUnknown)
  }

  async remove(bucket: string, key: string): Promise<void> {
    const target = this.#tree.object(bucket, key)
    const directory = parentOf(target)
    const wasThere = await this.#turns.take(target, () =>
      unless(
        [...ABSENT, "EISDIR"],
        this.#verify(bucket, target)
          .then(() => unlink(target))
          .then(() => true),
      ),
    )
    if (wasThere === undefined) return this.#tree.requireBucket(bucket)
    const left = await this.#tree.removeEmpty(bucket, directory)
    if (this.#sync) await this.#tree.syncNearest(left).catch(rethrowUnknown)
  }

  async #verify(bucket: string, target: string): Promise<void> {
    try {
      await this.#tree.verify(parentOf(target))
    } catch (error) {
      // Of a bucket that is a link itself, nothing is there.
      if (ServiceError.is(error)) await this.#tree.requireBucket(bucket)
      throw error
    }
  }

  /** Makes the directory of the target where it is missing, as often as others remove it. */
  async #place(
    bucket: string,
    target: string,
    move: () => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      if (signal?.aborted) throw aborted(signal)
      try {
        return await move()
      } catch (error) {
        if (errorCode(error) !== "ENOENT" || tries === MAX_TRIES) throw error
        await unless(["ENOENT"], this.#tree.makeDirectories(bucket, parentOf(target), this.#sync))
      }
    }
  }
}

async function linkFile(staged: string, target: string): Promise<void> {
  try {
    await link(staged, target)
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error
    const stats = await lstat(target).catch(() => undefined)
    throw stats === undefined || stats.isFile() ? preconditionFailed("exists", error) : foreignEntry(error)
  }
}

function rethrowUnknown(cause: unknown): never {
  throw outcomeUnknown(cause)
}
