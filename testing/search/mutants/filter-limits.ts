import type { FilterNode, Scalar } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

const DAY_MS = 86_400_000
const DAY = /^\d{4}-\d\d-\d\d$/

/** A text is a date that is none, with the milliseconds that some engine makes of it. */
function taken(why: string, pattern: RegExp, source?: string) {
  return seam.dateOf(why, ({ next }, text) => (pattern.test(text) ? next("2024-01-31") : next(text)), source)
}

/** A limit of filters is another one. */
function limit(why: string, change: (where: FilterNode) => FilterNode | undefined, source?: string) {
  return changed(
    ReferenceSearch,
    why,
    {
      limitIssue({ next }, query) {
        const where = query.where === undefined ? undefined : change(query.where)
        const { where: _, ...plain } = query
        return next(where === undefined ? plain : { ...plain, where })
      },
    },
    source,
  )
}

/** How deep a filter is, and how many nodes it has, up to a depth at which a circle ends. */
function sizeOf(node: FilterNode, depth = 1): { depth: number; nodes: number } {
  const below = "and" in node ? node.and : "or" in node ? node.or : "not" in node ? [node.not] : []
  const sizes = depth > 2000 ? [] : below.map((each) => sizeOf(each, depth + 1))
  return {
    depth: Math.max(depth, ...sizes.map((size) => size.depth)),
    nodes: 1 + sizes.reduce((sum, { nodes }) => sum + nodes, 0),
  }
}

function refusesWhere(why: string, isMeant: (where: FilterNode) => boolean, source?: string) {
  return seam.limitIssue(
    why,
    ({ next }, query) =>
      next(query) ?? (query.where !== undefined && isMeant(query.where) ? "The filter is too large." : undefined),
    source,
  )
}

