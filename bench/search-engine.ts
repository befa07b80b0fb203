import type { BenchDocument } from "./search-corpus.ts"
import type { Answer } from "./search-oracle.ts"
import type { Kind, Question } from "./search-questions.ts"

/** An engine with the documents in it. */
export interface Engine {
  ask(question: Question): Answer | Promise<Answer>
  /** Puts a document in the place of that with its id. */
  replace?(document: BenchDocument): unknown
  close?(): unknown
}

export interface SearchPeer {
  /** The package that must be installed. */
  readonly package: string
  readonly name: string
  /** What it is or does other than its name says, for the table. */
  readonly note?: string
  /** It finds more than what was asked for. */
  readonly loose?: true
  readonly kinds: readonly Kind[]
  /** More documents than these take it too long. */
  readonly most?: number
  open(documents: Iterable<BenchDocument>): Promise<Engine>
}
