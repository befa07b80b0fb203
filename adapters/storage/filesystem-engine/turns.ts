/** Work on one name is done by one after the other, in the order of the calls. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name)
    const run = before === undefined ? work() : before.then(work, work)
    this.#last.set(name, run)
    try {
      return await run
    } finally {
      if (this.#last.get(name) === run) this.#last.delete(name)
    }
  }
}
