import { createManualClock } from "../../contracts/foundation/clock.ts"
import type { Clause, Contract } from "./clause.ts"
import { scaledBudgets, timeout } from "./limits.ts"
import { failed, messageOf, type Outcome } from "./outcome.ts"
import { createSeededRandom } from "./random.ts"
import type { Subject, WorldFeature } from "./subject.ts"
import { destroyWorld, openWorld } from "./world.ts"

/** What a subject declares and has. */
export interface SubjectFacts<Capabilities> {
  readonly capabilities: Capabilities
  /** Methods of the contract, and those of health and close, that its clients have. */
  readonly methods: ReadonlySet<string>
  /** What the first instance declared itself, if it did. */
  readonly declared?: unknown
  /** What its worlds offer beside clients; undefined where no world could be opened. */
  readonly features?: ReadonlySet<WorldFeature>
  readonly manualTime: boolean
  /** What is wrong with the subject as a whole. */
  readonly warnings: readonly string[]
  /** Why nothing is known of it. */
  readonly unknown?: string
}

const SHARED_METHODS = ["healthCheck", "getMetrics", "close"]

/**
 * Opens one client to see what it has, and makes a first call, so that what clauses share is started before their
 * leaks are looked for. Where that fails it is tried once more with twice the time. Of a subject that cannot even be
 * opened nothing is known: clauses that ask for nothing special fail one by one, and the others are not run.
 */
export async function inspect<Implementation, Client, Capabilities extends object>(
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  seed: number,
  runId: string,
  scale: number,
): Promise<SubjectFacts<Capabilities>> {
  const first = await look(contract, subject, seed, runId, scale)
  return first.unknown === undefined ? first : look(contract, subject, seed, `${runId}-again`, scale * 2)
}

async function look<Implementation, Client, Capabilities extends object>(
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  seed: number,
  runId: string,
  scale: number,
): Promise<SubjectFacts<Capabilities>> {
  const names = [...Object.keys(contract.methods), ...SHARED_METHODS]
  const open = (name: string) =>
    openWorld<Implementation, Client, Capabilities>(subject, {
      namespace: `${runId}-${name}`,
      clock: createManualClock(),
      random: createSeededRandom(seed),
      seed,
      signal: new AbortController().signal,
      methods: contract.methods,
      capabilities: contract.defaultCapabilities,
      scale,
    })
  const first = open("inspect")
  const worlds = [first]
  const openAnother = () => {
    const another = open("inspect-other")
    worlds.push(another)
    return another
  }
  const opMs = scaledBudgets(scale).op
  const limit = timeout(opMs)
  const within = <T>(work: Promise<T>) =>
    Promise.race([
      work,
      limit.promise.then((): never => {
        throw new Error(`not settled within ${opMs} ms`)
      }),
    ])
  try {
    const world = await within(first)
    const client = await within(world.connect())
    const methods = new Set(names.filter((name) => typeof (client as Record<string, unknown>)[name] === "function"))
    const told: Record<string, boolean> = {}
    for (const [name, { capability }] of Object.entries(contract.methods)) {
      if (capability !== undefined) told[capability] = (told[capability] ?? true) && methods.has(name)
    }
    const declared = (client as { capabilities?: Partial<Capabilities> }).capabilities
    const apart = await within(areApart(contract, client, openAnother)).catch(() => true)
    return {
      capabilities: { ...contract.defaultCapabilities, ...told, ...declared, ...subject.capabilities },
      methods,
      declared,
      features: world.features,
      manualTime: world.manualTime,
      warnings: apart ? [] : [NOT_APART],
    }
  } catch (error) {
    const capabilities = { ...contract.defaultCapabilities, ...subject.capabilities }
    const unknown = `the subject could not be looked at: ${messageOf(error)}`
    return { capabilities, methods: new Set(names), manualTime: false, warnings: [], unknown }
  } finally {
    limit.cancel()
    for (const opened of worlds) await destroyWorld(opened, opMs)
  }
}

const NOT_APART =
  "Two worlds share their data: use the namespace that open() is given, or clauses disturb each other in one store."

/** What is stored in one world is not there in the other. */
async function areApart<Client, Capabilities>(
  { isolation }: Contract<Client, Capabilities>,
  client: Client,
  openAnother: () => Promise<{ connect(): Promise<Client> }>,
): Promise<boolean> {
  if (isolation === undefined) return true
  const stranger = await (await openAnother()).connect()
  await isolation.fill(client)
  return isolation.isEmpty(stranger)
}

/** Why it cannot be said whether a clause applies, or undefined where it can. */
export function unknownReason<Client, Capabilities>(
  { lacks, methods, needs, uses }: Clause<Client, Capabilities>,
  { unknown }: SubjectFacts<Capabilities>,
): string | undefined {
  return [lacks, methods, needs, uses].some((list) => list !== undefined) ? unknown : undefined
}

/** Why a clause does not apply, or undefined where it does. */
export function skipReason<Client, Capabilities extends object>(
  clause: Clause<Client, Capabilities>,
  facts: SubjectFacts<Capabilities>,
): string | undefined {
  const declared = facts.capabilities as Record<string, unknown>
  const isLacking = (name: string) => {
    const value = declared[name]
    return value === false || value === "none" || (Array.isArray(value) && value.length === 0)
  }
  const absent = clause.needs?.find(isLacking)
  if (absent !== undefined) return `not declared: ${absent}`
  const present = clause.lacks?.find((name) => !isLacking(name))
  if (present !== undefined) return `declared, so there is nothing to refuse: ${present}`
  const method = clause.methods?.find((name) => !facts.methods.has(name))
  if (method !== undefined) return `the subject has no ${method}()`
  const feature = facts.features && clause.uses?.find((name) => facts.features?.has(name) === false)
  return feature === undefined ? undefined : `the subject's world has no ${feature}`
}

/** What mends a clause that failed because it called a method which the subject has not. */
export function fixForMissing<Client, Capabilities>(
  { reason = "" }: Outcome,
  { methods }: Contract<Client, Capabilities>,
  facts: SubjectFacts<Capabilities>,
): string | undefined {
  const missing = Object.keys(methods).filter((name) => !facts.methods.has(name))
  const name = missing.find((method) => reason.includes(`.${method} is not a function`))
  return name && `Implement ${name}().`
}

/** A declared capability whose methods are not there; in the first clause also a method that every implementation has. */
export function missingMethod<Client, Capabilities extends object>(
  clause: Clause<Client, Capabilities>,
  contract: Contract<Client, Capabilities>,
  facts: SubjectFacts<Capabilities>,
): Outcome | undefined {
  // A clause that calls it says so too, but clauses of families pass over what is not there.
  const required = clause.id === contract.clauses[0]?.id ? contract.required : undefined
  const absent = required?.find((name) => !facts.methods.has(name))
  if (absent !== undefined) {
    return { ...failed("assertion", `${absent}() is missing`), fix: `Implement ${absent}().` }
  }
  for (const [name, { capability, kind }] of Object.entries(contract.methods)) {
    if (capability === undefined || kind === "composite" || !clause.needs?.includes(capability)) continue
    if (facts.methods.has(name)) continue
    const outcome = failed("assertion", `${capability} is declared, but ${name}() is missing`)
    return { ...outcome, fix: `Implement ${name}(), or declare ${capability}: false.` }
  }
  return undefined
}