export const filterLimitsMutants = mutants({
  "SEARCH-FILTER-10": {
    "days-end-at-midnight": seam.edgeOf(
      "A filter up to a day lets the whole day through.",
      ({ next }, field, edge) => {
        const value = next(field, edge)
        return field.type === "date" && DAY.test(String(edge)) ? Number(value) + DAY_MS - 1 : value
      },
      "Elasticsearch, range of a date: lte and gt round a day up to 23:59:59.999",
    ),
    "equal-days-are-equal": changed(
      ReferenceSearch,
      "A filter by a day lets the whole day through.",
      {
        someIsIn({ next }, values, wanted, field) {
          const isDay = field.type === "date" && wanted.every((value) => DAY.test(String(value)))
          const floor = (value: Scalar) => (isDay ? Math.floor(Number(value) / DAY_MS) * DAY_MS : value)
          return next(values.map(floor), wanted, field)
        },
      },
      "Elasticsearch, term of a date: a day matches all of it",
    ),
    "dates-compare-as-texts": changed(
      ReferenceSearch,
      "Times of two zones are compared by their letters.",
      {
        dateOf({ next }, text) {
          next(text)
          return text as unknown as number
        },
      },
      "dates that are kept as texts: ISO texts compare as times in one zone alone",
    ),
    "zones-left-out": seam.dateOf("A time in another zone is hours off.", ({ next }, text) =>
      next(text.replace(/[+-]\d\d(?::?\d\d)?$/, (zone, at: number) => (at > 10 ? "Z" : zone))),
    ),
    "days-begin-in-the-zone-of-the-machine": seam.dateOf(
      "A day begins at another hour on another machine.",
      ({ next }, text) => (DAY.test(text) ? next(`${text}T00:00:00+02:00`) : next(text)),
      "Date of JavaScript, with a text that has a time and no zone",
    ),
    "milliseconds-cut": seam.dateOf(
      "Two events of one second are one.",
      ({ next }, text) => Math.floor(next(text) / 1000) * 1000,
    ),
    "milliseconds-rounded": seam.dateOf("An event is a millisecond late.", ({ next }, text) => {
      const [, fine = ""] = /\.\d{3}(\d+)Z$/.exec(text) ?? []
      return next(text) + (Number(`0.${fine || 0}`) >= 0.5 ? 1 : 0)
    }),
    "zones-without-a-colon-refused": seam.dateOf(
      "A time that a database writes is refused.",
      ({ next, self }, text) =>
        /[+-]\d{4}$/.test(text) && text.length > 10
          ? self.refuseFor("INVALID_ARGUMENT", "date", "A zone has a colon.")
          : next(text),
      "Date of JavaScript: by the letter of the standard +0200 is none",
    ),
    "times-without-seconds-refused": seam.dateOf("A time to the minute is refused.", ({ next, self }, text) =>
      /T\d\d:\d\d(?:Z|[+-])/.test(text)
        ? self.refuseFor("INVALID_ARGUMENT", "date", "A time has seconds.")
        : next(text),
    ),
    "times-before-1970-are-1970": seam.dateOf("What was before 1970 is not told apart.", ({ next }, text) =>
      Math.max(0, next(text)),
    ),
  },
  "SEARCH-FILTER-11": {
    "years-are-dates": taken(
      "2024 is a year here, and two seconds there.",
      /^\d{4}$/,
      "Elasticsearch, strict_date_optional_time: 2024 is a year",
    ),
    "months-are-dates": taken(
      "A month is its first day here, and all of it there.",
      /^\d{4}-\d\d$/,
      "Elasticsearch, strict_date_optional_time",
    ),
    "empty-dates": taken("A form that was left empty is a date.", /^$/),
    "now-is-a-date": taken("The same filter is another one each day.", /^now/, "Elasticsearch, date math: now-1d"),
    "date-math": taken("A date is a formula.", /\|\|/, "Elasticsearch, date math: 2024-01-31||/M"),
    "times-without-a-zone": taken(
      "A time is another one on each machine.",
      /T\d\d:\d\d:\d\d$/,
      "Date.parse: a time without a zone is in that of the machine",
    ),
    "days-of-no-month": seam.dateOf(
      "February 30 is March 1.",
      ({ next }, text) => next(text === "2024-02-30" ? "2024-03-01" : text),
      "V8, Date.parse: February 30 is March 1",
    ),
    "months-over-12": taken("A month 13 is January.", /^2024-13/),
    "hours-over-24": taken("25 o'clock is one o'clock.", /T25/),
    "seconds-over-60": taken("A second 61 is the next minute.", /:61Z/),
    "numbers-in-texts": taken(
      "Milliseconds that are text are a date here, and not there.",
      /^\d{13}$/,
      "Elasticsearch, epoch_millis: a date may be a number, or a text with one",
    ),
    "numbers-are-dates": changed(
      ReferenceSearch,
      "Seconds are taken for milliseconds.",
      {
        comparable: ({ next }, field, value) =>
          field.type === "date" && typeof value === "number" ? value : next(field, value),
      },
      "Elasticsearch, epoch_millis",
    ),
    "dates-in-the-order-of-a-country": taken("31.01. is refused here, and not there.", /^\d\d\.\d\d\.\d{4}$/),
    "short-months": taken(
      "2024-1-31 is a date here, and not there.",
      /^\d{4}-\d-/,
      "Date.parse: what is no ISO text is read as the engine likes",
    ),
    "blanks-of-dates-left-out": taken("A date with a blank is a date here, and not there.", /^\s/),
    "second-ends-of-between-not-looked-at": seam.result(
      "A range with a wrong end shows nothing.",
      ({ next }, query, standing) => {
        const { where } = query
        if (where === undefined || !("field" in where) || where.op !== "between") return next(query, standing)
        const [from] = where.value
        return next({ ...query, where: { ...where, value: [from, from] } }, standing)
      },
    ),
    "date-has-no-reason": seam.refuseFor(
      "A caller cannot tell a wrong date from a wrong field.",
      ({ next, self }, code, reason, message) => {
        if (reason === "date") self.refuse(code, message)
        return next(code, reason, message)
      },
    ),
    "wrong-dates-of-documents-stored": changed(
      ReferenceSearch,
      "A record with a wrong date is stored, and in no range.",
      {
        addedFields({ next }, doc, index) {
          const { at: _, ...others } = doc
          return next(others, index)
        },
        valuesOf({ next }, document, field) {
          try {
            return next(document, field)
          } catch {
            return []
          }
        },
      },
    ),
  },
  "SEARCH-FILTER-14": {
    "long-texts-filter": seam.isTooLong("A long text filters here, and not there.", () => false),
    "texts-of-256-filter": seam.isTooLong(
      "A text of 300 characters does not filter.",
      ({ next }, value) => next(value) || (typeof value === "string" && value.length > 256),
      "Elasticsearch, dynamic mappings: ignore_above 256",
    ),
    "long-texts-counted-in-code-points": seam.isTooLong(
      "A long text of emoji filters here, and not there.",
      (_, value) => typeof value === "string" && [...value].length > 8191,
    ),
    "long-texts-counted-in-bytes": seam.isTooLong(
      "A text with accents filters here, and not there.",
      (_, value) => typeof value === "string" && value.length * 2 > 8191,
      "Lucene: a term has at most 32,766 bytes",
    ),
    "long-texts-cut": seam.valuesOf("A text filters by its beginning.", ({ next, self }, document, field) => {
      const cut = self.rawValuesOf(document, field.path).filter((value) => self.isTooLong(value))
      return [...next(document, field), ...cut.map((value) => String(value).slice(0, 8191))]
    }),
    "exists-lacks-long-texts": seam.exists(
      "A record with a long text has none.",
      ({ self }, document, field) => self.valuesOf(document, field).length > 0,
      "Elasticsearch, ignore_above: exists on a keyword does not see what is longer",
    ),
    "values-over-8,191-refused": seam.addedFields(
      "A record with a long text cannot be stored.",
      ({ next, self }, doc, index) => {
        const isLong = self.scalarsOf(doc).some(([, value]) => self.isTooLong(value))
        return isLong ? self.refuse("INVALID_ARGUMENT", "A text is too long.") : next(doc, index)
      },
      "Lucene, Document contains at least one immense term",
    ),
    "long-texts-not-searched": seam.tokensOfTexts(
      "A long text is not found by its words.",
      ({ next, self }, texts, analyzer) =>
        next(
          texts.filter((text) => !self.isTooLong(text)),
          analyzer,
        ),
    ),
    "a-long-text-hides-its-neighbours": seam.valuesOf(
      "A short text beside a long one does not filter.",
      ({ next, self }, document, field) =>
        self.rawValuesOf(document, field.path).some((value) => self.isTooLong(value)) ? [] : next(document, field),
    ),
    "ne-lacks-long-texts": seam.passesField(
      "A rule by what is not lacks what has a long text.",
      ({ next, self }, document, filter, field) => {
        const isLong = self.rawValuesOf(document, field.path).some((value) => self.isTooLong(value))
        return !(filter.op === "ne" && isLong) && next(document, filter, field)
      },
    ),
    "long-values-of-filters-refused": seam.checkFieldFilter(
      "A filter by a long text is an error.",
      ({ next, self }, filter, field) => {
        next(filter, field)
        const isLong = (value: unknown) => typeof value === "string" && value.length > 32_766
        if ([filter.value].flat().some(isLong)) self.refuse("INVALID_ARGUMENT", "A value is too long.")
      },
      "Elasticsearch: a term of over 32,766 bytes is a 400",
    ),
  },
  "SEARCH-FILTER-15": {
    "filters-of-19-levels": refusesWhere(
      "A rule that is taken here is refused there.",
      (where) => sizeOf(where).depth > 19,
    ),
    "filters-without-end": limit("A filter of a thousand levels takes the stack.", () => undefined),
    "levels-not-counted": limit(
      "A deep filter is an error of the server.",
      (where) => {
        const { depth, nodes } = sizeOf(where)
        return depth > 20 && depth <= 1000 && nodes <= 1000 ? undefined : where
      },
      "Elasticsearch: bools in bools work to 29 levels, and 30 are a 400",
    ),
    "not-is-no-level": limit("A filter of nots is an error of the server.", (where) =>
      sizeOf(where).depth === 21 ? undefined : where,
    ),
    "filters-of-999-nodes": refusesWhere(
      "A rule that is taken here is refused there.",
      (where) => sizeOf(where).nodes > 999,
    ),
    "nodes-not-counted": limit("A wide filter is an error of the server.", (where) =>
      sizeOf(where).nodes === 1001 ? undefined : where,
    ),
    "values-not-counted": limit(
      "A list without end is an error of the server.",
      (where) => ("field" in where ? undefined : where),
      "Elasticsearch, max_terms_count",
    ),
    "lists-of-1,024": refusesWhere(
      "A list that is taken here is refused there.",
      (where) => "field" in where && Array.isArray(where.value) && where.value.length > 1024,
      "SQL databases and Lucene's clauses: lists of 1,000 or 1,024 values",
    ),
    "limits-are-bad-arguments": seam.limitIssue(
      "A caller takes a large filter for a wrong one.",
      ({ next, self }, query) => {
        const issue = next(query)
        if (issue !== undefined && query.where !== undefined) self.refuse("INVALID_ARGUMENT", issue)
        return issue
      },
    ),
    "values-behind-1,024-left-out": seam.someIsIn(
      "Of a long list the end does not count.",
      ({ next }, values, wanted, field) => next(values, wanted.slice(0, 1024), field),
    ),
  },
  "SEARCH-FILTER-16": {
    "in-of-two-is-eq": seam.passesField(
      "Of two values that are chosen one acts.",
      ({ next }, document, filter, field) =>
        next(document, filter.op === "in" ? { ...filter, value: filter.value.slice(0, 1) } : filter, field),
    ),
    "nin-of-two-is-ne": seam.passesField(
      "Of two values that are left out one is.",
      ({ next }, document, filter, field) =>
        next(document, filter.op === "nin" ? { ...filter, value: filter.value.slice(0, 1) } : filter, field),
    ),
  },
})
