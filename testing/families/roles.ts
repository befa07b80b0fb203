import { CheckFailed } from "../engine/checks.ts"
import { deepEqual } from "../engine/deep-equal.ts"

/** Calls by the methods of one role, each under the name of its method. The first is the plainest. */
export type Role<Client, Args extends readonly unknown[], Answer> = Readonly<
  Record<string, (client: Client, ...args: Args) => Promise<Answer>>
>

/**
 * What the methods of a contract do, as tables of calls. A sentence is checked over a table, and says by which method it
 * was broken: an optional interface gets every sentence for a line in a table.
 */
export interface Roles<Client> {
  /** Stores a value under a name that has none; the first also in the place of another value. `ttl` is in seconds. */
  readonly stores: Role<Client, [name: string, value: unknown, ttl?: number], unknown>
  /** Gives the value of a name, or undefined. One that is also in `removes` takes it. */
  readonly reads: Role<Client, [name: string], unknown>
  /** Tells whether a name has a value. */
  readonly finds?: Role<Client, [name: string], boolean>
  /** Removes the value of a name. What it gives is truthy where there was one, and falsy where there was none. */
  readonly removes?: Role<Client, [name: string], unknown>
  /** Gives the value of a name a new time to live, in seconds. */
  readonly renews?: Role<Client, [name: string, ttl: number], unknown>
  /** Adds to the number of a name, and gives the sum. */
  readonly counts?: Role<Client, [name: string, by: number], number>
  /** Gives the names that have a value, those that begin with a prefix. */
  readonly lists?: Role<Client, [prefix?: string], readonly string[]>
}

/** What the clauses of the families need to know of a service. */
export interface FamilyProbes<Client, Capabilities = object> extends Roles<Client> {
  /** The most bytes of a name, in UTF-8. Clauses use names of up to 64 bytes, whatever it says. */
  maxNameBytes(capabilities: Capabilities): number
  /** The most bytes of a value, in its own encoding. Clauses of plain data store values of up to 4,096, whatever it says. */
  maxValueBytes(capabilities: Capabilities): number
  /** Whether a text is a name, where not every text is one that has neither too many bytes nor a lone surrogate. */
  isName?(text: string, capabilities: Capabilities): boolean
  /** A valid value, another one for each number from 0. */
  sample(number: number): unknown
  /** A valid value of a kind, 0 or 1, with many parts that all tell the number: it grows by `step` characters with it. */
  large(kind: number, number: number, step: number): unknown
  /** How many names have a value. */
  size?(client: Client): Promise<number>
}

/** Values of a service that keeps plain data. */
export const plainDataSamples: Pick<FamilyProbes<unknown>, "sample" | "large"> = {
  sample: (number) => number + 1,
  large(kind, number, step) {
    const text = `${number}`.repeat(1 + number * step)
    return kind === 0 ? { number, text } : [number, text, number]
  },
}

/** Of a service that can remove: without it several clients cannot be told apart. */
export type RemovingProbes<Client, Capabilities> = FamilyProbes<Client, Capabilities> & {
  readonly removes: NonNullable<Roles<Client>["removes"]>
}

/** The calls of a role whose methods the client has. */
export function callsOf<Args extends readonly unknown[], Client, Answer>(
  client: Client,
  role: Role<Client, Args, Answer> = {},
): [method: string, call: (client: Client, ...args: Args) => Promise<Answer>][] {
  return Object.entries(role).filter(([name]) => typeof (client as Record<string, unknown>)[name] === "function")
}

const AT_ONCE = 100

/** Does the work for each item, so many at once that a distant store is not waited for each time. Gives what came of it in order. */
export async function forAll<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const some = items.slice(start, start + AT_ONCE)
    results.push(...(await Promise.all(some.map((item, index) => work(item, start + index)))))
  }
  return results
}

/** The plainest call that stores. */
export function plainStore<Client>(client: Client, { stores }: Roles<Client>): Roles<Client>["stores"][string] {
  return plainest(callsOf(client, stores), stores)
}

/** The plainest call that reads. */
export function plainRead<Client>(client: Client, { reads }: Roles<Client>): Roles<Client>["reads"][string] {
  return plainest(callsOf(client, reads), reads)
}

function plainest<Call>([first]: readonly [string, Call][], role: Readonly<Record<string, Call>>): Call {
  if (first !== undefined) return first[1]
  const [name = "a method that stores, and one that reads"] = Object.keys(role)
  // The engine knows these words, and says what to implement.
  throw new CheckFailed(`the client.${name} is not a function`)
}

