import type { HighlightSpec } from "../../../contracts/search/search.ts"
import { mutants, seam } from "../mutant.ts"
import type { Mark } from "../reference/highlights.ts"

/** Other parts of a text are marked. */
function marks(why: string, change: (marks: Mark[], text: string) => Mark[], source?: string) {
  return seam.marksOf(why, ({ next }, text, wanted) => change(next(text, wanted), text), source)
}

/** The text is escaped in another way. */
function escapes(why: string, change: (escaped: string, text: string) => string, source?: string) {
  return seam.escape(why, ({ next }, text) => change(next(text), text), source)
}

/** Highlights are asked for in another way. */
function specs(why: string, change: (spec: HighlightSpec) => HighlightSpec, source?: string) {
  return seam.highlightSpec(why, ({ next }, highlight) => change(next(highlight)), source)
}

/** Marks that are put in first, and become tags when the text was escaped. */
function marksOfText(why: string, open: string, close: string, source?: string) {
  return seam.marked(
    why,
    ({ next }, text, from, to, all) => {
      const html = next(text, from, to, all)
      return html.replaceAll(open, "<mark>").replaceAll(close, "</mark>")
    },
    source,
  )
}

const wordAt = (text: string, { end, start }: Mark) => text.slice(start, end)

export const highlightsMutants = mutants({
  "SEARCH-HL-01": {
    "first-match-alone": marks("A long text seems to have its word once.", (all) => all.slice(0, 1)),
    "marks-in-lower-case": seam.marked(
      "A text is shown in other letters than it has.",
      ({ next }, text, from, to, all) => next(text.toLowerCase(), from, to, all),
    ),
    "matches-with-case-alone": marks("A word at the beginning of a sentence is not marked.", (all, text) =>
      all.filter((mark) => wordAt(text, mark) === wordAt(text, mark).toLowerCase()),
    ),
    "marks-within-words": seam.marksOf(
      "A part of another word is marked.",
      (_, text, wanted) => {
        const words = wanted.flatMap(({ alternatives }) => alternatives.flat().map(({ term }) => term))
        return words
          .flatMap((word) => [...text.toLowerCase().matchAll(new RegExp(word.replaceAll(/\W/g, "."), "g"))])
          .map(({ 0: { length }, index }) => ({ start: index, end: index + length }))
          .toSorted((one, other) => one.start - other.start)
          .filter(({ start }, at, all) => start >= (all[at - 1]?.end ?? 0))
      },
      "a replace by a regular expression of the word",
    ),
    "marks-of-first-words-alone": seam.highlightsOf(
      "A second word of a search is not marked.",
      ({ next }, document, words, spec) => next(document, { ...words, terms: words.terms.slice(0, 1) }, spec),
    ),
    "highlights-of-every-field": seam.highlightsOf(
      "A field that is not searched has marks.",
      ({ next, self }, document, words, spec) => {
        const [first] = words.terms.flat()
        if (first === undefined) return next(document, words, spec)
        const fields = self.defaultFields(self.ownIndexes().filter(({ name }) => name === document.object))
        const terms = words.terms.map(([wanted]) => fields.map((searched) => ({ ...(wanted ?? first), searched })))
        return next(document, { ...words, terms }, spec)
      },
      "Elasticsearch, require_field_match: false",
    ),
    "marks-one-character-off": marks("A mark cuts its word.", (all, text) =>
      all.map(({ end, start }) => ({ start, end: end < text.length ? end + 1 : end - 1 })),
    ),
  },
  "SEARCH-HL-02": {
    "text-not-escaped": escapes(
      "Text of users in a page is code of users.",
      (_, text) => text,
      "Elasticsearch, encoder: default escapes nothing",
    ),
    "ampersands-not-escaped": escapes("&lt; in a text is shown as <.", (escaped) => escaped.replaceAll("&amp;", "&")),
    "double-quotes-not-escaped": escapes("A snippet in an attribute ends it.", (escaped) =>
      escaped.replaceAll("&quot;", '"'),
    ),
    "single-quotes-not-escaped": escapes("A snippet in an attribute ends it.", (escaped) =>
      escaped.replaceAll("&#x27;", "'"),
    ),
    "slashes-escaped": escapes(
      "A path is shown as a row of entities by what is no browser.",
      (escaped) => escaped.replaceAll("/", "&#x2F;"),
      "Lucene, DefaultEncoder of Elasticsearch's encoder html: / is &#x2F;",
    ),
    "letters-escaped": escapes("A text in another language is a row of entities.", (escaped) =>
      escaped.replaceAll(/[^\0-\x7f]/gu, (letter) => `&#${letter.codePointAt(0)};`),
    ),
    "escaped-twice": escapes("A text with & is shown as &amp;.", (escaped) => escaped.replaceAll("&", "&amp;")),
    "entities-not-escaped-again": escapes("A text about entities is shown as what they mean.", (escaped) =>
      escaped.replaceAll(/&amp;(amp|lt|gt|quot);/g, "&$1;"),
    ),
    "marked-words-not-escaped": seam.marked("A word with a quote in it is code.", ({ next }, text, from, to, all) =>
      next(text, from, to, all).replaceAll("&quot;<mark>", '"<mark>'),
    ),
    "tags-stripped": escapes("A text about tags lacks them.", (escaped) => escaped.replaceAll(/&lt;.*?&gt;/g, "")),
  },
  "SEARCH-HL-03": {
    "marks-of-private-characters": marksOfText(
      "A record marks its own words.",
      "\ue000",
      "\ue001",
      "highlights between U+E000 and U+E001 that become tags in the end: stored ones become tags too",
    ),
    "marks-of-control-characters": marksOfText("A record marks its own words.", "\u0001", "\u0002"),
    "marks-of-text": marksOfText(
      "A record marks its own words.",
      "@@HL@@",
      "@@/HL@@",
      "highlights whose pre_tag is a text that no record is believed to have",
    ),
    "marks-before-escaping": seam.marked(
      "A record marks its own words.",
      ({ next }, text, from, to, all) =>
        next(text, from, to, all).replaceAll("&lt;mark&gt;", "<mark>").replaceAll("&lt;/mark&gt;", "</mark>"),
      "a text that is escaped with its tags, which are put back",
    ),
    "marks-of-em": seam.marked(
      "A page that styles marks shows none.",
      ({ next }, text, from, to, all) => next(text, from, to, all).replaceAll(/(<\/?)mark>/g, "$1em>"),
      "Elasticsearch, highlight: <em> by default",
    ),
    "entities-decoded-first": seam.marked("A text of entities becomes tags.", ({ next }, text, from, to, all) =>
      next(text, from, to, all)
        .replaceAll("&amp;lt;mark&amp;gt;", "<mark>")
        .replaceAll("&amp;lt;/mark&amp;gt;", "</mark>"),
    ),
  },
  "SEARCH-HL-04": {
    "large-texts-reject": seam.marksOf(
      "One large record makes each search that finds it fail.",
      ({ next, self }, text, wanted) =>
        text.length > 1_000_000
          ? self.refuse("INVALID_ARGUMENT", "A text is too long to be highlighted.")
          : next(text, wanted),
      "Elasticsearch, index.highlight.max_analyzed_offset: 1,000,000",
    ),
    "large-texts-take-all-marks": seam.search(
      "One large record leaves all others without marks.",
      async ({ next }, query) => {
        const result = await next(query)
        const isLarge = result.hits.some(({ doc }) => JSON.stringify(doc ?? {}).length > 1_000_000)
        return isLarge ? { ...result, hits: result.hits.map(({ highlights: _, ...hit }) => hit) } : result
      },
    ),
    "large-texts-have-no-marks": seam.marksOf(
      "A large record is found, and nobody sees why.",
      ({ next }, text, wanted) => (text.length > 1_000_000 ? [] : next(text, wanted)),
    ),
    "large-texts-read-to-their-end": seam.marksOf("One large record makes a search slow.", ({ next }, text, wanted) => {
      const found = next(text, wanted)
      const end = text.length > 1_000_000 ? text.lastIndexOf("cache") : 0
      return end > 0 ? [...found, { start: end, end: end + 5 }] : found
    }),
    "large-texts-are-not-found": seam.tokensOfTexts(
      "A word at the end of a large record is not found.",
      ({ next }, texts, analyzer) =>
        next(
          texts.map((text) => text.slice(0, 1_000_000)),
          analyzer,
        ),
    ),
  },
  "SEARCH-HL-05": {
    "arrays-in-one-text": seam.highlightsOf("Tags run into each other.", ({ next }, document, words, spec) => {
      const shown = next(document, words, spec)
      return Object.fromEntries(Object.entries(shown).map(([path, found]) => [path, [found.join(" ")]]))
    }),
    "elements-without-a-match-shown": seam.snippetsOf(
      "Tags that do not match are shown.",
      ({ next, self }, text, all, spec) => (all.length === 0 ? [self.escape(text)] : next(text, all, spec)),
    ),
    "first-elements-highlighted": seam.highlightsOf(
      "A second tag that matches is not shown.",
      ({ next }, document, words, spec) => {
        const shown = next(document, words, spec)
        return Object.fromEntries(
          Object.entries(shown).map(([path, found]) => [path, path === "t" ? found.slice(0, 1) : found]),
        )
      },
    ),
    "objects-in-arrays-not-highlighted": seam.highlightsOf(
      "A line of an order that matches is not shown.",
      ({ next }, document, words, spec) => {
        const shown = next(document, words, spec)
        return Object.fromEntries(Object.entries(shown).filter(([path]) => !path.includes(".")))
      },
    ),
    "arrays-escaped-by-their-first": seam.highlightsOf("A second tag is code.", ({ next }, document, words, spec) => {
      const shown = next(document, words, spec)
      const plain = (html: string, at: number) => (at > 0 ? html.replaceAll("&lt;", "<").replaceAll("&gt;", ">") : html)
      return Object.fromEntries(Object.entries(shown).map(([path, found]) => [path, found.map(plain)]))
    }),
  },
  "SEARCH-HL-06": {
    "fields-of-highlights-ignored": specs("A page pays for snippets of all fields.", ({ fields: _, ...spec }) => spec),
    "first-field-of-highlights": specs("Of two fields one has snippets.", ({ fields, ...spec }) => ({
      ...spec,
      ...(fields !== undefined && { fields: fields.slice(0, 1) }),
    })),
    "absent-fields-of-highlights-ignored": seam.checkHighlight(
      "A field that is written wrong has no snippets, and nobody is told.",
      () => {},
      "Elasticsearch, highlight: fields that are not mapped are left out",
    ),
    "first-field-of-highlights-looked-up": seam.checkHighlight(
      "A slip in a second field is never noticed.",
      ({ next }, { highlight, ...query }, indexes) =>
        next(
          typeof highlight === "object"
            ? { ...query, highlight: { ...highlight, fields: highlight.fields?.slice(0, 1) } }
            : query,
          indexes,
        ),
    ),
    "stars-of-highlights-are-patterns": seam.checkHighlight(
      "A field that a user names shows all others.",
      ({ next }, query, indexes) => {
        const { highlight } = query
        if (!(typeof highlight === "object" && highlight.fields?.includes("*"))) next(query, indexes)
      },
      "Elasticsearch, highlight: names are patterns",
    ),
  },
  "SEARCH-HL-07": {
    "snippets-without-end": specs("A page has no room for its snippets.", (spec) => ({
      ...spec,
      fragments: spec.fragments === 0 ? 0 : 100,
    })),
    "five-snippets-by-default": specs(
      "A list has more snippets than in the other engine.",
      (spec) => ({ ...spec, fragments: spec.fragments ?? 5 }),
      "Elasticsearch, number_of_fragments: 5",
    ),
    "whole-text-is-a-snippet": specs("A page that wants the whole text gets a part.", (spec) =>
      spec.fragments === 0 ? { ...spec, fragments: 1 } : spec,
    ),
    "snippets-are-the-whole-text": seam.snippetsOf("A list sends whole books.", ({ next }, text, all, spec) =>
      next(text, all, { ...spec, fragments: 0 }),
    ),
    "fragment-length-ignored": specs(
      "A snippet has another length than was asked.",
      ({ fragmentLength: _, ...spec }) => spec,
    ),
    "snippets-joined": seam.highlightsOf(
      "A snippet has words side by side that are pages apart.",
      ({ next }, document, words, spec) => {
        const shown = next(document, words, spec)
        const isCut = spec.fragments === undefined || spec.fragments > 1
        return Object.fromEntries(
          Object.entries(shown).map(([path, found]) => [
            path,
            isCut && found.length > 1 ? [`${found[0]} ${found.at(-1)}`, ...found.slice(1)] : found,
          ]),
        )
      },
    ),
    "snippets-with-dots": seam.snippetsOf(
      "A snippet has characters that its text has not.",
      ({ next }, text, all, spec) => {
        const found = next(text, all, spec)
        return spec.fragments === 0 ? found : found.map((html) => (html.length < text.length ? `${html}…` : html))
      },
    ),
    "snippets-from-the-beginning": seam.snippetsOf(
      "A snippet does not show what was found.",
      ({ next, self }, text, all, spec) =>
        spec.fragments === 0 || all.length < 2
          ? next(text, all, spec)
          : next(text, all, spec).map((_, at) => self.escape(text.slice(at * 100, (at + 1) * 100))),
    ),
  },
  "SEARCH-HL-08": {
    "stems-marked": marks("A half word is marked.", (all, text) =>
      all.map((mark) => {
        const stem = wordAt(text, mark).replace(/(?:ning|s)$/, "")
        return { start: mark.start, end: mark.start + stem.length }
      }),
    ),
    "prefixes-marked": seam.marksOf("A half word is marked.", ({ next }, text, wanted) => {
      const [first] = wanted
      const prefix = first?.prefix === true ? (first.plain ?? "") : ""
      return next(text, wanted).map(({ end, start }) => ({
        start,
        end: prefix === "" ? end : Math.min(end, start + prefix.length),
      }))
    }),
    "prefixes-not-marked": seam.marksOf(
      "A word that was found by its beginning is not marked.",
      ({ next }, text, wanted) =>
        next(
          text,
          wanted.map((each) => ({ ...each, prefix: false })),
        ),
      "engines that mark by the words of the query",
    ),
    "fuzzy-words-not-marked": seam.marksOf("A word that was found by a slip is not marked.", ({ next }, text, wanted) =>
      next(
        text,
        wanted.map((each) => ({ ...each, edits: 0 })),
      ),
    ),
    "stems-not-marked": marks("A word that was found by its stem is not marked.", (all, text) =>
      all.filter((mark) => !/^run(?:ning|s)$/i.test(wordAt(text, mark))),
    ),
    "stop-words-marked": seam.marksOf("Words that were not looked for are marked.", ({ next, self }, text, wanted) => {
      const isEnglish = wanted.some(({ searched }) => searched.field.analyzer === "english")
      const stops = isEnglish ? self.standardTokens(text).filter(({ term }) => self.isStopWord(term)) : []
      return self.merged([...next(text, wanted), ...stops])
    }),
    "accents-shown-folded": seam.marked("A text is shown without its accents.", ({ next, self }, text, from, to, all) =>
      next(text.startsWith("ein") ? self.fold(text) : text, from, to, all),
    ),
    "accents-not-marked": marks("A word that was found without its accents is not marked.", (all, text) =>
      all.filter((mark) => !/[^\0-\x7f]/.test(wordAt(text, mark))),
    ),
  },
  "SEARCH-HL-09": {
    "words-of-a-phrase-marked-alone": seam.phraseMarks(
      "Words that stand alone hide where the quote is.",
      (_, tokens, _first, words) => tokens.filter(({ term }) => words.some((word) => word.term === term)),
      "Lucene, PostingsHighlighter: it knows no phrases, and marks each of their words",
    ),
    "phrase-not-marked": marks("A quote that was found is not marked.", (all) => (all.length > 1 ? [] : all)),
    "first-word-of-a-phrase-marked": seam.phraseMarks("Of a quote one word is marked.", (_, _tokens, first) => [first]),
  },
  "SEARCH-HL-10": {
    "snippets-without-a-match": seam.highlightsOf(
      "A list without a search has snippets.",
      ({ next, self }, document, words, spec) => {
        if (words.match !== "all") return next(document, words, spec)
        const texts = self.scalarsOf(document.doc).filter(([, value]) => typeof value === "string")
        return Object.fromEntries(texts.map(([path, value]) => [path, [`<mark>${self.escape(String(value))}</mark>`]]))
      },
      "Meilisearch, _formatted: every field of every hit",
    ),
    "highlights-without-being-asked": seam.hitOf(
      "A search pays for marks that nobody shows.",
      ({ next, self }, scored, query, words, indexes) => {
        const hit = next(scored, query, words, indexes)
        return query.highlight === undefined && query.q !== undefined
          ? { ...hit, highlights: self.highlightsOf(scored.document, words, {}) }
          : hit
      },
    ),
    "highlight-false-is-true": seam.hitOf(
      "A caller who says no marks gets some.",
      ({ next, self }, scored, query, words, indexes) => {
        const hit = next(scored, query, words, indexes)
        return query.highlight === false ? { ...hit, highlights: self.highlightsOf(scored.document, words, {}) } : hit
      },
    ),
  },
})
