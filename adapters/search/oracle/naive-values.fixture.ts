import type {
  FacetResult,
  FacetSpec,
  FieldType,
  FilterNode,
  Scalar,
  SearchQuery,
} from "../../../contracts/search/search.ts"

export type Document = Readonly<Record<string, unknown>>

const LONGEST = 8191

/** All values of a document at a path, through objects and arrays. */
export function valuesAt(doc: unknown, path: string): Scalar[] {
  if (Array.isArray(doc)) return doc.flatMap((item) => valuesAt(item, path))
  if (doc === null || doc === undefined) return []
  if (path === "") return typeof doc === "object" ? [] : [doc as Scalar]
  if (typeof doc !== "object") return []
  const [name = "", ...below] = path.split(".")
  return Object.hasOwn(doc, name) ? valuesAt((doc as Document)[name], below.join(".")) : []
}

/** The paths that have values. */
export function pathsOf(doc: unknown, above = ""): string[] {
  if (Array.isArray(doc)) return [...new Set(doc.flatMap((item) => pathsOf(item, above)))]
  if (doc === null || doc === undefined) return []
  if (typeof doc !== "object") return [above]
  return Object.entries(doc).flatMap(([name, value]) => pathsOf(value, above === "" ? name : `${above}.${name}`))
}

/** What is compared: dates are milliseconds, long texts are nothing. */
function comparable(value: Scalar, type: FieldType): Scalar | undefined {
  if (type === "date") return Date.parse(value as string)
  return typeof value === "string" && value.length > LONGEST ? undefined : value
}

export type TypeOf = (path: string) => FieldType

/** What filters, facets and sorts see of a field. */
function seenAt(doc: Document, path: string, typeOf: TypeOf): Scalar[] {
  return valuesAt(doc, path).flatMap((value) => comparable(value, typeOf(path)) ?? [])
}

/** By code points, numbers by size, false before true. */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a !== "string" || typeof b !== "string") return Number(a) - Number(b)
  const [left, right] = [[...a], [...b]]
  for (const [index, character] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const order = (character.codePointAt(0) as number) - (other.codePointAt(0) as number)
    if (order !== 0) return order
  }
  return left.length - right.length
}

export function passes(doc: Document, filter: FilterNode | undefined, typeOf: TypeOf): boolean {
  if (filter === undefined) return true
  if ("and" in filter) return filter.and.every((node) => passes(doc, node, typeOf))
  if ("or" in filter) return filter.or.some((node) => passes(doc, node, typeOf))
  if ("not" in filter) return !passes(doc, filter.not, typeOf)
  const { field, op, value } = filter
  if (op === "exists") return valuesAt(doc, field).length > 0 === value
  const own = seenAt(doc, field, typeOf)
  const asked = (one: Scalar) => comparable(one, typeOf(field)) ?? []
  const isAny = (values: readonly Scalar[]) => values.flatMap(asked).some((one) => own.includes(one))
  const isSome = (test: (order: number) => boolean, edge: Scalar) =>
    own.some((one) => test(compareScalars(one, asked(edge) as Scalar)))
  switch (op) {
    case "eq":
      return isAny([value])
    case "ne":
      return !isAny([value])
    case "in":
      return isAny(value)
    case "nin":
      return !isAny(value)
    case "gt":
      return isSome((order) => order > 0, value)
    case "gte":
      return isSome((order) => order >= 0, value)
    case "lt":
      return isSome((order) => order < 0, value)
    case "lte":
      return isSome((order) => order <= 0, value)
    case "prefix":
      return own.some((one) => (one as string).startsWith(value as string))
    case "between": {
      const [from, to] = value.flatMap(asked) as [Scalar, Scalar]
      return own.some((one) => compareScalars(one, from) >= 0 && compareScalars(one, to) <= 0)
    }
  }
}

/** The filter under which a facet counts. */
export function filterOf({ disjunctive = false, field }: FacetSpec, where: FilterNode | undefined) {
  if (!disjunctive || where === undefined) return where
  if (asksOnly(where, field)) return undefined
  return "and" in where ? { and: where.and.filter((node) => !asksOnly(node, field)) } : where
}

function asksOnly(filter: FilterNode, path: string): boolean {
  if ("field" in filter) return filter.field === path
  if ("not" in filter) return asksOnly(filter.not, path)
  const nodes = "and" in filter ? filter.and : filter.or
  return nodes.length > 0 && nodes.every((node) => asksOnly(node, path))
}

export function countFacet(facet: FacetSpec, docs: readonly Document[], typeOf: TypeOf): FacetResult {
  const { field } = facet
  if ("ranges" in facet) {
    return facet.ranges.map(({ from, key, to }) => {
      const isIn = (value: Scalar) =>
        (from === undefined || Number(value) >= from) && (to === undefined || Number(value) < to)
      const count = docs.filter((doc) => seenAt(doc, field, typeOf).some(isIn)).length
      return { value: key ?? `${from ?? "*"}-${to ?? "*"}`, count }
    })
  }
  const counts = new Map<Scalar, number>()
  for (const doc of docs) {
    for (const value of new Set(seenAt(doc, field, typeOf))) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const { limit = 10 } = facet as { limit?: number }
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || compareScalars(a, b))
    .slice(0, limit)
    .map(([value, count]) => ({
      value: typeOf(field) === "date" ? new Date(value as number).toISOString() : value,
      count,
    }))
}

/** Below 0 where the first document comes first. */
export function compareBy(sort: NonNullable<SearchQuery["sort"]>, typeOf: TypeOf) {
  return (a: Document, b: Document): number => {
    for (const { field, order = "asc" } of sort) {
      const sign = order === "asc" ? 1 : -1
      const first = (doc: Document) =>
        seenAt(doc, field, typeOf).sort((one, other) => sign * compareScalars(one, other))[0]
      const [one, other] = [first(a), first(b)]
      if (one === undefined || other === undefined) {
        if (one !== other) return one === undefined ? 1 : -1
      } else {
        const compared = sign * compareScalars(one, other)
        if (compared !== 0) return compared
      }
    }
    return 0
  }
}
