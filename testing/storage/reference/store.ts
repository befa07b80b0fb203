import type { Checksums, ObjectHeaders, ObjectInfo, UploadOptions } from "../../../contracts/storage/storage.ts"
import { ReferenceStore } from "../../foundation/reference-service.ts"

/** An object, which is replaced as a whole. */
export interface HeldObject {
  /** As users call it. */
  readonly key: string
  readonly bytes: Uint8Array
  readonly etag: string
  /** Epoch milliseconds. */
  readonly lastModified: number
  readonly headers: ObjectHeaders
  readonly metadata: Readonly<Record<string, string>>
  readonly checksums: Checksums
}

export interface HeldBucket {
  readonly name: string
  readonly createdAt: number
  readonly objects: Map<string, HeldObject>
}

export interface HeldPart {
  readonly number: number
  readonly bytes: Uint8Array
  readonly etag: string
}

/** An object that is sent in parts. */
export interface HeldUpload {
  readonly bucket: string
  readonly key: string
  readonly options: UploadOptions
  readonly startedAt: number
  readonly parts: Map<number, HeldPart>
  /** What complete made of it. */
  completed?: ObjectInfo
}

/** What several clients share, as they would share a server. */
export class StorageStore extends ReferenceStore {
  /** By namespace and name. */
  readonly buckets = new Map<string, HeldBucket>()
  /** By namespace and id. */
  readonly uploads = new Map<string, HeldUpload>()
  /** Makes ETags and ids that were never given before. */
  writes = 0
}
