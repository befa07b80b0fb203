import type { HighlightSpec, SearchQuery } from "../../../contracts/search/search.ts"
import type { Token } from "./analysis.ts"
import { ReferenceSorting } from "./sorting.ts"
import type { HeldDocument, HeldField, HeldIndex } from "./store.ts"
import type { Wanted, Words } from "./words.ts"

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
}
/** Of longer texts only so many characters are looked at. */
const MAX_ANALYZED = 999_999

/** A part of a text that is marked. */
export interface Mark {
  readonly start: number
  readonly end: number
}

/** How matches are shown, in small methods that mutants change one of. */
export abstract class ReferenceHighlights extends ReferenceSorting {
  checkHighlight({ highlight }: SearchQuery, indexes: readonly HeldIndex[]): void {
    const { fields = [] } = this.highlightSpec(highlight)
    for (const path of fields) {
      const isKnown = indexes.every((index) => index.fields.get(path)?.searchable === true)
      if (!isKnown) this.refuseFor("INVALID_ARGUMENT", "field", "An index does not have this field.")
    }
  }

  highlightSpec(highlight: SearchQuery["highlight"]): HighlightSpec {
    return typeof highlight === "object" ? highlight : {}
  }

  highlightsOf(document: HeldDocument, words: Words, spec: HighlightSpec): Record<string, string[]> {
    const wanted = words.terms.flat()
    const paths = [...new Set(wanted.map(({ searched }) => searched.field.path))]
    const hidden = new Set(
      wanted.filter(({ searched }) => !this.isShown(searched.field)).map(({ searched }) => searched.field.path),
    )
    const shown = paths.filter((path) => !hidden.has(path) && (spec.fields?.includes(path) ?? true))
    const snippets = shown.map((path): [string, string[]] => {
      const own = wanted.filter(({ searched }) => searched.field.path === path)
      const texts = this.rawValuesOf(document, path).map(String)
      const most = spec.fragments === undefined ? 3 : spec.fragments || Number.POSITIVE_INFINITY
      return [path, texts.flatMap((text) => this.snippetsOf(text, this.marksOf(text, own), spec)).slice(0, most)]
    })
    return Object.fromEntries(snippets.filter(([, found]) => found.length > 0))
  }

  isShown({ stored }: HeldField): boolean {
    return stored
  }

  /** What matches of a text. */
  marksOf(text: string, wanted: readonly Wanted[]): Mark[] {
    const analyzed = text.slice(0, MAX_ANALYZED)
    const marks = wanted.flatMap(({ alternatives, edits, plain, prefix, searched }) => {
      const { analyzer } = searched.field
      const tokens = this.tokensOf(analyzer, analyzed)
      const exact = alternatives.flatMap((words) =>
        tokens
          .filter((token) => this.isPhraseAt(tokens, token, words))
          .flatMap((token) => this.phraseMarks(tokens, token, words)),
      )
      if (plain === undefined || (!prefix && edits === 0)) return exact
      const similar = this.tokensOf(this.plainAnalyzer(analyzer), analyzed).filter(({ term }) => {
        return (prefix && term.startsWith(plain)) || (edits > 0 && this.editsBetween(plain, term) <= edits)
      })
      return [...exact, ...similar]
    })
    return this.merged(marks)
  }

  phraseMarks(tokens: readonly Token[], first: Token, words: readonly Token[]): Mark[] {
    const begin = first.position - (words[0]?.position ?? 0)
    return tokens.filter((token) =>
      words.some(({ position, term }) => term === token.term && token.position === begin + position),
    )
  }

  /** Marks in their order, of which none begins within another. */
  merged(marks: readonly Mark[]): Mark[] {
    const merged: Mark[] = []
    for (const { end, start } of marks.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
      const last = merged.at(-1)
      if (last === undefined || start >= last.end) merged.push({ start, end })
      else if (end > last.end) merged[merged.length - 1] = { start: last.start, end }
    }
    return merged
  }

  /** Parts of a text around its marks, or the whole of it. */
  snippetsOf(text: string, marks: readonly Mark[], { fragmentLength = 160, fragments }: HighlightSpec): string[] {
    if (marks.length === 0) return []
    if (fragments === 0) return [this.marked(text, 0, text.length, marks)]
    const snippets: string[] = []
    let left = [...marks]
    for (let [first] = left; first !== undefined; [first] = left) {
      const start = this.wordStart(text, Math.max(0, first.start - Math.floor(fragmentLength / 4)))
      const end = Math.max(first.end, this.wordEnd(text, start + fragmentLength))
      snippets.push(
        this.marked(
          text,
          start,
          end,
          left.filter((mark) => mark.end <= end),
        ),
      )
      left = left.filter((mark) => mark.end > end)
    }
    return snippets
  }

  wordStart(text: string, at: number): number {
    return at === 0 ? 0 : text.lastIndexOf(" ", at) + 1
  }

  wordEnd(text: string, at: number): number {
    const end = text.indexOf(" ", at)
    return end < 0 ? text.length : end
  }

  marked(text: string, from: number, to: number, marks: readonly Mark[]): string {
    let html = ""
    let at = from
    for (const { end, start } of marks) {
      html += `${this.escape(text.slice(at, start))}<mark>${this.escape(text.slice(start, end))}</mark>`
      at = end
    }
    return html + this.escape(text.slice(at, to))
  }

  escape(text: string): string {
    return text.replaceAll(/[&<>"']/g, (mark) => ESCAPES[mark] ?? mark)
  }
}
