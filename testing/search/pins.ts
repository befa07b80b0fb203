import type { Pin } from "../engine/self-proof.ts"

/** The points that the contract decides where searches differ, and the clauses that hold each. */
export const searchPins: readonly Pin[] = [
  {
    point: "documents",
    rule: "index is an upsert that replaces the whole; documents come back exactly, and are copied in and out; a search that begins afterwards sees them",
    clauses: ["SEARCH-INDEX-"],
    elsewhere: "an index that was defined and is gone is a degraded health: tests of the Elasticsearch adapter",
  },
  {
    point: "ids",
    rule: "1 to 512 bytes of UTF-8, exact in every character; in a bulk a bad one is the error of its item",
    clauses: ["SEARCH-ID-", "SEARCH-BULK-02"],
  },
  {
    point: "missing indexes",
    rule: "no hits, and no field is checked; deleteIndex resolves; of several indexes it is left out",
    clauses: ["SEARCH-INDEX-06", "SEARCH-INDEX-08", "SEARCH-MULTI-02"],
  },
  {
    point: "fields",
    rule: "inferred: texts are text and keyword and never dates, numbers are doubles; paths of nested members; arrays of objects are flattened; one type each, checked before the document, of two first writers one wins; 400 of them, 18 levels",
    clauses: ["SEARCH-FIELD-"],
  },
  {
    point: "words",
    rule: "UAX 29 as Lucene's standard tokenizer has it, lower case by code point, cut at 255 units; folding, english, cjk and keyword as Lucene's",
    clauses: ["SEARCH-TOKEN-"],
    elsewhere: "2,000 texts in all scripts: core/search/analysis/golden.test.ts",
  },
  {
    point: "or and and",
    rule: "or by default; and: each word in whatever field, but for words that all searched fields drop",
    clauses: ["SEARCH-MATCH-01", "SEARCH-MATCH-02", "SEARCH-MATCH-03", "SEARCH-MATCH-04"],
  },
  {
    point: "text of users",
    rule: "no character is syntax; blank matches all, no word matches nothing; names of object members are words; long texts are answered",
    clauses: [
      "SEARCH-MATCH-05",
      "SEARCH-MATCH-06",
      "SEARCH-MATCH-07",
      "SEARCH-MATCH-08",
      "SEARCH-MATCH-09",
      "SEARCH-FILTER-18",
      "SEARCH-FACET-11",
    ],
  },
  {
    point: "the budget of a query",
    rule: "1,024 clauses: words times fields times 1 and expansions; above it expansions, prefix, words behind the 256th, words and fields from the end go, and truncated says so",
    clauses: ["SEARCH-MATCH-10", "SEARCH-FUZZY-05"],
  },
  {
    point: "phrases",
    rule: "side by side in one field and one element; a stop word leaves its place empty; without prefix and fuzzy",
    clauses: ["SEARCH-PHRASE-"],
  },
  {
    point: "prefixes",
    rule: "on an unstemmed form of the field: a document matches every prefix of each of its words",
    clauses: ["SEARCH-PREFIX-"],
  },
  {
    point: "fuzziness",
    rule: "optimal string alignment, a transposition is one edit; auto by the length in code points; on an unstemmed form",
    clauses: ["SEARCH-FUZZY-"],
  },
  { point: "synonyms", rule: "of queries, words and phrases, at once and for one word each", clauses: ["SEARCH-SYN-"] },
  {
    point: "scores",
    rule: "Lucene's BM25 to 32 bits where it is declared; 0 where sorted, 1 where q is blank; exact before prefix before fuzzy; ties by index and id",
    clauses: ["SEARCH-RANK-", "SEARCH-EXPLAIN-01"],
    elsewhere: "300 queries over 2,000 texts: adapters/search/memory-engine/golden; 10,000 glosses: bench",
  },
  {
    point: "filters",
    rule: "exact, any element of an array; null is no value; ne, nin and not match without the field; types and fields are checked first",
    clauses: ["SEARCH-FILTER-"],
  },
  {
    point: "dates",
    rule: "ISO with a zone or of a day, which is its midnight in UTC; compared by millisecond, never rounded; all else INVALID_ARGUMENT",
    clauses: ["SEARCH-FILTER-10", "SEARCH-FILTER-11", "SEARCH-DEF-08"],
  },
  {
    point: "limits of filters",
    rule: "20 levels, 1,000 nodes, 10,000 values: LIMIT_EXCEEDED; a text over 8,191 UTF-16 units does not filter; a prefix has 1,000 at most",
    clauses: ["SEARCH-FILTER-07", "SEARCH-FILTER-14", "SEARCH-FILTER-15"],
  },
  {
    point: "facets",
    rule: "over all matches, by count and then by value; ranges from to below, in the order asked, with keys 5-20, *-2 and 2-*; disjunctive ones leave their own filters out",
    clauses: ["SEARCH-FACET-"],
  },
  {
    point: "orders",
    rule: "code points; an array by its smallest up and its largest down; missing last both ways; ties by index and id",
    clauses: ["SEARCH-SORT-", "SEARCH-RANK-05", "SEARCH-FILTER-03"],
  },
  { point: "pages", rule: "exact totals; offset and limit 10,000 together: LIMIT_EXCEEDED", clauses: ["SEARCH-PAGE-"] },
  {
    point: "walks",
    rule: "every cursor holds a point in time, sees each match once, missing values too, and is for its query alone; an index that was rebuilt or deleted ends it with PRECONDITION_FAILED",
    clauses: ["SEARCH-CURSOR-", "SEARCH-MULTI-07"],
    elsewhere: "a walk that is left for 5 minutes: tests of the adapters",
  },
  {
    point: "highlights",
    rule: "escaped HTML with <mark> around whole words that match; no text forges a mark; the first 999,999 characters of a text",
    clauses: ["SEARCH-HL-"],
  },
  {
    point: "definitions",
    rule: "the same again is nothing, more is added, another type, analyzer or use is PRECONDITION_FAILED; flags are kept to",
    clauses: ["SEARCH-DEF-"],
  },
  {
    point: "bulks",
    rule: "an item for each operation, in order; bad ones are told, and all others done; any iterable",
    clauses: ["SEARCH-BULK-"],
  },
  {
    point: "reindexing",
    rule: "serves meanwhile; writes and removals of meanwhile win; a source that fails leaves the old index; of two at once one wins",
    clauses: ["SEARCH-REINDEX-", "SEARCH-FAULT-03", "SEARCH-FAULT-05"],
    elsewhere: "a removal longer ago than index.gc_deletes: tests of the Elasticsearch adapter",
  },
  {
    point: "several indexes",
    rule: "fields and types are checked over all of them first: never a short result without an error",
    clauses: ["SEARCH-MULTI-"],
  },
  {
    point: "tenants",
    rule: "names are lower-case and never patterns; services in one store never meet",
    clauses: ["SEARCH-TENANT-", "SEARCH-ID-13"],
  },
  {
    point: "several clients",
    rule: "each sees what any wrote, and of simultaneous writes one stays whole",
    clauses: ["SEARCH-CLIENT-"],
  },
  {
    point: "failures",
    rule: "an acknowledged write stays; a lost answer leaves the old or the new; no bulk tells as done what is not",
    clauses: ["SEARCH-FAULT-", "SEARCH-SIGNAL-"],
  },
  {
    point: "capabilities",
    rule: "what is not declared rejects UNSUPPORTED, and is never left out in silence",
    clauses: ["SEARCH-CAP-"],
  },
]
