import type { FieldType } from "../../../contracts/search/search.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldField } from "../reference/store.ts"

type Doc = Record<string, unknown>

function isObject(value: unknown): value is Doc {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A document is looked at with values of another type in the place of some, and stored as it is. */
function taken(why: string, change: (value: unknown, type: FieldType) => unknown, source?: string) {
  const walked = (value: unknown, path: string, fields: ReadonlyMap<string, HeldField>): unknown => {
    if (Array.isArray(value)) return value.map((item) => walked(item, path, fields))
    if (!isObject(value)) {
      const type = fields.get(path)?.type
      return type === undefined ? value : change(value, type)
    }
    const below = (name: string) => (path === "" ? name : `${path}.${name}`)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, walked(member, below(name), fields)]),
    )
  }
  return seam.addedFields(why, ({ next }, doc, index) => next(walked(doc, "", index.fields) as Doc, index), source)
}

const parentOf = (path: string) => path.split(".").slice(0, -1).join(".")

/** SEARCH-FIELD-01 to 07. */
export const fieldsMutants = mutants({
  "SEARCH-FIELD-01": {
    "fields-of-no-definition-left-out": seam.addedFields(
      "Nothing is found until every field is defined.",
      ({ next }, doc, index) => {
        next(doc, index)
        return []
      },
      "Elasticsearch, dynamic: false",
    ),
    "texts-are-keywords": seam.inferredType("A text is found by all of it alone.", ({ next }, value) =>
      typeof value === "string" ? "keyword" : next(value),
    ),
    "booleans-make-no-field": seam.addedFields("A box cannot be filtered by.", ({ next }, doc, index) =>
      next(doc, index).filter(({ type }) => type !== "boolean"),
    ),
    "texts-compare-by-words": seam.isEqual(
      "A filter by Fast Cache lets all through that is fast.",
      (_, value, wanted) =>
        typeof value === "string"
          ? value.toLowerCase().split(" ").includes(String(wanted).toLowerCase())
          : value === wanted,
      "Elasticsearch, term on a text field: it compares with each word",
    ),
  },
  "SEARCH-FIELD-02": {
    "texts-of-dates-are-dates": seam.inferredType(
      "A text that looks like a date makes all others of its field fail.",
      ({ next }, value) => (/^\d{4}-\d\d-\d\d/.test(String(value)) ? "date" : next(value)),
      "Elasticsearch, date_detection, which is on by default",
    ),
    "texts-of-numbers-are-numbers": changed(
      ReferenceSearch,
      "A version 1.10 is found as 1.1.",
      {
        valuesOf: ({ next }, document, field) =>
          next(document, field).map((value) => (/^\d+\.\d+$/.test(String(value)) ? String(Number(value)) : value)),
      },
      "Elasticsearch, numeric_detection, and every CSV import",
    ),
    "texts-of-booleans-are-booleans": taken("A text true among others cannot be stored.", (value, type) =>
      type === "text" && (value === "true" || value === "false") ? value === "true" : value,
    ),
  },
  "SEARCH-FIELD-03": {
    "nested-members-left-out": seam.scalarsOf(
      "What stands in an object is not found.",
      ({ next }, value, path = "") => next(value, path).filter(([at]) => !at.includes(".")),
      "MiniSearch and lunr: without an extractor of one's own a field is a member of the top",
    ),
    "paths-are-last-names": seam.scalarsOf(
      "The name of an author is the name of a book.",
      ({ next }, value, path = "") =>
        next(value, path).map(([at, scalar]) => [path === "" ? (at.split(".").at(-1) ?? at) : at, scalar]),
    ),
    "paths-of-two-names-at-most": seam.scalarsOf(
      "What stands two objects deep is not found.",
      ({ next }, value, path = "") => next(value, path).filter(([at]) => at.split(".").length <= 2),
    ),
  },
  "SEARCH-FIELD-04": {
    "objects-of-arrays-left-out": seam.scalarsOf("Lines of an order are not found.", ({ next }, value, path = "") =>
      Array.isArray(value)
        ? next(
            value.filter((item) => !isObject(item)),
            path,
          )
        : next(value, path),
    ),
    "first-object-of-an-array": seam.scalarsOf(
      "The second line of an order is not found.",
      ({ next }, value, path = "") =>
        Array.isArray(value) && value.some(isObject) ? next(value[0], path) : next(value, path),
    ),
    "arrays-in-arrays-left-out": seam.scalarsOf("A table in a record is not found.", ({ next }, value, path = "") =>
      Array.isArray(value)
        ? next(
            value.filter((item) => !Array.isArray(item) || !item.some(isObject)),
            path,
          )
        : next(value, path),
    ),
    "and-within-one-object": seam.passesAll(
      "The same filter lets other records through than the other engine.",
      ({ next, self }, document, nodes, index) => {
        const parents = nodes.map((node) => ("field" in node ? parentOf(node.field) : ""))
        const [parent = ""] = parents
        const list = document.doc[parent]
        if (!Array.isArray(list) || nodes.length < 2 || parents.some((each) => each !== parent)) {
          return next(document, nodes, index)
        }
        const each = (item: unknown) => ({ ...document, doc: { [parent]: item } })
        return list.flat().some((item) => nodes.every((node) => self.passes(each(item), node, index)))
      },
      "Elasticsearch, nested, and $elemMatch of MongoDB",
    ),
  },
  "SEARCH-FIELD-05": {
    "texts-of-numbers-taken": taken(
      "A text among numbers makes every range of the field wrong.",
      (value, type) =>
        type === "number" && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
          ? Number(value)
          : value,
      "Elasticsearch, coerce: true by default takes '5' and ' 7 ' in a number field",
    ),
    "blank-texts-taken-for-numbers": taken(
      "A form that was left empty stores a text among numbers.",
      (value, type) => (type === "number" && value === "" ? 0 : value),
      "Elasticsearch, coerce: true by default takes '' in a number field",
    ),
    "numbers-taken-for-texts": taken(
      "A number among texts is missing in each filter.",
      (value, type) => (type === "text" && typeof value === "number" ? String(value) : value),
      "Elasticsearch: a text field takes any number",
    ),
    "booleans-taken-for-texts": taken("true among texts is missing in each filter.", (value, type) =>
      type === "text" && typeof value === "boolean" ? String(value) : value,
    ),
    "texts-taken-for-booleans": taken(
      "A text 'true' is missing in a list of what is true.",
      (value, type) => (type === "boolean" && (value === "true" || value === "") ? true : value),
      "Elasticsearch: a boolean field takes 'true', 'false' and ''",
    ),
    "numbers-taken-for-booleans": taken("1 of a database is neither true nor false.", (value, type) =>
      type === "boolean" && value === 1 ? true : value,
    ),
    "booleans-taken-for-numbers": taken("true among numbers sorts anywhere.", (value, type) =>
      type === "number" && value === true ? 1 : value,
    ),
    "elements-not-looked-at": seam.addedFields("A list with one wrong element is stored.", ({ next }, doc, index) => {
      const first = (value: unknown) => (Array.isArray(value) ? value.slice(0, 1) : value)
      return next(Object.fromEntries(Object.entries(doc).map(([name, value]) => [name, first(value)])), index)
    }),
    "first-document-is-not-compared-with-itself": seam.addedFields(
      "An array of mixed values decides by its first.",
      ({ next, self }, doc, index) => {
        if (self.scalarsOf(doc).some(([path]) => index.fields.has(path))) return next(doc, index)
        const first = new Map<string, unknown>()
        const seen = self.scalarsOf(doc).filter(([path]) => !first.has(path) && first.set(path, true))
        return seen.flatMap(([path, value]) => self.fieldOf(path, { type: self.inferredType(value) }))
      },
    ),
    "refused-documents-leave-their-fields": seam.addedFields(
      "A mistake decides what a field is for ever.",
      ({ next, self }, doc, index) => {
        try {
          return next(doc, index)
        } catch (error) {
          const known = [...index.fields.keys()]
          for (const [path, value] of self.scalarsOf(doc)) {
            if (path === "fresh" && !known.includes(path)) {
              index.fields.set(path, self.fieldOf(path, { type: self.inferredType(value) }))
            }
          }
          throw error
        }
      },
      "Elasticsearch, a dynamic mapping: fields before the wrong one are put",
    ),
    "type-has-no-reason": seam.refuseFor(
      "A caller cannot tell a wrong type from a wrong name.",
      ({ next, self }, code, reason, message) => {
        if (reason === "type") self.refuse(code, message)
        return next(code, reason, message)
      },
    ),
    "type-is-a-conflict": seam.refuseFor(
      "A caller tries again what can never be stored.",
      ({ next }, code, reason, message) => next(reason === "type" ? "ALREADY_EXISTS" : code, reason, message),
    ),
    "wrong-values-left-out": seam.addedFields(
      "A record is stored, and never found by its wrong field.",
      ({ next }, doc, index) => {
        try {
          return next(doc, index)
        } catch {
          return []
        }
      },
      "Elasticsearch, ignore_malformed: true",
    ),
  },
  "SEARCH-FIELD-06": {
    "first-types-decided-twice": seam.index(
      "Two servers that begin at once leave a field of two types.",
      async ({ next, self }, object, id, doc) => {
        self.checkName(object)
        self.checkId(id)
        self.checkDocument(doc)
        if (self.findIndex(object) !== undefined) return next(object, id, doc)
        const added = self.addedFields(doc, self.newIndex(object))
        const copy = self.copyIn(doc)
        await Promise.resolve()
        const index = self.findIndex(object) ?? self.newIndex(object)
        for (const field of added) index.fields.set(field.path, field)
        self.keepIndex(index)
        self.keepDocument(index, { id, object, doc: copy })
      },
      "Elasticsearch 8.19, dynamic mappings: of two first writers with two types both were taken in 3 of 6 runs",
    ),
    "loser-of-two-types-rejects-as-a-conflict": seam.index(
      "A caller tries again what can never be stored.",
      async ({ next, self }, object, id, doc) => {
        const isFirst = !self.closed && typeof object === "string" && self.findIndex(object) === undefined
        await Promise.resolve()
        const index = isFirst ? self.findIndex(object) : undefined
        if (index !== undefined && Object.keys(doc).join() === "v") {
          const isOther = index.fields.get("v")?.type !== self.inferredType(doc["v"] as string)
          if (isOther) self.refuse("ALREADY_EXISTS", "Another write was first.")
        }
        return next(object, id, doc)
      },
    ),
  },
  "SEARCH-FIELD-07": {
    "objects-beside-values": seam.checkBesides("A value makes every search of what is below it fail.", () => {}),
    "value-over-an-object": seam.checkBesides(
      "A text in the place of an object is lost in each filter.",
      ({ next }, path, others) =>
        next(
          path,
          others.filter((other) => !other.startsWith(`${path}.`)),
        ),
    ),
    "object-over-a-value": seam.checkBesides(
      "An object in the place of a text is lost in each filter.",
      ({ next }, path, others) =>
        next(
          path,
          others.filter((other) => !path.startsWith(`${other}.`)),
        ),
    ),
    "names-that-begin-alike-refused": seam.checkBesides(
      "author and authors cannot be fields of one index.",
      ({ self }, path, others) => {
        const isWithin = others.some((other) => other.startsWith(path) || path.startsWith(other))
        if (isWithin) self.refuseFor("INVALID_ARGUMENT", "type", "A value stands where others have an object.")
      },
    ),
  },
})
