const VOICED = "ﾞ"
const HALF_VOICED = "ﾟ"

/** Makes full-width ASCII plain, and half-width Katakana full-width, with its voice marks put in where they fit. */
export function foldWidth(term: string): string {
  if (!/[！-～･-ﾟ]/.test(term)) return term
  let folded = ""
  for (const character of term) {
    if (character === VOICED || character === HALF_VOICED) {
      const last = folded.slice(-1)
      const together = (last + character.normalize("NFKC")).normalize("NFC")
      folded = folded.slice(0, folded.length - last.length)
      folded += /[ウ-ヽ]/.test(last) ? together : last + character.normalize("NFKC")
    } else {
      folded += /[！-～･-ﾟ]/.test(character) ? character.normalize("NFKC") : character
    }
  }
  return folded
}
