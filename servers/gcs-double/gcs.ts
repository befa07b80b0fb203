import type { Declared } from "./checksums.ts"
import type { Conditions } from "./conditions.ts"
import type { Fields, Store, StoredObject } from "./store.ts"

/** All state of one double. */
export interface Gcs {
  readonly endpoint: string
  readonly projectId: string
  readonly projectNumber: string
  /** Bearer token that requests must carry. None: every request is let in. */
  readonly token: string | undefined
  /** Whose signatures count. None: no signature does. */
  readonly signer: Signer | undefined
  readonly store: Store
  readonly sessions: Map<string, Session>
  readonly rewrites: Map<string, Rewrite>
  readonly partedUploads: Map<string, PartedUpload>
}

export interface Signer {
  readonly clientEmail: string
  /** PEM. */
  readonly publicKey: string
}

/** A resumable upload of the JSON API. */
export interface Session {
  readonly bucket: string
  readonly name: string
  readonly fields: Fields
  readonly conditions: Conditions
  readonly declared: Declared
  /** Of the whole object, where the client said so at the start. */
  readonly size: number | undefined
  /** What is persisted so far. */
  received: Buffer
  state: "open" | "closed" | StoredObject
}

/** A rewrite that takes several calls. */
export interface Rewrite {
  readonly source: StoredObject
  readonly target: string
  done: number
}

/** A multipart upload of the XML API. */
export interface PartedUpload {
  readonly id: string
  readonly bucket: string
  readonly name: string
  readonly fields: Fields
  readonly startedMs: number
  readonly parts: Map<number, Part>
}

export interface Part {
  readonly data: Buffer
  /** Quoted. */
  readonly etag: string
  readonly storedMs: number
}
