/**
 * A published broken implementation: one plausible line of behaviour is wrong, and the clause named in `breaks` must
 * catch it by an assertion.
 */
export interface Mutant<Implementation> {
  /** kebab-case, unique within its service. */
  readonly id: string
  /** Id of the clause that must catch it. */
  readonly breaks: string
  /** What a user would suffer from it, in one sentence. */
  readonly why: string
  /** Where the fault was seen, for mutants that are recorded faults of real libraries. */
  readonly source?: string
  /** The broken class, made exactly as the reference implementation is. */
  readonly implementation: Implementation
}
