import type { ManualClock } from "../../contracts/foundation/clock.ts"

/** One backing store, opened for one clause. */
export interface World<Implementation> {
  /** Called several times: each call gives an independent client of this one store, where it can be shared. */
  connect(): Implementation | Promise<Implementation>
  /** A client of another service in the same shared store, such as one with another key prefix. */
  neighbour?(): Implementation | Promise<Implementation>
  /** Moves the subject's time. Without it, time is real. */
  advance?(ms: number): void | Promise<void>
  /** Sets the wall clock forward or back, as a correction does, while no time passes. */
  adjustClock?(ms: number): void | Promise<void>
  /** Makes the store fail, and well again. */
  readonly faults?: Faults
  /** Stops the store and starts it again with what it had kept. */
  restart?(): void | Promise<void>
  /** A client of this store in a process of its own. `forkClient` makes one of a module. */
  fork?(): ForkedClient<Implementation> | Promise<ForkedClient<Implementation>>
  /** Replaces what is stored under a key by bytes that no client wrote. */
  corrupt?(key: string): void | Promise<void>
  /** Makes clients from options, as the adapter's users do. */
  readonly configuration?: Configuration<Implementation>
  /** What a client sent away, as its receiver has it, in the order of its coming: of a tracing, `RecordedSpan`s. */
  received?(client: Implementation): Promise<readonly object[]> | readonly object[]
  /** Answers a request for a signed URL of a client. Default: `fetch`, over the network. */
  fetch?(request: Request): Promise<Response>
  /** Credentials that this world uses: they must not be shown in errors, health or metrics. */
  readonly secrets?: readonly string[]
  /** Releases everything. */
  destroy?(): void | Promise<void>
}

/** What a world may offer beside clients. */
export type WorldFeature = Extract<
  keyof World<unknown>,
  "adjustClock" | "faults" | "restart" | "fork" | "corrupt" | "received" | "configuration"
>

/** What can befall a store. Each fault holds until `heal`. */
export interface Faults {
  /** Nothing reaches the store. */
  unreachable(): void | Promise<void>
  /** The store takes calls and does not answer. */
  silent(): void | Promise<void>
  /** The next answer is lost, or cut, on its way; the call may have been applied. */
  loseAnswer(): void | Promise<void>
  heal(): void | Promise<void>
}

/** A client in another process, which can be killed at any moment. */
export interface ForkedClient<Client> {
  readonly client: Client
  /** Ends the process at once: nothing is flushed or closed. */
  kill(): Promise<void>
}

export interface Configuration<Client> {
  /** Throws or rejects INVALID_CONFIG for options that it refuses. Does no I/O. */
  create(options: Readonly<Record<string, unknown>>): Client | Promise<Client>
  /** Options that are accepted. */
  readonly valid: Readonly<Record<string, unknown>>
  /** Values that are refused, by the name of the option. At least two. */
  readonly invalid: Readonly<Record<string, unknown>>
}

export interface OpenOptions {
  /** Unique to this clause of this run: a shared server holds many worlds side by side. */
  readonly namespace: string
  /** Hand it to the implementation, and offer `advance: (ms) => clock.advance(ms)`, where it takes a clock. */
  readonly clock: ManualClock
  /** What the clause uses of the world beside clients: what it does not use need not be made ready. */
  readonly uses: readonly WorldFeature[]
  /** Fires when the clause has run out of time. */
  readonly signal: AbortSignal
  /** 1, or more on a slow or busy machine: multiply by it the time limits that the subject is given. */
  readonly timeScale: number
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
  /**
   * The oldest major of Node that it runs on, where its peers need more than the SDK: `">=22"`. An older Node reports it
   * as not run, with the reason, and that fails no run, not even with `--require`: a run on a newer Node is to prove it.
   * It neither asks `available` nor calls `open`, so `open` must be what imports the peers.
   */
  readonly node?: `>=${number}`
  /** Why it cannot run here, or undefined where it can. A subject that cannot run is never reported as passed. */
  available?(): string | undefined | Promise<string | undefined>
  open(options: OpenOptions): World<Implementation> | Promise<World<Implementation>>
  /** Clauses known to fail, by id. They run all the same, and one that passes fails the run as stale. */
  readonly exempt?: Readonly<Record<string, Exemption>>
}
