/** The checks of what storage methods are given: each says what is wrong, or undefined. */
import { isTrueOrFalse, isWhole, type MemberRule, type MemberRules, membersIssue } from "../foundation/members.ts"
import { isPlainObject } from "../foundation/plain-object.ts"
import { got, typeName, utf8Length } from "../foundation/text.ts"
import type { ReadOptions } from "./object.ts"
import type {
  CopyOptions,
  DeleteBucketOptions,
  GetOptions,
  ListOptions,
  PresignMethod,
  PresignOptions,
  PutOptions,
  SendOptions,
  UploadOptions,
} from "./options.ts"

export const STORAGE_MAX_KEY_BYTES = 1024
export const STORAGE_MAX_METADATA_BYTES = 2048
export const STORAGE_MAX_PAGE = 1000
export const STORAGE_MAX_PARTS = 10_000
/** S3 takes no smaller part, but for the last; memory and files take none either, so that code is tested as it will run. */
export const STORAGE_MIN_PART_BYTES = 5_242_880
export const STORAGE_MAX_EXPIRES_IN = 604_800
export const STORAGE_PRESIGN_METHODS: readonly PresignMethod[] = ["GET", "HEAD", "PUT", "POST", "DELETE"]

const isSignal: MemberRule = { must: "an AbortSignal", holds: (value) => value instanceof AbortSignal }
const isFunction: MemberRule = { must: "a function", holds: (value) => typeof value === "function" }

/** Visible ASCII with single blanks, as a header keeps it. */
const isHeader: MemberRule = {
  must: "1 to 255 characters of visible ASCII, with blanks between them",
  holds: (value) => typeof value === "string" && value.length <= 255 && /^[!-~](?:[ -~]*[!-~])?$/.test(value),
}

const isDisposition: MemberRule = {
  must: "the text of a Content-Disposition, attachment or inline with or without a filename, and no control character",
  holds: (value) =>
    typeof value === "string" && value.length <= 1024 && value.isWellFormed() && isContentDisposition(value),
}

const isMetadata: MemberRule = {
  must: "a plain object whose names are 1 to 128 of a-z, 0-9 and hyphens, and whose values are text without a lone surrogate",
  holds: (value) =>
    isPlainObject(value) &&
    Object.entries(value).every(([name, text]) => {
      return /^[a-z0-9-]{1,128}$/.test(name) && typeof text === "string" && text.isWellFormed()
    }),
}

