import { bucketIssue, objectKeyIssue } from "../../contracts/storage/arguments.ts"
import { fromBase64Url, toBase64Url } from "../foundation/base64url.ts"
import { tokenRefused } from "./errors.ts"

/** What an upload can be found again by. Other members are the adapter's own. */
export interface UploadRef {
  readonly adapter: string
  readonly bucket: string
  readonly key: string
  readonly id: string
  readonly [member: string]: string
}

export function uploadTokenOf(ref: UploadRef): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(ref)))
}

/** @throws ServiceError INVALID_ARGUMENT for a text that `uploadTokenOf` does not give for this adapter. */
export function readUploadToken(adapter: string, token: string): UploadRef {
  const ref = parse(token)
  const isOurs = ref?.adapter === adapter && uploadTokenOf(ref) === token
  if (!isOurs || bucketIssue(ref.bucket) !== undefined || objectKeyIssue(ref.key) !== undefined) throw tokenRefused()
  return ref
}

function parse(token: string): UploadRef | undefined {
  try {
    const ref: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64Url(token)))
    if (typeof ref !== "object" || ref === null) return undefined
    const { id } = ref as Partial<UploadRef>
    const isTexts = Object.values(ref).every((value) => typeof value === "string")
    return isTexts && typeof id === "string" && id !== "" ? (ref as UploadRef) : undefined
  } catch {
    return undefined
  }
}
