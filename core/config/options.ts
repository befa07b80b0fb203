import { err, ok } from "neverthrow"
import type { AnyAdapterDefinition } from "../../contracts/adapter.ts"
import { isPlainObject, kindOf } from "../../contracts/foundation/plain-object.ts"
import { shownName } from "../../contracts/foundation/shown.ts"
import type { DocumentOption, PlannedAdapter } from "../foundation/document.ts"
import { isAsyncSchema, parseSchema } from "../foundation/parse-schema.ts"
import { issueAt, optionSchema, type SchemaIssue, schemaIssues } from "../foundation/schema.ts"
import { queryOf, urlIssues } from "../foundation/url.ts"
import { coerceOption } from "./coerce.ts"
import { type Checked, type Issue, issuesOf, refuse, refuseFor, unless } from "./issues.ts"

export interface OptionSources {
  readonly document?: readonly DocumentOption[]
  readonly url?: string | undefined
  /** Who gave the URL. */
  readonly urlPath?: string
  readonly explicit?: Readonly<Record<string, unknown>>
  readonly explicitPath: string
  /** What is told of the adapter itself: what chose it. */
  readonly adapterPath: string
  /** Some of what was given cannot be read, so that nothing is said of what is missing. */
  readonly incomplete?: boolean
}

/** An adapter with its options, the defaults of its schema included. */
export function planAdapter(definition: AnyAdapterDefinition, from: OptionSources): Checked<PlannedAdapter> {
  const { name, optionsSchema } = definition
  try {
    const { issues: unread, options, sources } = givenOptions(definition, from)
    const parsed = parseSchema(optionsSchema, options)
    if (parsed.issues === undefined) return unless(unread, ok({ definition, options: parsed.data, sources }))
    const isPartial = unread.length > 0 || from.incomplete === true
    const refused = schemaIssues(optionsSchema, parsed.issues)
      .filter(({ path: [key] }) => !isPartial || (key !== undefined && sources[key] !== undefined))
      .map((issue) => issueAt(sourceOf(issue, sources, from), { ...issue, path: issue.path.slice(1) }))
    return err([...unread, ...refused])
  } catch (error) {
    const of = `The optionsSchema of the adapter ${shownName(name)}`
    const message = isAsyncSchema(error) ? `${of} must not be async` : `${of} could not be run; see cause`
    return refuseFor(error, from.adapterPath, message)
  }
}

interface GivenOptions {
  readonly options: Record<string, unknown>
  readonly sources: Record<string, string>
  /** Of the URL, where a part of it cannot be read. */
  readonly issues: readonly Issue[]
}

/** The document's defaults under the URL's options, those under what the document says, and all under the explicit. */
function givenOptions(definition: AnyAdapterDefinition, from: OptionSources): GivenOptions {
  const { document = [], explicit = {}, explicitPath, url, urlPath = "" } = from
  const schema = definition.optionsSchema
  // Without a prototype, so that each name is a name and no more.
  const options: Record<string, unknown> = Object.create(null)
  const sources: Record<string, string> = Object.create(null)
  const issues: Issue[] = []
  const add = (key: string, value: unknown, source: string) => {
    options[key] = value
    sources[key] = source
  }
  const addDocument = (given: boolean) => {
    for (const option of document) {
      const known = option.optional !== true || optionSchema(schema, option.key) !== undefined
      if (option.given === given && known) add(option.key, option.value, option.source)
    }
  }
  addDocument(false)
  if (url !== undefined) {
    const parsed = new URL(url)
    const { before, query } = urlIssues(parsed)
    issues.push(...[...before, ...query].map((message) => ({ path: urlPath, message })))
    const read = before.length === 0 ? readUrl(definition, url, urlPath) : ok({})
    issues.push(...issuesOf(read))
    for (const [key, value] of Object.entries(read.unwrapOr({}))) add(key, value, urlPath)
    for (const [key, texts] of queryOf(parsed)) {
      add(key, coerceOption(schema, key, texts), `${urlPath}?${shownName(key)}`)
    }
  }
  addDocument(true)
  for (const [key, value] of Object.entries(explicit)) add(key, value, `${explicitPath}.${shownName(key)}`)
  return { options, sources, issues }
}

/** The options in a URL before its query. */
function readUrl(
  definition: AnyAdapterDefinition,
  text: string,
  path: string,
): Checked<Readonly<Record<string, unknown>>> {
  const name = shownName(definition.name)
  try {
    const read: unknown = definition.fromUrl?.(new URL(text), text) ?? {}
    if (isPlainObject(read)) return ok(read)
    // A promise that nobody waits for must not end the process.
    if (read instanceof Promise) read.catch(() => {})
    return refuse(path, `The fromUrl of the adapter ${name} must return an object; got ${kindOf(read)}`)
  } catch (error) {
    // The message of a foreign error may show what is in the URL.
    return refuseFor(error, path, `must be a URL that the adapter ${name} can read`)
  }
}

/** Who gave the option that an issue is about; what nobody gave is told to the URL, where that is all there is. */
function sourceOf({ path }: SchemaIssue, sources: Readonly<Record<string, string>>, from: OptionSources): string {
  const { explicit = {}, explicitPath, url, urlPath = "" } = from
  const isOfUrl = url !== undefined && Object.keys(explicit).length === 0
  const [key] = path
  if (key === undefined) return isOfUrl ? urlPath : explicitPath
  const source = sources[key] ?? (isOfUrl ? urlPath : undefined)
  if (source === undefined) return `${explicitPath}.${shownName(key)}`
  return url !== undefined && source === urlPath ? `${source} (${shownName(key)})` : source
}
