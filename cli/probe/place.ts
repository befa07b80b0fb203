import { ServiceError } from "../../contracts/foundation/errors.ts"
import type {
  CopyOptions,
  ListOptions,
  PresignMethod,
  PutOptions,
  Storage,
  UploadOptions,
} from "../../contracts/storage/storage.ts"
import { Unkept } from "./unkept.ts"

const FETCH_TIMEOUT_MS = 10_000

/** Where a storage is tried: keys of a bucket that nobody else has. Every method but `clear` ends with the signal. */
export class Place {
  readonly prefix: string
  readonly signal: AbortSignal
  readonly #storage: Storage
  readonly #bucket: string
  #isWritten = false

  constructor(storage: Storage, bucket: string, prefix: string, signal: AbortSignal) {
    this.prefix = prefix
    this.signal = signal
    this.#storage = storage
    this.#bucket = bucket
  }

  /** Whether an object was put here, or may have been. */
  get isWritten(): boolean {
    return this.#isWritten
  }

  /** @throws What the signal aborted for. */
  get storage(): Storage {
    this.signal.throwIfAborted()
    return this.#storage
  }

  key(name: string): string {
    return this.prefix + name
  }

  async put(key: string, text: string, options?: PutOptions): Promise<string> {
    const { signal, storage } = this
    try {
      const { etag } = await storage.put(this.#bucket, key, text, { ...options, signal })
      this.#isWritten = true
      return etag
    } catch (error) {
      this.#isWritten ||= mayBeDone(error)
      throw error
    }
  }

  async complete(key: string, text: string, options: UploadOptions): Promise<void> {
    const upload = await this.storage.createUpload(this.#bucket, key, options)
    try {
      await upload.uploadPart(1, text, { signal: this.signal })
      await upload.complete()
    } finally {
      await upload.abort()
    }
  }

  async copy(from: string, to: string, options: CopyOptions): Promise<void> {
    await this.storage.copy(
      { bucket: this.#bucket, key: from },
      { bucket: this.#bucket, key: to },
      { ...options, signal: this.signal },
    )
  }

  async delete(key: string): Promise<void> {
    await this.storage.delete(this.#bucket, key)
  }

  async sums(key: string): Promise<Readonly<Record<string, string | undefined>>> {
    return (await this.storage.head(this.#bucket, key))?.checksums ?? {}
  }

  /** @throws Unkept where the object is not there, or has another text. */
  async holds(key: string, text: string): Promise<void> {
    const object = await this.storage.get(this.#bucket, key, { signal: this.signal })
    if ((await object.text()) !== text) throw new Unkept("an object has not the bytes that were stored")
  }

  /** @throws Unkept where an object is there. */
  async isAbsent(key: string): Promise<void> {
    if ((await this.storage.head(this.#bucket, key)) !== undefined)
      throw new Unkept("an object is there that must not be")
  }

  /** Sends a signed request, with a text as its body or as its file. */
  async send(key: string, method: PresignMethod, text?: string): Promise<string> {
    const { fields, headers, url } = await this.storage.presign(this.#bucket, key, { method, expiresIn: 60 })
    const form = new FormData()
    for (const [name, value] of Object.entries(fields ?? {})) form.append(name, value)
    if (fields !== undefined) form.append("file", new Blob([text ?? ""]))
    const body = fields === undefined ? text : form
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)])
    const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) })
    if (!response.ok) throw new Unkept(`a signed request was answered with ${response.status}`)
    return await response.text()
  }

  async listed(): Promise<string[]> {
    return this.#keys(() => this.storage)
  }

  /** Removes all that was tried. @returns Whether nothing is left. */
  async clear(): Promise<boolean> {
    const storage = () => this.#storage
    try {
      const keys = await this.#keys(storage)
      await Promise.all(keys.map((key) => this.#storage.delete(this.#bucket, key)))
      return (await this.#keys(storage)).length === 0
    } catch {
      return false
    }
  }

  async #keys(storage: () => Storage): Promise<string[]> {
    const keys: string[] = []
    let options: ListOptions = { prefix: this.prefix }
    for (;;) {
      const { cursor, objects } = await storage().list(this.#bucket, options)
      keys.push(...objects.map(({ key }) => key))
      if (cursor === undefined) return keys
      options = { ...options, cursor }
    }
  }
}

/** A put that rejects otherwise stored nothing. */
function mayBeDone(error: unknown): boolean {
  return !ServiceError.is(error) || error.code === "TIMEOUT" || error.code === "ABORTED"
}
