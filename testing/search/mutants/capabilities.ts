import type {
  IndexDefinition,
  SearchCapabilities,
  SearchQuery,
  SearchResult,
  Suggestion,
} from "../../../contracts/search/search.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants } from "../mutant.ts"
import type { ReferenceSearch } from "../reference/reference-search.ts"
import { referenceThatDeclares, referenceWithout } from "../reference/without.ts"

type Name = keyof SearchCapabilities

/** What is not declared is left out of a query in silence. */
function leavesOut(why: string, capability: Name, change: (query: SearchQuery) => SearchQuery, source?: string) {
  return subclass(
    why,
    class extends referenceThatDeclares({ [capability]: false }) {
      override async search(query: SearchQuery): Promise<SearchResult> {
        return super.search(query === undefined ? query : change(query))
      }
    },
    source,
  )
}

/** What is not declared is refused where the index is there alone. */
function refusesLate(why: string, capability: Name, source?: string) {
  return subclass(
    why,
    class extends referenceThatDeclares({ [capability]: false }) {
      override async search(query: SearchQuery): Promise<SearchResult> {
        const { object } = Object(query) as SearchQuery
        const isAbsent = !this.closed && object === "absent"
        return isAbsent ? this.noResult({ object }) : super.search(query)
      }
    },
    source,
  )
}

/** A query that asks for nothing of the kind is refused too. */
function refusesPlain(why: string, capability: Name, isPlain: (query: SearchQuery) => boolean) {
  return subclass(
    why,
    class extends referenceThatDeclares({ [capability]: false }) {
      override checkOffered(query: SearchQuery): void {
        super.checkOffered(query)
        if (isPlain(query)) this.refuse("UNSUPPORTED", `This search has no ${capability}.`)
      }
    },
  )
}

/** What is not declared is refused with another code. */
function refusesAs(why: string, capability: Name, code: "INVALID_ARGUMENT" | "INTERNAL") {
  return subclass(
    why,
    class extends referenceThatDeclares({ [capability]: false }) {
      override checkOffer(...[name, isAsked]: Parameters<ReferenceSearch["checkOffer"]>): void {
        if (name === capability && isAsked) this.refuse(code, `This search has no ${capability}.`)
        super.checkOffer(name, isAsked)
      }
    },
  )
}

