import type { ManualClock } from "../../contracts/foundation/clock.ts"

/** One backing store, opened for one clause. */
export interface World<Implementation> {
  /** Called several times: each call gives an independent client of this one store, where it can be shared. */
  connect(): Implementation | Promise<Implementation>
  /** A client of another service in the same shared store, such as one with another key prefix. */
  neighbour?(): Implementation | Promise<Implementation>
  /** Moves the subject's time. Without it, time is real. */
  advance?(ms: number): void | Promise<void>
  /** Releases everything. */
  destroy?(): void | Promise<void>
}

export interface OpenOptions {
  /** Unique to this clause of this run: a shared server holds many worlds side by side. */
  readonly namespace: string
  /** Hand it to the implementation, and offer `advance: (ms) => clock.advance(ms)`, where it takes a clock. */
  readonly clock: ManualClock
  /** Fires when the clause has run out of time. */
  readonly signal: AbortSignal
  readonly seed: number
}

export interface Exemption {
  readonly reason: string
  /** Link to the issue that will end it. */
  readonly issue?: string
}

/** What is proven: how to open it and what it declares. */
export interface Subject<Implementation, Capabilities> {
  readonly service: string
  readonly name: string
  readonly version?: string
  /** Default: what its instances declare, or what the presence of methods says. */
  readonly capabilities?: Partial<Capabilities>
  /** Why it cannot run here, or undefined where it can. A subject that cannot run is never reported as passed. */
  available?(): string | undefined | Promise<string | undefined>
  open(options: OpenOptions): World<Implementation> | Promise<World<Implementation>>
  /** Clauses known to fail, by id. They run all the same, and one that passes fails the run as stale. */
  readonly exempt?: Readonly<Record<string, Exemption>>
}
