/** A handler of this process that may still run. */
export interface OpenRun {
  /** Another delivery of the message is here: this one is over. */
  giveUp(): void
  /** Resolves when the handler has ended, or is waited for no longer. */
  readonly over: Promise<unknown>
}

/** The runs of an instance, by the key of their message. The map has numbers, for what `Bag` says of a Set. */
export class OpenRuns {
  readonly #places = new Map<string, number>()
  readonly #runs: (OpenRun | undefined)[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#places.size
  }

  get(key: string): OpenRun | undefined {
    const place = this.#places.get(key)
    return place === undefined ? undefined : this.#runs[place]
  }

  /** Takes the place of an earlier run of the message. */
  set(key: string, run: OpenRun): void {
    const place = this.#places.get(key) ?? this.#free.pop() ?? this.#runs.length
    this.#runs[place] = run
    this.#places.set(key, place)
  }

  /** Does nothing where another run has taken its place. */
  delete(key: string, run: OpenRun): void {
    const place = this.#places.get(key)
    if (place === undefined || this.#runs[place] !== run) return
    this.#runs[place] = undefined
    this.#free.push(place)
    this.#places.delete(key)
  }
}
