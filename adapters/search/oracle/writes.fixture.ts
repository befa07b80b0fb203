import type { OracleStep } from "./step.fixture.ts"

/** Which objects have lost documents since they began, or were built anew: their scores are those of an engine alone. */
export class Writes {
  readonly #ids = new Map<string, Set<string>>()
  readonly #worn = new Set<string>()

  note(step: OracleStep): void {
    if (step.do === "index") this.#write(step.object, step.id)
    if (step.do === "remove") this.#remove(step.object, step.id)
    if (step.do === "bulk" || step.do === "walk") {
      for (const { id, object, op } of step.operations) {
        if (op === "index") this.#write(object, id)
        else this.#remove(object, id)
      }
    }
    if (step.do === "reindex")
      this.#rebuild(
        step.object,
        step.source?.map(({ id }) => id),
      )
  }

  areWhole(objects: readonly string[]): boolean {
    return !objects.some((object) => this.#worn.has(object))
  }

  /** From its own documents, or those of a source. */
  #rebuild(object: string, ids: readonly string[] | undefined): void {
    this.#worn.delete(object)
    if (ids === undefined) return
    this.#ids.delete(object)
    for (const id of ids) this.#write(object, id)
  }

  #write(object: string, id: string): void {
    const ids = this.#ids.get(object) ?? new Set<string>()
    if (ids.has(id)) this.#worn.add(object)
    this.#ids.set(object, ids.add(id))
  }

  #remove(object: string, id: string): void {
    if (this.#ids.get(object)?.delete(id)) this.#worn.add(object)
  }
}
