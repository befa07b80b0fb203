/** The optional interfaces of an object storage. */
import type { Body, ObjectInfo } from "./object.ts"
import type { PresignMethod, PresignOptions, SendOptions, UploadOptions } from "./options.ts"

/** A request that whoever has it may make, until it expires. */
export interface PresignedRequest {
  url: string
  method: PresignMethod
  /** All of them must be sent as they are. */
  headers: Record<string, string>
  /** POST: fields of a form (`multipart/form-data`) that stand before its last one, `file`. */
  fields?: Record<string, string>
  expiresAt: Date
}

/** Signed URLs. Capability `presign`. */
export interface IStoragePresign {
  /** Asks no store: neither the bucket nor the object need be there. */
  presign(bucket: string, key: string, options: PresignOptions): Promise<PresignedRequest>
}

/** What a request with a signed URL asks for. */
export interface PresignedGrant {
  bucket: string
  key: string
  /** As `presign` was given it. */
  options: PresignOptions
  expiresAt: Date
}

/**
 * Storages whose signed URLs come back to the application: `serveSignedUrls(storage)` answers them. Capability
 * `verifyPresigned`; false where the store has a server of its own.
 */
export interface IStorageVerify {
  /**
   * What a request may do. PERMISSION_DENIED, with `details.reason` "signature", "expired", "early" or "method", for one
   * that may not.
   */
  verifyPresigned(request: {
    method: string
    url: string
    fields?: Record<string, string> | undefined
  }): Promise<PresignedGrant>
}

export interface PartInfo {
  number: number
  /** Bytes. */
  size: number
  etag: string
}

/** An object that is sent in parts, by one process or by several, one after the other. */
export interface UploadSession {
  readonly bucket: string
  readonly key: string
  /** Give it to `resumeUpload` to go on, also in another process. It is no secret, and says who may do nothing. */
  readonly token: string
  /**
   * Parts have numbers from 1 to 10,000, and all but the last at least `minPartBytes` bytes. A part that is sent again
   * replaces the earlier one.
   */
  uploadPart(number: number, body: Body, options?: SendOptions): Promise<PartInfo>
  /** What was sent so far, in the order of numbers. */
  parts(): Promise<PartInfo[]>
  /**
   * Makes the object of all parts in the order of their numbers; of none an empty one. Called again it resolves the same.
   * A condition that does not hold aborts the upload.
   */
  complete(): Promise<ObjectInfo>
  /** Drops the parts. Resolves also after complete, which it does not undo, and when called again. */
  abort(): Promise<void>
}

/** Uploads that go on after a failure. Capability `multipart`. */
export interface IStorageMultipart {
  createUpload(bucket: string, key: string, options?: UploadOptions): Promise<UploadSession>
  /** INVALID_ARGUMENT for a text that is no token; what is called on an upload that is gone rejects NOT_FOUND. */
  resumeUpload(token: string): Promise<UploadSession>
  /** Aborts uploads of the bucket that began longer ago. @returns How many. */
  sweepUploads(bucket: string, olderThanMs: number): Promise<number>
}
