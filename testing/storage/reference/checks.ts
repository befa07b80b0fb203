import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import {
  ageIssue,
  bodyIssue,
  bucketIssue,
  copyOptionsIssue,
  deleteBucketOptionsIssue,
  getOptionsIssue,
  listOptionsIssue,
  objectKeyIssue,
  partNumberIssue,
  presignOptionsIssue,
  putOptionsIssue,
  readOptionsIssue,
  sendOptionsIssue,
  uploadOptionsIssue,
  uploadTokenIssue,
} from "../../../contracts/storage/arguments.ts"
import { metadataBytes } from "../../../contracts/storage/metadata.ts"
import type {
  ObjectRef,
  PresignOptions,
  PutOptions,
  SendOptions,
  StorageCapabilities,
  WriteConditions,
} from "../../../contracts/storage/storage.ts"
import { ReferenceService } from "../../foundation/reference-service.ts"
import type { StorageStore } from "./store.ts"

/** What the reference storage refuses. */
export abstract class ReferenceChecks extends ReferenceService<StorageStore> {
  override readonly service = "storage"
  abstract readonly capabilities: StorageCapabilities

  checkBucket(bucket: unknown): void {
    this.checkOpen()
    this.refuseIf(this.bucketIssue(bucket))
  }

  bucketIssue(bucket: unknown): string | undefined {
    return bucketIssue(bucket)
  }

  checkKey(key: unknown): void {
    this.refuseIf(this.keyIssue(key))
  }

  keyIssue(key: unknown): string | undefined {
    return objectKeyIssue(key, this.capabilities.maxKeyBytes)
  }

  checkKeys(keys: unknown): void {
    this.refuseIf(Array.isArray(keys) ? undefined : "Keys must be an array.")
    for (const key of keys as unknown[]) this.checkKey(key)
  }

  checkObject(bucket: unknown, key: unknown): void {
    this.checkBucket(bucket)
    this.checkKey(key)
  }

  checkRef(ref: unknown): void {
    const { bucket, key } = (ref ?? {}) as Partial<ObjectRef>
    this.checkObject(bucket, key)
  }

  checkDeleteBucket(bucket: unknown, options: unknown): void {
    this.checkBucket(bucket)
    this.refuseIf(deleteBucketOptionsIssue(options))
  }

  checkPut(bucket: unknown, key: unknown, body: unknown, options: unknown): void {
    this.checkObject(bucket, key)
    this.refuseIf(this.bodyIssue(body))
    this.refuseIf(this.putOptionsIssue(options))
    this.checkConditionsOffered(options as PutOptions, "conditionalCreate", "conditionalMatch")
    this.checkMetadata(options as PutOptions)
    this.checkSending(options as PutOptions)
  }

  bodyIssue(body: unknown): string | undefined {
    return bodyIssue(body)
  }

  putOptionsIssue(options: unknown): string | undefined {
    return putOptionsIssue(options)
  }

  checkGet(bucket: unknown, key: unknown, options: unknown): void {
    this.checkObject(bucket, key)
    this.refuseIf(this.getOptionsIssue(options))
    this.checkConditionsOffered(options as WriteConditions, "conditionalGet", "conditionalGet")
    this.checkSignal((options as { signal?: AbortSignal } | undefined)?.signal)
  }

  getOptionsIssue(options: unknown): string | undefined {
    return getOptionsIssue(options)
  }

  checkRead(options: unknown): void {
    this.refuseIf(readOptionsIssue(options))
  }

  checkList(bucket: unknown, options: unknown): void {
    this.checkBucket(bucket)
    this.refuseIf(this.listOptionsIssue(options))
  }

  listOptionsIssue(options: unknown): string | undefined {
    return listOptionsIssue(options)
  }

  checkCopy(from: unknown, to: unknown, options: unknown): void {
    this.checkRef(from)
    this.checkRef(to)
    this.refuseIf(copyOptionsIssue(options))
    this.checkConditionsOffered(options as WriteConditions, "conditionalCopy", "conditionalCopy")
    this.checkMetadata(options as PutOptions)
    this.checkSignal((options as { signal?: AbortSignal } | undefined)?.signal)
  }

