import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

type Doc = Record<string, unknown>
type Path = readonly [path: string, value: unknown]

function isObject(value: unknown): value is Doc {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A copy of a document with other names of members. */
function renamed(value: unknown, change: (name: string, depth: number) => string, depth = 1): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, change, depth + 1))
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value
  const members = Object.entries(value)
  return Object.fromEntries(members.map(([name, member]) => [change(name, depth), renamed(member, change, depth + 1)]))
}

/** Names of members are checked as if they were others. */
function namesTaken(why: string, change: (name: string, depth: number) => string, source?: string) {
  return seam.documentIssue(
    why,
    ({ next }, doc) => {
      const issue = next(doc)
      return issue?.includes("whose name is") ? next(renamed(doc, change)) : issue
    },
    source,
  )
}

/** Some names of members are refused. */
function namesRefused(why: string, isRefused: (name: string) => boolean, source?: string) {
  return seam.documentIssue(
    why,
    ({ next }, doc) => {
      const isAny = isObject(doc) && Object.keys(doc).some(isRefused)
      return isAny ? "A name of a field has a character that is not taken." : next(doc)
    },
    source,
  )
}

/** All that has a path, empty values too. */
function emptyValues(value: unknown, path = ""): Path[] {
  if (Array.isArray(value)) {
    return value.length === 0 ? [[path, value]] : value.flatMap((item) => emptyValues(item, path))
  }
  if (!isObject(value)) return value === null ? [[path, value]] : []
  const members = Object.entries(value)
  return members.length === 0 && path !== ""
    ? [[path, value]]
    : members.flatMap(([name, member]) => emptyValues(member, path === "" ? name : `${path}.${name}`))
}

/** What has no value makes a text field. */
function emptyMakesField(why: string, isMeant: (value: unknown) => boolean, source?: string) {
  return seam.addedFields(
    why,
    ({ next, self }, doc, index) => {
      const added = next(doc, index)
      const paths = new Set([...index.fields.keys(), ...added.map(({ path }) => path)])
      const more = emptyValues(doc).filter(([path, value]) => isMeant(value) && !paths.has(path))
      return [...added, ...more.map(([path]) => self.fieldOf(path, { type: "text" }))]
    },
    source,
  )
}

/** How deep objects are, arrays left out of the count or not. */
function depthOf(value: unknown, ofArrays: 0 | 1, levels = 0): number {
  if (levels > 200 || typeof value !== "object" || value === null) return levels
  const own = levels + (Array.isArray(value) ? ofArrays : 1)
  return Math.max(own, ...Object.values(value).map((member) => depthOf(member, ofArrays, own)))
}

function depthTaken(why: string, most: number, ofArrays: 0 | 1, source?: string) {
  return seam.documentIssue(
    why,
    ({ next }, doc) => {
      const issue = next(doc)
      return issue?.includes("levels deep") && depthOf(doc, ofArrays) <= most ? undefined : issue
    },
    source,
  )
}

