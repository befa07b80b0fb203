import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import type { Checks } from "../engine/checks.ts"
import { type Clause, type ContractProbes, clausesFor } from "../engine/clause.ts"
import { show } from "../engine/show.ts"

/** An interface that an implementer may leave out. */
export interface OptionalInterface<Client> {
  /** The service's id of the sentence about it. */
  readonly id: string
  /** Whether it works as a whole. It may use whatever names it likes. */
  works(client: Client): Promise<boolean>
}

/** What a capability may be: true or false, a number from `least` on, one of some words, or a list of `some` of them. */
export type CapabilityRange =
  | "boolean"
  | { readonly least: number; readonly whole?: boolean }
  | { readonly some: readonly string[] }
  | readonly string[]

export interface CapabilityOptions<Client, Capabilities> {
  readonly sentences: Readonly<Record<string, string>>
  readonly probes: ContractProbes<Client>
  /** The method table of the contract: it says which methods belong to a capability. */
  readonly methods: Readonly<Record<string, MethodInfo>>
  /** Optional interfaces by their capability. */
  readonly interfaces?: Readonly<Record<string, OptionalInterface<Client>>>
  readonly ranges: { readonly id: string; readonly of: Readonly<Record<keyof Capabilities & string, CapabilityRange>> }
  readonly stable: { readonly id: string }
}

/** Capabilities are honest. */
export function capabilityClauses<Client extends { close?(): Promise<void> }, Capabilities extends object>({
  interfaces = {},
  methods,
  probes,
  ranges,
  sentences,
  stable,
}: CapabilityOptions<Client, Capabilities>): Clause<Client, Capabilities>[] {
  const clause = clausesFor<Client, Capabilities>(sentences)
  return [
    ...Object.entries(interfaces).map(([name, { id, works }]) => {
      const members = Object.keys(methods).filter((method) => methods[method]?.capability === name)
      return clause(id, {
        why: "A method that half works is worse than none: callers cannot tell.",
        fix: `Remove ${members.join(", ")}, let them reject UNSUPPORTED, or declare ${name}: true.`,
        lacks: [name],
        check: (t, client) => refusesOrWorks(t, client, { name, members, probes, works }),
      })
    }),
    clause(ranges.id, {
      why: "Callers and features decide by them.",
      fix: "Declare booleans as true or false, limits as numbers of that size, and words as one of those that are listed.",
      async check(t, client, { capabilities }) {
        await probes.snapshot(client)
        for (const [name, range] of Object.entries<CapabilityRange>(ranges.of)) {
          const value = (capabilities as Record<string, unknown>)[name]
          t.ok(isWithin(value, range), `${name} is ${show(value)}`)
        }
      },
    }),
    clause(stable.id, {
      why: "Callers read them once.",
      fix: "Declare what holds for the life of the instance, and freeze it.",
      async check(t, client) {
        const declared = () => ({ ...(client as { capabilities?: object }).capabilities })
        const before = declared()
        await probes.populate(client)
        for (const call of Object.values(probes.calls)) await t.outcome(async () => call(client), "a call")
        t.equal(declared(), before, "in use")
        if (typeof client.close !== "function") return
        await client.close()
        t.equal(declared(), before, "after close")
      },
    }),
  ]
}

function isWithin(value: unknown, range: CapabilityRange): boolean {
  if (range === "boolean") return typeof value === "boolean"
  if (isWords(range)) return range.includes(value as string)
  if ("some" in range) return Array.isArray(value) && value.every((word) => range.some.includes(word as string))
  const number = range.whole === true ? Number.isSafeInteger(value) : Number.isFinite(value)
  return number && (value as number) >= range.least
}

function isWords(range: Exclude<CapabilityRange, string>): range is readonly string[] {
  return Array.isArray(range)
}

/**
 * Each method is absent, or rejects UNSUPPORTED and changes nothing. An interface that is there as a whole, and works, is
 * only not declared.
 */
async function refusesOrWorks<Client>(
  t: Checks,
  client: Client,
  interfaceOf: {
    readonly name: string
    readonly members: readonly string[]
    readonly probes: ContractProbes<Client>
    readonly works: OptionalInterface<Client>["works"]
  },
): Promise<void> {
  const { members, name, probes, works } = interfaceOf
  await probes.populate(client)
  const before = await probes.snapshot(client)
  const there = members.filter((method) => (client as Record<string, unknown>)[method] !== undefined)
  const calls = there.map(
    (method) => probes.calls[method] ?? (() => Promise.reject(new Error(`${method} has no probe`))),
  )
  const outcomes = await Promise.all(calls.map((call, index) => t.outcome(() => call(client), there[index] as string)))
  if (there.length === members.length && outcomes.every(({ error }) => error === undefined)) {
    await probes.populate(client)
    const { value } = await t.outcome(() => works(client), name)
    t.ok(value === true, `${name} is not declared, and its methods neither reject UNSUPPORTED nor work`)
    t.warn(`${name} works although it is not declared: declare ${name}: true`)
    return
  }
  for (const [index, method] of there.entries()) {
    await t.rejects(() => repeat(outcomes[index]), "UNSUPPORTED", method)
  }
  t.equal(await probes.snapshot(client), before, "all that is stored and counted, afterwards")
}

/** What came of a call, as a promise again. */
async function repeat(outcome: { value?: unknown; error?: unknown } | undefined): Promise<unknown> {
  if (outcome?.error !== undefined) throw outcome.error
  return outcome?.value
}
