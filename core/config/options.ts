import type { z } from "zod"
import type { AnyAdapterDefinition } from "../../contracts/foundation/adapter.ts"
import type { DocumentOption } from "../documents/cache.ts"
import { coerceOption, hasOption } from "./coerce.ts"

export type Report = (path: string, message: string) => void

/** With the defaults of the adapter, or undefined after a report. */
export function checkedOptions(
  { optionsSchema }: AnyAdapterDefinition,
  given: GivenOptions,
  explicitPath: string,
  report: Report,
): unknown {
  const result = optionsSchema.safeParse(given.options)
  if (result.success) return result.data
  for (const issue of result.error.issues) reportIssue(issue, given, explicitPath, report)
  return undefined
}

export interface GivenOptions {
  readonly options: Record<string, unknown>
  readonly sources: Record<string, string>
  readonly urlPath: string
}

interface OptionSources {
  readonly document?: readonly DocumentOption[]
  readonly url?: URL | undefined
  readonly urlPath?: string
  readonly explicit: Record<string, unknown>
  readonly explicitPath: string
}

/** The document's defaults under the URL's options, those under what the document says, and all under the explicit. */
export function givenOptions(
  definition: AnyAdapterDefinition,
  { document = [], explicit, explicitPath, url, urlPath = "" }: OptionSources,
): GivenOptions {
  const options: Record<string, unknown> = {}
  const sources: Record<string, string> = {}
  const add = (key: string, value: unknown, source: string) => {
    options[key] = value
    sources[key] = source
  }
  const addDocument = (given: boolean) => {
    for (const option of document) {
      const known = option.optional !== true || hasOption(definition.optionsSchema, option.key)
      if (option.given === given && known) add(option.key, option.value, option.source)
    }
  }
  addDocument(false)
  if (url !== undefined) {
    for (const [key, value] of Object.entries(definition.fromUrl?.(url) ?? {})) add(key, value, urlPath)
    for (const [key, text] of url.searchParams) {
      add(key, coerceOption(definition.optionsSchema, key, text), `${urlPath}?${key}`)
    }
  }
  addDocument(true)
  for (const [key, value] of Object.entries(explicit)) add(key, value, `${explicitPath}.${key}`)
  return { options, sources, urlPath }
}

function reportIssue(issue: z.core.$ZodIssue, given: GivenOptions, explicitPath: string, report: Report): void {
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) report(given.sources[key] ?? `${explicitPath}.${key}`, "unknown option")
    return
  }
  const [key, ...rest] = issue.path.map(String)
  const source = given.sources[key ?? ""] ?? `${explicitPath}.${key}`
  const named = source === given.urlPath ? `${source} (${key})` : source
  report([named, ...rest].join("."), issue.message)
}
