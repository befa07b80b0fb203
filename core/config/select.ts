import { ok } from "neverthrow"
import { isPlainObject, kindOf } from "../../contracts/foundation/plain-object.ts"
import { shownName } from "../../contracts/foundation/shown.ts"
import type { AnyAdapter } from "./choose-adapter.ts"
import { all, type Checked, refuse, refuseFor, unknownName } from "./issues.ts"

/** The services as the caller selects them. */
export type SelectedNames = readonly string[] | Readonly<Record<string, string>>

/** An instance that is to be made. */
export interface SelectedInstance {
  /** Its name among the services: `cache`, or what the selection calls it. */
  readonly name: string
  readonly service: string
  /** Whether the selection names it. Without one there is an instance of each service. */
  readonly isNamed: boolean
}

/** Names of the services object itself. */
const RESERVED_NAMES: readonly string[] = ["health", "readiness", "getMetrics", "ready", "close"]

/** The selected instances; without a selection one of each service that has an adapter. */
export function selectInstances(
  services: unknown,
  adapters: readonly AnyAdapter[],
  reserved: readonly string[],
): Checked<SelectedInstance>[] {
  const known = [...new Set(adapters.map(({ service }) => service))]
  const seen = new Set<string>()
  return (services === undefined ? named(known) : entriesOf(services)).map((entry) =>
    entry.andThen(([name, service]) => {
      const path = `services.${shownName(name)}`
      if ([...RESERVED_NAMES, ...reserved].includes(name))
        return refuse(path, `must have another name; the services object has a ${name} of its own`)
      if (seen.has(name)) return refuse(path, "must be selected once; got it twice")
      if (!known.includes(service)) return refuse(path, unknownName("service", service, known))
      seen.add(name)
      return ok({ name, service, isNamed: services !== undefined })
    }),
  )
}

/** Checks that each name is that of an instance. `path` is what names them. */
export function checkNames(path: string, names: readonly string[], instances: readonly SelectedInstance[]) {
  const selected = instances.map(({ name }) => name)
  const text = `must be the name of a selected service; the selected are ${selected.map(shownName).join(", ") || "none"}`
  return all(names.map((name) => (selected.includes(name) ? ok(name) : refuse(`${path}.${shownName(name)}`, text))))
}

/** A list of names, or each item of it that is none. */
export function readNames(path: string, names: unknown): Checked<string[]> {
  if (names === undefined) return ok([])
  if (!Array.isArray(names)) return refuse(path, `must be a list of names; got ${kindOf(names)}`)
  return all(Array.from(names, (name: unknown, index) => readString(`${path}.${index}`, name)))
}

/** An object that is given as configuration, without a prototype, so that each name in it is its own. */
export function readObject(path: string, given: unknown): Checked<Readonly<Record<string, unknown>>> {
  if (given === undefined) return ok({})
  if (!isPlainObject(given)) return refuse(path, `must be an object; got ${kindOf(given)}`)
  try {
    return ok(Object.assign(Object.create(null), given) as Record<string, unknown>)
  } catch (error) {
    return refuseFor(error, path, "A getter of the object throws; see cause")
  }
}

function entriesOf(services: unknown): Checked<readonly [name: string, service: string]>[] {
  const isList = Array.isArray(services)
  if (!isList && !isPlainObject(services)) {
    return [refuse("services", `must be a list or an object of services; got ${kindOf(services)}`)]
  }
  const entries = isList
    ? Array.from(services, (service: unknown, index) =>
        readString(`services.${index}`, service).map((name) => [name, name] as const),
      )
    : Object.entries(services).map(([name, service]) =>
        readString(`services.${shownName(name)}`, service).map((service) => [name, service] as const),
      )
  return entries.length > 0 ? entries : [refuse("services", "must name at least one service; got none")]
}

function named(services: readonly string[]): Checked<readonly [name: string, service: string]>[] {
  return services.map((service) => ok([service, service] as const))
}

/** A text. */
export function readString(path: string, value: unknown): Checked<string> {
  return typeof value === "string" ? ok(value) : refuse(path, `must be a string; got ${kindOf(value)}`)
}
