import { createSeededRandom } from "../../testing/engine/random.ts"
import { edges } from "./edges.ts"
import { englishTexts } from "./english.ts"
import { icuTexts } from "./icu.ts"
import { mixedTexts } from "./mixed.ts"

const COUNT = 2000
const ENGLISH = 300
const MIXED = 750
const SEED = 14

/** Texts in all scripts, no two the same, and what is known to be hard. ICU has its part in them, so each version of Node makes others. */
export function goldenTexts(): string[] {
  const random = createSeededRandom(SEED)
  const texts = new Set([...edges, ...englishTexts(ENGLISH, random), ...mixedTexts(MIXED, random)])
  for (const text of icuTexts(random)) {
    if (texts.size === COUNT) return [...texts]
    texts.add(text)
  }
  throw new Error(`only ${texts.size} texts were made, of ${COUNT}`)
}
