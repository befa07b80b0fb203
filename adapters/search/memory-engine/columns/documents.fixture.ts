/** Documents with all kinds of fields, the columns of them, and what a naive scan of them says. */
import fc from "fast-check"
import type { Scalar } from "../../../../contracts/search/search.ts"
import { type Field, fieldOf, MAX_KEYWORD_LENGTH, type PlannedFilter } from "../../../../core/search/for-adapters.ts"
import { BitSet } from "../bit-set.ts"
import type { Columns } from "./columns.ts"
import type { FrozenColumns } from "./frozen-columns.ts"
import { GrowingColumns } from "./growing-columns.ts"
import { mergeColumns } from "./merge-columns.ts"
import { compareValues } from "./values.ts"

export type Doc = Readonly<Partial<Record<string, readonly Scalar[]>>>

export const fields = {
  tag: fieldOf("tag", { type: "keyword" }),
  name: fieldOf("name", { type: "text" }),
  price: fieldOf("price", { type: "number" }),
  made: fieldOf("made", { type: "date" }),
  used: fieldOf("used", { type: "boolean" }),
} satisfies Record<string, Field>
export const allFields: readonly Field[] = Object.values(fields)

const LONGEST = "x".repeat(MAX_KEYWORD_LENGTH)
const TOO_LONG = `${LONGEST}x`
const texts = fc.constantFrom(
  "",
  "a",
  "ab",
  "b",
  "é",
  "\uffee",
  "😀",
  "😀b",
  "\ud83d",
  "\udc00",
  "__proto__",
  LONGEST,
  TOO_LONG,
)
const numbers = fc.constantFrom(0, -0, 1, -1, 0.1, 0.30000000000000004, 1e300, -1e-300, 2 ** 53)
const dates = fc.constantFrom(0, 1, -1, 86_400_000, 1_700_000_000_000)
const valuesOf = { tag: texts, name: texts, price: numbers, made: dates, used: fc.boolean() }

const docs: fc.Arbitrary<Doc> = fc.record(
  Object.fromEntries(
    Object.entries(valuesOf).map(([path, values]) => [path, fc.array<Scalar>(values, { maxLength: 3 })]),
  ),
  { requiredKeys: [] },
)

/** Documents, and which of them are removed. */
export interface Corpus {
  readonly docs: readonly Doc[]
  readonly removed: readonly number[]
}

export const corpora: fc.Arbitrary<Corpus> = fc.record({
  docs: fc.array(docs, { maxLength: 70 }),
  removed: fc.array(fc.nat(70), { maxLength: 10 }),
})

/** A segment, the documents of the corpus that its own stand for, and those that are not removed. */
export interface Segment {
  readonly columns: Columns
  readonly docs: readonly Doc[]
  readonly live: BitSet
}

export type SegmentForm = "growing" | "frozen" | "frozen in two" | "merged"
export const segmentForms = fc.constantFrom<SegmentForm>("growing", "frozen", "frozen in two", "merged")

export function segmentsOf({ docs, removed }: Corpus, form: SegmentForm): Segment[] {
  const live = BitSet.full(docs.length)
  for (const doc of removed) if (doc < docs.length) live.delete(doc)
  if (form === "growing") return [{ columns: grownOf(docs), docs, live }]
  if (form === "frozen") return [{ columns: grownOf(docs).freeze(), docs, live }]
  const middle = docs.length >>> 1
  const halves = [docs.slice(0, middle), docs.slice(middle)].map((half, index) => {
    const ofHalf = BitSet.full(half.length)
    for (let doc = 0; doc < half.length; doc++) if (!live.has(doc + index * middle)) ofHalf.delete(doc)
    return { columns: grownOf(half).freeze(), docs: half, live: ofHalf }
  })
  return form === "merged" ? [mergedOf(halves)] : halves
}

export function grownOf(docs: readonly Doc[]): GrowingColumns {
  const columns = new GrowingColumns(sourceOf(docs))
  for (const [doc, values] of docs.entries()) {
    for (const field of allFields) columns.add(doc, field, values[field.path] ?? [])
    columns.grow(doc + 1)
  }
  return columns
}

function sourceOf(docs: readonly Doc[]) {
  return (doc: number, path: string) => docs[doc]?.[path] ?? []
}

export function mergedOf(parts: readonly (Segment & { columns: FrozenColumns })[]): Segment {
  const docs = parts.flatMap((part) => part.docs.filter((_, doc) => part.live.has(doc)))
  const steps = mergeColumns(parts, sourceOf(docs))
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return { columns: value, docs, live: BitSet.full(docs.length) }
  }
}

/** Distinct values of a document that filter, in their order. */
export function held(doc: Doc, { path }: Field): Scalar[] {
  const values = (doc[path] ?? []).filter((value) => typeof value !== "string" || value.length <= MAX_KEYWORD_LENGTH)
  return [...new Set(values)].sort(compareScalars)
}

export function compareScalars(a: Scalar, b: Scalar): number {
  return typeof a === "string" ? compareValues(a, b as string) : Number(a) - Number(b)
}

const conditions: readonly fc.Arbitrary<PlannedFilter>[] = [
  fc.constantFrom(...allFields).map((field) => ({ kind: "exists", field })),
  fc
    .constantFrom(...allFields)
    .chain((field) =>
      fc.array<Scalar>(valuesOf[field.path as keyof typeof valuesOf]).map((values) => ({ kind: "in", field, values })),
    ),
  fc.record({ kind: fc.constant("prefix"), field: fc.constantFrom(fields.tag, fields.name), value: texts }),
  rangesOf(fc.constantFrom(fields.tag, fields.name), texts),
  rangesOf(fc.constantFrom(fields.price, fields.made), fc.oneof(numbers, dates)),
]

function rangesOf<T extends string | number>(field: fc.Arbitrary<Field>, bound: fc.Arbitrary<T>) {
  const range = fc.record({ gt: bound, gte: bound, lt: bound, lte: bound }, { requiredKeys: [] })
  return fc.record({ kind: fc.constant("range" as const), field, range })
}

export const filters: fc.Arbitrary<PlannedFilter> = fc.letrec<{ filter: PlannedFilter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small" },
    ...conditions,
    fc.record({ kind: fc.constantFrom("and", "or"), nodes: fc.array(tie("filter"), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant("not"), node: tie("filter") }),
  ),
})).filter

/** What a filter says of one document. */
export function passes(doc: Doc, filter: PlannedFilter): boolean {
  if ("nodes" in filter) return filter.nodes[filter.kind === "and" ? "every" : "some"]((node) => passes(doc, node))
  if (filter.kind === "not") return !passes(doc, filter.node)
  if (filter.kind === "exists") return (doc[filter.field.path] ?? []).length > 0
  const values = held(doc, filter.field)
  if (filter.kind === "prefix") return values.some((value) => (value as string).startsWith(filter.value))
  if (filter.kind === "in") return values.some((value) => filter.values.some((wanted) => wanted === value))
  const { gt, gte, lt, lte } = filter.range
  return values.some(
    (value) =>
      (gt === undefined || compareScalars(value, gt) > 0) &&
      (gte === undefined || compareScalars(value, gte) >= 0) &&
      (lt === undefined || compareScalars(value, lt) < 0) &&
      (lte === undefined || compareScalars(value, lte) <= 0),
  )
}
