import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type {
  BucketInfo,
  Checksums,
  CopyOptions,
  ListedObject,
  ListOptions,
  ListPage,
  ObjectHeaders,
  ObjectInfo,
  PutOptions,
  WriteConditions,
} from "../../../contracts/storage/storage.ts"
import type { ReferenceOptions } from "../../foundation/reference-service.ts"
import { ReferenceBodies } from "./bodies.ts"
import { type HeldBucket, type HeldObject, StorageStore } from "./store.ts"
import { fromToken, toToken } from "./sums.ts"

export type StorageReferenceOptions = ReferenceOptions<StorageStore>

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  html: "text/html; charset=utf-8",
  json: "application/json",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain; charset=utf-8",
}

/** A line of a list: an object, or a prefix of several. */
export interface Row {
  readonly text: string
  readonly object?: HeldObject
}

/** What the reference storage keeps, in small methods that mutants change one of. */
export abstract class ReferenceObjects extends ReferenceBodies {
  constructor(options: StorageReferenceOptions) {
    super({ ...options, store: options.store ?? new StorageStore() })
  }

  /** Begins the stored name of every bucket of this service. Its length in front keeps namespaces apart. */
  prefix(): string {
    return `${this.namespace.length}:${this.namespace}:`
  }

  storedName(bucket: string): string {
    return this.prefix() + bucket
  }

  findBucket(bucket: string): HeldBucket | undefined {
    return this.store.buckets.get(this.storedName(bucket))
  }

  bucketOf(bucket: string): HeldBucket {
    return this.findBucket(bucket) ?? this.refuseFor("NOT_FOUND", "bucket", "There is no such bucket.")
  }

  newBucket(bucket: string): HeldBucket {
    const held = { name: bucket, createdAt: this.clock.now(), objects: new Map<string, HeldObject>() }
    this.store.buckets.set(this.storedName(bucket), held)
    return held
  }

  dropBucket(bucket: string): void {
    this.store.buckets.delete(this.storedName(bucket))
  }

  ownBuckets(): HeldBucket[] {
    const own = [...this.store.buckets].filter(([name]) => name.startsWith(this.prefix()))
    return own.map(([, held]) => held).sort((one, other) => compareCodePoints(one.name, other.name))
  }

  bucketInfoOf({ createdAt, name }: HeldBucket): BucketInfo {
    return { name, createdAt: new Date(createdAt) }
  }

  encodeKey(key: string): string {
    return key
  }

  find(bucket: string, key: string): HeldObject | undefined {
    return this.findBucket(bucket)?.objects.get(this.encodeKey(key))
  }

  objectOf(bucket: string, key: string): HeldObject {
    const { objects } = this.bucketOf(bucket)
    const object = objects.get(this.encodeKey(key))
    return object ?? this.refuseFor("NOT_FOUND", "object", "There is no such object.")
  }

  remove(bucket: string, key: string): void {
    this.bucketOf(bucket).objects.delete(this.encodeKey(key))
  }

  /** Looks and stores in one step. */
  commit(bucket: string, key: string, bytes: Uint8Array, options: PutOptions, checksums: Checksums): ObjectInfo {
    this.checkOpen()
    this.checkSignal(options.signal)
    const { objects } = this.bucketOf(bucket)
    this.checkConditions(objects.get(this.encodeKey(key)), options)
    const object = this.newObject(key, bytes, options, checksums)
    objects.set(this.encodeKey(key), object)
    return this.infoOf(bucket, object)
  }

  checkConditions(object: HeldObject | undefined, { ifMatch, ifNoneMatch }: WriteConditions): void {
    if (ifNoneMatch !== undefined && object !== undefined) {
      this.refuseFor("PRECONDITION_FAILED", "exists", "An object stands here.")
    }
    if (ifMatch !== undefined && object?.etag !== ifMatch) {
      this.refuseFor("PRECONDITION_FAILED", "changed", "The object is another one.")
    }
  }

  newObject(key: string, bytes: Uint8Array, options: PutOptions, checksums: Checksums): HeldObject {
    return {
      key,
      bytes,
      etag: this.newEtag(bytes),
      lastModified: this.timeNow(),
      headers: this.headersOf(key, options),
      metadata: this.metadataOf(options),
      checksums,
    }
  }

  newEtag(_bytes: Uint8Array): string {
    return `v${++this.store.writes}`
  }

  timeNow(): number {
    return this.clock.now()
  }

