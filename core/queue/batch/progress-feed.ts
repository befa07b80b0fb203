/** The latest value of something that changes until it is over, for any number of readers. */
export class Feed<Value> {
  #latest: Value
  #version = 0
  #over = false
  #changed: Promise<void>
  #announce: () => void = () => {}

  constructor(first: Value) {
    this.#latest = first
    this.#changed = this.#next()
  }

  get latest(): Value {
    return this.#latest
  }

  set(value: Value): void {
    this.#latest = value
    this.#version++
    this.#wake()
  }

  end(): void {
    this.#over = true
    this.#wake()
  }

  /** What is there at once, and then each change; a slow reader misses those in between, and never the last one. */
  async *read(): AsyncGenerator<Value, void, undefined> {
    let seen = -1
    for (;;) {
      if (seen !== this.#version) {
        seen = this.#version
        yield this.#latest
      } else if (this.#over) return
      else await this.#changed
    }
  }

  #wake(): void {
    const announce = this.#announce
    this.#changed = this.#next()
    announce()
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#announce = resolve
    })
  }
}