  checkUpload(bucket: unknown, key: unknown, options: unknown): void {
    this.checkObject(bucket, key)
    this.refuseIf(uploadOptionsIssue(options))
    this.checkConditionsOffered(options as WriteConditions, "conditionalComplete", "conditionalComplete")
    this.checkMetadata(options as PutOptions)
  }

  checkPart(number: unknown, body: unknown, options: unknown): void {
    this.checkOpen()
    this.refuseIf(this.partNumberIssue(number))
    this.refuseIf(this.bodyIssue(body))
    this.refuseIf(sendOptionsIssue(options))
    this.checkSending(options as SendOptions)
  }

  partNumberIssue(number: unknown): string | undefined {
    return partNumberIssue(number)
  }

  checkToken(token: unknown): void {
    this.checkOpen()
    this.refuseIf(uploadTokenIssue(token))
  }

  checkSweep(bucket: unknown, olderThanMs: unknown): void {
    this.checkBucket(bucket)
    this.refuseIf(ageIssue(olderThanMs))
  }

  checkPresign(bucket: unknown, key: unknown, options: unknown): void {
    this.checkObject(bucket, key)
    this.refuseIf(this.presignOptionsIssue(options))
    const { ifNoneMatch, method } = options as PresignOptions
    this.checkConditionsOffered({ ifNoneMatch }, "conditionalCreate", "conditionalCreate")
    if (!this.capabilities.presignMethods.includes(method)) {
      this.refuse("UNSUPPORTED", "This storage does not sign this method.")
    }
    this.checkMetadata(options as PutOptions)
  }

  presignOptionsIssue(options: unknown): string | undefined {
    return presignOptionsIssue(options)
  }

  checkConditionsOffered(
    { ifMatch, ifNoneMatch }: WriteConditions = {},
    create: "conditionalGet" | "conditionalCreate" | "conditionalComplete" | "conditionalCopy",
    match: "conditionalGet" | "conditionalMatch" | "conditionalCreate" | "conditionalComplete" | "conditionalCopy",
  ): void {
    if (ifNoneMatch !== undefined && !this.capabilities[create]) this.refuse("UNSUPPORTED", `There is no ${create}.`)
    if (ifMatch !== undefined && !this.capabilities[match]) this.refuse("UNSUPPORTED", `There is no ${match}.`)
  }

  checkMetadata({ metadata = {} }: PutOptions = {}): void {
    const { maxMetadataBytes } = this.capabilities
    if (this.metadataBytes(metadata) > maxMetadataBytes) {
      this.refuse("LIMIT_EXCEEDED", `Metadata have at most ${maxMetadataBytes} bytes.`)
    }
  }

  metadataBytes(metadata: Record<string, string>): number {
    return metadataBytes(metadata)
  }

  checkSending({ checksum, signal, size }: SendOptions = {}): void {
    this.checkSignal(signal)
    if (size !== undefined) this.checkLimit(size)
    if (checksum === undefined || this.capabilities.checksumsWrite.includes(checksum.algorithm)) return
    this.refuse("UNSUPPORTED", "This storage does not check this algorithm.")
  }

  checkLimit(bytes: number): void {
    const { maxObjectBytes } = this.capabilities
    if (bytes > maxObjectBytes) this.refuse("LIMIT_EXCEEDED", `An object has at most ${maxObjectBytes} bytes.`)
  }

  checkSignal(signal: AbortSignal | undefined): void {
    if (signal?.aborted) this.refuse("ABORTED", "The call was aborted by its signal.")
  }

  /** Refuses with the reason that callers tell errors apart by. */
  refuseFor(code: ErrorCode, reason: string, message: string, more: Readonly<Record<string, unknown>> = {}): never {
    throw new ServiceError(code, message, {
      service: this.service,
      adapter: "reference",
      details: { reason, ...more },
    })
  }
}
