import type { Logger } from "../contracts/adapter.ts"
import type { PlannedInstance } from "./config/plan.ts"
import { serviceNamed } from "./service-list.ts"

/** The instances by the order of their creation, and which of them goes around the others. */
export interface Surrounded {
  readonly ordered: readonly PlannedInstance[]
  /** The one with the name of its service, else the first one. */
  readonly by: PlannedInstance | undefined
  /** Names of those that nothing goes around: instances of such a service, and what they use. */
  readonly bare: ReadonlySet<string>
}

/** @param planned Each after those that it uses. */
export function surroundedOf(planned: readonly PlannedInstance[]): Surrounded {
  const outer = planned.filter(({ service }) => serviceNamed(service)?.surround !== undefined)
  if (outer.length === 0) return { ordered: planned, by: undefined, bare: NONE }
  const bare = withUsed(planned, outer)
  const ordered = [...planned.filter(({ name }) => bare.has(name)), ...planned.filter(({ name }) => !bare.has(name))]
  return { ordered, by: outer.find(({ name, service }) => name === service) ?? outer[0], bare }
}

const NONE: ReadonlySet<string> = new Set()

function withUsed(planned: readonly PlannedInstance[], outer: readonly PlannedInstance[]): ReadonlySet<string> {
  const names = new Set(outer.map(({ name }) => name))
  // Those that use come after those that they use.
  for (const { name, needs } of [...planned].reverse()) {
    if (names.has(name)) for (const used of Object.values(needs)) names.add(used)
  }
  return names
}

/** What one instance puts around the others. */
export interface Surround {
  instance(other: object): object
  logger(logger: Logger): Logger
}

export async function loadSurround({ service }: PlannedInstance, own: object): Promise<Surround | undefined> {
  const surrounding = await serviceNamed(service)?.surround?.()
  return (
    surrounding && {
      instance: (other) => surrounding.instance(own as never, other),
      logger: (logger) => surrounding.logger(own as never, logger),
    }
  )
}
