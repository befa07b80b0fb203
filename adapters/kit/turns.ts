/** Milliseconds of work before others have their turn. */
const SLICE_MS = 10

/** Lets the event loop go on now and then in a long work. */
export class Turns {
  #end = performance.now() + SLICE_MS

  /** Whether others shall have their turn. */
  get isOver(): boolean {
    return performance.now() >= this.#end
  }

  async pass(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.#end = performance.now() + SLICE_MS
  }
}
