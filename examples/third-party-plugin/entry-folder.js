/** The entries of one cache as the files of one folder. It is made with the first write. */
import { createHash, randomUUID } from "node:crypto"
import { access, constants, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { decodeHead, HEAD_BYTES } from "./entry.js"

/** @import { Head } from "./entry.js" */

const SUFFIX = ".entry"

export class EntryFolder {
  #path

  /** @param {string} path */
  constructor(path) {
    this.#path = path
  }

  /**
   * The whole file of a key.
   *
   * @param {string} key
   */
  read(key) {
    return orUndefined(readFile(this.#fileOf(key)))
  }

  /**
   * What begins the file of a key.
   *
   * @param {string} key
   */
  readHead(key) {
    return readHead(this.#fileOf(key))
  }

  /**
   * Readers see the old file or the new one, never half of one.
   *
   * @param {string} key
   * @param {Buffer} bytes
   */
  async write(key, bytes) {
    const file = this.#fileOf(key)
    const fresh = temporary(file)
    try {
      await writeFile(fresh, bytes).catch(async (error) => {
        if (error.code !== "ENOENT") throw error
        await mkdir(this.#path, { recursive: true })
        await writeFile(fresh, bytes)
      })
      await rename(fresh, file)
    } catch (error) {
      await rm(fresh, { force: true })
      throw error
    }
  }

  /**
   * Of several that remove one file, the rename lets one find it.
   *
   * @param {string} key
   * @returns {Promise<Head | undefined>} What was removed.
   */
  async remove(key) {
    const file = this.#fileOf(key)
    const aside = temporary(file)
    const found = await orUndefined(rename(file, aside).then(() => true))
    if (!found) return undefined
    const head = await readHead(aside)
    await rm(aside, { force: true })
    return head
  }

  async clear() {
    for (const file of await this.#files()) await rm(file, { force: true })
  }

  /** What begins each file. Files that come or go meanwhile may be seen or not. */
  async *heads() {
    for (const file of await this.#files()) {
      const head = await readHead(file)
      if (head !== undefined) yield head
    }
  }

  /** Rejects where entries could not be written. */
  async checkUsable() {
    await mkdir(this.#path, { recursive: true })
    await access(this.#path, constants.R_OK | constants.W_OK | constants.X_OK)
  }

  /** @param {string} key Of any length and content; a digest is a name that every file system takes. */
  #fileOf(key) {
    return join(this.#path, createHash("sha256").update(key).digest("hex") + SUFFIX)
  }

  async #files() {
    const names = (await orUndefined(readdir(this.#path))) ?? []
    return names.filter((name) => name.endsWith(SUFFIX)).map((name) => join(this.#path, name))
  }
}

/** @param {string} file */
function temporary(file) {
  return `${file}.${randomUUID()}.tmp`
}

/** @param {string} file */
async function readHead(file) {
  const handle = await orUndefined(open(file))
  if (handle === undefined) return undefined
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return decodeHead(buffer.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

/**
 * A file that is not there is an absence, not a failure.
 *
 * @template T
 * @param {Promise<T>} result
 * @returns {Promise<T | undefined>}
 */
async function orUndefined(result) {
  try {
    return await result
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined
    throw error
  }
}
