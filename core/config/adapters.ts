import { err, ok } from "neverthrow"
import type { AnyAdapterDefinition } from "../../contracts/adapter.ts"
import { kindOf } from "../../contracts/foundation/plain-object.ts"
import { shownName } from "../../contracts/foundation/shown.ts"
import type { AnyAdapter } from "./choose-adapter.ts"
import { all, type Checked, refuse, refuseFor } from "./issues.ts"

/** The adapters that can be chosen, and what is wrong with the others. */
export interface ReadAdapters {
  readonly usable: readonly AnyAdapter[]
  readonly checked: Checked<unknown>
}

/** Checks that each adapter is one, and that no two of a service have the same name. */
export function readAdapters(adapters: unknown): ReadAdapters {
  if (!Array.isArray(adapters)) {
    return { usable: [], checked: refuse("adapters", `must be a list of adapters; got ${kindOf(adapters)}`) }
  }
  const each = Array.from(adapters, (adapter: unknown, index) => readAdapter(`adapters.${index}`, adapter))
  const usable = each.flatMap((adapter) => (adapter.isOk() ? [adapter.value] : []))
  return { usable, checked: all<unknown>([...each, checkDistinct(usable)]) }
}

function readAdapter(path: string, adapter: unknown): Checked<AnyAdapter> {
  if (!isObject(adapter)) return refuse(path, `must be an adapter; got ${kindOf(adapter)}`)
  const read = readMembers(path, adapter)
  if (read.isErr()) return err(read.error)
  const { create, load, name, schemes, service } = read.value
  const must = (holds: boolean, key: string, wanted: string, value: unknown) =>
    holds ? ok(value) : refuse(`${path}.${key}`, `must be ${wanted}; got ${kindOf(value)}`)
  return all<unknown>([
    must(typeof service === "string", "service", "a string", service),
    must(typeof name === "string", "name", "a string", name),
    must(isStrings(schemes), "schemes", "a list of strings", schemes),
    "load" in adapter
      ? must(typeof load === "function", "load", "a function", load)
      : must(typeof create === "function", "create", "a function", create),
  ]).map(() => adapter as AnyAdapter)
}

/** What is read of an adapter before it is chosen. */
function readMembers(path: string, adapter: object): Checked<Readonly<Record<string, unknown>>> {
  try {
    const { create, load, name, schemes, service } = adapter as Partial<Record<string, unknown>>
    return ok({ create, load, name, schemes, service })
  } catch (error) {
    return refuseFor(error, path, "A getter of the adapter throws; see cause")
  }
}

function checkDistinct(adapters: readonly AnyAdapter[]): Checked<unknown> {
  const seen = new Set<string>()
  return all(
    adapters.map(({ name, service }) => {
      const key = JSON.stringify([service, name])
      if (!seen.has(key)) return ok(seen.add(key))
      const which = `${shownName(service)} that are called ${shownName(name)}`
      return refuse("adapters", `must have different names; got two of ${which}`)
    }),
  )
}

/** The definition of an adapter; `path` is what chose it. */
export async function loadAdapter(adapter: AnyAdapter, path: string): Promise<Checked<AnyAdapterDefinition>> {
  const name = shownName(adapter.name)
  try {
    const loaded: unknown = "load" in adapter ? await adapter.load() : adapter
    if (!isObject(loaded)) return refuse(path, `The adapter ${name} must load its definition; got ${kindOf(loaded)}`)
    const { create, fromUrl, needs, optionsSchema } = loaded as Partial<Record<string, unknown>>
    const must = (holds: boolean, what: string, value: unknown) =>
      holds ? ok(value) : refuse(path, `The adapter ${name} must have ${what}; got ${kindOf(value)}`)
    return all<unknown>([
      must(typeof create === "function", "a function create", create),
      must(isObject(optionsSchema), "an optionsSchema", optionsSchema),
      must(fromUrl === undefined || typeof fromUrl === "function", "a function as fromUrl", fromUrl),
      must(needs === undefined || isStrings(needs), "a list of strings as needs", needs),
    ]).map(() => loaded as AnyAdapterDefinition)
  } catch (error) {
    return refuseFor(error, path, `The adapter ${name} could not be loaded; see cause`)
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function"
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && Array.from(value).every((item) => typeof item === "string")
}
