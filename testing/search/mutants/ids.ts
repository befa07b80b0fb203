import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

/** SEARCH-ID: ids as names. */
export const idsMutants = mutants({
  "SEARCH-ID-01": {
    "ids-lower-cased": seam.encodeId("Two records whose ids are base64 are one.", (_, id) => id.toLowerCase()),
    "case-of-other-alphabets-of-ids-folded": seam.encodeId("Two records that differ in one letter are one.", (_, id) =>
      id.replaceAll(/[^\0-\x7f]/g, (letter) => letter.toLowerCase()),
    ),
  },
  "SEARCH-ID-02": {
    "ids-trimmed": seam.encodeId("A record with a blank at its end replaces the one without.", (_, id) => id.trim()),
  },
  "SEARCH-ID-03": {
    "ids-normalised": seam.encodeId("Two records that a database tells apart are one.", (_, id) => id.normalize("NFC")),
    "ids-in-latin-1": seam.encodeId("Records in a foreign script replace each other.", (_, id) =>
      id.replaceAll(/[^\0-\xff]/gu, "?"),
    ),
  },
  "SEARCH-ID-04": {
    "punctuation-of-ids-replaced": seam.encodeId(
      "Two paths are one record.",
      (_, id) => id.replaceAll(/[!-,./:-@[-^`{-~]/g, "-"),
      "Meilisearch: ids have letters, digits, - and _ alone, so each client replaces all others",
    ),
    "ids-end-at-a-question-mark": seam.encodeId("URLs that differ in their query are one record.", (_, id) =>
      id.split("?", 1).join(""),
    ),
    "ids-end-at-nul": seam.encodeId("Ids that go on behind a NUL are one.", (_, id) => id.split("\0", 1).join("")),
  },
  "SEARCH-ID-05": {
    "star-of-an-id-stands-for-any": seam.removeDocument(
      "The removal of one record takes others along.",
      ({ next, self }, name, id) => {
        const [start = "", ...rest] = id.split("*")
        const ids = [...(self.findIndex(name)?.documents.values() ?? [])].map((document) => document.id)
        if (rest.length > 0) for (const other of ids) if (other !== id && other.startsWith(start)) next(name, other)
        return next(name, id)
      },
      "Elasticsearch, delete by query: a star in a query string stands for any text",
    ),
    "underscore-of-an-id-stands-for-any": seam.findDocument(
      "One record is shown in the place of another.",
      ({ next, self }, name, id) => {
        const pattern = new RegExp(`^${id.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("_", ".")}$`, "su")
        const all = [...(self.findIndex(name)?.documents.values() ?? [])]
        return (id.includes("_") && all.find((document) => pattern.test(document.id))) || next(name, id)
      },
      "SQL, LIKE: an underscore in the pattern stands for any character",
    ),
  },
  "SEARCH-ID-06": {
    "ids-percent-decoded": seam.encodeId("a%20b and a b are one record.", (_, id) => {
      try {
        return decodeURIComponent(id)
      } catch {
        return id
      }
    }),
  },
  "SEARCH-ID-07": {
    "ids-of-members-refused": seam.idIssue("A user who is called constructor is not found.", ({ next }, id) =>
      typeof id === "string" && id in {} ? "An id must not be the name of a member." : next(id),
    ),
    "documents-in-an-object": seam.keepDocument(
      "A record that is called __proto__ is lost in silence.",
      ({ next }, index, document) => {
        if (document.id !== "__proto__") next(index, document)
      },
      "documents that are kept in a plain object by their ids",
    ),
  },
  "SEARCH-ID-08": {
    "ids-cut-at-255": seam.encodeId("Long ids that differ at their end are one.", (_, id) => id.slice(0, 255)),
    "middle-of-long-ids-left-out": seam.encodeId("Long ids that begin and end alike are one.", (_, id) =>
      id.length > 200 ? `${id.slice(0, 100)}${id.length}${id.slice(-100)}` : id,
    ),
  },
  "SEARCH-ID-09": {
    "id-limit-counts-characters": seam.idIssue(
      "An id that is taken here is refused by the server.",
      ({ next }, id) =>
        next(typeof id === "string" && id.length <= 512 ? id.replaceAll(/[^\0-\x7f\ud800-\udfff]/g, "x") : id),
      "Elasticsearch: ids have at most 512 bytes of UTF-8",
    ),
    "long-ids-cut": changed(ReferenceSearch, "Records whose ids are over the limit are one, in silence.", {
      idIssue: ({ next }, id) => next(typeof id === "string" ? id.slice(0, 512) : id),
      encodeId: (_, id) => id.slice(0, 512),
    }),
  },
  "SEARCH-ID-10": {
    "empty-id-accepted": changed(
      ReferenceSearch,
      "All records of a missing variable are one.",
      {
        idIssue: ({ next }, id) => (id === "" ? undefined : next(id)),
        operationIssue: ({ next }, operation) => {
          const { id } = Object(operation) as { id?: unknown }
          return next(id === "" ? { ...(operation as object), id: "empty" } : operation)
        },
      },
      "OpenSearch: a document with the id '' gets one of its own from its client",
    ),
  },
  "SEARCH-ID-11": {
    "ids-turned-to-text": changed(ReferenceSearch, "undefined and null become records that all callers share.", {
      idIssue: ({ next }, id) => next(String(id)),
      encodeId: (_, id) => String(id),
    }),
    "numbers-are-ids": changed(
      ReferenceSearch,
      "What was stored under 1 is not there under the text 1.",
      {
        idIssue: ({ next }, id) => (typeof id === "number" ? undefined : next(id)),
        encodeId: (_, id) => (typeof id === "number" ? `number ${id}` : id),
      },
      "MiniSearch, FlexSearch: ids are numbers as well as texts, and never the same",
    ),
  },
  "SEARCH-ID-12": {
    "lone-surrogates-of-ids-replaced": changed(ReferenceSearch, "Different broken ids become one record.", {
      idIssue: ({ next }, id) => next(typeof id === "string" ? id.toWellFormed() : id),
      encodeId: (_, id) => id.toWellFormed(),
    }),
  },
  "SEARCH-ID-13": {
    "namespace-forgotten": seam.prefix("The staging system reads and deletes records of production.", () => ""),
    "remove-reaches-next-door": seam.removeDocument(
      "A removal takes the record of another environment.",
      ({ next, self }, name, id) => {
        for (const [stored, { documents }] of self.store.indexes) {
          if (stored.endsWith(`:${name}`) && !stored.startsWith(self.prefix())) documents.delete(self.encodeId(id))
        }
        return next(name, id)
      },
    ),
  },
})
