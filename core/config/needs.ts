import { err, ok } from "neverthrow"
import { shownName } from "../../contracts/foundation/shown.ts"
import type { Checked, Issue } from "./issues.ts"
import type { SelectedInstance } from "./select.ts"

/** The services that an instance uses, each with the name of the instance. */
export type Needs = Readonly<Record<string, string>>

/** A definition of an adapter or of a service. */
interface Needing {
  readonly needs?: readonly string[] | undefined
}

/** Decides which instance of each service an instance uses: the one of the service's name, else the only one. */
export function resolveNeeds(
  { name }: SelectedInstance,
  needing: readonly (Needing | undefined)[],
  instances: readonly SelectedInstance[],
): Checked<Needs> {
  const needs: Record<string, string> = {}
  const issues: Issue[] = []
  for (const service of new Set(needing.flatMap((one) => one?.needs ?? []))) {
    const found = instances.filter((instance) => instance.service === service).map((instance) => instance.name)
    const used = found.includes(service) ? service : found.length === 1 ? found[0] : undefined
    if (used === undefined) issues.push({ path: `services.${shownName(name)}`, message: unresolved(service, found) })
    else needs[service] = used
  }
  return issues.length === 0 ? ok(needs) : err(issues)
}

/** Sorts instances so that each stands behind those that it uses, and else in the order of the selection. */
export function sortByNeeds<Instance extends SelectedInstance & { readonly needs: Needs }>(
  instances: readonly Instance[],
): Checked<Instance[]> {
  const sorted = new Set<Instance>()
  const issues: Issue[] = []
  const visit = (instance: Instance, path: readonly Instance[]) => {
    if (sorted.has(instance)) return
    if (path.includes(instance)) {
      const circle = [...path.slice(path.indexOf(instance)), instance].map(({ name }) => shownName(name))
      issues.push({
        path: `services.${shownName(instance.name)}`,
        message: `must not need itself; got ${circle.join(" -> ")}`,
      })
      return
    }
    for (const name of Object.values(instance.needs)) {
      const used = instances.find((other) => other.name === name)
      if (used !== undefined) visit(used, [...path, instance])
    }
    sorted.add(instance)
  }
  for (const instance of instances) visit(instance, [])
  return issues.length === 0 ? ok([...sorted]) : err(issues)
}

function unresolved(service: string, found: readonly string[]): string {
  if (found.length === 0) return `must have ${service} beside it, which its adapter needs; add it to services`
  return `must have one ${service} to use; got ${found.map(shownName).join(", ")}; name one of them ${service}`
}
