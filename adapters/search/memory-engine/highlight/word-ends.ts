import { splitsCharacter } from "./ranges.ts"

/** How far the end of a word is looked for. */
const MAX_STEPS = 64

/** The first place from `from` on where a word begins or ends, or the limit; `from`, or next to it, where that is far off. */
export function nextWordEnd(text: string, from: number, limit: number): number {
  const last = Math.min(limit, from + MAX_STEPS)
  for (let at = from; at <= last; at++) if (!splitsWord(text, at)) return at
  if (last === limit) return limit
  return splitsCharacter(text, from) ? from + 1 : from
}

/** The last place up to `from` where a word begins or ends, or the limit; `from`, or next to it, where that is far off. */
export function previousWordEnd(text: string, from: number, limit: number): number {
  const last = Math.max(limit, from - MAX_STEPS)
  for (let at = from; at >= last; at--) if (!splitsWord(text, at)) return at
  if (last === limit) return limit
  return splitsCharacter(text, from) ? from - 1 : from
}

const WORD_PART = /[\p{L}\p{M}\p{N}_'’\u200d]/u
/** Scripts whose words have nothing between them. */
const WORD_BY_ITSELF = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

function splitsWord(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false
  if (splitsCharacter(text, at)) return true
  const before = characterAt(text, splitsCharacter(text, at - 1) ? at - 2 : at - 1)
  const after = characterAt(text, at)
  return WORD_PART.test(before) && WORD_PART.test(after) && !WORD_BY_ITSELF.test(after)
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}
