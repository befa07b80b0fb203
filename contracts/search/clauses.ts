import { capabilityFamily, clientFamily, nameFamily, sentencesOf } from "../foundation/families.ts"

const WORDS = { names: "ids", services: "searches" }

/** The rules of a search by the id of their clause, version 1. */
export const searchSentences = {
  // Documents
  "SEARCH-INDEX-01": "A search that begins after index has resolved finds the document.",
  "SEARCH-INDEX-02": "index of an id again replaces the whole document.",
  "SEARCH-INDEX-03": "Documents come back exactly: texts, numbers, booleans, null, arrays and objects, empty ones too.",
  "SEARCH-INDEX-04":
    "Changing a document once index was called, or one that a search gave, changes nothing that is stored.",
  "SEARCH-INDEX-05": "A member that is undefined counts as absent.",
  "SEARCH-INDEX-06": "A search of an index that is not there has no hits, whatever fields it names.",
  "SEARCH-INDEX-07": "deleteIndex removes an index with its documents and its fields.",
  "SEARCH-INDEX-08": "deleteIndex of an index that is not there resolves.",
  "SEARCH-INDEX-09": "A document that is no plain object of JSON data rejects INVALID_ARGUMENT, and the old one stays.",
  "SEARCH-INDEX-10": "Indexes have documents and fields of their own, also where one name begins another.",
  "SEARCH-INDEX-11": "Simultaneous writes under one id leave one of the documents, whole.",
  "SEARCH-INDEX-12": "Simultaneous first writes of an index are all stored, in one index, by several clients too.",
  "SEARCH-INDEX-13": "get gives the document, and undefined where it, or its index, is not there.",
  "SEARCH-INDEX-14": "remove tells whether the document was there, and no search finds it afterwards.",
  "SEARCH-INDEX-15":
    "listIndexes tells each index once, in the order of names, with its documents and the types of its fields.",
  "SEARCH-INDEX-16": "refresh resolves once searches see all that was written, of an index that is not there too.",

  // Ids
  ...sentencesOf(nameFamily, "SEARCH-ID", WORDS),

  // Fields
  "SEARCH-FIELD-01": "Texts, numbers and booleans make fields of their types, where no definition names them.",
  "SEARCH-FIELD-02": "Texts that look like dates, numbers or booleans make text fields.",
  "SEARCH-FIELD-03": "Members of nested objects are fields under their paths.",
  "SEARCH-FIELD-04": "Objects in arrays are flattened: each path has the values of all of them.",
  "SEARCH-FIELD-05":
    'A value of another type than its field\'s rejects INVALID_ARGUMENT, reason "type", and nothing of its document is stored.',
  "SEARCH-FIELD-06": "Of two simultaneous first writes with values of different types one rejects INVALID_ARGUMENT.",
  "SEARCH-FIELD-07":
    'A value where others have an object, and an object where others have a value, reject INVALID_ARGUMENT, reason "type".',
  "SEARCH-FIELD-08":
    "Names of fields that are blank, begin with _, or have a dot or a star reject INVALID_ARGUMENT; others are kept.",
  "SEARCH-FIELD-09": "Names of object members, such as constructor, are fields as any other.",
  "SEARCH-FIELD-10": "An index takes 400 fields; a document that adds more rejects INVALID_ARGUMENT.",
  "SEARCH-FIELD-11": "A document takes 18 levels; deeper ones, and circles, reject INVALID_ARGUMENT.",
  "SEARCH-FIELD-12": "null and empty arrays make no field, and take no value's place.",

  // Words
  "SEARCH-TOKEN-01": "Words are those of Unicode: apostrophes, dots and colons within words and numbers join them.",
  "SEARCH-TOKEN-02": "Each Han and Hiragana character is a word; Katakana, and Hangul with digits, are whole words.",
  "SEARCH-TOKEN-03": "A run of Thai, Lao, Khmer or Myanmar is one word.",
  "SEARCH-TOKEN-04": "An emoji with all that modifies it is a word, and so are flags and keycaps.",
  "SEARCH-TOKEN-05": "Underscores join words, and are none by themselves.",
  "SEARCH-TOKEN-06": "Case is ignored letter by letter: İ is i, and a final sigma is another letter than Σ.",
  "SEARCH-TOKEN-07": "A word of more than 255 UTF-16 units is cut into several.",
  "SEARCH-TOKEN-08": "folding leaves out the accents of Latin letters, and of no others.",
  "SEARCH-TOKEN-09": "english leaves out endings, possessives and stop words.",
  "SEARCH-TOKEN-10":
    "cjk takes neighbours of Chinese, Japanese and Korean text in pairs, in full and half width alike.",
  "SEARCH-TOKEN-11": "A text of analyzer keyword is one word, with its case and its blanks.",

  // Matching
  "SEARCH-MATCH-01": "One word of q is enough, whatever its case, in any field and any element of an array.",
  "SEARCH-MATCH-02": "With operator and all words must match, each in whatever field.",
  "SEARCH-MATCH-03": "A word that all searched fields drop is left out of the query.",
  "SEARCH-MATCH-04": "fields are searched alone, where they are given.",
  "SEARCH-MATCH-05": "No character of q is syntax.",
  "SEARCH-MATCH-06": "A q that is missing, empty or blank matches every document.",
  "SEARCH-MATCH-07": "A q that has no word matches nothing.",
  "SEARCH-MATCH-08": "Names of object members, such as __proto__ and constructor, are words as any other.",
  "SEARCH-MATCH-09": "A q of 100 kB is answered.",
  "SEARCH-MATCH-10":
    "Of a query of more than 1,024 words times fields the first 256 words count, fewer over many fields, and truncated says so.",
  "SEARCH-MATCH-11":
    'fields that the index does not have, or that have no words, reject INVALID_ARGUMENT, reason "field".',
  "SEARCH-MATCH-12": "Members of a query that are not known, or of a wrong type, reject INVALID_ARGUMENT.",

  // Phrases
  "SEARCH-PHRASE-01": "A phrase matches its words side by side, in their order.",
  "SEARCH-PHRASE-02": "A phrase reaches neither from field to field, nor from one element of an array to the next.",
  "SEARCH-PHRASE-03": "A stop word in a phrase stands for any one word.",
  "SEARCH-PHRASE-04": "A phrase with prefix or with fuzzy rejects INVALID_ARGUMENT.",

  // Prefixes
  "SEARCH-PREFIX-01": "With prefix each word of q matches words that begin with it, and without it none does.",
  "SEARCH-PREFIX-02": 'With prefix "last" the last word alone does.',
  "SEARCH-PREFIX-03": "A document matches every prefix of each of its words, in an english field too.",
  "SEARCH-PREFIX-04": "A document matches every prefix of each of its words, in folding and cjk fields too.",

  // Fuzziness
  "SEARCH-FUZZY-01": "With fuzzy 1 or 2 a word matches those that differ by so many edits, and no others.",
  "SEARCH-FUZZY-02": "Two neighbours that changed places are one edit.",
  "SEARCH-FUZZY-03":
    "auto allows no edit up to 2 characters, 1 up to 5, and 2 above, in code points, as all lengths are.",
  "SEARCH-FUZZY-04": "Fuzzy words are compared as they are written, in an english field too.",
  "SEARCH-FUZZY-05": "256 fuzzy words over 8 fields are answered, and truncated says that a part was left out.",
  "SEARCH-FUZZY-06": "Of more words that are equally near at least 50 match, the same ones each time.",

  // Synonyms
  "SEARCH-SYN-01": "Words of a group stand for each other.",
  "SEARCH-SYN-02": "A phrase of a group stands for its words side by side, and is found as such in a query.",
  "SEARCH-SYN-03": "A word and its synonyms count as one for operator and.",
  "SEARCH-SYN-04": "Synonyms of another definition act at once, on documents of before too.",

  // Ranking
  "SEARCH-RANK-01": "Hits come by score, the highest first; each score is a finite number above 0.",
  "SEARCH-RANK-02": "With ranking bm25 a rarer word counts more, and so does one that is there more often.",
  "SEARCH-RANK-03": "With ranking bm25 a word in a shorter text counts more.",
  "SEARCH-RANK-04": "Boosts of a query and of a definition multiply what a field counts.",
  "SEARCH-RANK-05": "Equal scores come by id, in the order of code points.",
  "SEARCH-RANK-06": "With ranking bm25 scores are those of Lucene, to the last of 32 bits.",
  "SEARCH-RANK-07": "Scores are 0 where sort is given, and 1 where q is blank.",
  "SEARCH-RANK-08": "In one field an exact match comes before a prefix, and a prefix before a fuzzy match.",
  "SEARCH-RANK-09": "A word counts as often as q says it.",

  // Filters
  "SEARCH-FILTER-01": "eq, ne, in and nin compare texts, numbers and booleans exactly.",
  "SEARCH-FILTER-02": "gt, gte, lt, lte and between compare numbers; both ends of between count.",
  "SEARCH-FILTER-03": "gt, gte, lt, lte and between compare texts by code point.",
  "SEARCH-FILTER-04": "An array matches with any of its elements; ne and nin match where none does.",
  "SEARCH-FILTER-05": "ne, nin and not match documents without the field, and null is no value; no other does.",
  "SEARCH-FILTER-06": "exists tells documents with a value from those without, null among them.",
  "SEARCH-FILTER-07": "prefix takes every character for itself, with its case.",
  "SEARCH-FILTER-08": "and, or and not combine filters; an empty and matches all, an empty or nothing.",
  "SEARCH-FILTER-09": "Filters and words must both match.",
  "SEARCH-FILTER-10": "Dates are compared by millisecond, whatever their zone; a day alone is its midnight in UTC.",
  "SEARCH-FILTER-11": 'A date that is no ISO text with a zone or of a day rejects INVALID_ARGUMENT, reason "date".',
  "SEARCH-FILTER-12": 'A value of another type than its field\'s rejects INVALID_ARGUMENT, reason "type".',
  "SEARCH-FILTER-13": 'A field that the index does not have rejects INVALID_ARGUMENT, reason "field".',
  "SEARCH-FILTER-14": "A text over 8,191 UTF-16 units does not filter; it is found by its words, and exists sees it.",
  "SEARCH-FILTER-15":
    "Filters of 20 levels, 1,000 nodes or 10,000 values of in work; larger ones reject LIMIT_EXCEEDED.",
  "SEARCH-FILTER-16": "Combinations of filters match what a look at each document would.",
  "SEARCH-FILTER-17":
    "Malformed filters reject INVALID_ARGUMENT, and so do ranges of booleans and prefixes of numbers.",
  "SEARCH-FILTER-18": "Names of object members are values of filters as any other.",

  // Facets
  "SEARCH-FACET-01": "A facet counts documents that match by each value, those that are on no page too.",
  "SEARCH-FACET-02": "Values come by count, the most frequent first, then in the order of values.",
  "SEARCH-FACET-03": "limit cuts the values of a facet, and is 10 without one.",
  "SEARCH-FACET-04": "A document counts once for each of its values, and not where it has none.",
  "SEARCH-FACET-05": "Values of facets are numbers, booleans and ISO dates where those of the field are.",
  "SEARCH-FACET-06": "Ranges count from `from` to below `to`, in the order asked, under the keys asked.",
  "SEARCH-FACET-07": "Ranges without a key are called by their ends: 5-20, *-2, 2-*.",
  "SEARCH-FACET-08":
    "Equal keys, a from that is not below its to, ranges of what is no number, and limits beside ranges reject INVALID_ARGUMENT.",
  "SEARCH-FACET-09": "A disjunctive facet leaves out filters of its own field, and no others.",
  "SEARCH-FACET-10": 'A facet of a field that the index does not have rejects INVALID_ARGUMENT, reason "field".',
  "SEARCH-FACET-11": "Names of object members are values of facets as any other.",
  "SEARCH-FACET-12": "Facets count what a look at each document would.",

  // Sorting
  "SEARCH-SORT-01": "Hits are sorted by numbers, texts, booleans and dates, up and down.",
  "SEARCH-SORT-02": "Texts are sorted by code point.",
  "SEARCH-SORT-03": "Further keys decide where those before are equal, and ids at last.",
  "SEARCH-SORT-04": "Documents without the field come last, up and down.",
  "SEARCH-SORT-05": "An array is sorted by its smallest value up, and by its largest down.",
  "SEARCH-SORT-06": 'A sort by a field that the index does not have rejects INVALID_ARGUMENT, reason "field".',
  "SEARCH-SORT-07": "Sorted hits come in the order that a look at each document would give.",

  // Pages
  "SEARCH-PAGE-01": "Pages by offset and limit leave out and repeat nothing, and tell the exact total.",
  "SEARCH-PAGE-02": "A page has at most 10 hits without a limit, and none with limit 0 or behind the last hit.",
  "SEARCH-PAGE-03": "An offset and a limit that are over 10,000 together reject LIMIT_EXCEEDED.",
  "SEARCH-PAGE-04": "A limit that is no whole number from 0 to 1,000, and an offset below 0, reject INVALID_ARGUMENT.",

  // Walks
  "SEARCH-CURSOR-01": "A walk sees each match once, in the order of the search, whatever the limits of its pages.",
  "SEARCH-CURSOR-02": "A walk sees what matched when it began, whatever is written meanwhile.",
  "SEARCH-CURSOR-03": "A sorted walk sees documents without the field once, and last, for every type.",
  "SEARCH-CURSOR-04": "The last page of a walk has no cursor, and no page but the only one is empty.",
  "SEARCH-CURSOR-05": 'A cursor that was changed, or of another query, rejects INVALID_ARGUMENT, reason "cursor".',
  "SEARCH-CURSOR-06": 'A walk whose index was deleted or built anew rejects PRECONDITION_FAILED, reason "cursor".',
  "SEARCH-CURSOR-07": "A cursor with an offset rejects INVALID_ARGUMENT.",
  "SEARCH-CURSOR-08": "Walks side by side do not disturb each other.",

  // Highlights
  "SEARCH-HL-01": "Words that match are marked, as they are written, and nothing else is.",
  "SEARCH-HL-02": "Text of highlights is escaped HTML: & < > \" and ', and no other character.",
  "SEARCH-HL-03": "No text can forge a mark, not by tags, nor by entities or private characters.",
  "SEARCH-HL-04": "A text of more than a million characters keeps no other hit from its highlights.",
  "SEARCH-HL-05": "Of an array each element that matches is highlighted by itself.",
  "SEARCH-HL-06": "Fields of a highlight are shown alone; one that the index does not have rejects INVALID_ARGUMENT.",
  "SEARCH-HL-07": "With fragments 0 the whole text is given, and else no more snippets than fragments.",
  "SEARCH-HL-08": "Whole words are marked where their stem, a prefix or a fuzzy word matches.",
  "SEARCH-HL-09": "Of a phrase its words are marked where they stand side by side, and nowhere else.",
  "SEARCH-HL-10": "Hits have no highlights where none are asked for, or no word is.",

  // What hits show
  "SEARCH-SELECT-01": "select gives the fields that it names, each with all below it, and no others.",
  "SEARCH-SELECT-02": "A selected path that no document has is left out.",
  "SEARCH-EXPLAIN-01": "The parts of an explanation name words and fields, and add up to the score.",

  // Definitions
  "SEARCH-DEF-01": "defineIndex makes an index, whose fields are checked before it has a document.",
  "SEARCH-DEF-02": "The same definition again changes nothing, and one with more fields adds them.",
  "SEARCH-DEF-03":
    'Another type, analyzer or use of a field rejects PRECONDITION_FAILED, reason "definition", and nothing changes.',
  "SEARCH-DEF-04": "Fields that a definition does not name are still taken from documents.",
  "SEARCH-DEF-05": "A field that is not searchable is not searched, and fields that name it reject INVALID_ARGUMENT.",
  "SEARCH-DEF-06":
    'Filters, facets and sorts by fields that are defined without reject INVALID_ARGUMENT, reason "field".',
  "SEARCH-DEF-07": "A field that is not stored is searched, and neither hits, their highlights nor get show it.",
  "SEARCH-DEF-08": "A date field takes ISO texts with a zone or of a day, and gives them back as they were.",
  "SEARCH-DEF-09": "Malformed definitions reject INVALID_ARGUMENT.",

  // Bulks
  "SEARCH-BULK-01": "A bulk does its operations in their order, and tells what came of each in that order.",
  "SEARCH-BULK-02": "Operations that are refused are told by their code, and all others are done.",
  "SEARCH-BULK-03": "A bulk takes arrays, iterables and async iterables, empty ones too.",
  "SEARCH-BULK-04": "Of a bulk of 5,000 operations with 3 bad ones exactly those are told, and 4,997 are done.",
  "SEARCH-BULK-05": "A bulk whose source fails rejects, and the search works on.",
  "SEARCH-BULK-06": "Searches that begin after a bulk has resolved see all that it did.",
  "SEARCH-BULK-07": "Operations that are no iterable reject INVALID_ARGUMENT.",
  "SEARCH-BULK-08": "A bulk and a reindex whose source gives nothing settle when the search closes, and end it.",

  // Reindexing
  "SEARCH-REINDEX-01": "reindex puts the documents of its source in the place of all others, and tells how many.",
  "SEARCH-REINDEX-02": "reindex without a source keeps every document and every field, those not stored too.",
  "SEARCH-REINDEX-03": "Searches are answered while an index is built anew, by the old one.",
  "SEARCH-REINDEX-04": "Documents that are written while an index is built anew are kept, over those of the source.",
  "SEARCH-REINDEX-05": "Documents that are removed while an index is built anew stay removed, whatever the source has.",
  "SEARCH-REINDEX-06": "A source that fails leaves the old index, and the next reindex works.",
  "SEARCH-REINDEX-07": "A bad document of a source rejects INVALID_ARGUMENT, and leaves the old index.",
  "SEARCH-REINDEX-08":
    'Of two reindexes at once one wins, whole, and the other rejects PRECONDITION_FAILED, reason "reindex".',
  "SEARCH-REINDEX-09": "Of documents with one id that with the highest revision stays, else the last.",
  "SEARCH-REINDEX-10": "A source that is no iterable rejects INVALID_ARGUMENT.",

  // Suggestions
  "SEARCH-SUGGEST-01":
    "suggest gives words of documents that begin with the last word of a text, and the text with each.",
  "SEARCH-SUGGEST-02": "suggest looks into its fields alone, and gives no more than its limit.",
  "SEARCH-SUGGEST-03":
    "suggest of a missing index gives nothing; a field that the index does not have rejects INVALID_ARGUMENT.",

  // Several indexes
  "SEARCH-MULTI-01": "A search of several indexes finds the documents of all, and says which is of which.",
  "SEARCH-MULTI-02": "Of several indexes one that is not there is left out.",
  "SEARCH-MULTI-03":
    'A filter, facet, sort or field that one of several indexes does not have rejects INVALID_ARGUMENT, reason "field".',
  "SEARCH-MULTI-04":
    'A filter, facet or sort of a field that has several types rejects INVALID_ARGUMENT, reason "type".',
  "SEARCH-MULTI-05": "Sorts, facets and totals are over all indexes; equal hits come by index, then by id.",
  "SEARCH-MULTI-06": "No index, and an index that is named twice, reject INVALID_ARGUMENT.",
  "SEARCH-MULTI-07": "A walk over several indexes sees each match once.",

  // Tenants
  "SEARCH-TENANT-01":
    "Names of indexes other than a-z, 0-9, _ and -, which no mark begins, reject INVALID_ARGUMENT in every method.",
  "SEARCH-TENANT-02": "Searches side by side in a shared store have indexes of their own: no call reaches across.",

  // Clients
  ...sentencesOf(clientFamily, "SEARCH-CLIENT", WORDS),

  // Signals
  "SEARCH-SIGNAL-01": "search and suggest reject ABORTED where their signal has aborted.",
  "SEARCH-SIGNAL-02": "A search whose signal aborts while it runs rejects ABORTED, or gives its whole result.",

  // Restarts and failures
  "SEARCH-FAULT-01": "A durable search keeps documents, fields and definitions over a restart.",
  "SEARCH-FAULT-02": "Writes that a process was told of as done stay, also where it is killed at once.",
  "SEARCH-FAULT-03": "A process that is killed in the middle of a reindex leaves the old index, which takes writes.",
  "SEARCH-FAULT-04": "A write whose answer is lost leaves the old document or the new one, whole.",
  "SEARCH-FAULT-05": "A reindex that fails with its store leaves the old index or the new one, whole.",
  "SEARCH-FAULT-06": "A bulk that fails with its store tells no operation as done that is not.",

  // Capabilities
  "SEARCH-CAP-01": capabilityFamily.without("indexing"),
  "SEARCH-CAP-02": capabilityFamily.without("suggest"),
  "SEARCH-CAP-03": capabilityFamily.without("reindex"),
  "SEARCH-CAP-04": capabilityFamily.ranges,
  "SEARCH-CAP-05": capabilityFamily.stable,
  "SEARCH-CAP-06": "Without phrase, a phrase rejects UNSUPPORTED.",
  "SEARCH-CAP-07": "Without fuzzy, fuzzy words reject UNSUPPORTED, and fuzzy 0 does not.",
  "SEARCH-CAP-08": "Without prefix, prefixes reject UNSUPPORTED, and prefix false does not.",
  "SEARCH-CAP-09": "Without facets, facets reject UNSUPPORTED, and an empty list does not.",
  "SEARCH-CAP-10": "Without disjunctiveFacets, disjunctive facets reject UNSUPPORTED, and others do not.",
  "SEARCH-CAP-11": "Without sort, a sort rejects UNSUPPORTED, and an empty list does not.",
  "SEARCH-CAP-12": "Without cursor, a cursor rejects UNSUPPORTED.",
  "SEARCH-CAP-13": "Without highlight, highlights reject UNSUPPORTED, and highlight false does not.",
  "SEARCH-CAP-14": "Without synonyms, a definition with synonyms rejects UNSUPPORTED, and one without does not.",
  "SEARCH-CAP-15": "Without explain, an explanation rejects UNSUPPORTED, and explain false does not.",
  "SEARCH-CAP-16": "Without native, members in the adapter's own language reject UNSUPPORTED.",
  "SEARCH-CAP-17": "Definitions with an analyzer outside analyzers reject UNSUPPORTED.",
} as const

export type SearchClauseId = keyof typeof searchSentences
