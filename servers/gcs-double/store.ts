import { crc32c, type Declared, md5, verify } from "./checksums.ts"
import { type Conditions, check } from "./conditions.ts"
import { checkMetadata, checkObjectName } from "./limits.ts"
import { accessDenied, noSuchBucket, noSuchObject } from "./refusal.ts"

/** What a user sets beside the data. */
export interface Fields {
  readonly cacheControl?: string | undefined
  readonly contentDisposition?: string | undefined
  readonly contentEncoding?: string | undefined
  readonly contentLanguage?: string | undefined
  readonly contentType?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

export interface StoredObject {
  readonly bucket: string
  readonly name: string
  readonly data: Buffer
  readonly fields: Fields
  /** Microseconds of its creation; each write has a greater one. */
  readonly generation: number
  /** 1 when created, and one more with each change of the fields. */
  readonly metageneration: number
  readonly createdMs: number
  readonly updatedMs: number
  readonly crc32c: string
  /** None where it was put together of parts. */
  readonly md5: string | undefined
}

export interface Bucket {
  readonly name: string
  readonly location: string
  readonly createdMs: number
  readonly objects: Map<string, StoredObject>
}

export interface Write {
  readonly bucket: string
  readonly name: string
  readonly data: Buffer
  readonly fields: Fields
  readonly conditions?: Conditions
  readonly declared?: Declared
  /** Put together of parts, by the XML API. */
  readonly isMultipart?: boolean
}

/** Buckets and objects of one project. Each method does all or nothing. */
export class Store {
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()
  /** Buckets of other projects: their names are taken, and this project may not touch them. */
  readonly foreign = new Set<string>()
  #lastGeneration = 0

  constructor(now: () => number) {
    this.#now = now
  }

  now(): number {
    return this.#now()
  }

  buckets(): Bucket[] {
    return [...this.#buckets.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  addBucket(name: string, location: string): Bucket {
    const bucket = { name, location, createdMs: this.#now(), objects: new Map<string, StoredObject>() }
    this.#buckets.set(name, bucket)
    return bucket
  }

  removeBucket(name: string): void {
    this.#buckets.delete(name)
  }

  hasBucket(name: string): boolean {
    return this.#buckets.has(name)
  }

  bucket(name: string): Bucket {
    if (this.foreign.has(name))
      throw accessDenied("The caller does not have access to the Google Cloud Storage bucket.")
    const bucket = this.#buckets.get(name)
    if (bucket === undefined) throw noSuchBucket()
    return bucket
  }

  /** @param generation The one that is asked for. Default: the live one. */
  object(bucket: string, name: string, conditions: Conditions, generation?: number): StoredObject {
    const object = this.bucket(bucket).objects.get(name)
    if (object === undefined || (generation !== undefined && generation !== object.generation)) {
      throw noSuchObject(bucket, name)
    }
    check(conditions, object)
    return object
  }

  write({ bucket, conditions = {}, data, declared = {}, fields, isMultipart = false, name }: Write): StoredObject {
    const { objects } = this.bucket(bucket)
    checkObjectName(name)
    checkMetadata(fields.metadata)
    verify(data, declared)
    check(conditions, objects.get(name))
    const now = this.#now()
    this.#lastGeneration = Math.max(this.#lastGeneration + 1, Math.floor(now * 1000))
    const object = {
      ...{ bucket, name, data, fields, generation: this.#lastGeneration, metageneration: 1 },
      ...{ createdMs: now, updatedMs: now, crc32c: crc32c(data), md5: isMultipart ? undefined : md5(data) },
    }
    objects.set(name, object)
    return object
  }

  change(object: StoredObject, fields: Fields): StoredObject {
    checkMetadata(fields.metadata)
    const changed = { ...object, fields, metageneration: object.metageneration + 1, updatedMs: this.#now() }
    this.bucket(object.bucket).objects.set(object.name, changed)
    return changed
  }

  spoil(bucket: string, name: string): void {
    const { data } = this.object(bucket, name, {})
    data[0] = (data[0] ?? 0) ^ 1
  }

  delete({ bucket, name }: StoredObject): void {
    this.bucket(bucket).objects.delete(name)
  }
}
