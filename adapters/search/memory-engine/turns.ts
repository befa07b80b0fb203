/** Milliseconds of work before others have their turn. */
const SLICE_MS = 10

/** Lets the event loop go on now and then in a long work. */
export class Turns {
  #end = performance.now() + SLICE_MS

  async pass(): Promise<void> {
    if (performance.now() < this.#end) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#end = performance.now() + SLICE_MS
  }
}