const isEtag: MemberRule = {
  must: "one ETag, as this storage gave it",
  holds: (value) => typeof value === "string" && /^(?!W\/|\*$)[!#-+\--~]{1,256}$/.test(value),
}

const isStar: MemberRule = { must: '"*"', holds: (value) => value === "*" }

const isChecksum: MemberRule = {
  must: "an object with an algorithm, crc32, crc32c, sha256 or md5, and the base64 of a value of its length",
  holds: (value) => {
    if (typeof value !== "object" || value === null) return false
    const { algorithm, value: text, ...others } = value as Readonly<Record<string, unknown>>
    if (typeof algorithm !== "string" || !Object.hasOwn(CHECKSUM_BYTES, algorithm)) return false
    const bytes = CHECKSUM_BYTES[algorithm] as number
    return typeof text === "string" && Object.keys(others).length === 0 && isBase64(text, bytes)
  },
}

const CHECKSUM_BYTES: Readonly<Record<string, number>> = { crc32: 4, crc32c: 4, md5: 16, sha256: 32 }

const headerRules = {
  contentType: isHeader,
  contentEncoding: isHeader,
  contentDisposition: isDisposition,
  contentLanguage: isHeader,
  cacheControl: isHeader,
  metadata: isMetadata,
}
const conditionRules = { ifNoneMatch: isStar, ifMatch: isEtag }
const sendRules: MemberRules<SendOptions> = {
  size: isWhole(0),
  checksum: isChecksum,
  signal: isSignal,
  onProgress: isFunction,
}
const putRules: MemberRules<PutOptions> = { ...headerRules, ...conditionRules, ...sendRules }
const uploadRules: MemberRules<UploadOptions> = { ...headerRules, ...conditionRules }
const copyRules: MemberRules<CopyOptions> = {
  ...conditionRules,
  contentType: isHeader,
  cacheControl: isHeader,
  metadata: isMetadata,
  signal: isSignal,
}
const deleteBucketRules: MemberRules<DeleteBucketOptions> = { force: isTrueOrFalse }
const readRules: MemberRules<ReadOptions> = { maxBytes: isWhole(0) }
const getRules: MemberRules<GetOptions> = {
  range: {
    must: "whole numbers of 0 or more: start, end or both with start up to end, or suffix alone, of 1 or more",
    holds: isRange,
  },
  ifMatch: isEtag,
  ifNoneMatch: isEtag,
  signal: isSignal,
}
const listRules: MemberRules<ListOptions> = {
  prefix: {
    must: "text of at most 1,024 bytes without a lone surrogate",
    holds: (value) => isText(value) && utf8Length(value) <= STORAGE_MAX_KEY_BYTES,
  },
  delimiter: {
    must: "text of 1 to 64 characters without a lone surrogate",
    holds: (value) => isText(value) && value.length > 0 && value.length <= 64,
  },
  limit: isWhole(1, STORAGE_MAX_PAGE),
  cursor: { must: "text, as list gave it", holds: (value) => typeof value === "string" },
}
const presignRules: MemberRules<PresignOptions> = {
  method: {
    must: "GET, HEAD, PUT, POST or DELETE",
    holds: (value) => STORAGE_PRESIGN_METHODS.includes(value as PresignMethod),
  },
  expiresIn: isWhole(1, STORAGE_MAX_EXPIRES_IN),
  contentType: isHeader,
  contentEncoding: isHeader,
  cacheControl: isHeader,
  metadata: isMetadata,
  ifNoneMatch: isStar,
  size: isWhole(0),
  maxBytes: isWhole(1),
  disposition: isDisposition,
}
/** Options of presign beside method and expiresIn, by the method that has a use for them. */
const PRESIGN_USES: Readonly<Record<PresignMethod, readonly string[]>> = {
  GET: ["disposition"],
  HEAD: [],
  PUT: ["contentType", "contentEncoding", "cacheControl", "metadata", "ifNoneMatch", "size"],
  POST: ["contentType", "cacheControl", "metadata", "maxBytes"],
  DELETE: [],
}

/** What each method takes as options. */
export const storageOptionRules = {
  deleteBucket: deleteBucketRules,
  put: putRules,
  get: getRules,
  list: listRules,
  copy: copyRules,
  presign: presignRules,
  createUpload: uploadRules,
  uploadPart: sendRules,
}

const BUCKET = /^[a-z0-9]+(?:(?:-+|\.)[a-z0-9]+)*$/

/** What is wrong with the name of a bucket, or undefined. */
export function bucketIssue(bucket: unknown): string | undefined {
  if (typeof bucket !== "string") return `The name of a bucket must be a string; got ${typeName(bucket)}.`
  const isRight = bucket.length >= 3 && bucket.length <= 63 && BUCKET.test(bucket)
  return isRight
    ? undefined
    : "The name of a bucket must have 3 to 63 lower-case letters, digits and, between two of them, hyphens or a dot."
}

/** What is wrong with a key, or undefined. */
export function objectKeyIssue(key: unknown, maxKeyBytes: number = STORAGE_MAX_KEY_BYTES): string | undefined {
  if (typeof key !== "string") return `An object key must be a string; got ${typeName(key)}.`
  if (key === "") return "An object key must not be empty."
  const bytes = utf8Length(key)
  if (bytes > maxKeyBytes) return `An object key must have at most ${maxKeyBytes} bytes; got ${bytes}.`
  if (!key.isWellFormed()) return "An object key must not have a lone surrogate."
  if (hasControlCharacter(key)) return "An object key must not have a control character."
  if (!/(?:^|\/)\.\.?(?:\/|$)/.test(key)) return undefined
  return "An object key must not have . or .. between slashes, since no URL can carry it."
}

/** What is wrong with the keys of deleteMany, or undefined. */
export function objectKeysIssue(keys: unknown, maxKeyBytes?: number): string | undefined {
  if (!Array.isArray(keys)) return `Keys must be an array; got ${typeName(keys)}.`
  for (const key of keys) {
    const issue = objectKeyIssue(key, maxKeyBytes)
    if (issue !== undefined) return issue
  }
  return undefined
}

/** Whether the memory of bytes was transferred, so that nothing is left of them. */
export function isDetached(bytes: Uint8Array): boolean {
  if (bytes.length > 0) return false
  try {
    new Uint8Array(bytes.buffer)
    return false
  } catch {
    return true
  }
}

/** What is wrong with a body, or undefined. */
export function bodyIssue(body: unknown): string | undefined {
  try {
    return kindIssue(body)
  } catch {
    return "A body must be a string, a Uint8Array, a Blob or a stream of bytes; this one throws when it is looked at."
  }
}

function kindIssue(body: unknown): string | undefined {
  if (body instanceof Uint8Array) {
    return isDetached(body) ? "A body must have its memory; that of this one was transferred." : undefined
  }
  if (body instanceof Blob) return undefined
  if (typeof body === "string") {
    return body.isWellFormed() ? undefined : "A body of text must not have a lone surrogate."
  }
  if (body instanceof ReadableStream) return body.locked ? "A body must be a stream that nobody reads yet." : undefined
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) {
    // A Node.js stream that was read would be stored without what was read.
    const { readableDidRead } = body as { readableDidRead?: unknown }
    return readableDidRead === true ? "A body must be a stream that nobody has read; this one was." : undefined
  }
  return `A body must be a string, a Uint8Array, a Blob or a stream of bytes; got ${typeName(body)}.`
}

