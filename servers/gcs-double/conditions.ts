import { type GcsRequest, header } from "./http.ts"
import { invalid, notModified, preconditionFailed } from "./refusal.ts"

/** What the state of an object must be for a request to be carried out. */
export interface Conditions {
  readonly generationMatch?: number | undefined
  readonly generationNotMatch?: number | undefined
  readonly metagenerationMatch?: number | undefined
  readonly metagenerationNotMatch?: number | undefined
}

interface Versioned {
  readonly generation: number
  readonly metageneration: number
}

/** The parameters of the JSON API; those of the source of a rewrite begin with `ifSource`. */
export function conditionsOfQuery(query: URLSearchParams, prefix: "if" | "ifSource" = "if"): Conditions {
  const of = (name: string) => wholeNumber(`${prefix}${name}`, query.get(`${prefix}${name}`))
  return {
    generationMatch: of("GenerationMatch"),
    generationNotMatch: of("GenerationNotMatch"),
    metagenerationMatch: of("MetagenerationMatch"),
    metagenerationNotMatch: of("MetagenerationNotMatch"),
  }
}

export const CONDITION_NAMES = [
  "ifGenerationMatch",
  "ifGenerationNotMatch",
  "ifMetagenerationMatch",
  "ifMetagenerationNotMatch",
]

/** The headers of the XML API, which has no "not" of them. */
export function conditionsOfHeaders(request: GcsRequest): Conditions {
  const of = (name: string) => wholeNumber(name, header(request, name) ?? null)
  return {
    generationMatch: of("x-goog-if-generation-match"),
    metagenerationMatch: of("x-goog-if-metageneration-match"),
  }
}

/** Refuses 412 where a match fails, and 304 where a "not match" does. No object has generation 0. */
export function check(conditions: Conditions, object: Versioned | undefined): void {
  const { generationMatch, generationNotMatch, metagenerationMatch, metagenerationNotMatch } = conditions
  const generation = object?.generation ?? 0
  const metageneration = object?.metageneration ?? 0
  if (generationMatch !== undefined && generationMatch !== generation) throw preconditionFailed("generation match")
  if (metagenerationMatch !== undefined && metagenerationMatch !== metageneration) {
    throw preconditionFailed("metageneration match")
  }
  const isAbsentOr = (value: number, found: number) => object === undefined || value === found
  if (generationNotMatch !== undefined && isAbsentOr(generationNotMatch, generation)) throw notModified()
  if (metagenerationNotMatch !== undefined && isAbsentOr(metagenerationNotMatch, metageneration)) throw notModified()
}

/** `If-Match` and `If-None-Match` of reads, with the ETag of the API that is asked. */
export function checkEtags(request: GcsRequest, etag: string): void {
  const names = (value: string) => value.split(",").map((part) => part.trim().replace(/^W\//, "").replaceAll('"', ""))
  const matches = (value: string) => names(value).some((name) => name === "*" || name === etag.replaceAll('"', ""))
  const ifMatch = header(request, "if-match")
  if (ifMatch !== undefined && !matches(ifMatch)) throw preconditionFailed("If-Match")
  const ifNoneMatch = header(request, "if-none-match")
  if (ifNoneMatch !== undefined && matches(ifNoneMatch)) throw notModified()
}

export function wholeNumber(name: string, text: string | null): number | undefined {
  if (text === null) return undefined
  if (!/^\d{1,19}$/.test(text)) throw invalid(`Invalid value for ${name}: a whole number is expected.`)
  return Number(text)
}