export const searchCapabilitiesMutants = mutants({
  "SEARCH-CAP-01": {
    "undeclared-get-gives-nothing": subclass(
      "A page of a record that is there says that it is not.",
      class extends referenceWithout("indexing") {
        override async get(): Promise<Record<string, unknown> | undefined> {
          return undefined
        }
      },
    ),
    "undeclared-bulk-not-implemented": subclass(
      "Callers cannot tell a missing method from a fault.",
      class extends referenceWithout("indexing") {
        override async bulk(): Promise<never> {
          throw new Error("bulk is not implemented")
        }
      },
    ),
    "undeclared-bulk-does-nothing": subclass(
      "An import says that it is done.",
      class extends referenceWithout("indexing") {
        override async bulk() {
          return { items: [], failed: 0 }
        }
      },
    ),
  },
  "SEARCH-CAP-02": {
    "undeclared-suggest-gives-nothing": subclass(
      "A box never suggests a word, and nobody is told.",
      class extends referenceWithout("suggest") {
        override async suggest(): Promise<Suggestion[]> {
          return []
        }
      },
    ),
    "undeclared-suggest-not-implemented": subclass(
      "Callers cannot tell a missing method from a fault.",
      class extends referenceWithout("suggest") {
        override async suggest(): Promise<never> {
          throw new Error("suggest is not implemented")
        }
      },
    ),
  },
  "SEARCH-CAP-03": {
    "undeclared-reindex-does-nothing": subclass(
      "A job says that it is done, and the index is the old one.",
      class extends referenceWithout("reindex") {
        override async reindex() {
          return { documents: 1, tookMs: 0 }
        }
      },
    ),
    "undeclared-reindex-empties": subclass(
      "A job that was refused has emptied the index.",
      class extends referenceWithout("reindex") {
        override async reindex(object: string): Promise<never> {
          this.checkName(object)
          this.dropIndex(object)
          this.refuse("UNSUPPORTED", "There is no reindex.")
        }
      },
    ),
  },
  "SEARCH-CAP-06": {
    "phrase-left-out": leavesOut(
      "A quote finds every text that has one of its words.",
      "phrase",
      ({ phrase: _, ...query }) => query,
      "MiniSearch #216: there are no phrases",
    ),
    "phrase-refused-late": refusesLate("A quote is refused once the first record is there.", "phrase"),
    "phrase-false-refused": refusesPlain(
      "A form that sends all its members gets an error.",
      "phrase",
      ({ phrase }) => phrase === false,
    ),
  },
  "SEARCH-CAP-07": {
    "fuzzy-left-out": leavesOut(
      "A slip finds nothing, and nobody is told.",
      "fuzzy",
      ({ fuzzy: _, ...query }) => query,
    ),
    "auto-left-out": leavesOut("A slip finds nothing, and nobody is told.", "fuzzy", ({ fuzzy, ...query }) =>
      fuzzy === "auto" ? query : { ...query, fuzzy },
    ),
    "fuzzy-refused-late": refusesLate("A slip is refused once the first record is there.", "fuzzy"),
    "fuzzy-0-refused": refusesPlain(
      "A form that sends all its members gets an error.",
      "fuzzy",
      ({ fuzzy }) => fuzzy === 0,
    ),
  },
  "SEARCH-CAP-08": {
    "prefix-left-out": leavesOut(
      "A search while one types finds nothing, and nobody is told.",
      "prefix",
      ({ prefix: _, ...query }) => query,
    ),
    "last-left-out": leavesOut(
      "A search while one types finds nothing, and nobody is told.",
      "prefix",
      ({ prefix, ...query }) => (prefix === "last" ? query : { ...query, prefix }),
    ),
    "prefix-false-refused": refusesPlain(
      "A form that sends all its members gets an error.",
      "prefix",
      ({ prefix }) => prefix === false,
    ),
  },
  "SEARCH-CAP-09": {
    "facets-left-out": leavesOut(
      "A page has no numbers beside its filters, and nobody is told.",
      "facets",
      ({ facets: _, ...query }) => query,
      "FlexSearch #131: there are no facets",
    ),
    "ranges-left-out": leavesOut(
      "A page has no numbers beside its prices, and nobody is told.",
      "facets",
      ({ facets, ...query }) => ({
        ...query,
        facets: facets?.filter((facet) => !("ranges" in facet)),
      }),
    ),
    "no-facets-refused": refusesPlain(
      "A page whose facets are switched off gets an error.",
      "facets",
      ({ facets }) => facets?.length === 0,
    ),
  },
  "SEARCH-CAP-10": {
    "disjunctive-left-out": leavesOut(
      "Numbers leave nothing but the chosen value, and nobody is told.",
      "disjunctiveFacets",
      ({ facets, ...query }) => ({
        ...query,
        facets: facets?.map((facet) => ({ ...facet, disjunctive: false })),
      }),
    ),
    "second-disjunctive-left-out": leavesOut(
      "Numbers leave nothing but the chosen value, and nobody is told.",
      "disjunctiveFacets",
      ({ facets, ...query }) => ({
        ...query,
        facets: facets?.map((facet, at) => (at > 0 ? { ...facet, disjunctive: false } : facet)),
      }),
    ),
    "disjunctive-false-refused": refusesPlain(
      "A page whose facets are plain gets an error.",
      "disjunctiveFacets",
      ({ facets }) => facets?.some(({ disjunctive }) => disjunctive === false) === true,
    ),
  },
  "SEARCH-CAP-11": {
    "sort-left-out": leavesOut(
      "A table is in another order than its head says.",
      "sort",
      ({ sort: _, ...query }) => query,
      "lunr: hits come by score alone",
    ),
    "sort-refused-late": refusesLate("A table is refused once the first record is there.", "sort"),
    "no-sort-refused": refusesPlain(
      "A table that is not sorted gets an error.",
      "sort",
      ({ sort }) => sort?.length === 0,
    ),
  },
  "SEARCH-CAP-12": {
    "cursor-left-out": leavesOut(
      "An export has the first page for ever.",
      "cursor",
      ({ cursor: _, ...query }) => query,
    ),
    "cursor-is-a-bad-argument": refusesAs(
      "A caller takes a missing capability for a slip of his own.",
      "cursor",
      "INVALID_ARGUMENT",
    ),
  },
  "SEARCH-CAP-13": {
    "highlight-left-out": leavesOut(
      "A list has no marks, and nobody is told.",
      "highlight",
      ({ highlight: _, ...query }) => query,
    ),
    "empty-highlight-left-out": leavesOut(
      "A list has no marks, and nobody is told.",
      "highlight",
      ({ highlight, ...query }) =>
        typeof highlight === "object" && Object.keys(highlight).length === 0 ? query : { ...query, highlight },
    ),
    "highlight-false-refused": refusesPlain(
      "A form that sends all its members gets an error.",
      "highlight",
      ({ highlight }) => highlight === false,
    ),
  },
  "SEARCH-CAP-14": {
    "synonyms-left-out": subclass(
      "Words that are to stand for each other do not, and nobody is told.",
      class extends referenceThatDeclares({ synonyms: false }) {
        override async defineIndex(definition: IndexDefinition): Promise<void> {
          const { synonyms: _, ...others } = Object(definition) as IndexDefinition
          return super.defineIndex(typeof definition === "object" ? others : definition)
        }
      },
    ),
    "synonyms-refused-after-the-index-is-made": subclass(
      "A definition that was refused has made an index.",
      class extends referenceThatDeclares({ synonyms: false }) {
        override async defineIndex(definition: IndexDefinition): Promise<void> {
          const { synonyms, ...others } = Object(definition) as IndexDefinition
          if (synonyms?.length) await super.defineIndex(others)
          return super.defineIndex(definition)
        }
      },
    ),
    "no-synonyms-refused": subclass(
      "A definition whose synonyms are switched off is refused.",
      class extends referenceThatDeclares({ synonyms: false }) {
        override checkDefinition(definition: unknown): void {
          super.checkDefinition(definition)
          if (Array.isArray((definition as IndexDefinition).synonyms))
            this.refuse("UNSUPPORTED", "There are no synonyms.")
        }
      },
    ),
  },
  "SEARCH-CAP-15": {
    "explain-left-out": leavesOut(
      "A ranking is not explained, and nobody is told.",
      "explain",
      ({ explain: _, ...query }) => query,
    ),
    "explain-of-words-alone-refused": leavesOut(
      "A ranking is not explained, and nobody is told.",
      "explain",
      ({ explain, ...query }) => (query.q === undefined ? query : { ...query, explain }),
    ),
    "explain-false-refused": refusesPlain(
      "A form that sends all its members gets an error.",
      "explain",
      ({ explain }) => explain === false,
    ),
  },
  "SEARCH-CAP-16": {
    "native-left-out": leavesOut(
      "A member that was left out in silence makes another search.",
      "native",
      ({ native: _, ...query }) => query,
    ),
    "empty-native-left-out": leavesOut(
      "A member that was left out in silence makes another search.",
      "native",
      ({ native, ...query }) => (Object.keys(Object(native)).length === 0 ? query : { ...query, native }),
    ),
    "native-is-a-bad-argument": refusesAs(
      "A caller takes a missing capability for a slip of his own.",
      "native",
      "INVALID_ARGUMENT",
    ),
  },
  "SEARCH-CAP-17": {
    "undeclared-analyzers-are-standard": subclass(
      "Words of another analyzer are not found, and nobody is told.",
      class extends referenceThatDeclares({ analyzers: ["standard"] }) {
        override checkAnalyzer(): void {}
      },
    ),
    "undeclared-analyzers-make-an-index": subclass(
      "A definition that was refused has made an index.",
      class extends referenceThatDeclares({ analyzers: ["standard"] }) {
        override async defineIndex(definition: IndexDefinition): Promise<void> {
          if (!this.closed && this.definitionIssue(definition) === undefined)
            this.keepIndex(this.newIndex(definition.name))
          return super.defineIndex(definition)
        }
      },
    ),
    "undeclared-analyzers-are-bad-arguments": subclass(
      "A caller takes a missing analyzer for a slip of his own.",
      class extends referenceThatDeclares({ analyzers: ["standard"] }) {
        override checkAnalyzer(analyzer: string): void {
          if (analyzer !== "standard") this.refuse("INVALID_ARGUMENT", "There is no such analyzer.")
        }
      },
    ),
    "standard-needs-to-be-declared": subclass(
      "A field of no analyzer is refused.",
      class extends referenceThatDeclares({ analyzers: ["keyword"] }) {
        override checkAnalyzer(analyzer: string): void {
          if (!this.capabilities.analyzers.includes(analyzer)) this.refuse("UNSUPPORTED", "There is no such analyzer.")
        }
      },
    ),
  },
})
