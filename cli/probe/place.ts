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

/** Where a storage is tried: keys of a bucket that nobody else has. */
export class Place {
  readonly prefix: string
  readonly storage: Storage
  readonly #bucket: string

  constructor(storage: Storage, bucket: string, prefix: string) {
    this.storage = storage
    this.prefix = prefix
    this.#bucket = bucket
  }

  key(name: string): string {
    return this.prefix + name
  }

  async put(key: string, text: string, options?: PutOptions): Promise<string> {
    return (await this.storage.put(this.#bucket, key, text, options)).etag
  }

  async complete(key: string, text: string, options: UploadOptions): Promise<void> {
    const upload = await this.storage.createUpload(this.#bucket, key, options)
    try {
      await upload.uploadPart(1, text)
      await upload.complete()
    } finally {
      await upload.abort()
    }
  }

  async copy(from: string, to: string, options: CopyOptions): Promise<void> {
    await this.storage.copy({ bucket: this.#bucket, key: from }, { bucket: this.#bucket, key: to }, options)
  }

  async delete(key: string): Promise<void> {
    await this.storage.delete(this.#bucket, key)
  }

  async sums(key: string): Promise<Readonly<Record<string, string | undefined>>> {
    return (await this.storage.head(this.#bucket, key))?.checksums ?? {}
  }

  /** @throws Unkept where the object is not there, or has another text. */
  async holds(key: string, text: string): Promise<void> {
    const object = await this.storage.get(this.#bucket, key)
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
    const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS)
    const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) })
    if (!response.ok) throw new Unkept(`a signed request was answered with ${response.status}`)
    return await response.text()
  }

  async listed(): Promise<string[]> {
    const keys: string[] = []
    let options: ListOptions = { prefix: this.prefix }
    for (;;) {
      const { cursor, objects } = await this.storage.list(this.#bucket, options)
      keys.push(...objects.map(({ key }) => key))
      if (cursor === undefined) return keys
      options = { ...options, cursor }
    }
  }

  /** Removes all that was tried. */
  async clear(): Promise<void> {
    for (const key of await this.listed()) await this.delete(key)
  }
}
