import type { TracingStats } from "../../contracts/tracing/tracing.ts"

/** What became of spans. Those that are open at close are dropped then, and their end counts no more. */
export class SpanCounts {
  #started = 0
  #ended = 0
  #exported = 0
  #dropped = 0
  #sampledOut = 0
  #isClosed = false

  start(): void {
    this.#started++
  }

  /** @returns Whether it is still to be exported. */
  end(isSampled: boolean): boolean {
    if (this.#isClosed) return false
    this.#ended++
    if (!isSampled) this.#sampledOut++
    return isSampled
  }

  /** One that was started after close. */
  startLate(): void {
    this.#started++
    this.#ended++
    this.#dropped++
  }

  export(count: number): void {
    this.#exported += count
  }

  drop(count: number): void {
    this.#dropped += count
  }

  /** From now on nothing waits any more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#dropped += this.#started - this.#ended
    this.#ended = this.#started
  }

  get stats(): TracingStats {
    const [started, ended, exported, dropped, sampledOut] = [
      this.#started,
      this.#ended,
      this.#exported,
      this.#dropped,
      this.#sampledOut,
    ]
    return { started, ended, exported, dropped, sampledOut, pending: ended - exported - dropped - sampledOut }
  }
}