/** Removes what is under a name, where the service can. */
export async function remove<Client>(client: Client, { removes }: Roles<Client>, name: string): Promise<unknown> {
  const [plain] = callsOf(client, removes)
  return plain?.[1](client, name)
}

/** One way through a service: how a value is stored, and how it is read. */
export interface Path<Client> {
  readonly store: Roles<Client>["stores"][string]
  readonly read: Roles<Client>["reads"][string]
  /** `setMany, get` */
  readonly by: string
}

/**
 * Each method that stores with the plainest that reads, and the plainest that stores with each that reads. A method that
 * does not even do so for one plain value is left out: that is the business of its own clause.
 */
export async function pathsOf<Client, Capabilities>(
  client: Client,
  probes: FamilyProbes<Client, Capabilities>,
): Promise<Path<Client>[]> {
  const [plain, ...stores] = await storesOf(client, probes)
  const [plainest, ...reads] = await readsOf(client, probes)
  if (plain === undefined || plainest === undefined) return []
  return [
    ...[plain, ...stores].map(([method, store]) => ({ store, read: plainest[1], by: `${method}, ${plainest[0]}` })),
    ...reads.map(([method, read]) => ({ store: plain[1], read, by: `${plain[0]}, ${method}` })),
  ]
}

/** The calls that store a plain value as the plainest does, and the plainest. */
export function storesOf<Client, Capabilities>(client: Client, probes: FamilyProbes<Client, Capabilities>) {
  const read = plainRead(client, probes)
  return working(client, probes, callsOf(client, probes.stores), (store) => isKept(client, probes, store, read))
}

/** The calls that store a plain value in the place of another, and the plainest. */
export function replacesOf<Client, Capabilities>(client: Client, probes: FamilyProbes<Client, Capabilities>) {
  const [keep, read] = [plainStore(client, probes), plainRead(client, probes)]
  return working(client, probes, callsOf(client, probes.stores), async (replace) => {
    await keep(client, PLAIN, probes.sample(1))
    return isKept(client, probes, replace, read)
  })
}

/** The calls that read a plain value as the plainest does, and the plainest. */
export function readsOf<Client, Capabilities>(client: Client, probes: FamilyProbes<Client, Capabilities>) {
  const store = plainStore(client, probes)
  return working(client, probes, callsOf(client, probes.reads), (read) => isKept(client, probes, store, read))
}

/** The calls that remove a plain value, and the plainest. */
export function removesOf<Client, Capabilities>(client: Client, probes: FamilyProbes<Client, Capabilities>) {
  const [store, read] = [plainStore(client, probes), plainRead(client, probes)]
  return working(client, probes, callsOf(client, probes.removes), async (take) => {
    await store(client, PLAIN, probes.sample(0))
    return Boolean(await take(client, PLAIN)) && (await read(client, PLAIN)) === undefined
  })
}

/** The calls that find a plain value. */
export function findsOf<Client, Capabilities>(client: Client, probes: FamilyProbes<Client, Capabilities>) {
  return working(client, probes, callsOf(client, probes.finds), async (find) => {
    await plainStore(client, probes)(client, PLAIN, probes.sample(0))
    return await find(client, PLAIN)
  })
}

/** The calls that list the name of a plain value. */
export function listsOf<Client, Capabilities>(client: Client, probes: FamilyProbes<Client, Capabilities>) {
  return working(client, probes, callsOf(client, probes.lists), async (list) => {
    await plainStore(client, probes)(client, PLAIN, probes.sample(0))
    return (await list(client)).includes(PLAIN)
  })
}

const PLAIN = "plain"

/** The calls that do their work for one plain value, and the first in any case. */
async function working<Client, Call>(
  client: Client,
  probes: Roles<Client>,
  calls: readonly [method: string, call: Call][],
  works: (call: Call) => Promise<boolean>,
): Promise<[method: string, call: Call][]> {
  const found: [string, Call][] = []
  for (const [index, [method, call]] of calls.entries()) {
    if (index === 0 || (await works(call).catch(() => false))) found.push([method, call])
    await remove(client, probes, PLAIN).catch(() => undefined)
  }
  return found
}

async function isKept<Client, Capabilities>(
  client: Client,
  probes: FamilyProbes<Client, Capabilities>,
  store: Path<Client>["store"],
  read: Path<Client>["read"],
): Promise<boolean> {
  const value = probes.sample(0)
  await store(client, PLAIN, value)
  return deepEqual(await read(client, PLAIN), value)
}