/** What is wrong with the options of deleteBucket, or undefined. */
export function deleteBucketOptionsIssue(options: unknown): string | undefined {
  return optionsIssue(options, deleteBucketRules)
}

/** What is wrong with the options of put, or undefined. */
export function putOptionsIssue(options: unknown): string | undefined {
  return optionsIssue(options, putRules) ?? conditionsIssue(options)
}

/** What is wrong with the options of createUpload, or undefined. */
export function uploadOptionsIssue(options: unknown): string | undefined {
  return optionsIssue(options, uploadRules) ?? conditionsIssue(options)
}

/** What is wrong with the options of copy, or undefined. */
export function copyOptionsIssue(options: unknown): string | undefined {
  return optionsIssue(options, copyRules) ?? conditionsIssue(options)
}

/** What is wrong with the options of uploadPart, or undefined. */
export function sendOptionsIssue(options: unknown): string | undefined {
  return optionsIssue(options, sendRules)
}

/** What is wrong with the options of get, or undefined. */
export function getOptionsIssue(options: unknown): string | undefined {
  return optionsIssue(options, getRules)
}

/** What is wrong with the options of bytes and text, or undefined. */
export function readOptionsIssue(options: unknown): string | undefined {
  return optionsIssue(options, readRules)
}

/** What is wrong with the options of list, or undefined. */
export function listOptionsIssue(options: unknown): string | undefined {
  return optionsIssue(options, listRules)
}