  headersOf(key: string, options: ObjectHeaders): ObjectHeaders {
    const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType } = options
    return {
      cacheControl,
      contentDisposition: contentDisposition && this.dispositionOf(contentDisposition),
      contentEncoding,
      contentLanguage,
      contentType: contentType ?? this.typeOf(key),
    }
  }

  typeOf(key: string): string {
    const extension = /\.([a-z]+)$/i.exec(key)?.[1]?.toLowerCase() ?? ""
    return this.typeOfExtension(extension) ?? "application/octet-stream"
  }

  typeOfExtension(extension: string): string | undefined {
    return Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined
  }

  /** In ASCII, with the UTF-8 of the filename beside it. */
  dispositionOf(disposition: string): string {
    if (/^[ -~]*$/.test(disposition)) return disposition
    const [, type = "attachment", name = ""] = /^([a-z]+).*?filename="?(.*?)"?$/su.exec(disposition) ?? []
    const extended = encodeURIComponent(name).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
    return `${type}; filename="${name.replaceAll(/[^ -~]|["\\%]/gu, "_")}"; filename*=UTF-8''${extended}`
  }

  metadataOf({ metadata = {} }: PutOptions): Readonly<Record<string, string>> {
    return { ...metadata }
  }

  infoOf(bucket: string, object: HeldObject): ObjectInfo {
    const { contentType = "", ...others } = object.headers
    const headers = Object.entries(others).filter(([, value]) => value !== undefined)
    return {
      ...this.listedOf(bucket, object),
      contentType,
      ...Object.fromEntries(headers),
      metadata: { ...object.metadata },
      checksums: { ...object.checksums },
    }
  }

  listedOf(bucket: string, { bytes, etag, key, lastModified }: HeldObject): ListedObject {
    return { bucket, key, size: bytes.length, etag, lastModified: new Date(lastModified) }
  }

  /** What a copy has: its source's, but for what is given. */
  copiedOptions({ headers, metadata }: HeldObject, options: CopyOptions): PutOptions {
    const given = Object.entries(options).filter(([, value]) => value !== undefined)
    return { ...headers, metadata: { ...metadata }, ...Object.fromEntries(given) }
  }

  pageOf(bucket: string, held: HeldBucket, options: ListOptions): ListPage {
    const place = this.placeOf(options)
    const rows = this.rowsOf(held, options).filter(({ text }) => place === undefined || this.isBehind(text, place))
    const page = rows.slice(0, this.limitOf(options))
    const last = page.at(-1)
    const objects = page.flatMap(({ object }) => (object === undefined ? [] : [this.listedOf(bucket, object)]))
    const prefixes = page.flatMap(({ object, text }) => (object === undefined ? [text] : []))
    const cursor = rows.length > page.length && last !== undefined ? this.cursorOf(options, last.text) : undefined
    return { objects, prefixes, ...(cursor !== undefined && { cursor }) }
  }

  limitOf({ limit = 1000 }: ListOptions): number {
    return limit
  }

  isBehind(text: string, place: string): boolean {
    return compareCodePoints(text, place) > 0
  }

  rowsOf(held: HeldBucket, { delimiter, prefix = "" }: ListOptions): Row[] {
    const rows = new Map<string, Row>()
    for (const object of this.sorted(held)) {
      if (!this.hasPrefix(object.key, prefix)) continue
      const group = this.groupOf(object.key, prefix, delimiter)
      const text = group ?? object.key
      rows.set(text, group === undefined ? { text, object } : { text })
    }
    return [...rows.values()]
  }

  sorted({ objects }: HeldBucket): HeldObject[] {
    return [...objects.values()].sort((one, other) => compareCodePoints(one.key, other.key))
  }

  hasPrefix(key: string, prefix: string): boolean {
    return key.startsWith(prefix)
  }

  /** What a key begins with up to the delimiter behind the prefix, or undefined. */
  groupOf(key: string, prefix: string, delimiter: string | undefined): string | undefined {
    if (delimiter === undefined) return undefined
    const at = key.indexOf(delimiter, prefix.length)
    return at < 0 ? undefined : key.slice(0, at + delimiter.length)
  }

  cursorOf({ delimiter = "", prefix = "" }: ListOptions, place: string): string {
    return toToken([prefix, delimiter, place])
  }

  placeOf(options: ListOptions): string | undefined {
    const { cursor } = options
    if (cursor === undefined) return undefined
    const place = (fromToken(cursor) as unknown[] | undefined)?.[2]
    if (typeof place !== "string" || this.cursorOf(options, place) !== cursor) {
      this.refuse("INVALID_ARGUMENT", "A cursor must be one that list gave.")
    }
    return place
  }
}
