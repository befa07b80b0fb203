import type { TraceContext } from "../../contracts/tracing/span.ts"
import type { SeededRandom } from "../engine/random.ts"
import { REMOTE } from "./contexts.ts"

const WORD = 0x1_0000_0000

/** Ratios are held against this many values of a word. */
export const MOST = 0xffffffff

/** A trace id whose four words, joined by exclusive or, are this number. */
function traceIdOf(word: number, random: SeededRandom): string {
  const words = [random.integer(WORD - 1) + 1, random.integer(WORD), random.integer(WORD)]
  const last = words.reduce((joined, each) => joined ^ each, word) >>> 0
  return [...words, last].map((each) => each.toString(16).padStart(8, "0")).join("")
}

/** A parent in such a trace, from elsewhere. */
export function parentOf(word: number, random: SeededRandom, sampled = true): TraceContext {
  return { ...REMOTE, traceId: traceIdOf(word, random), sampled }
}