/** What is wrong with the options of presign, or undefined. */
export function presignOptionsIssue(options: unknown): string | undefined {
  const issue = membersIssue("options", options, presignRules)
  if (issue !== undefined) return issue
  const given = options as Readonly<Record<string, unknown>>
  if (given["method"] === undefined) return "options.method must be GET, HEAD, PUT, POST or DELETE; got undefined."
  if (given["expiresIn"] === undefined) return "options.expiresIn must be a whole number of seconds; got undefined."
  const method = given["method"] as PresignMethod
  const useless = Object.keys(presignRules).find((name) => {
    return given[name] !== undefined && !["method", "expiresIn", ...PRESIGN_USES[method]].includes(name)
  })
  return useless && `options.${useless} has no use for ${method}; leave it out.`
}

/** What is wrong with the request that verifyPresigned is given, or undefined. It may be a Request, and have more. */
export function presignedRequestIssue(request: unknown): string | undefined {
  if (typeof request !== "object" || request === null) return `A request must be an object; got ${typeName(request)}.`
  const { fields = {}, method, url } = request as { fields?: unknown; method?: unknown; url?: unknown }
  if (typeof method !== "string") return `The method of a request must be text; got ${typeName(method)}.`
  if (typeof url !== "string") return `The url of a request must be text; got ${typeName(url)}.`
  const areTexts =
    typeof fields === "object" && fields !== null && Object.values(fields).every((text) => typeof text === "string")
  return areTexts ? undefined : `The fields of a request must be an object of texts; got ${typeName(fields)}.`
}

/** What is wrong with the number of a part, or undefined. */
export function partNumberIssue(number: unknown): string | undefined {
  if (Number.isInteger(number) && (number as number) >= 1 && (number as number) <= STORAGE_MAX_PARTS) return undefined
  return `The number of a part must be a whole number from 1 to ${STORAGE_MAX_PARTS}; got ${got(number)}.`
}

/** What is wrong with the age that sweepUploads is given, or undefined. */
export function ageIssue(olderThanMs: unknown): string | undefined {
  if (typeof olderThanMs === "number" && olderThanMs >= 0) return undefined
  return `olderThanMs must be a number of milliseconds, 0 or more; got ${got(olderThanMs)}.`
}

/** What is wrong with the token of an upload, or undefined. */
export function uploadTokenIssue(token: unknown): string | undefined {
  if (typeof token === "string" && token !== "") return undefined
  return `The token of an upload must be text that createUpload gave; got ${typeName(token)}.`
}

function optionsIssue<Options>(options: unknown, rules: MemberRules<Options>): string | undefined {
  return options === undefined ? undefined : membersIssue("options", options, rules)
}

function conditionsIssue(options: unknown): string | undefined {
  const { ifMatch, ifNoneMatch } = (options ?? {}) as Readonly<Record<string, unknown>>
  if (ifMatch === undefined || ifNoneMatch === undefined) return undefined
  return "options.ifMatch and options.ifNoneMatch exclude each other; give one of them."
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed()
}

function isRange(range: unknown): boolean {
  if (typeof range !== "object" || range === null) return false
  const { end, start, suffix, ...others } = range as Readonly<Record<string, unknown>>
  if (Object.keys(others).length > 0) return false
  const isPlace = (value: unknown) => value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)
  if (!isPlace(start) || !isPlace(end) || !isPlace(suffix)) return false
  if (suffix !== undefined) return suffix !== 0 && start === undefined && end === undefined
  if (start === undefined && end === undefined) return false
  return end === undefined || ((start ?? 0) as number) <= (end as number)
}

function isContentDisposition(value: string): boolean {
  if (hasControlCharacter(value) || value.includes("\x7f")) return false
  const rest = value.replace(/^(?:attachment|inline)/i, "")
  if (rest === value) return false
  return rest === "" || /^ *; *filename=(?:"(?:[^"\\]|\\.)*"|[^\s";,]+)$/i.test(rest) || /^ *;[ -~]*$/.test(rest)
}

function isBase64(text: string, bytes: number): boolean {
  return (
    /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length === Math.ceil(bytes / 3) * 4 && decodedLength(text) === bytes
  )
}

function decodedLength(text: string): number {
  return (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0)
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) < 0x20) return true
  return false
}
