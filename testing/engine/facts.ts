import { createManualClock } from "../../contracts/foundation/clock.ts"
import type { Clause, Contract } from "./clause.ts"
import { DEFAULT_BUDGETS, timeout } from "./limits.ts"
import { failed, type Outcome } from "./outcome.ts"
import { createSeededRandom } from "./random.ts"
import type { Subject } from "./subject.ts"
import { destroyWorld, openWorld } from "./world.ts"

/** What a subject declares and has. */
export interface SubjectFacts<Capabilities> {
  readonly capabilities: Capabilities
  /** Methods of the contract, and those of health and close, that its clients have. */
  readonly methods: ReadonlySet<string>
  readonly manualTime: boolean
}

const SHARED_METHODS = ["healthCheck", "getMetrics", "close"]

/** Opens one client to see what it has. A subject that cannot even be opened fails clause by clause later. */
export async function inspect<Implementation, Client, Capabilities extends object>(
  contract: Contract<Client, Capabilities>,
  subject: Subject<Implementation, Capabilities>,
  seed: number,
  runId: string,
  scale: number,
): Promise<SubjectFacts<Capabilities>> {
  const names = [...Object.keys(contract.methods), ...SHARED_METHODS]
  const opened = openWorld<Implementation, Client, Capabilities>(subject, {
    namespace: `${runId}-inspect`,
    clock: createManualClock(),
    random: createSeededRandom(seed),
    seed,
    signal: new AbortController().signal,
    capabilities: contract.defaultCapabilities,
    scale,
  })
  try {
    const limit = timeout(DEFAULT_BUDGETS.op * scale)
    const world = await Promise.race([opened, limit.promise.then(() => undefined)])
    limit.cancel()
    if (world === undefined) throw new Error("open did not settle")
    const client = (await world.connect()) as Record<string, unknown>
    const methods = new Set(names.filter((name) => typeof client[name] === "function"))
    const told: Record<string, boolean> = {}
    for (const [name, { capability }] of Object.entries(contract.methods)) {
      if (capability !== undefined) told[capability] = (told[capability] ?? true) && methods.has(name)
    }
    const declared = client["capabilities"] as Partial<Capabilities> | undefined
    return {
      capabilities: { ...contract.defaultCapabilities, ...told, ...declared, ...subject.capabilities },
      methods,
      manualTime: world.manualTime,
    }
  } catch {
    const capabilities = { ...contract.defaultCapabilities, ...subject.capabilities }
    return { capabilities, methods: new Set(names), manualTime: false }
  } finally {
    await destroyWorld(opened, DEFAULT_BUDGETS.op * scale)
  }
}

/** Why a clause does not apply, or undefined where it does. */
export function skipReason<Client, Capabilities extends object>(
  clause: Clause<Client, Capabilities>,
  facts: SubjectFacts<Capabilities>,
): string | undefined {
  const declared = facts.capabilities as Record<string, unknown>
  const absent = clause.needs?.find((name) => declared[name] === false)
  if (absent !== undefined) return `not declared: ${absent}`
  const present = clause.lacks?.find((name) => declared[name] !== false)
  if (present !== undefined) return `declared, so there is nothing to refuse: ${present}`
  const method = clause.methods?.find((name) => !facts.methods.has(name))
  return method === undefined ? undefined : `the subject has no ${method}()`
}

/** A declared capability whose methods are not there. */
export function missingMethod<Client, Capabilities extends object>(
  clause: Clause<Client, Capabilities>,
  contract: Contract<Client, Capabilities>,
  facts: SubjectFacts<Capabilities>,
): Outcome | undefined {
  for (const [name, { capability, kind }] of Object.entries(contract.methods)) {
    if (capability === undefined || kind === "composite" || !clause.needs?.includes(capability)) continue
    if (facts.methods.has(name)) continue
    const outcome = failed("assertion", `${capability} is declared, but ${name}() is missing`)
    return { ...outcome, fix: `Implement ${name}(), or declare ${capability}: false.` }
  }
  return undefined
}
