import { isPlainObject } from "../../../contracts/foundation/plain-object.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import { SEARCH_MAX_FIELDS } from "../../../contracts/search/arguments.ts"
import type {
  FieldDefinition,
  FieldType,
  IndexDefinition,
  IndexInfo,
  Scalar,
} from "../../../contracts/search/search.ts"
import type { ReferenceOptions } from "../../foundation/reference-service.ts"
import { ReferenceChecks } from "./checks.ts"
import { millisecondsOf } from "./dates.ts"
import { type HeldDocument, type HeldField, type HeldIndex, SearchStore } from "./store.ts"

export type SearchReferenceOptions = ReferenceOptions<SearchStore>

/** A longer text neither filters, makes a facet nor sorts, in UTF-16 units. */
const MAX_VALUE_LENGTH = 8191

/** What the reference search keeps, in small methods that mutants change one of. */
export abstract class ReferenceDocuments extends ReferenceChecks {
  constructor(options: SearchReferenceOptions) {
    super({ ...options, store: options.store ?? new SearchStore() })
  }

  /** Begins the stored name of every index of this service. Its length in front keeps namespaces apart. */
  prefix(): string {
    return `${this.namespace.length}:${this.namespace}:`
  }

  storedName(name: string): string {
    return this.prefix() + name
  }

  findIndex(name: string): HeldIndex | undefined {
    return this.store.indexes.get(this.storedName(name))
  }

  ownIndexes(): HeldIndex[] {
    const own = [...this.store.indexes].filter(([name]) => name.startsWith(this.prefix()))
    return own.map(([, index]) => index).sort((one, other) => compareCodePoints(one.name, other.name))
  }

  newIndex(name: string): HeldIndex {
    return {
      name,
      fields: new Map(),
      synonyms: [],
      documents: new Map(),
      generation: ++this.store.made,
      rebuilds: new Set(),
    }
  }

  keepIndex(index: HeldIndex): void {
    this.store.indexes.set(this.storedName(index.name), index)
  }

  dropIndex(name: string): void {
    this.store.indexes.delete(this.storedName(name))
  }

  infoOf({ documents, fields, name }: HeldIndex): IndexInfo {
    const types = [...fields.values()].map(({ path, type }): [string, FieldType] => [path, type])
    return { name, documents: documents.size, fields: Object.fromEntries(types) }
  }

  encodeId(id: string): string {
    return id
  }

  /** Stores a document, with the fields that it adds, in one step. */
  keep(name: string, id: string, doc: Record<string, unknown>): void {
    const index = this.findIndex(name) ?? this.newIndex(name)
    const added = this.addedFields(doc, index)
    for (const field of added) index.fields.set(field.path, field)
    this.keepIndex(index)
    this.keepDocument(index, { id, object: name, doc: this.copyIn(doc) })
  }

  keepDocument(index: HeldIndex, document: HeldDocument): void {
    const key = this.encodeId(document.id)
    index.documents.delete(key)
    index.documents.set(key, document)
    this.tellRebuilds(index, key, document)
  }

  findDocument(name: string, id: string): HeldDocument | undefined {
    return this.findIndex(name)?.documents.get(this.encodeId(id))
  }

  removeDocument(name: string, id: string): boolean {
    const index = this.findIndex(name)
    if (index === undefined) return false
    const key = this.encodeId(id)
    this.tellRebuilds(index, key, undefined)
    return index.documents.delete(key)
  }

  /** Writes that come while an index is built anew go into the new one, too. */
  tellRebuilds({ rebuilds }: HeldIndex, key: string, document: HeldDocument | undefined): void {
    for (const { documents, touched } of rebuilds) {
      touched.add(key)
      if (document === undefined) documents.delete(key)
      else documents.set(key, document)
    }
  }

  copyIn(doc: Record<string, unknown>): Record<string, unknown> {
    return withoutUndefined(doc) as Record<string, unknown>
  }

  copyOut(doc: Record<string, unknown>): Record<string, unknown> {
    return structuredClone(doc)
  }

  fieldOf(path: string, definition: FieldDefinition): HeldField {
    const {
      analyzer,
      boost = 1,
      facetable = true,
      filterable = true,
      sortable = true,
      stored = true,
      type,
    } = definition
    const isText = type === "text" || type === "keyword"
    const searchable = isText && definition.searchable !== false
    const ofText = type === "text" ? (analyzer ?? "standard") : "keyword"
    return { path, type, analyzer: ofText, boost, searchable, filterable, facetable, sortable, stored }
  }

  fieldsOf({ fields }: IndexDefinition): HeldField[] {
    return Object.entries(fields).map(([path, definition]) => this.fieldOf(path, definition))
  }

