import type { Ranges } from "./ranges.ts"
import { nextWordEnd, previousWordEnd } from "./word-ends.ts"

export interface SnippetSpec {
  /** At most as many; 0 gives the whole text. */
  readonly fragments: number
  /** About how many UTF-16 units one has. A match is never cut, so one may have more. */
  readonly fragmentLength: number
}

/** Snippets of all texts of a field. A text without a match gives none. */
export function highlightTexts(
  texts: readonly string[],
  rangesOf: (text: string) => Ranges,
  spec: SnippetSpec,
): string[] {
  const snippets: string[] = []
  for (const text of texts) {
    snippets.push(...highlightText(text, rangesOf(text), spec))
    if (spec.fragments > 0 && snippets.length >= spec.fragments) return snippets.slice(0, spec.fragments)
  }
  return snippets
}

/** The parts of a text around its matches as HTML, matches in `<mark>`: those with most of them, in their order. */
export function highlightText(text: string, ranges: Ranges, spec: SnippetSpec): string[] {
  if (ranges.length === 0) return []
  if (spec.fragments === 0)
    return [markedUp(text, { start: 0, end: text.length, first: 0, last: ranges.length }, ranges)]
  const passages = passagesOf(text, ranges, spec.fragmentLength)
  return mostMarked(passages, spec.fragments).map((passage) => markedUp(text, passage, ranges))
}

interface Passage {
  readonly start: number
  readonly end: number
  /** Of its ranges; the last one is outside. */
  readonly first: number
  readonly last: number
}

/** Passages that have all ranges, none over another. */
function passagesOf(text: string, ranges: Ranges, length: number): Passage[] {
  const passages: Passage[] = []
  let floor = 0
  for (let first = 0; first < ranges.length; ) {
    const from = ranges[first] as number
    let last = first + 2
    while (last < ranges.length && (ranges[last + 1] as number) - from <= length) last += 2
    const to = ranges[last - 1] as number
    const passage = {
      ...aroundWords(text, { from, to, floor, ceiling: ranges[last] ?? text.length }, length),
      first,
      last,
    }
    passages.push(passage)
    floor = passage.end
    first = last
  }
  return passages
}

interface Place {
  readonly from: number
  readonly to: number
  /** What is before it, and behind `ceiling`, belongs to others. */
  readonly floor: number
  readonly ceiling: number
}

/** The place with words around it, as many before as behind where there are. */
function aroundWords(text: string, { ceiling, floor, from, to }: Place, length: number) {
  const room = Math.max(0, length - (to - from))
  const before = Math.min(from - floor, room >>> 1)
  const behind = Math.min(ceiling - to, room - before)
  const start = nextWordEnd(text, Math.max(floor, from - (room - behind)), from)
  const end = previousWordEnd(text, to + behind, to)
  return { start: skipBlanks(text, start, from), end: skipBlanksBack(text, end, to) }
}

function skipBlanks(text: string, from: number, limit: number): number {
  let at = from
  while (at < limit && /\s/.test(text.charAt(at))) at++
  return at
}

function skipBlanksBack(text: string, from: number, limit: number): number {
  let at = from
  while (at > limit && /\s/.test(text.charAt(at - 1))) at--
  return at
}

function mostMarked(passages: readonly Passage[], count: number): readonly Passage[] {
  if (passages.length <= count) return passages
  return passages
    .toSorted((a, b) => b.last - b.first - (a.last - a.first))
    .slice(0, count)
    .sort((a, b) => a.start - b.start)
}

function markedUp(text: string, { end, first, last, start }: Passage, ranges: Ranges): string {
  const parts: string[] = []
  let at = start
  for (let range = first; range < last; range += 2) {
    const [from, to] = [ranges[range] as number, ranges[range + 1] as number]
    parts.push(escaped(text.slice(at, from)), "<mark>", escaped(text.slice(from, to)), "</mark>")
    at = to
  }
  parts.push(escaped(text.slice(at, end)))
  return parts.join("")
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}
