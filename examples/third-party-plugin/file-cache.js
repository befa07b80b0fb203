import {
  CACHE_MAX_KEY_BYTES,
  cacheKeyIssue,
  cacheTtlIssue,
  cacheTtlMs,
  cacheValueIssue,
  ServiceError,
  systemClock,
} from "@objectos/sdk/contracts"
import { decodeEntry, encodeEntry } from "./entry.js"
import { EntryFolder } from "./entry-folder.js"
import { limitParallel } from "./limit-parallel.js"

/** @import { CacheCapabilities, CacheStats, Clock, ErrorCode, ICacheScan, ICacheService, IClosable, IHealthCheckable, PluginHealthStatus } from "@objectos/sdk/contracts" */
/** @import { Head } from "./entry.js" */

const MAX_VALUE_BYTES = 4 * 1024 * 1024

/** All caches of this process together, so that it does not run out of file descriptors. */
const inTurn = limitParallel(64)

/** @type {Readonly<Record<string, ErrorCode>>} */
const CODES = {
  EACCES: "PERMISSION_DENIED",
  EPERM: "PERMISSION_DENIED",
  EROFS: "PERMISSION_DENIED",
  EMFILE: "UNAVAILABLE",
  ENFILE: "UNAVAILABLE",
  ENOSPC: "UNAVAILABLE",
  EDQUOT: "UNAVAILABLE",
}

/**
 * A cache in files: a folder for each cache, and in it a file for each entry. Several instances, in this process or in
 * others, can share a folder.
 *
 * @implements {ICacheService}
 * @implements {ICacheScan}
 * @implements {IHealthCheckable}
 * @implements {IClosable}
 *
 * @example
 * const cache = new FileCache({ folder: "/var/cache/shop" })
 * await cache.set("user:1", { name: "Ada" }, 60)
 */
export class FileCache {
  /** @type {CacheCapabilities} */
  capabilities = Object.freeze({
    batch: false,
    atomic: false,
    tags: false,
    scan: true,
    shared: true,
    durable: true,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: MAX_VALUE_BYTES,
    maxStalenessMs: 0,
    eviction: "none",
  })
  #clock
  #folder
  #hits = 0
  #misses = 0
  #closed = false
  /** @type {Set<Promise<unknown>>} */
  #running = new Set()

  /** @param {{ folder: string, clock?: Clock | undefined }} options */
  constructor({ clock = systemClock, folder }) {
    this.#clock = clock
    this.#folder = new EntryFolder(folder)
  }

  /**
   * @template [T=unknown]
   * @param {string} key
   * @returns {Promise<T | undefined>}
   */
  async get(key) {
    refuseIf(cacheKeyIssue(key))
    const file = await this.#run("get", () => this.#folder.read(key))
    const entry = file && decodeEntry(file)
    if (!this.#isLive(entry)) {
      this.#misses++
      return undefined
    }
    this.#hits++
    return /** @type {T} */ (entry.value)
  }

  /**
   * @template [T=unknown]
   * @param {string} key
   * @param {T} value
   * @param {number} [ttl]
   */
  async set(key, value, ttl = Number.POSITIVE_INFINITY) {
    refuseIf(cacheKeyIssue(key) ?? cacheValueIssue(value) ?? cacheTtlIssue(ttl))
    // Encoded before anything is awaited: the caller may change the value from then on.
    const bytes = encodeEntry({ key, expiresAt: this.#clock.now() + cacheTtlMs(ttl) }, value)
    if (bytes.length > MAX_VALUE_BYTES) {
      throw new ServiceError("LIMIT_EXCEEDED", `An entry has at most ${MAX_VALUE_BYTES} bytes, not ${bytes.length}.`)
    }
    await this.#run("set", () => this.#folder.write(key, bytes))
  }

  /** @param {string} key */
  async delete(key) {
    refuseIf(cacheKeyIssue(key))
    return this.#isLive(await this.#run("delete", () => this.#folder.remove(key)))
  }

  /** @param {string} key */
  async has(key) {
    refuseIf(cacheKeyIssue(key))
    return this.#isLive(await this.#run("has", () => this.#folder.readHead(key)))
  }

  async clear() {
    await this.#run("clear", () => this.#folder.clear())
  }

  /** @returns {Promise<CacheStats>} */
  async stats() {
    const keyCount = await this.#run("stats", async () => {
      let live = 0
      for await (const head of this.#folder.heads()) if (this.#isLive(head)) live++
      return live
    })
    return { hits: this.#hits, misses: this.#misses, keyCount }
  }

  /**
   * @param {{ prefix?: string | undefined }} [options]
   * @returns {AsyncGenerator<string, void, undefined>}
   */
  async *keys({ prefix = "" } = {}) {
    refuseIf(typeof prefix === "string" ? undefined : "A prefix is a string.")
    const heads = this.#folder.heads()
    for (;;) {
      const { done, value } = await this.#run("keys", () => heads.next())
      if (done) return
      if (this.#isLive(value) && value.key.startsWith(prefix)) yield value.key
    }
  }

  /** @returns {Promise<PluginHealthStatus>} */
  async healthCheck() {
    const start = this.#clock.monotonic()
    /** @type {unknown} */
    const error = await this.#run("healthCheck", () => this.#folder.checkUsable()).catch((reason) => reason)
    const latency = this.#clock.monotonic() - start
    if (error instanceof Error) return { status: "unhealthy", message: error.message, latency }
    return { status: "healthy", latency }
  }

  async getMetrics() {
    return { hits: this.#hits, misses: this.#misses }
  }

  /** Waits for what is under way. */
  async close() {
    this.#closed = true
    await Promise.allSettled(this.#running)
  }

  async [Symbol.asyncDispose]() {
    await this.close()
  }

  /**
   * @template {Head} T
   * @param {T | undefined} entry
   * @returns {entry is T}
   */
  #isLive(entry) {
    return entry !== undefined && this.#clock.now() < entry.expiresAt
  }

  /**
   * @template T
   * @param {string} operation
   * @param {() => Promise<T>} task
   */
  async #run(operation, task) {
    const place = { service: "cache", adapter: "file", operation }
    if (this.#closed) throw new ServiceError("CLOSED", "This cache is closed.", place)
    const result = inTurn(task)
    this.#running.add(result)
    try {
      return await result
    } catch (cause) {
      const { code = "unknown" } = /** @type {NodeJS.ErrnoException} */ (cause)
      throw new ServiceError(CODES[code] ?? "INTERNAL", `The file system failed: ${code}.`, { ...place, cause })
    } finally {
      this.#running.delete(result)
    }
  }
}

/** @param {ConstructorParameters<typeof FileCache>[0]} options */
export function createFileCache(options) {
  return new FileCache(options)
}

/** @param {string | undefined} issue */
function refuseIf(issue) {
  if (issue !== undefined) throw new ServiceError("INVALID_ARGUMENT", issue, { service: "cache", adapter: "file" })
}
