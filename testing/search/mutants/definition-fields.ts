import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

type Can = "searchable" | "filterable" | "facetable" | "sortable"

/** What a field cannot do is asked of it all the same. */
function can(why: string, what: Can, source?: string) {
  return seam.fieldOfAll(
    why,
    ({ next }, path, asked, indexes) => {
      if (asked !== what) return next(path, asked, indexes)
      const able = indexes.map((index) => {
        const fields = [...index.fields].map(([name, field]) => [name, { ...field, [what]: true }] as const)
        return { ...index, fields: new Map(fields) }
      })
      return next(path, asked, able)
    },
    source,
  )
}

/** A definition is taken that is wrong. */
function takes(why: string, isMeant: (text: string) => boolean, source?: string) {
  return seam.defineIndex(
    why,
    async ({ next, self }, definition) => {
      if (self.closed || !isMeant(JSON.stringify(definition) ?? "undefined")) return next(definition)
    },
    source,
  )
}

/** SEARCH-DEF-05 to 09. */
export const definitionFieldsMutants = mutants({
  "SEARCH-DEF-05": {
    "searchable-false-ignored": seam.fieldOf(
      "An internal note is found by everybody.",
      ({ next }, path, { searchable: _, ...definition }) => next(path, definition),
    ),
    "keywords-are-searchable": seam.fieldOf(
      "A code that is internal is found by everybody.",
      ({ next }, path, definition) => {
        const field = next(path, definition)
        return definition.type === "keyword" ? { ...field, searchable: true } : field
      },
    ),
    "keywords-are-not-searchable": seam.fieldOf(
      "A code is not found by the search box.",
      ({ next }, path, definition) => {
        const field = next(path, definition)
        return definition.type === "keyword" ? { ...field, searchable: false } : field
      },
    ),
    "not-searchable-is-not-filterable": seam.fieldOf(
      "An internal note cannot be filtered by.",
      ({ next }, path, definition) => {
        const field = next(path, definition)
        return definition.searchable === false ? { ...field, filterable: false } : field
      },
      "Elasticsearch, index: false",
    ),
    "named-fields-are-searched": can("An internal note is found by whoever names its field.", "searchable"),
    "not-searchable-fields-left-out": seam.searchedFields(
      "A search of a note finds nothing, and nobody is told.",
      ({ next }, query, indexes) => {
        const nameOf = (each: NonNullable<typeof query.fields>[number]) =>
          typeof each === "string" ? each : each.field
        const isOpen = (path: string) => indexes.every(({ fields }) => fields.get(path)?.searchable !== false)
        const fields = query.fields?.filter((each) => isOpen(nameOf(each)))
        return next(fields === undefined ? query : { ...query, fields }, indexes)
      },
    ),
  },
  "SEARCH-DEF-06": {
    "filterable-false-ignored": can("A filter that is slow here is refused there.", "filterable"),
    "sortable-false-ignored": can("A sort that is slow here is refused there.", "sortable"),
    "facetable-false-ignored": can("A facet that is slow here is refused there.", "facetable"),
    "exists-of-what-is-not-filterable": seam.checkFilter(
      "A filter works for one operator, and is refused for another.",
      ({ next }, node, indexes) => {
        if (!("field" in node && node.op === "exists")) next(node, indexes)
      },
    ),
    "not-sortable-is-not-filterable": seam.fieldOf(
      "A number that is no order cannot be filtered by.",
      ({ next }, path, definition) => {
        const field = next(path, definition)
        return { ...field, filterable: field.filterable && field.sortable }
      },
    ),
    "filterable-within-not-not-looked-up": seam.checkFilter(
      "A filter within a not is refused by one engine alone.",
      ({ next }, node, indexes) => {
        if (!("not" in node)) next(node, indexes)
      },
    ),
    "texts-are-always-sortable": seam.fieldOf(
      "A sort by a text is slow here, and refused there.",
      ({ next }, path, definition) => {
        const field = next(path, definition)
        return definition.type === "text" ? { ...field, sortable: true } : field
      },
    ),
  },
  "SEARCH-DEF-07": {
    "stored-false-ignored": seam.fieldOf(
      "A text that is only there to be found is sent with every hit.",
      ({ next }, path, definition) => ({
        ...next(path, definition),
        stored: true,
      }),
    ),
    "nested-fields-are-always-shown": seam.fieldOf("A note in an object is shown.", ({ next }, path, definition) => {
      const field = next(path, definition)
      return path.includes(".") ? { ...field, stored: true } : field
    }),
    "highlights-show-all": seam.isShown(
      "What no hit shows is read in its snippets.",
      () => true,
      "Elasticsearch: what _source leaves out is highlighted all the same",
    ),
    "get-shows-all": seam.get(
      "A page of one document shows what no list shows.",
      async ({ next, self }, object, id) => {
        const shown = await next(object, id)
        return shown && self.copyOut(self.findDocument(object, id)?.doc ?? shown)
      },
    ),
    "select-shows-what-is-not-stored": seam.shownOf(
      "Whoever asks for a note by its name gets it.",
      ({ next }, document, select) => {
        const named = select?.filter((path) => path in document.doc) ?? []
        return { ...next(document, select), ...Object.fromEntries(named.map((path) => [path, document.doc[path]])) }
      },
    ),
    "not-stored-is-not-searched": seam.fieldOf(
      "A text that is only there to be found is not found.",
      ({ next }, path, definition) => {
        const field = next(path, definition)
        return { ...field, searchable: field.searchable && field.stored }
      },
    ),
    "not-stored-is-not-filtered": seam.valuesOf(
      "A text that is only there to be found cannot be filtered by.",
      ({ next }, document, field) => (field.stored ? next(document, field) : []),
    ),
    "objects-of-hidden-members-hidden": seam.shownOf(
      "An object with one hidden member is not shown.",
      ({ next, self }, document, select) => {
        const shown = next(document, select)
        const hidden = [...(self.findIndex(document.object)?.fields.values() ?? [])].filter(({ stored }) => !stored)
        const tops = hidden.map(({ path }) => path.split(".")[0])
        return Object.fromEntries(Object.entries(shown).filter(([name]) => !tops.includes(name)))
      },
    ),
  },
  "SEARCH-DEF-08": {
    "dates-come-back-as-times": seam.copyOut(
      "A day comes back as a time.",
      ({ next }, doc) => {
        const copy = next(doc)
        if (typeof copy["at"] === "string") copy["at"] = new Date(copy["at"]).toISOString()
        return copy
      },
      "SQL databases, and JSON of a Date",
    ),
    "dates-come-back-as-numbers": seam.copyOut("A day comes back as a long number.", ({ next }, doc) => {
      const copy = next(doc)
      if (typeof copy["at"] === "string") copy["at"] = Date.parse(copy["at"])
      return copy
    }),
    "numbers-taken-for-dates": changed(
      ReferenceSearch,
      "Seconds are taken for milliseconds.",
      {
        checkType({ next }, field, value) {
          if (!(field.type === "date" && typeof value === "number")) next(field, value)
        },
        dateOf: ({ next }, text) => (typeof text === "number" ? text : next(text)),
      },
      "Elasticsearch, date: it takes any number",
    ),
    "dates-are-words": seam.fieldOf(
      "A search for 2024 finds every record of the year.",
      ({ next }, path, definition) => {
        const field = next(path, definition)
        return definition.type === "date" ? { ...field, searchable: true, analyzer: "standard" } : field
      },
    ),
    "first-days-of-arrays-looked-at": seam.addedFields(
      "A wrong day behind a right one is stored.",
      ({ next }, doc, index) => {
        const { at, ...others } = doc
        return next(Array.isArray(at) ? { ...others, at: at[0] } : doc, index)
      },
    ),
    "leap-days-refused": seam.dateOf("A record of February 29 cannot be stored.", ({ next, self }, text) =>
      text.includes("-02-29") ? self.refuseFor("INVALID_ARGUMENT", "date", "There is no such day.") : next(text),
    ),
    "dates-before-1970-refused": seam.dateOf("A birthday cannot be stored.", ({ next, self }, text) =>
      next(text) < 0 ? self.refuseFor("INVALID_ARGUMENT", "date", "A date is after 1970.") : next(text),
    ),
    "dates-in-objects-are-texts": seam.fieldOf("A date in an object is in no range.", ({ next }, path, definition) =>
      next(path, path.includes(".") && definition.type === "date" ? { type: "keyword" } : definition),
    ),
  },
  "SEARCH-DEF-09": {
    "fields-without-a-type": takes("A field without a type is a text here, and refused there.", (text) =>
      text.includes('{"t":{}}'),
    ),
    "unknown-types": takes(
      "A field of a type of another engine is a text.",
      (text) => text.includes('"string"'),
      "Elasticsearch 2, type string",
    ),
    "fields-that-are-a-type": takes(
      "A short form works with one engine.",
      (text) => text.includes('"fields":{"t":"text"}'),
      "Orama, schema: { t: 'string' }",
    ),
    "unknown-members-of-fields": takes("A slip in a definition is never noticed.", (text) => text.includes('"x":1')),
    "unknown-analyzers": takes("A French text has English words.", (text) => text.includes("french")),
    "analyzers-of-numbers": takes("An analyzer of a number never acts.", (text) =>
      text.includes('"number","analyzer"'),
    ),
    "searchable-numbers": takes("A number that should be searched is not.", (text) =>
      text.includes('"number","searchable"'),
    ),
    "boosts-of-0": takes("A field is searched, and counts nothing.", (text) => text.includes('"boost":0')),
    "boosts-of-text": takes("A boost is joined in the place of multiplied.", (text) => text.includes('"boost":"2"')),
    "underscores-of-fields": takes("A field changes what the engine keeps for itself.", (text) =>
      text.includes('"_t"'),
    ),
    "empty-names-in-paths": takes(
      "A field is there that no document can have.",
      (text) => text.includes('"a..b"') || text.includes('"a."'),
    ),
    "stars-of-fields": takes("A field is there that is a pattern for many.", (text) => text.includes('"*"')),
    "fields-within-fields-of-one-definition": takes("A value and an object stand in one place.", (text) =>
      text.includes('"a.b":'),
    ),
    "401-fields": takes("A definition is taken here, and refused there.", (text) => text.includes('"f400"')),
    "deep-fields": takes("A field is there that no document can have.", (text) => text.includes("a.a.a.a")),
    "synonyms-of-one": takes("A group of one word does nothing.", (text) => text.includes('"synonyms":[["a"]]')),
    "synonyms-that-are-empty": takes(
      "A group with an empty word finds everything.",
      (text) => text.includes('["a",""]') || text.includes('[" ","b"]'),
    ),
    "synonyms-that-are-text": takes("Each letter of a group stands for the others.", (text) =>
      text.includes('"synonyms":["a","b"]'),
    ),
    "unknown-members-of-definitions": takes("A slip in a definition is never noticed.", (text) =>
      text.includes('"more"'),
    ),
    "definitions-without-fields": takes(
      "A definition that was lost on the way makes an index.",
      (text) => text === '{"name":"docs"}',
    ),
    "refused-definitions-make-an-index": seam.checkDefinition(
      "A slip in a definition leaves an index.",
      ({ next, self }, definition) => {
        try {
          next(definition)
        } catch (error) {
          if (!self.closed && Object(definition).name === "docs") self.keepIndex(self.newIndex("docs"))
          throw error
        }
      },
    ),
  },
})
