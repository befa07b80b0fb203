import type { Characters } from "./characters.ts"

/** A word can begin with it. */
export const LETTER = 1
export const DIGIT = 2
/** Inside of a word it joins anything. Before a word the automaton has to look. */
const JOINER = 4
/** It joins where its other bits, of letters or digits, are of both neighbours. */
const MIDDLE = 8
/** It may begin an emoji of a keycap. */
const KEYCAP = 16

/** For each ASCII character, what it is to a word; 0 for a character that breaks. */
export const ASCII = Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)))

function kindOf(character: string): number {
  if (/[A-Za-z]/.test(character)) return LETTER
  if (/[0-9]/.test(character)) return DIGIT
  if (character === "_") return JOINER
  if (character === ":") return MIDDLE | LETTER
  if (character === "," || character === ";") return MIDDLE | DIGIT
  if (character === "." || character === "'") return MIDDLE | LETTER | DIGIT
  return character === "#" || character === "*" ? KEYCAP : 0
}

/**
 * Finds the end of a token of ASCII characters by the rules of the automaton, only faster.
 *
 * @param start - Where a letter or a digit is.
 * @param limit - Where the token ends at the latest.
 * @returns Where it ends, or -1 if a character beyond ASCII has a say.
 */
export function asciiWordEnd(text: Characters, start: number, limit: number): number {
  let previous = ASCII[text.charCodeAt(start)] ?? 0
  for (let at = start + 1; at < limit; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) return -1
    const kind = ASCII[code] ?? 0
    if (kind === LETTER || kind === DIGIT || kind === JOINER) {
      previous = kind
      continue
    }
    if (kind < MIDDLE || (kind & previous) === 0 || at + 1 === limit) return at
    const next = text.charCodeAt(at + 1)
    if (next > 127) return -1
    if (ASCII[next] !== previous) return at
    at++
  }
  return limit
}
