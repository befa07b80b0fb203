import { describe, expect, it } from "vitest"
import type { FieldDefinition, FilterNode, SearchQuery } from "../../contracts/search/search.ts"
import { fieldsOf } from "./fields.ts"
import type { PlannedFilter } from "./plan.ts"
import { planQuery, type QueriedIndex } from "./plan-query.ts"

function indexOf(fields: Record<string, FieldDefinition["type"] | FieldDefinition>): QueriedIndex {
  const defined = Object.entries(fields).map(([path, field]) => [
    path,
    typeof field === "string" ? { type: field } : field,
  ])
  return { fields: fieldsOf({ name: "a", fields: Object.fromEntries(defined) }), synonyms: [] }
}

const products = indexOf({
  title: "text",
  brand: "keyword",
  price: "number",
  used: "boolean",
  made: "date",
  secret: { type: "number", filterable: false, facetable: false, sortable: false },
})

const plan = (query: Omit<SearchQuery, "object">, ...indexes: QueriedIndex[]) =>
  planQuery({ object: "a", ...query }, indexes.length === 0 ? [products] : indexes)

const reasonOf = (query: Omit<SearchQuery, "object">, ...indexes: QueriedIndex[]) => {
  try {
    plan(query, ...indexes)
  } catch (error) {
    return (error as { code: string; details: { reason: string } }).details.reason
  }
  return "none"
}

/** A filter as text. */
function shown(filter: PlannedFilter | undefined): string {
  if (filter === undefined) return "-"
  if (filter.kind === "not") return `not(${shown(filter.node)})`
  if (filter.kind === "and" || filter.kind === "or") return `${filter.kind}(${filter.nodes.map(shown).join(" ")})`
  const { path } = filter.field
  if (filter.kind === "in") return `${path}=${filter.values.join("|")}`
  if (filter.kind === "range") return `${path}${JSON.stringify(filter.range)}`
  return filter.kind === "prefix" ? `${path}^${filter.value}` : `${path}?`
}

describe("planQuery", () => {
  it.each<[FilterNode, string]>([
    [{ field: "brand", op: "eq", value: "A" }, "brand=A"],
    [{ field: "brand", op: "ne", value: "A" }, "not(brand=A)"],
    [{ field: "brand", op: "in", value: ["A", "B"] }, "brand=A|B"],
    [{ field: "brand", op: "nin", value: ["A"] }, "not(brand=A)"],
    [{ field: "brand", op: "prefix", value: "A" }, "brand^A"],
    [{ field: "brand", op: "eq", value: "x".repeat(8192) }, "brand="],
    [{ field: "price", op: "between", value: [1, 2] }, 'price{"gte":1,"lte":2}'],
    [{ field: "price", op: "gt", value: 1 }, 'price{"gt":1}'],
    [{ field: "title", op: "lte", value: "m" }, 'title{"lte":"m"}'],
    [{ field: "used", op: "eq", value: true }, "used=true"],
    [{ field: "made", op: "gte", value: "2024-01-01" }, 'made{"gte":1704067200000}'],
    [{ field: "made", op: "exists", value: false }, "not(made?)"],
    [{ or: [{ not: { field: "used", op: "exists", value: true } }, { and: [] }] }, "or(not(used?) and())"],
  ])("reads %j", (where, text) => {
    expect(shown(plan({ where }).where)).toBe(text)
  })

  it.each<[Omit<SearchQuery, "object">, string]>([
    [{ where: { field: "colour", op: "eq", value: 1 } }, "field"],
    [{ where: { field: "secret", op: "eq", value: 1 } }, "field"],
    [{ where: { field: "price", op: "eq", value: "1" } }, "type"],
    [{ where: { field: "brand", op: "in", value: ["a", 1] } }, "type"],
    [{ where: { field: "price", op: "prefix", value: "1" } }, "field"],
    [{ where: { field: "made", op: "gt", value: "2024" } }, "date"],
    [{ where: { field: "made", op: "gt", value: 2024 } }, "type"],
    [{ where: { field: "__proto__", op: "eq", value: 1 } }, "field"],
    [{ fields: ["colour"] }, "field"],
    [{ fields: ["price"] }, "field"],
    [{ facets: [{ field: "colour" }] }, "field"],
    [{ facets: [{ field: "secret" }] }, "field"],
    [{ facets: [{ field: "brand", ranges: [{ from: 1 }] }] }, "field"],
    [{ sort: [{ field: "secret" }] }, "field"],
    [{ highlight: { fields: ["colour"] } }, "field"],
  ])("refuses %j", (query, reason) => {
    expect(reasonOf(query)).toBe(reason)
  })

  it("leaves filters of its own field out of a disjunctive facet", () => {
    const brand = { field: "brand", op: "eq", value: "A" } as const
    const price = { field: "price", op: "gt", value: 1 } as const
    const whereOf = (where: FilterNode) =>
      shown(plan({ where, facets: [{ field: "brand", disjunctive: true }] }).facets[0]?.where)
    expect(whereOf(brand)).toBe("-")
    expect(whereOf({ and: [brand, price] })).toBe('and(price{"gt":1})')
    expect(whereOf({ and: [{ or: [brand, { not: brand }] }, price] })).toBe('and(price{"gt":1})')
    expect(whereOf({ and: [{ or: [brand, price] }] })).toBe('and(or(brand=A price{"gt":1}))')
    expect(whereOf({ or: [brand, price] })).toBe('or(brand=A price{"gt":1})')
  })

  it("asks for each field in every index, with one type", () => {
    const other = indexOf({ title: "text", price: "keyword" })
    const where = (field: string) => ({ where: { field, op: "exists", value: true } as const })
    expect(reasonOf(where("title"), products, other)).toBe("none")
    expect(reasonOf(where("used"), products, other)).toBe("field")
    expect(reasonOf(where("price"), products, other)).toBe("type")
    expect(reasonOf({ sort: [{ field: "brand" }] }, products, other)).toBe("field")
    expect(reasonOf({ fields: ["brand"] }, products, other)).toBe("field")
  })

  it("searches fields with one name only where all indexes make the same words of them", () => {
    const other = indexOf({ title: { type: "text", analyzer: "english" } })
    expect(reasonOf({ q: "run" }, products, other)).toBe("type")
    expect(reasonOf({ q: "run", fields: ["title"] }, products, other)).toBe("type")
    expect(reasonOf({ q: "run" }, indexOf({ brand: "keyword" }), indexOf({ name: "text" }))).toBe("none")
  })

  it("looks in every index whether a field can do what is asked", () => {
    const hidden = indexOf({ title: { type: "text", searchable: false, filterable: false } })
    for (const indexes of [
      [products, hidden],
      [hidden, products],
    ]) {
      expect(reasonOf({ q: "run", fields: ["title"] }, ...indexes)).toBe("field")
      expect(reasonOf({ highlight: { fields: ["title"] } }, ...indexes)).toBe("field")
      expect(reasonOf({ where: { field: "title", op: "exists", value: true } }, ...indexes)).toBe("field")
    }
  })

  it("multiplies the boosts of a field and of the query", () => {
    const index = indexOf({ title: { type: "text", boost: 2 } })
    expect(plan({ q: "run", fields: [{ field: "title", boost: 3 }] }, index).terms[0]?.fields[0]?.boost).toBe(6)
  })
})
