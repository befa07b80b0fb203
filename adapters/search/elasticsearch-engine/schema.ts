/** How fields stand in the mapping of an index, and the settings of one. */
import type { FieldDefinition, FieldType, IndexDefinition } from "../../../contracts/search/search.ts"
import {
  type Field,
  type Fields,
  fieldOf,
  MAX_KEYWORD_LENGTH,
  plainAnalyzerOf,
} from "../../../core/search/for-adapters.ts"
import { hasWords, KEY_FIELD } from "./request/field-names.ts"

/** A field, or an object, in a mapping. */
export interface MappingNode {
  readonly type?: string
  readonly analyzer?: string
  readonly properties?: Readonly<Record<string, MappingNode>>
  readonly meta?: Readonly<Record<string, string>>
}

export interface Mapping {
  readonly properties?: Readonly<Record<string, MappingNode>>
  readonly _meta?: { readonly objectos?: StoredDefinition }
}

/** What a mapping does not say of defined fields, for other processes. */
export interface StoredDefinition {
  readonly fields: Readonly<Record<string, FieldDefinition>>
  readonly synonyms: NonNullable<IndexDefinition["synonyms"]>
}

export const NOTHING_DEFINED: StoredDefinition = { fields: {}, synonyms: [] }

/** A field that is not in words is noted as long as others are, and no text of words is too long for its values. */
const KEYWORD = { type: "keyword", ignore_above: MAX_KEYWORD_LENGTH } as const

/** Of the analyzers that the server does not have by itself. */
const ANALYZERS: Readonly<Record<string, string>> = { folding: "objectos_folding" }

/** The properties of a mapping that has these fields. */
export function propertiesOf(fields: Iterable<Field>): Record<string, object> {
  const root = noMembers()
  for (const field of fields) {
    const names = field.path.split(".")
    const last = names.pop() as string
    let at = root
    for (const name of names) {
      const node = (at[name] ?? { properties: noMembers() }) as { properties: Record<string, object> }
      at[name] = node
      at = node.properties
    }
    at[last] = propertyOf(field)
  }
  return root
}

/** No name is there before it is set, `constructor` neither. */
function noMembers(): Record<string, object> {
  return Object.create(null)
}

function propertyOf(field: Field): object {
  switch (field.type) {
    case "number":
      return { type: "double", coerce: false }
    case "boolean":
      return { type: "boolean" }
    case "date":
      return { type: "date", format: "strict_date_optional_time" }
  }
  // Scored as text is: by how often it has the value, and how many values it has.
  if (!hasWords(field)) return { ...KEYWORD, norms: true, index_options: "freqs" }
  const analyzer = serverAnalyzer(field.analyzer)
  const plain = plainAnalyzerOf(field)
  const forms = { keyword: KEYWORD, ...(plain !== field.analyzer && { plain: plainForm(plain) }) }
  return { type: "text", analyzer, fields: forms }
}

function plainForm(analyzer: string): object {
  return { type: "text", analyzer: serverAnalyzer(analyzer), norms: false, index_options: "docs" }
}

function serverAnalyzer(analyzer: string): string {
  return ANALYZERS[analyzer] ?? analyzer
}

/** The fields that a mapping has, with what was defined of them. */
export function fieldsOfMapping({ _meta, properties = {} }: Mapping): Map<string, Field> {
  const defined = _meta?.objectos?.fields ?? {}
  const fields = new Map<string, Field>()
  visitProperties(properties, "", (path, node) => {
    const definition = Object.hasOwn(defined, path) ? defined[path] : definitionOf(node)
    if (definition !== undefined) fields.set(path, fieldOf(path, definition))
  })
  return fields
}

function visitProperties(
  properties: Readonly<Record<string, MappingNode>>,
  above: string,
  visit: (path: string, node: MappingNode) => void,
): void {
  for (const [name, node] of Object.entries(properties)) {
    if (above === "" && name === KEY_FIELD) continue
    const path = above + name
    if (node.properties === undefined) visit(path, node)
    else visitProperties(node.properties, `${path}.`, visit)
  }
}

const TYPES: Readonly<Record<string, FieldType>> = {
  text: "text",
  keyword: "keyword",
  double: "number",
  boolean: "boolean",
  date: "date",
}

/** Undefined of a type that somebody else gave it: no field of ours. */
function definitionOf({ analyzer = "standard", type = "" }: MappingNode): FieldDefinition | undefined {
  const known = TYPES[type]
  if (known === undefined) return undefined
  if (known !== "text") return { type: known }
  const [own = analyzer] = Object.entries(ANALYZERS).find(([, server]) => server === analyzer) ?? []
  return { type: known, analyzer: own as NonNullable<FieldDefinition["analyzer"]> }
}

/** What is kept of fields: as they are, without defaults that may change. */
export function storedDefinition(
  before: StoredDefinition,
  changed: Iterable<Field>,
  synonyms: StoredDefinition["synonyms"],
): StoredDefinition {
  const fields = new Map(Object.entries(before.fields))
  for (const { path, ...field } of changed) {
    const { analyzer, searchable, ...rest } = field
    const isText = field.type === "text"
    fields.set(path, {
      ...rest,
      ...(isText && { analyzer }),
      ...(isText || field.type === "keyword" ? { searchable } : {}),
    })
  }
  return { fields: Object.fromEntries(fields), synonyms }
}

/** `aliveAt`: of an index that is being built, when its builder was last seen, in epoch milliseconds. */
export function mappingOf(fields: Fields, defined: StoredDefinition, aliveAt?: number): object {
  return {
    dynamic: false,
    _meta: { objectos: defined },
    properties: { ...propertiesOf(fields.values()), [KEY_FIELD]: keyProperty(aliveAt) },
  }
}

export function keyProperty(aliveAt?: number): object {
  return { type: "keyword", ...(aliveAt !== undefined && { meta: { alive: String(aliveAt) } }) }
}

export function aliveAtOf({ properties = {} }: Mapping): number {
  return Number(properties[KEY_FIELD]?.meta?.["alive"] ?? 0)
}

export interface IndexSettings {
  readonly replicas: number
  readonly refreshIntervalMs: number
}

export function settingsOf({ refreshIntervalMs, replicas }: IndexSettings): Record<string, unknown> {
  return {
    // Statistics and counts are those of one index, and so are scores.
    number_of_shards: 1,
    number_of_replicas: replicas,
    refresh_interval: `${refreshIntervalMs}ms`,
    // 400 fields of three forms each, and the objects that they are in.
    "mapping.total_fields.limit": 10_000,
    "mapping.depth.limit": 20,
    analysis: {
      analyzer: {
        objectos_folding: { type: "custom", tokenizer: "standard", filter: ["lowercase", "asciifolding"] },
      },
    },
  }
}
