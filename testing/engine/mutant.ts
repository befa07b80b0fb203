/** A class that differs from the reference in one line of behaviour: a mutant is wrong, an oddity is right. */
export interface Variant<Implementation> {
  /** What a user would suffer from a mutant; what the contract leaves open where it is an oddity. One sentence. */
  readonly why: string
  /** Where the fault was seen, for mutants that are recorded faults of real libraries. */
  readonly source?: string
  /** The class, made exactly as the reference is. */
  readonly implementation: Implementation
}

/**
 * A published broken implementation: one plausible line of behaviour is wrong, and the clause named in `breaks` must
 * catch it by an assertion.
 */
export interface Mutant<Implementation> extends Variant<Implementation> {
  /** kebab-case, unique within its service. */
  readonly id: string
  /** Id of the clause that must catch it. */
  readonly breaks: string
}

/** Mutants by the clause that must catch them, and by their id. */
export type MutantTable<ClauseId extends string, Implementation> = Readonly<
  Partial<Record<ClauseId, Readonly<Record<string, Variant<Implementation>>>>>
>

/** The mutants of a table. One that names no clause is a type error. */
export function mutantsFor<ClauseId extends string, Implementation>() {
  return (table: MutantTable<ClauseId, Implementation>): readonly Mutant<Implementation>[] =>
    Object.entries<MutantTable<string, Implementation>[string]>(table).flatMap(([breaks, mutants = {}]) =>
      Object.entries(mutants).map(([id, definition]) => Object.freeze({ id, breaks, ...definition })),
    )
}
