/** Work that is done once, before all else. Whoever comes meanwhile waits for it; work that failed is tried again by the next. */
export class Preparation {
  readonly #work: () => Promise<unknown>
  #isDone: boolean
  #running: Promise<void> | undefined

  /** @param isDone Whether there is nothing to do. */
  constructor(work: () => Promise<unknown>, isDone: boolean) {
    this.#work = work
    this.#isDone = isDone
  }

  /** Asked first by calls that shall cost no turn once it is done. */
  get isDone(): boolean {
    return this.#isDone
  }

  run(): Promise<void> {
    this.#running ??= this.#run()
    return this.#running
  }

  async #run(): Promise<void> {
    try {
      await this.#work()
      this.#isDone = true
    } finally {
      this.#running = undefined
    }
  }
}
