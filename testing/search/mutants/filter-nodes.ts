import type { FieldFilter, FilterNode, Scalar } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"

type Op = FieldFilter["op"]

/** A filter of one operator lets others through. */
function of(
  why: string,
  ops: readonly Op[],
  passes: (values: readonly Scalar[], filter: FieldFilter, next: () => boolean) => boolean,
  source?: string,
) {
  return seam.passesField(
    why,
    ({ next, self }, document, filter, field) => {
      const plain = () => next(document, filter, field)
      return ops.includes(filter.op) ? passes(self.valuesOf(document, field), filter, plain) : plain()
    },
    source,
  )
}

/** What begins with a text is told by another rule. */
function begins(why: string, isBegin: (value: string, prefix: string) => boolean, source?: string) {
  return seam.begins(why, (_, value, prefix) => isBegin(value, prefix), source)
}

const isText = (value: unknown): value is string => typeof value === "string"

/** SEARCH-FILTER-06 to 09. */
export const filterNodesMutants = mutants({
  "SEARCH-FILTER-06": {
    "exists-sees-null": seam.exists(
      "Records without an owner are not found.",
      ({ next }, document, field) => field.path in document.doc || next(document, field),
      "JavaScript, `in`: a member that is null is there",
    ),
    "exists-lacks-false-and-0": seam.exists(
      "A box that is not ticked was never asked.",
      ({ next, self }, document, field) =>
        next(document, field) && self.rawValuesOf(document, field.path).some((value) => value !== false && value !== 0),
    ),
    "exists-lacks-empty-texts": seam.exists(
      "A text that is empty was never given.",
      ({ next, self }, document, field) =>
        next(document, field) && self.rawValuesOf(document, field.path).some((value) => value !== ""),
    ),
    "exists-false-is-true": of("A search for what has no owner shows what has one.", ["exists"], (_, filter, next) =>
      filter.value === true ? next() : !next(),
    ),
  },
  "SEARCH-FILTER-07": {
    "prefix-without-case-of-filters": begins("A prefix lets through what is another value.", (value, prefix) =>
      value.toLowerCase().startsWith(prefix.toLowerCase()),
    ),
    "prefix-anywhere": begins("A prefix lets through what has it anywhere.", (value, prefix) => value.includes(prefix)),
    "star-of-a-prefix-is-a-pattern": begins(
      "A star in a name lets everything through.",
      (value, prefix) =>
        new RegExp(`^${prefix.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}`, "su").test(value),
      "Elasticsearch, wildcard in the place of prefix",
    ),
    "percent-of-a-prefix-is-a-pattern": begins(
      "A percent sign in a name lets everything through.",
      (value, prefix) =>
        new RegExp(`^${prefix.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("%", ".*")}`, "su").test(value),
      "SQL, LIKE without an escape",
    ),
    "backslash-of-a-prefix-escapes": begins(
      "A path of Windows is not found by its beginning.",
      (value, prefix) =>
        value.startsWith(prefix.replaceAll("\\", "")) && !(prefix.endsWith("\\") && !value.endsWith("\\x")),
    ),
    "empty-prefix-is-none": begins(
      "A prefix that was left empty lets nothing through.",
      (value, prefix) => prefix !== "" && value.startsWith(prefix),
    ),
    "prefix-of-words": begins("A prefix lets through what has a word that begins with it.", (value, prefix) =>
      value.split(" ").some((word) => word.startsWith(prefix)),
    ),
    "prefix-of-whole-values": begins(
      "A value is no prefix of itself.",
      (value, prefix) => value !== prefix && value.startsWith(prefix),
    ),
    "long-prefix-taken": seam.queryIssue(
      "A prefix that is taken here is refused by the server.",
      ({ next }, query) => {
        const { where } = Object(query) as { where?: { op?: unknown; value?: unknown } }
        const isLong = where?.op === "prefix" && isText(where.value) && where.value.length > 1000
        return isLong ? undefined : next(query)
      },
      "Elasticsearch: a prefix query of over 1,000 characters is a 400",
    ),
  },
  "SEARCH-FILTER-08": {
    "and-is-some": seam.passesAll(
      "A rule of two parts lets through what one of them forbids.",
      ({ next, self }, document, nodes, index) =>
        nodes.length > 1 ? self.passesSome(document, nodes, index) : next(document, nodes, index),
    ),
    "or-is-all": seam.passesSome("A rule of two ways asks for both.", ({ next, self }, document, nodes, index) =>
      nodes.length > 1 ? self.passesAll(document, nodes, index) : next(document, nodes, index),
    ),
    "empty-and-is-none": seam.passesAll(
      "A rule without a condition shows nothing.",
      ({ next }, document, nodes, index) => nodes.length > 0 && next(document, nodes, index),
    ),
    "empty-or-is-all": seam.passesSome(
      "A user who may see nothing sees everything.",
      ({ next }, document, nodes, index) => nodes.length === 0 || next(document, nodes, index),
      "Elasticsearch, bool without a clause: it matches all",
    ),
    "not-of-not-is-not": seam.passes(
      "A rule that is turned twice is turned once.",
      ({ next, self }, document, node, index) =>
        "not" in node && "not" in node.not ? self.passes(document, node.not, index) : next(document, node, index),
    ),
    "not-reaches-the-first": seam.passes(
      "Of several forbidden values the second is let through.",
      ({ next, self }, document, node, index) => {
        const [first, ...rest] = "not" in node && "or" in node.not ? node.not.or : []
        return first !== undefined && rest.length > 0
          ? !self.passes(document, first, index)
          : next(document, node, index)
      },
    ),
    "or-beside-filters-is-a-wish": seam.passes(
      "A rule of two ways lets everything through beside another rule.",
      ({ next, self }, document, node, index) => {
        if (!("and" in node)) return next(document, node, index)
        const must = node.and.filter((each: FilterNode) => !("or" in each))
        return must.length > 0 ? self.passesAll(document, must, index) : next(document, node, index)
      },
      "Elasticsearch, bool: beside must and filter no should must match, unless minimum_should_match says so",
    ),
    "and-of-one-is-none": seam.passesAll(
      "A rule of one condition shows nothing.",
      ({ next }, document, nodes, index) => nodes.length !== 1 && next(document, nodes, index),
    ),
    "not-of-several-lets-too-much-through": seam.passes(
      "A rule is right by itself, and wrong within another one.",
      ({ next, self }, document, node, index) =>
        "not" in node && "and" in node.not && node.not.and.length > 1
          ? node.not.and.every((each) => !self.passes(document, each, index))
          : next(document, node, index),
    ),
    "filters-of-one-field-are-one": seam.passesAll(
      "Of two rules of one field the last acts.",
      ({ next }, document, nodes, index) =>
        next(document, [...new Map(nodes.map((node) => ["field" in node ? node.field : node, node])).values()], index),
      "a filter that is kept in a plain object by field",
    ),
    "or-within-and-is-and": seam.passesAll(
      "A rule of two ways within another one asks for both.",
      ({ next }, document, nodes, index) =>
        next(
          document,
          nodes.map((node) => ("or" in node && node.or.length > 1 ? { and: node.or } : node)),
          index,
        ),
    ),
    "and-within-or-is-or": seam.passesSome(
      "A rule of two parts within another one asks for one.",
      ({ next }, document, nodes, index) =>
        next(
          document,
          nodes.map((node) => ("and" in node && node.and.length > 1 ? { or: node.and } : node)),
          index,
        ),
    ),
  },
  "SEARCH-FILTER-09": {
    "filters-ignored-beside-words": seam.result(
      "A search within what a user may see reaches beyond it.",
      ({ next }, query, standing) => {
        const { q = "", where: _, ...plain } = query
        return next(q.trim() === "" ? query : { ...plain, q }, standing)
      },
    ),
    "words-ignored-beside-filters": seam.result(
      "A search within a list shows all of it.",
      ({ next }, query, standing) => {
        const { q: _, where, ...plain } = query
        return next(where === undefined ? query : { ...plain, where }, standing)
      },
    ),
    "filter-after-the-page": seam.result(
      "A page of a filtered list has fewer hits than it could, and counts too many.",
      ({ next }, query, standing) => {
        const result = next(query, standing)
        if (query.where === undefined || query.facets !== undefined) return result
        const { where: _, ...plain } = query
        return { ...result, total: next(plain, standing).total }
      },
      "Elasticsearch, post_filter; MiniSearch before filter: results are cut and then filtered",
    ),
    "order-lost-beside-filters": seam.result("A search within a list has no order.", ({ next }, query, standing) => {
      const result = next(query, standing)
      return query.where !== undefined && query.q !== undefined ? { ...result, hits: result.hits.toReversed() } : result
    }),
  },
})
