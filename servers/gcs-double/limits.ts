import { invalid, unknownHere } from "./refusal.ts"

const MAX_NAME_BYTES = 1024
const MAX_METADATA_BYTES = 8 * 1024

/** A part of a path without its percent signs. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid("The path is no valid UTF-8.", "InvalidURI")
  }
}

export function checkBucketName(name: unknown): asserts name is string {
  const fits = typeof name === "string" && /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name)
  const partsFit = fits && name.split(".").every((part) => part.length > 0 && part.length <= 63)
  const reserved = fits && (name.startsWith("goog") || name.includes("google") || /^\d+\.\d+\.\d+\.\d+$/.test(name))
  if (!partsFit || reserved) throw invalid("Invalid bucket name.", "InvalidBucketName")
}

export function checkObjectName(name: unknown): asserts name is string {
  if (typeof name !== "string" || name === "") throw invalid("Required", "InvalidArgument")
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw invalid(`The maximum object length is ${MAX_NAME_BYTES} characters.`, "KeyTooLong")
  }
  const isReserved = name === "." || name === ".." || name.startsWith(".well-known/acme-challenge/")
  if (isReserved || /[\r\n]/.test(name) || !name.isWellFormed())
    throw invalid("Disallowed object name.", "InvalidObjectName")
}

/** Keys and values of custom metadata together. */
export function checkMetadata(metadata: Readonly<Record<string, string>> | undefined): void {
  const entries = Object.entries(metadata ?? {})
  if (entries.some(([name, value]) => name === "" || typeof value !== "string")) throw invalid("Invalid metadata.")
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0)
  if (bytes > MAX_METADATA_BYTES) {
    throw invalid(`The metadata has ${bytes} bytes; at most ${MAX_METADATA_BYTES} are allowed.`, "MetadataTooLarge")
  }
}

const JSON_PARAMETER = /^(?:alt|prettyPrint|projection|userProject|quotaUser|key)$/
const XML_PARAMETER = /^X-Goog-/

/** Refuses a parameter that this double does not know, so that no test leans on its being ignored. */
export function allowOnly(query: URLSearchParams, names: readonly string[]): void {
  allow(query, names, JSON_PARAMETER)
}

/** The same for the XML API, where a signature is in the query. */
export function allowOnlyXml(query: URLSearchParams, names: readonly string[]): void {
  allow(query, names, XML_PARAMETER)
}

function allow(query: URLSearchParams, names: readonly string[], always: RegExp): void {
  const stranger = [...query.keys()].find((name) => !always.test(name) && !names.includes(name))
  if (stranger !== undefined) throw unknownHere(`the parameter ${stranger} here`)
}
