import { ServiceError, type ServiceErrorJson } from "../../contracts/foundation/errors.ts"

/** What a message holds in place of a thing that cannot be cloned. `id` is one of the side that the thing lives on. */
export type Ref =
  | { readonly kind: "function"; readonly id: number }
  | { readonly kind: "home"; readonly id: number }
  | { readonly kind: "handle"; readonly id: number; readonly methods: readonly string[]; readonly members: Wire }
  | { readonly kind: "signal"; readonly id: number; readonly aborted: Wire | undefined }
  | { readonly kind: "stream"; readonly id: number; readonly readable: boolean }
  | { readonly kind: "error"; readonly members: Wire }

/** What stands for a thing that stays where it is; an error is sent as a copy. */
export type LiveRef = Exclude<Ref, { kind: "error" }>

/** A value on its way to another process: data that structured clone copies, and where in it something else belongs. */
export interface Wire {
  readonly data: unknown
  readonly refs: readonly { readonly path: readonly string[]; readonly ref: Ref }[]
}

/**
 * Copies plain objects and arrays, and puts what `refOf` gives in place of what cannot be cloned.
 *
 * @throws ServiceError INVALID_ARGUMENT for what is neither data nor has a ref, with its place below `name`.
 */
export function pack(value: unknown, name: string, refOf: (value: object) => Ref | undefined): Wire {
  const refs: { path: readonly string[]; ref: Ref }[] = []
  const copies = new Map<object, object>()
  const walk = (each: unknown, path: readonly string[]): unknown => {
    if (typeof each === "symbol") throw refused("a symbol", [name, ...path])
    if (typeof each !== "function" && (typeof each !== "object" || each === null)) return each
    const known = copies.get(each)
    if (known !== undefined) return known
    if (isCloned(each)) {
      if (each instanceof Map || each instanceof Set) pack([...each], [name, ...path].join("."), () => undefined)
      return each
    }
    const ref = each instanceof Error ? errorRef(each, refOf) : refOf(each)
    if (ref !== undefined) {
      refs.push({ path, ref })
      return undefined
    }
    if (!isPlainObjectOrArray(each)) throw refused(kindOf(each), [name, ...path])
    const copy = Array.isArray(each) ? new Array(each.length) : {}
    copies.set(each, copy)
    for (const [key, member] of Object.entries(each)) {
      define(copy, key, walk(member, [...path, key]))
    }
    return copy
  }
  return { data: walk(value, []), refs }
}

/** The value, with what `thingOf` gives for each ref. */
export function unpack({ data, refs }: Wire, thingOf: (ref: LiveRef) => unknown): unknown {
  for (const { path, ref } of refs) {
    const value = ref.kind === "error" ? errorOf(ref.members, thingOf) : thingOf(ref)
    const key = path.at(-1)
    if (key === undefined) return value
    const owner = path.slice(0, -1).reduce((each, name) => (each as Record<string, unknown>)[name], data)
    define(owner as object, key, value)
  }
  return data
}

export function isPlainObjectOrArray(value: object): boolean {
  if (Array.isArray(value)) return true
  if (typeof value !== "object") return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Structured clone keeps these as they are; of other classes it would make plain objects. */
function isCloned(value: object): boolean {
  return ArrayBuffer.isView(value) || CLONED.some((type) => value instanceof type)
}
const CLONED = [Date, Map, Set, RegExp, ArrayBuffer]

/** A ServiceError crosses whole, any other error with its name and message. */
function errorRef(error: Error, refOf: (value: object) => Ref | undefined): Ref {
  const members = ServiceError.is(error) ? error.toJSON() : { name: error.name, message: error.message }
  return { kind: "error", members: pack(members, "error", refOf) }
}

function errorOf(members: Wire, thingOf: (ref: LiveRef) => unknown): Error {
  const json = unpack(members, thingOf) as ServiceErrorJson | { name: string; message: string }
  if ("code" in json) {
    const { code, message, ...options } = json
    return new ServiceError(code, message, options)
  }
  const error = new Error(json.message)
  Object.defineProperty(error, "name", { value: json.name, configurable: true, writable: true })
  return error
}

function refused(kind: string, path: readonly string[]): ServiceError {
  return new ServiceError(
    "INVALID_ARGUMENT",
    `An argument or result that is sent to another process must be data, a function, a signal or a stream; got ${kind} at ${path.join(".")}.`,
  )
}

function kindOf(value: object): string {
  if (typeof value === "function") return "a function"
  return `an instance of ${value.constructor?.name || "a class"}`
}

/** Also where the key is `__proto__`. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true })
}
