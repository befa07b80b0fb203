import type { FieldDefinition, IndexDefinition } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"
import type { ReferenceSearch } from "../reference/reference-search.ts"

/** A difference of two definitions of a field is not seen. */
function blindTo(why: string, member: keyof FieldDefinition, source?: string) {
  return seam.isSameField(why, ({ next }, one, other) => next({ ...one, [member]: other[member] }, other), source)
}

/** The definition changes something before it is refused, or in the place of that. */
function defines(
  why: string,
  change: (self: ReferenceSearch, definition: IndexDefinition) => unknown,
  source?: string,
) {
  return seam.defineIndex(
    why,
    async ({ next, self }, definition) => {
      const isGood = !self.closed && self.definitionIssue(definition) === undefined
      if (isGood) change(self, definition)
      return next(definition)
    },
    source,
  )
}

/** SEARCH-DEF-01 to 04. */
export const definitionsMutants = mutants({
  "SEARCH-DEF-01": {
    "definition-without-documents-is-none": seam.defineIndex(
      "The first page of a new application fails.",
      async ({ next, self }, definition) => {
        await next(definition)
        if (self.findIndex(definition.name)?.documents.size === 0) self.dropIndex(definition.name)
      },
    ),
    "fields-are-checked-with-the-first-document": seam.addedFields(
      "A value of another type is stored, and decides what the field is.",
      ({ next }, doc, index) =>
        next(doc, { fields: new Map([...index.fields].filter(([, { type }]) => type !== "number")) }),
    ),
    "nested-fields-not-defined": defines("A nested field that was defined is not there.", (_, definition) => {
      const fields = definition.fields as Record<string, FieldDefinition>
      for (const path of Object.keys(fields)) if (path === "o.p") delete fields[path]
    }),
    "absent-fields-of-defined-indexes-pass": seam.checkFilter(
      "A slip in a filter is never noticed in an empty index.",
      ({ next }, node, indexes) => {
        if (!indexes.every(({ documents }) => documents.size === 0)) next(node, indexes)
      },
    ),
    "types-not-defined": seam.fieldsOf("Every field that was defined is a text.", ({ next }, definition) =>
      next(definition).map((field) => (field.type === "boolean" ? { ...field, type: "text" } : field)),
    ),
  },
  "SEARCH-DEF-02": {
    "second-definition-rejects": seam.defineIndex(
      "A program that starts again fails.",
      async ({ next, self }, definition) => {
        self.checkOpen()
        if (self.findIndex(Object(definition).name) !== undefined)
          self.refuse("ALREADY_EXISTS", "There is such an index.")
        return next(definition)
      },
      "Elasticsearch, PUT of an index: resource_already_exists_exception",
    ),
    "second-definition-empties-the-index": seam.defineIndex(
      "A program that starts again empties its index.",
      async ({ next, self }, definition) => {
        if (!self.closed && self.definitionIssue(definition) === undefined)
          self.findIndex(definition.name)?.documents.clear()
        return next(definition)
      },
    ),
    "defaults-are-another-definition": seam.defineIndex(
      "A definition that says its defaults is refused.",
      async ({ next, self }, definition) => {
        self.checkOpen()
        const isKnown = self.findIndex(Object(definition).name) !== undefined
        const saysDefaults = JSON.stringify(definition).includes('"searchable":true')
        if (isKnown && saysDefaults) self.refuseFor("PRECONDITION_FAILED", "definition", "A field is another one.")
        return next(definition)
      },
    ),
    "more-fields-rejected": seam.checkChange(
      "A new version with a field more cannot start.",
      ({ next, self }, index, fields) => {
        const isMore = index.fields.size > 0 && fields.some(({ path }) => !index.fields.has(path))
        if (isMore) self.refuseFor("PRECONDITION_FAILED", "definition", "A field is new.")
        next(index, fields)
      },
    ),
    "fields-that-are-not-named-are-dropped": seam.defineIndex(
      "A definition of one part of a program takes the fields of another.",
      async ({ next, self }, definition) => {
        await next(definition)
        const index = self.findIndex(definition.name)
        for (const path of [...(index?.fields.keys() ?? [])])
          if (!(path in definition.fields) && path === "t") index?.fields.delete(path)
      },
    ),
    "inferred-fields-cannot-be-defined": seam.isSameField(
      "A field that a document has brought can never be defined.",
      ({ next }, one, other) => one.path !== "inferred" && next(one, other),
    ),
    "two-definitions-at-once-reject": seam.defineIndex(
      "Of two servers that start together one fails.",
      (() => {
        const underWay = new WeakSet<object>()
        return async ({ next, self }, definition) => {
          if (underWay.has(self)) self.refuse("ALREADY_EXISTS", "The index is being defined.")
          underWay.add(self)
          await Promise.resolve()
          underWay.delete(self)
          return next(definition)
        }
      })(),
    ),
  },
  "SEARCH-DEF-03": {
    "types-change": seam.isSameField(
      "Documents that are stored are in no filter any more.",
      ({ next }, one, other) => one.type !== other.type || next(one, other),
    ),
    "analyzers-change": blindTo("Documents of before are found by other words than those of after.", "analyzer"),
    "searchable-changes": blindTo("A field becomes searchable for new documents alone.", "searchable"),
    "filterable-changes": blindTo("A field becomes filterable for new documents alone.", "filterable"),
    "facetable-changes": blindTo("A field has facets of new documents alone.", "facetable"),
    "sortable-changes": blindTo("A field is sorted by in new documents alone.", "sortable"),
    "stored-changes": blindTo("A field is shown of new documents alone.", "stored"),
    "types-of-inferred-fields-change": seam.isSameField(
      "A field that documents have becomes another one.",
      ({ next }, one, other) => one.path === "inferred" || next(one, other),
    ),
    "fields-within-fields": seam.checkChange("A value and an object stand in one place.", ({ next }, index, fields) =>
      next(
        index,
        fields.filter(({ path }) => path !== "t.more"),
      ),
    ),
    "fields-over-objects": seam.checkChange("A value and an object stand in one place.", ({ next }, index, fields) =>
      next(
        index,
        fields.filter(({ path }) => path !== "o"),
      ),
    ),
    "good-fields-of-a-refused-definition-stay": defines(
      "A definition that was refused has changed the index.",
      (self, definition) => {
        const index = self.findIndex(definition.name)
        for (const field of self.fieldsOf(definition)) {
          if (index !== undefined && field.path === "fresh") index.fields.set(field.path, field)
        }
      },
    ),
    "definition-has-no-reason": seam.refuseFor(
      "A caller cannot tell a definition from a cursor.",
      ({ next, self }, code, reason, message) => {
        if (reason === "definition") self.refuse(code, message)
        return next(code, reason, message)
      },
    ),
    "definition-is-a-bad-argument": seam.refuseFor(
      "A program takes an index of an older version for a slip of its own.",
      ({ next }, code, reason, message) => next(reason === "definition" ? "INVALID_ARGUMENT" : code, reason, message),
      "Elasticsearch, a mapping that conflicts: 400 illegal_argument_exception",
    ),
    "other-definitions-ignored": seam.checkChange(
      "A program believes that a field is what it has defined.",
      () => {},
      "code that defines an index where it is not there, and is content where it is",
    ),
  },
  "SEARCH-DEF-04": {
    "fields-of-no-definition-dropped": seam.addedFields(
      "Records have fields of their own that nobody finds.",
      ({ next }, doc, index) => {
        const added = next(doc, index)
        return index.fields.size > 0 ? [] : added
      },
      "Elasticsearch, dynamic: false",
    ),
    "fields-of-no-definition-refused": seam.addedFields(
      "A record with a field of its own cannot be stored.",
      ({ next, self }, doc, index) => {
        const added = next(doc, index)
        if (index.fields.size > 0 && added.length > 0)
          self.refuseFor("INVALID_ARGUMENT", "field", "A field is not defined.")
        return added
      },
      "Elasticsearch, dynamic: strict; Orama and lunr: a schema",
    ),
    "members-beside-a-defined-one-dropped": seam.addedFields(
      "A member beside one that is defined is not found.",
      ({ next }, doc, index) =>
        next(doc, index).filter(({ path }) => !path.startsWith("o.") || !index.fields.has("o.p")),
    ),
    "texts-of-no-definition-are-keywords": seam.addedFields(
      "A text that nobody defined is found by all of it alone.",
      ({ next, self }, doc, index) =>
        next(doc, index).map((field) =>
          index.fields.size > 0 && field.type === "text" ? self.fieldOf(field.path, { type: "keyword" }) : field,
        ),
    ),
  },
})