  inferredType(value: Scalar): FieldType {
    return typeof value === "string" ? "text" : (typeof value as "number" | "boolean")
  }

  /** The fields that a document adds to its index. */
  addedFields(doc: Record<string, unknown>, { fields }: Pick<HeldIndex, "fields">): HeldField[] {
    const added = new Map<string, HeldField>()
    for (const [path, value] of this.scalarsOf(doc)) {
      const field = fields.get(path) ?? added.get(path)
      if (field === undefined) {
        this.checkBesides(path, [...fields.keys(), ...added.keys()])
        added.set(path, this.fieldOf(path, { type: this.inferredType(value) }))
      } else this.comparable(field, value)
    }
    this.checkFieldCount(added.size === 0 ? 0 : fields.size + added.size)
    return [...added.values()]
  }

  checkFieldCount(count: number): void {
    if (count > SEARCH_MAX_FIELDS) {
      this.refuseFor("INVALID_ARGUMENT", "field", `An index has at most ${SEARCH_MAX_FIELDS} fields.`)
    }
  }

  /** No field is an object to another one. */
  checkBesides(path: string, others: readonly string[]): void {
    const isWithin = others.some((other) => other.startsWith(`${path}.`) || path.startsWith(`${other}.`))
    if (isWithin) this.refuseFor("INVALID_ARGUMENT", "type", "A value stands where others have an object.")
  }

  /** A value as filters compare it: dates as milliseconds. */
  comparable(field: HeldField, value: Scalar): Scalar {
    this.checkType(field, value)
    return field.type === "date" ? this.dateOf(value as string) : value
  }

  checkType({ type }: HeldField, value: Scalar): void {
    const wanted = type === "number" || type === "boolean" ? type : "string"
    if (typeof value !== wanted) this.refuseFor("INVALID_ARGUMENT", "type", `A ${type} field takes a ${wanted}.`)
  }

  dateOf(text: string): number {
    return millisecondsOf(text) ?? this.refuseFor("INVALID_ARGUMENT", "date", "A date is an ISO text.")
  }

  /** Each scalar with its path. Objects in arrays are flattened. */
  scalarsOf(value: unknown, path = ""): [path: string, value: Scalar][] {
    if (value === null || value === undefined) return []
    if (Array.isArray(value)) return value.flatMap((item) => this.scalarsOf(item, path))
    if (typeof value !== "object") return [[path, value as Scalar]]
    return Object.entries(value).flatMap(([name, member]) =>
      this.scalarsOf(member, path === "" ? name : `${path}.${name}`),
    )
  }

  /** All that a document has in a field, as it was given. */
  rawValuesOf({ doc }: HeldDocument, path: string): Scalar[] {
    return this.scalarsOf(doc).flatMap(([at, value]) => (at === path ? [value] : []))
  }

  /** What filters, facets and sorts see of a field. */
  valuesOf(document: HeldDocument, field: HeldField): Scalar[] {
    const values = this.rawValuesOf(document, field.path).filter((value) => !this.isTooLong(value))
    return values.map((value) => this.comparable(field, value))
  }

  isTooLong(value: Scalar): boolean {
    return typeof value === "string" && value.length > MAX_VALUE_LENGTH
  }

  /** A document as hits show it. */
  shownOf({ doc, object }: HeldDocument, select?: readonly string[]): Record<string, unknown> {
    const fields = this.findIndex(object)?.fields ?? new Map<string, HeldField>()
    const isHidden = (path: string) => fields.get(path)?.stored === false
    return this.copyOut(shown(doc, "", (path) => !isHidden(path) && this.isSelected(path, select)) as typeof doc)
  }

  isSelected(path: string, select: readonly string[] | undefined): boolean {
    return select === undefined || select.some((one) => path === one || path.startsWith(`${one}.`))
  }
}

/** Members that are undefined are left out; what is undefined in an array is refused before. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (!isPlainObject(value)) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return objectOf(members.map(([name, member]) => [name, withoutUndefined(member)]))
}

/** What is shown of a value: objects that nothing is shown of are left out, unless they are empty. */
function shown(value: unknown, path: string, isShown: (path: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => shown(item, path, isShown))
  if (!isPlainObject(value)) return value
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    const below = path === "" ? name : `${path}.${name}`
    const hasObjects = isPlainObject(member) || (Array.isArray(member) && member.some(isPlainObject))
    if (!hasObjects) return isShown(below) ? [[name, member]] : []
    const part = shown(member, below, isShown)
    const isNothing = [part].flat().every((each) => isPlainObject(each) && Object.keys(each).length === 0)
    return isNothing && !isShown(below) ? [] : [[name, part]]
  })
  return objectOf(members)
}

/** `__proto__` is a member as any other. */
function objectOf(members: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(members)
}
