import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import type { Checks } from "./checks.ts"
import type { SeededRandom } from "./random.ts"
import type { Configuration, Faults, ForkedClient, WorldFeature } from "./subject.ts"
import type { Window } from "./window.ts"

/** What the check of a clause works in: clients of one backing store that nobody else uses. */
export interface ClauseWorld<Client, Capabilities> {
  /** Another client of the same store. A store that cannot be shared gives the same client again. */
  connect(): Promise<Client>
  /** A client of another, separate, service in the same shared store. */
  neighbour(): Promise<Client>
  /** A client of this store in a process of its own. */
  fork(): Promise<ForkedClient<Client>>
  /** Lets `maxStalenessMs` pass, after which every client sees what any client wrote. */
  converge(): Promise<void>
  readonly faults: Faults
  restart(): Promise<void>
  adjustClock(ms: number): Promise<void>
  corrupt(key: string): Promise<void>
  readonly configuration: Configuration<Client>
  /** What a client sent away, as its receiver has it. */
  received(client: Client): Promise<readonly object[]>
  /** Answers a request for a signed URL of a client. */
  fetch(request: Request): Promise<Response>
  /** Credentials that must not be shown. */
  readonly secrets: readonly string[]
  readonly capabilities: Capabilities
  readonly random: SeededRandom
  /** True where time stands still until the clause moves it. */
  readonly manualTime: boolean
  /** How many are many: 10,000 in a run, and fewer where only what fails is looked for. */
  readonly many: number
  /** Seconds that are short to wait for and long enough to be told apart. A clause that is tried again has longer ones. */
  readonly step: number
  /**
   * Says that what follows decides something only within so many seconds from now. Where time is real, a clause whose
   * window was over before it was closed, or before the clause ended, is tried again with a longer step, and at last is
   * not run: it neither passes nor fails.
   *
   * @example
   * const alive = world.window(ttl)
   * await cache.set("key", 1, ttl)
   * t.equal(await cache.get("key"), 1, "before its end")
   * alive.close()
   */
  window(seconds: number): Window
  /**
   * A window in which what outlives `ttl` is still seen, because it lasts twice as long or, where the ttl is short, is
   * rounded up to whole seconds.
   */
  lateWindow(ttl: number): Window
  /** Lets time pass. */
  pass(seconds: number): Promise<void>
  /** Lets time pass until what lives `ttl` seconds from now, or from before, is gone. */
  passTtl(ttl: number): Promise<void>
}

/** The check of one sentence, and what is said of it. */
export interface ClauseDefinition<Client, Capabilities> {
  /** What goes wrong for users where it does not hold. */
  readonly why: string
  /** What an implementer does about it. */
  readonly fix: string
  /** Capabilities that must be declared, as anything but false, "none" or []; without them the clause is skipped. */
  readonly needs?: readonly string[]
  /** Capabilities that must not be declared: the clause checks the refusal. */
  readonly lacks?: readonly string[]
  /** Methods outside the contract's core that the clause calls; a client without them skips it. */
  readonly methods?: readonly string[]
  /** What the world must offer; in a world without it the clause is skipped. */
  readonly uses?: readonly WorldFeature[]
  /** Lets time pass. In real time such clauses run side by side. */
  readonly waits?: boolean
  /** `client` is the first of the world. */
  check(t: Checks, client: Client, world: ClauseWorld<Client, Capabilities>): Promise<void>
}

/** One sentence of a contract with the code that checks it. Every sentence is a must; what is optional is a capability. */
export interface Clause<Client, Capabilities> extends ClauseDefinition<Client, Capabilities> {
  /** `<SERVICE>-<GROUP>-<NUMBER>`. Never reused. */
  readonly id: string
  /** The sentence of the contract. */
  readonly text: string
}

/**
 * Gives the function that makes the clauses of a contract. A clause whose id has no sentence is a type error.
 *
 * @example
 * const clause = clausesFor<Notes, NotesCapabilities, NotesClauseId>(notesSentences)
 *
 * clause("NOTES-01", {
 *   why: "A lost note is of no use.",
 *   fix: "Keep what put was given.",
 *   async check(t, notes) {
 *     await notes.put("id", "text")
 *     t.equal(await notes.get("id"), "text")
 *   },
 * })
 */
export function clausesFor<Client, Capabilities, Id extends string = string>(sentences: Readonly<Record<Id, string>>) {
  return (id: Id, definition: ClauseDefinition<Client, Capabilities>): Clause<Client, Capabilities> => {
    const text = Object.hasOwn(sentences, id) ? sentences[id] : ""
    if (text === "") throw new Error(`A clause must have a sentence; ${id} has none.`)
    return Object.freeze({ id, text, ...definition })
  }
}

/** Calls that the clauses every service shares make, since they know no service by name. */
export interface ContractProbes<Client> {
  /**
   * No call of it fails, also after close and while its receiver is away. The clauses that want errors are left out, and
   * a closed client is known by its health. Default false.
   */
  readonly quiet?: boolean
  /** A valid call of each method. */
  readonly calls: Readonly<Record<string, (client: Client) => unknown>>
  /** Methods among them whose call is answered without the store. Default: none. */
  readonly local?: readonly string[]
  /** Calls with arguments that the contract refuses. */
  readonly badCalls: Readonly<Record<string, (client: Client) => unknown>>
  /** Calls that are refused while their value holds a secret. */
  readonly refusedWithSecret: readonly ((client: Client, secret: string) => unknown)[]
  /** Stores a secret. */
  storeSecret(client: Client, secret: string): unknown
  /** Stores something that `snapshot` tells of, and that `calls` delete. */
  populate(client: Client): Promise<unknown>
  /** Everything that a health check must leave alone. */
  snapshot(client: Client): Promise<unknown>
}

export interface Contract<Client, Capabilities> {
  readonly service: string
  readonly version: number
  readonly methods: Readonly<Record<string, MethodInfo>>
  /** Methods that every implementation has. The first clause fails where one is missing. */
  readonly required?: readonly string[]
  /** What is assumed of a client that declares nothing. */
  readonly defaultCapabilities: Capabilities
  /** The sentences of the service's own text by id. One without a clause is open. Default: those of the clauses. */
  readonly sentences?: Readonly<Record<string, string>>
  readonly clauses: readonly Clause<Client, Capabilities>[]
  /** A call that stores something, and one that tells whether anything is stored: to see that worlds are apart. */
  readonly isolation?: { fill(client: Client): Promise<unknown>; isEmpty(client: Client): Promise<boolean> }
}

/** Sentences of the contract that no clause checks yet. A clause of its id closes one. */
export function openSentences<Client, Capabilities>({
  clauses,
  sentences = {},
}: Contract<Client, Capabilities>): [id: string, text: string][] {
  const checked = new Set(clauses.map(({ id }) => id))
  return Object.entries(sentences).filter(([id]) => !checked.has(id))
}

/** Checks that ids are unique, puts the clauses into the order of the sentences, and freezes. */
export function defineContract<Client, Capabilities>(
  contract: Contract<Client, Capabilities>,
): Contract<Client, Capabilities> {
  const seen = new Set<string>()
  for (const { id } of contract.clauses) {
    if (seen.has(id)) throw new Error(`Two clauses have the id ${id}`)
    seen.add(id)
  }
  const order = new Map(Object.keys(contract.sentences ?? {}).map((id, index) => [id, index]))
  const place = ({ id }: Clause<Client, Capabilities>) => order.get(id) ?? order.size
  return Object.freeze({ ...contract, clauses: contract.clauses.toSorted((one, other) => place(one) - place(other)) })
}
