import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { Scored } from "../reference/scoring.ts"

/** Each score is another one. */
function scores(why: string, change: (scored: Scored) => number, source?: string) {
  return seam.found(
    why,
    ({ next }, query, words, indexes) => {
      const found = next(query, words, indexes)
      return words.match === "all" ? found : found.map((scored) => ({ ...scored, score: change(scored) }))
    },
    source,
  )
}

export const rankingMutants = mutants({
  "SEARCH-RANK-01": {
    "best-hits-last": seam.compareScores("The first page is the worst one.", ({ next }, one, other) =>
      next(other, one),
    ),
    "hits-in-the-order-of-ids": seam.compareScores("The first page is any one.", ({ self }, one, other) =>
      self.compareTies(one.document, other.document),
    ),
    "scores-of-0": scores("A caller that asks for a least score gets nothing.", () => 0),
    "scores-below-0": seam.idfOf(
      "A word that is in most records pushes what has it down.",
      ({ next, self }, field, term, known) => {
        const count = self.documentsWith(field, term, known)
        return next(field, term, known) && Math.log((known.all.length - count + 0.5) / (count + 0.5))
      },
      "BM25 as it was first written: the idf of a word in more than half of the documents is below 0",
    ),
    "scores-of-nan": scores("A page sorts by what is no number.", ({ score }) => (score > 0.9 ? Number.NaN : score)),
    "pages-by-their-own-order": seam.result("A hit is on two pages.", ({ next }, query, standing) => {
      const result = next(query, standing)
      return (query.offset ?? 0) > 0 && query.sort === undefined
        ? { ...result, hits: next({ ...query, offset: 0 }, standing).hits }
        : result
    }),
  },
  "SEARCH-RANK-02": {
    "rare-words-count-as-others": seam.idfOf(
      "A word that is everywhere counts as much as the name that is looked for.",
      () => 1,
    ),
    "common-words-count-more": seam.idfOf(
      "A word that is everywhere counts more than the name that is looked for.",
      ({ next }, field, term, known) => 1 / next(field, term, known),
    ),
    "words-count-once": seam.frequencyOf(
      "A text about a thing comes behind one that names it once.",
      ({ next }, tokens, words) => Math.min(1, next(tokens, words)),
      "FlexSearch: where a word stands counts, and not how often",
    ),
    "words-counted-over-all-fields": seam.documentsWith(
      "How rare a word is depends on other fields.",
      ({ next }, field, term, known) => (term === "lone" ? known.all.length : next(field, term, known)),
    ),
  },
  "SEARCH-RANK-03": {
    "lengths-ignored": changed(ReferenceSearch, "A book comes before the note that is about the word alone.", {
      normInverse: ({ next }) => next(1, 1),
    }),
    "long-texts-first": seam.storedLength("A book comes before a note.", ({ next }, length) =>
      next(Math.max(1, 10 - length)),
    ),
    "lengths-in-steps-of-4": seam.storedLength("Texts of two and of five words are alike.", ({ next }, length) =>
      next(length < 4 ? length : length & ~7),
    ),
  },
  "SEARCH-RANK-04": {
    "boosts-of-queries-ignored": seam.searchedFields(
      "A match in the title comes behind one in the text.",
      ({ next }, query, indexes) => {
        const named = query.fields?.map((each) => (typeof each === "string" ? each : each.field))
        return next({ ...query, ...(named !== undefined && { fields: named }) }, indexes)
      },
    ),
    "boosts-of-definitions-ignored": seam.boostOf(
      "A boost that was defined changes nothing.",
      (_, _field, boost) => boost,
    ),
    "boosts-of-queries-replace": seam.boostOf(
      "A boost of a query forgets that of the definition.",
      ({ next }, field, boost) => (boost === 1 ? next(field, boost) : boost),
    ),
    "boosts-of-definitions-stay": seam.isSameField(
      "A boost that was changed never acts.",
      ({ next, self }, one, other) => {
        const isSame = next(one, other)
        if (isSame) Object.assign(other, { boost: self.fieldOf(one.path, { ...one, analyzer: undefined }).boost })
        return isSame
      },
    ),
    "boosts-below-1-are-1": seam.boostOf("A field cannot be made less important.", ({ next }, field, boost) =>
      Math.max(1, next(field, boost)),
    ),
    "boosts-squared": seam.scoreOf(
      "A boost of 2 counts four times.",
      ({ next }, document, field, words, frequency, boost, known) =>
        next(document, field, words, frequency, boost * boost, known),
    ),
  },
  "SEARCH-RANK-05": {
    "ties-as-they-were-stored": seam.compareTies(
      "Pages overlap once a record was stored again.",
      () => 0,
      "Lucene: equal scores come by the number of the document",
    ),
    "ties-by-utf-16": seam.compareIds("Pages of two engines differ.", (_, one, other) =>
      one < other ? -1 : one > other ? 1 : 0,
    ),
    "ties-by-language": seam.compareIds(
      "Pages differ on a machine of another language.",
      (_, one, other) => one.localeCompare(other, "en"),
      "String.prototype.localeCompare",
    ),
    "ties-down": seam.compareIds("Equal hits come in another order than in the other engine.", ({ next }, one, other) =>
      next(other, one),
    ),
    "ties-of-all-as-they-were-stored": seam.sorted(
      "A list without a search jumps.",
      ({ next }, found, sort, indexes) =>
        sort.length === 0 && found.every(({ score }) => score === 1) ? [...found] : next(found, sort, indexes),
    ),
    "ties-by-number": seam.compareIds("A record b1 comes anywhere.", ({ next }, one, other) => {
      const number = (id: string) => Number(/\d+/.exec(id)?.[0] ?? 0)
      return number(one) - number(other) || next(one, other)
    }),
  },
  "SEARCH-RANK-06": {
    "scores-in-64-bits": seam.round(
      "Scores of two engines differ in their last digits, and equal hits change places.",
      (_, score) => score,
      "every BM25 in JavaScript: numbers have 64 bits",
    ),
    "scores-rounded-at-the-end": changed(ReferenceSearch, "Scores of two engines differ in their last digits.", {
      round: (_, score) => score,
      sumOf: ({ next }, shares) => Math.fround(next(shares)),
    }),
    "k1-of-1.5": seam.normInverse(
      "The order of hits is another one than in the other engine.",
      ({ next, self }, length, averageLength) => self.round(next(length, averageLength) / (1.5 / 1.2)),
    ),
    "b-of-0.7": seam.normInverse(
      "The order of hits is another one than in the other engine.",
      (_, length, averageLength) => 1 / (1.2 * (1 - 0.7 + (0.7 * length) / averageLength)),
      "MiniSearch, bm25: k 1.2 and b 0.7 by default",
    ),
    "bm25-plus": seam.scoreOf(
      "The order of hits is another one than in the other engine.",
      ({ next, self }, document, field, words, frequency, boost, known) =>
        self.round(next(document, field, words, frequency, boost, known) + 0.5 * boost),
      "MiniSearch, bm25: BM25+ with d 0.5",
    ),
    "bm25-times-k1-plus-1": seam.scoreOf(
      "Scores are 2.2 times those of the other engine.",
      ({ next, self }, ...args) => self.round(next(...args) * 2.2),
      "Lucene before 8, and the textbook: the factor k1 + 1",
    ),
    "idf-of-the-textbook": seam.idfOf(
      "The order of hits is another one than in the other engine.",
      ({ self }, field, term, known) => {
        const count = self.documentsWith(field, term, known)
        const { documents } = self.statisticsOf(field, known)
        return self.round(Math.log(documents / count) + 1)
      },
    ),
    "statistics-over-all-documents": seam.statisticsOf(
      "A record that lacks a field changes the scores of those that have it.",
      ({ next }, field, known) => ({ ...next(field, known), documents: known.all.length }),
    ),
    "lengths-of-all-words": seam.storedLength(
      "Long texts score otherwise than in the other engine.",
      (_, length) => length,
    ),
    "average-of-stored-lengths": seam.statisticsOf(
      "Scores of two engines differ in their last digits.",
      ({ next, self }, field, known) => {
        const made = next(field, known)
        return { ...made, averageLength: self.round(Math.ceil(made.averageLength)) }
      },
    ),
    "scores-of-words-rounded-to-4-digits": seam.sumOf(
      "Equal scores are not equal in the other engine.",
      ({ next }, shares) => Math.round(next(shares) * 10_000) / 10_000,
    ),
    "scores-of-1-at-most": seam.sumOf(
      "Scores of two engines differ.",
      ({ next }, shares) => next(shares) / (1 + next(shares)),
      "Meilisearch, _rankingScore: from 0 to 1",
    ),
  },
  "SEARCH-RANK-07": {
    "filters-score-0": seam.scoreOfAll(
      "A list without a search has the scores of one that is sorted.",
      () => 0,
      "Elasticsearch, bool of filters alone: the score is 0",
    ),
    "sorted-hits-have-scores": seam.sorted(
      "A caller compares scores that two engines do not both have.",
      ({ next }, found, sort, indexes) => {
        const byDocument = new Map(found.map((scored) => [scored.document, scored]))
        return next(found, sort, indexes).map((scored) => byDocument.get(scored.document) ?? scored)
      },
      "Elasticsearch, track_scores",
    ),
    "sorted-hits-have-no-score": seam.scoreOfSorted(
      "A caller that adds scores gets NaN.",
      () => null as unknown as number,
      "Elasticsearch, sort: _score is null",
    ),
    "filters-count": seam.hitOf(
      "A word that is looked for within a filter counts otherwise.",
      ({ next }, scored, query, words, indexes) => {
        const hit = next(scored, query, words, indexes)
        return query.where !== undefined && words.match === "all" ? { ...hit, score: 2 } : hit
      },
    ),
    "words-with-a-filter-score-0": seam.hitOf(
      "A search within a list has no order.",
      ({ next }, scored, query, words, indexes) => {
        const hit = next(scored, query, words, indexes)
        return query.where !== undefined && words.match === "terms" ? { ...hit, score: 0 } : hit
      },
      "Elasticsearch, should beside a filter: no word must match",
    ),
  },
  "SEARCH-RANK-09": {
    "words-said-twice-count-once": seam.countOf(
      "A question that says a word again and again is answered as if it had said it once.",
      () => 1,
    ),
    "words-said-often-count-twice": seam.countOf("Three times are two.", ({ next }, before) =>
      Math.min(2, next(before)),
    ),
  },
  "SEARCH-RANK-08": {
    "prefixes-count-as-exact": seam.scoreIn(
      "What only begins like the word comes before the word.",
      ({ next }, document, wanted, known) => {
        const score = next(document, wanted, known)
        return score !== undefined && wanted.prefix ? 1 : score
      },
      "MiniSearch #78: exact matches do not come first with short terms",
    ),
    "fuzzy-words-add-up": seam.fuzzyScores(
      "A text with many words that are nearly right comes before one with the word.",
      ({ next, self }, document, wanted, plain, known) => {
        const { field } = wanted.searched
        const words = self.tokensIn(document, field, self.plainAnalyzer(field.analyzer)).map(({ term }) => term)
        const similar = new Map(self.similarWords(wanted, plain, known))
        const near = words.filter((word) => (similar.get(word) ?? 0) > 0)
        return [...next(document, wanted, plain, known), ...near.map(() => 0.1)]
      },
      "Elasticsearch, rewrite top_terms_boost: the scores of all near words are added",
    ),
    "fuzzy-counts-as-prefix": seam.fuzzyScores(
      "A slip comes before what begins like the word.",
      ({ next }, document, wanted, plain, known) => next(document, wanted, plain, known).map((score) => score * 100),
    ),
    "shorter-texts-before-exact-ones": seam.scoreIn(
      "A short text that only begins like the word comes first.",
      ({ next, self }, document, wanted, known) => {
        const score = next(document, wanted, known)
        if (score === undefined || !wanted.prefix || wanted.plain === undefined) return score
        const tokens = self.tokensIn(document, wanted.searched.field, "standard")
        return tokens.some(({ term }) => term === wanted.plain) ? score / 100 : score
      },
      "MiniSearch #204: an exact title is not first because of the lengths of fields",
    ),
    "exact-words-count-once": seam.hasPrefix(
      "A word that is whole counts less than one that begins like it.",
      ({ next, self }, document, field, prefix) => {
        const terms = self.tokensIn(document, field, self.plainAnalyzer(field.analyzer)).map(({ term }) => term)
        return !terms.includes(prefix) && next(document, field, prefix)
      },
    ),
    "stems-do-not-count-as-exact": seam.scoreIn(
      "In an english field the word comes behind what begins like it.",
      ({ next }, document, wanted, known) => {
        const isNear = wanted.searched.field.analyzer === "english" && (wanted.prefix || wanted.edits > 0)
        return next(document, isNear ? { ...wanted, alternatives: [] } : wanted, known)
      },
    ),
  },
})
