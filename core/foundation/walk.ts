/** A walk of a stream, from its first step until nobody reads on. The same object at each step. */
export class Walk {
  #listeners: ((failure: unknown) => void)[] = []

  /** Calls `fn` when the walk is over, with what it failed with; `undefined` where it did not fail. */
  onEnd(fn: (failure: unknown) => void): void {
    this.#listeners.push(fn)
  }

  end(failure?: unknown): void {
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener(failure)
  }
}
