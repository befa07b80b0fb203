/** How fields stand in the mapping of an index, and the settings of one. */
import type { AnalyzerName, FieldDefinition, FieldType, IndexDefinition } from "../../../contracts/search/search.ts"
import {
  type Field,
  type Fields,
  fieldOf,
  MAX_KEYWORD_LENGTH,
  plainAnalyzerOf,
} from "../../../core/search/for-adapters.ts"
import { hasWords, KEY_FIELD } from "./request/field-names.ts"
import { gapAnalysis } from "./request/gaps.ts"

/** A field, or an object, in a mapping. */
interface MappingNode {
  readonly type?: string
  readonly analyzer?: string
  readonly properties?: Readonly<Record<string, MappingNode>>
  readonly meta?: Readonly<Record<string, string>>
}

export interface Mapping {
  readonly properties?: Readonly<Record<string, MappingNode>>
  readonly _meta?: { readonly objectos?: { readonly synonyms?: Synonyms } }
}

export type Synonyms = NonNullable<IndexDefinition["synonyms"]>

/**
 * Has a property for each field that was defined, with what the mapping of the field itself does not say. It is apart, so
 * that processes that define fields at once, or find a field in a document, do not overwrite it.
 */
const DEFINED = "_defined"

/** A field that is not in words is noted as long as others are, and no text of words is too long for its values. */
const KEYWORD = { type: "keyword", ignore_above: MAX_KEYWORD_LENGTH } as const

/** Of the analyzers that the server does not have by itself. */
const ANALYZERS: Readonly<Record<string, string>> = { folding: "objectos_folding" }

/** The properties of a mapping that has these fields. */
export function propertiesOf(fields: Iterable<Field>): Record<string, object> {
  return nested(fields, propertyOf)
}

/** The same, of fields that are defined: other processes know them as they are. */
export function definedProperties(fields: readonly Field[]): Record<string, object> {
  if (fields.length === 0) return {}
  return { ...propertiesOf(fields), [DEFINED]: { properties: nested(fields, definitionProperty) } }
}

function nested(fields: Iterable<Field>, propertyOf: (field: Field) => object): Record<string, object> {
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
  // A text is scored by how many values it has. With frequencies the server would count each of them twice.
  if (!hasWords(field)) {
    return { ...KEYWORD, norms: field.type === "text", doc_values: false, fields: { keyword: KEYWORD } }
  }
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

const FLAGS = ["searchable", "filterable", "facetable", "sortable", "stored"] as const

/** No document has such a property: it only holds words. */
function definitionProperty(field: Field): object {
  const { analyzer, boost, type } = field
  const not = FLAGS.filter((flag) => !field[flag]).join(",")
  const meta = { type, boost: String(boost), ...(type === "text" && { analyzer }), ...(not !== "" && { not }) }
  return { type: "keyword", index: false, doc_values: false, meta }
}

function readDefinition({ analyzer, boost, not = "", type }: NonNullable<MappingNode["meta"]>): FieldDefinition {
  const flags = not.split(",").filter((flag) => (FLAGS as readonly string[]).includes(flag))
  return {
    type: type as FieldType,
    boost: Number(boost),
    ...(analyzer !== undefined && { analyzer: analyzer as AnalyzerName }),
    ...Object.fromEntries(flags.map((flag) => [flag, false])),
  }
}

/** The fields that a mapping has, with what was defined of them. */
export function fieldsOfMapping({ properties = {} }: Mapping): Map<string, Field> {
  const { [DEFINED]: defined, [KEY_FIELD]: _, ...own } = properties
  const definitions = new Map<string, FieldDefinition>()
  visitProperties(defined?.properties ?? {}, "", (path, { meta }) => {
    if (meta !== undefined) definitions.set(path, readDefinition(meta))
  })
  const fields = new Map<string, Field>()
  visitProperties(own, "", (path, node) => {
    const definition = definitions.get(path) ?? definitionOf(node)
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
  return { type: known, analyzer: own as AnalyzerName }
}

/** `aliveAt`: of an index that is being built, when its builder was last seen, in epoch milliseconds. */
export function mappingOf(fields: Fields, synonyms: Synonyms, aliveAt?: number): object {
  return {
    dynamic: false,
    ...synonymsMeta(synonyms),
    properties: { ...definedProperties([...fields.values()]), [KEY_FIELD]: keyProperty(aliveAt) },
  }
}

export function synonymsMeta(synonyms: Synonyms): object {
  return { _meta: { objectos: { synonyms } } }
}

export function synonymsOf({ _meta }: Mapping): Synonyms {
  return _meta?.objectos?.synonyms ?? NO_SYNONYMS
}

const NO_SYNONYMS: Synonyms = []

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
        ...gapAnalysis.analyzer,
      },
      filter: gapAnalysis.filter,
    },
  }
}
