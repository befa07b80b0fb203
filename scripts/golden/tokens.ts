import { lucene } from "../lucene/lucene.ts"

/** A term, the range of the text that it stands for in UTF-16 units, and its position. */
export type GoldenToken = [term: string, start: number, end: number, position: number]

/** The tokens of each text. */
export async function goldenTokens(analyzer: string, texts: readonly string[]): Promise<GoldenToken[][]> {
  const answers = await lucene(
    ["tokens", analyzer],
    texts.map((text) => [text]),
  )
  return answers.map(tokensOf)
}

function tokensOf(cells: readonly string[]): GoldenToken[] {
  const tokens: GoldenToken[] = []
  for (let at = 0; at + 3 < cells.length; at += 4) {
    tokens.push([cells[at] ?? "", Number(cells[at + 1]), Number(cells[at + 2]), Number(cells[at + 3])])
  }
  return tokens
}
