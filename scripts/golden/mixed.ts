import type { SeededRandom } from "../../testing/engine/random.ts"
import { pick } from "./pick.ts"

const PAGE = 256
const LAST_CODE_POINT = 0x10ffff
/** Ideographs and Hangul syllables have hundreds of pages that are alike. */
const ALIKE: readonly (readonly [number, number])[] = [
  [0x35_00, 0x9e_ff],
  [0xad_00, 0xd6_ff],
  [0x1_71_00, 0x1_8a_ff],
  [0x2_01_00, 0x3_22_ff],
  [0xe0_00, 0xf8_ff],
  [0xe_02_00, LAST_CODE_POINT],
]

/** Characters that the rules of word breaks tell apart. */
const HARD = [
  ..."aZéßИяαאبकกລកမ가각漢字ひらカﾀ々〆ー09٣๓０",
  ...".,:;'’·\"״׳_‿＿-/@#*",
  ..."\u0300\u0301\u05b0\u064b\u093e\u0e31\u200d\u200c\u00ad\ufe0f\ufe0e\u20e3\u3099\u{1f3fd}\u{e0067}\u{e007f}",
  ..."😀👩❤⌚©™🇩🇪🏴👨ⓐ𝐀𐐀\u{1f1e6}",
  ..." \t\n\u00a0\u200b\u2060\ufeff\u3000\r",
]

/** Half of them from one to three pages of Unicode, each page a few times; half from characters that are hard. */
export function mixedTexts(count: number, random: SeededRandom): string[] {
  const pages = assignedPages()
  return Array.from({ length: count }, (_, index) => {
    if (index % 2 === 1) return run(HARD, 4 + random.integer(16), random)
    const page = pages[(index / 2) % pages.length] ?? []
    const words = [page, page, pick([page, pick(pages, random), HARD], random)]
    return words.map((characters) => run(characters, 1 + random.integer(6), random)).join(pick(["", " ", " "], random))
  })
}

function run(characters: readonly string[], length: number, random: SeededRandom): string {
  return Array.from({ length }, () => pick(characters, random)).join("")
}

function assignedPages(): string[][] {
  const pages: string[][] = []
  for (let first = 0; first <= LAST_CODE_POINT; first += PAGE) {
    if (ALIKE.some(([from, to]) => first >= from && first <= to)) continue
    const page = Array.from({ length: PAGE }, (_, offset) => String.fromCodePoint(first + offset))
    const assigned = page.filter((character) => /\P{Cn}/u.test(character))
    if (assigned.length > 0) pages.push(assigned)
  }
  return pages
}