/** SEARCH-FIELD-08 to 12. */
export const fieldNamesMutants = mutants({
  "SEARCH-FIELD-08": {
    "dots-of-names-taken-for-paths": namesTaken(
      "Two members of a document are one field.",
      (name) => (/^\.|\.$/.test(name) ? name : name.replaceAll(".", "-")),
      "Elasticsearch: a.b is the member b of an object a",
    ),
    "dot-at-the-end-taken": namesTaken("A field is there that no filter can name.", (name) =>
      name === "a." ? "a" : name,
    ),
    "underscores-taken": namesTaken("A member _id changes what the engine keeps for itself.", (name) =>
      name === "_id" ? "id" : name,
    ),
    "stars-taken": namesTaken("A field is there that is a pattern for many.", (name) => name.replaceAll("*", "-")),
    "blank-names-taken": namesTaken("A field is there that no filter can name.", (name) =>
      name.trim() === "" ? "blank" : name,
    ),
    "broken-names-taken": namesTaken("A field comes back under another name.", (name) => name.toWellFormed()),
    "nested-names-not-looked-at": namesTaken("A name of a field deep in a document breaks the index.", (name, depth) =>
      depth > 1 ? `x${name.replaceAll(/[.*]/g, "")}`.toWellFormed() : name,
    ),
    "names-of-ascii-alone": namesRefused(
      "Records whose members are called in another language cannot be stored.",
      (name) => /[^\0-\x7f]/.test(name),
    ),
    "blanks-in-names-refused": namesRefused("Columns of a sheet cannot be stored.", (name) => / \S/.test(name)),
    "dollars-refused": namesRefused(
      "A schema with $ref cannot be stored.",
      (name) => name.startsWith("$"),
      "MongoDB before 5: names of fields do not begin with $",
    ),
    "names-without-case": seam.scalarsOf("Two fields that differ in case are one.", ({ next }, value, path = "") =>
      next(value, path).map(([at, scalar]) => [at.toLowerCase(), scalar]),
    ),
    "names-end-at-a-colon": seam.scalarsOf("Fields with a namespace are one.", ({ next }, value, path = "") =>
      next(value, path).map(([at, scalar]) => [at.split(":", 1).join(), scalar]),
    ),
  },
  "SEARCH-FIELD-09": {
    "fields-found-on-a-prototype": seam.fieldOfAll(
      "A filter by a field that nobody has is answered.",
      ({ next, self }, path, can, indexes) =>
        path in {} && indexes.every(({ fields }) => !fields.has(path))
          ? self.fieldOf(path, { type: "text" })
          : next(path, can, indexes),
    ),
    "fields-of-member-names-refused": namesRefused(
      "A record with a member constructor cannot be stored.",
      (name) => name in {},
    ),
    "member-names-lost-from-documents": seam.copyOut(
      "A record with a member toString comes back without it.",
      ({ next }, doc) => {
        const copy = next(doc)
        for (const name of Object.keys(copy)) if (name in {} && isObject(copy[name])) delete copy[name]
        return copy
      },
    ),
    "length-is-not-a-field": seam.scalarsOf(
      "A record with a member length is not found by it.",
      ({ next }, value, path = "") => (isObject(value) && path === "length" ? [] : next(value, path)),
    ),
  },
  "SEARCH-FIELD-10": {
    "fields-without-end": seam.checkFieldCount("Documents whose keys are ids fill the index with fields.", () => {}),
    "334-fields-at-most": seam.checkFieldCount(
      "An index that is full here is not full there.",
      ({ next }, count) => next(count > 333 ? 401 : count),
      "Elasticsearch, index.mapping.total_fields.limit 1,000: a text takes three of them",
    ),
    "fields-counted-by-document": seam.addedFields(
      "Documents with a key of their own each fill the index with fields.",
      ({ next }, doc, index) => next(doc, { fields: new Map([...index.fields].filter(([path]) => path in doc)) }),
    ),
    "full-index-refuses-all": seam.addedFields(
      "Once an index has 400 fields nothing can be stored.",
      ({ next, self }, doc, index) => {
        if (index.fields.size >= 400) self.checkFieldCount(401)
        return next(doc, index)
      },
    ),
    "values-of-null-counted": changed(ReferenceSearch, "Once an index has 400 fields a cleared member is refused.", {
      addedFields({ next, self }, doc, index) {
        const added = next(doc, index)
        const paths = new Set([...index.fields.keys(), ...added.map(({ path }) => path), ...Object.keys(doc)])
        self.checkFieldCount(paths.size)
        return added
      },
    }),
  },
  "SEARCH-FIELD-11": {
    "17-levels-at-most": seam.addedFields(
      "A document that is deep here is not deep there.",
      ({ next, self }, doc, index) => {
        if (depthOf(doc, 1) > 17) self.refuse("INVALID_ARGUMENT", "A document has at most 17 levels.")
        return next(doc, index)
      },
    ),
    "20-levels-taken": depthTaken(
      "A document that is taken here is refused by the server.",
      20,
      1,
      "Elasticsearch, index.mapping.depth.limit: 20",
    ),
    "arrays-are-no-levels": depthTaken("Arrays in arrays take the stack.", 18, 0),
    "deep-parts-left-out": seam.copyIn("What is deep in a document is lost in silence.", ({ next }, doc) => {
      const cut = (value: unknown, levels: number): unknown => {
        if (Array.isArray(value)) return value.map((item) => cut(item, levels + 1))
        if (!isObject(value)) return value
        return levels > 16
          ? {}
          : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cut(member, levels + 1)]))
      }
      return cut(next(doc), 1) as Doc
    }),
    "circles-taken": seam.documentIssue("A document with a circle takes the stack.", ({ next }, doc) =>
      isObject(doc) && Array.isArray(doc["circle"]) ? undefined : next(doc),
    ),
  },
  "SEARCH-FIELD-12": {
    "null-makes-a-text": emptyMakesField(
      "A first record without a value decides the type for all that have one.",
      (value) => value === null,
    ),
    "empty-arrays-make-a-text": emptyMakesField("A first record without tags decides what tags are.", Array.isArray),
    "empty-objects-make-a-text": emptyMakesField("A first record without members decides what an object is.", isObject),
    "holes-of-arrays-refused": seam.addedFields(
      "A list with a hole cannot be stored.",
      ({ next, self }, doc, index) => {
        const filled = new Set(self.scalarsOf(doc).map(([path]) => path))
        if (emptyValues(doc).some(([path, value]) => value === null && filled.has(path))) {
          self.refuseFor("INVALID_ARGUMENT", "type", "A list has no null.")
        }
        return next(doc, index)
      },
    ),
  },
})
