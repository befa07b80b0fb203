import { CLASS_RUNS, KINDS, TRANSITIONS } from "./word-break-data.ts"

const BLOCK = 256
const POINTS = 0x110000

export const DEAD = 0
export const START = 1

/** What a state has matched. */
export const NOTHING = 0
const WORD = 1
/** Han and Hiragana characters, and words of Katakana or Hangul only. */
export const CJK = 2

/** The automaton that tells tokens. */
export interface WordBreak {
  readonly classes: number
  /** The next state, at state times `classes` plus class. */
  readonly transitions: Uint8Array
  /** What each state has matched. */
  readonly kinds: Uint8Array
  /** For each block of 256 code points, where its classes begin in `blocks`. */
  readonly blockStarts: Uint16Array
  readonly blocks: Uint8Array
}

let decoded: WordBreak | undefined

/** The automaton, decoded when it is first asked for. */
export function wordBreak(): WordBreak {
  decoded ??= decode()
  return decoded
}

function decode(): WordBreak {
  const transitions = Uint8Array.from(TRANSITIONS.join(""), (letter) => letter.charCodeAt(0) - 48)
  const kinds = Uint8Array.from(KINDS, (kind) => (kind === "w" ? WORD : kind === "c" ? CJK : NOTHING))
  return { classes: transitions.length / kinds.length, transitions, kinds, ...decodeClasses() }
}

/** Blocks of one class alone are shared. */
function decodeClasses(): Pick<WordBreak, "blockStarts" | "blocks"> {
  const blockStarts = new Uint16Array(POINTS / BLOCK)
  const blocks: number[] = []
  const uniform = new Map<number, number>()
  let point = 0
  for (const [, length = "", letter = "A"] of CLASS_RUNS.matchAll(/([0-9a-z]*)([^0-9a-z])/g)) {
    const own = letter.charCodeAt(0) - 65
    const end = point + (length === "" ? 1 : Number.parseInt(length, 36))
    while (point < end) {
      const count = Math.min(end - point, BLOCK - (point % BLOCK))
      const shared = count === BLOCK ? uniform.get(own) : undefined
      if (point % BLOCK === 0) blockStarts[point / BLOCK] = shared ?? blocks.length
      if (count === BLOCK) uniform.set(own, shared ?? blocks.length)
      if (shared === undefined) for (let at = 0; at < count; at++) blocks.push(own)
      point += count
    }
  }
  return { blockStarts, blocks: Uint8Array.from(blocks) }
}
