/**
 * The method table of a contract: one row a method. Whatever works on any service (layers, faults, capability
 * checks, the recorder of the harness) reads the table and knows no service by name.
 */

interface MethodFacts {
  /** Whether a second identical call does no harm, so that a retry is safe; a function where the arguments decide it. */
  readonly idempotent: boolean | ((args: readonly unknown[]) => boolean)
  /** The optional interface it belongs to: the capability of the same name says whether it is there. */
  readonly capability?: string
  /** Members of the last argument, the options, that need a capability: `{ facets: "facets" }`. */
  readonly options?: Readonly<Record<string, string>>
  /** What a read may answer while the store is spared: only where a miss does no harm, as in a cache. */
  readonly miss?: () => unknown
}

/**
 * What the contract says of a method.
 *
 * `read` changes nothing, `write` may, `stream` gives an async iterable instead of a promise, `composite` is built
 * from other methods of the same service, `part` gives a service of the same kind at once, `now` answers at once and
 * never throws. What a `handle` resolves has methods of its own, which `returns` describes.
 */
export type MethodInfo = MethodFacts &
  (
    | { readonly kind: "read" | "write" | "stream" | "composite" | "part" | "now" }
    | { readonly kind: "handle"; readonly returns: Readonly<Record<string, MethodInfo>> }
  )

/** Names of the methods of `Service` that return a promise or an iterable. */
type MethodName<Service> = {
  [Key in keyof Service]-?: NonNullable<Service[Key]> extends (...args: never[]) => unknown ? Key : never
}[keyof Service] &
  string

/** One row for each method of `Service`; a missing or surplus row does not compile. */
export type MethodTable<Service> = { readonly [Key in MethodName<Service>]: MethodInfo }

/** A call on its way to the real method. */
export interface MethodCall {
  readonly method: string
  readonly args: readonly unknown[]
}

/** Runs the method, with the arguments of the call unless it is given others. */
export type Proceed = (args?: readonly unknown[]) => unknown

/** What Node.js asks an object that it prints for what to show instead. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom")

/**
 * Stands in front of every method call of `target`: `around` sees the call and decides when, and whether, `proceed`
 * runs the method.
 *
 * The methods run on `target` itself, so classes with `#private` members, frozen objects and calls through `this`
 * work unchanged. Properties that are not functions are read through, and copies and comparisons see own ones.
 */
export function intercept<T extends object>(target: T, around: (call: MethodCall, proceed: Proceed) => unknown): T {
  const wrapped = new Map<PropertyKey, { original: unknown; wrapper: unknown }>()
  // The proxy sits on an object of its own: on `target` itself its invariants forbid wrapping what is frozen.
  const shadow = Object.defineProperty({}, INSPECT, { value: () => target, configurable: true })
  const proxy: T = new Proxy(shadow as T, {
    get(_shadow, property) {
      const original = Reflect.get(target, property, target)
      if (typeof original !== "function" || property === "constructor") return original
      const known = wrapped.get(property)
      if (known?.original === original) return known.wrapper
      const method = typeof property === "symbol" ? (property.description ?? "symbol") : property
      const wrapper = (...args: unknown[]) =>
        around({ method, args }, (replaced = args) => Reflect.apply(original, target, replaced))
      wrapped.set(property, { original, wrapper })
      return wrapper
    },
    // What is configurable need not be on the shadow.
    getOwnPropertyDescriptor(_shadow, property) {
      const own = Reflect.getOwnPropertyDescriptor(target, property)
      if (own === undefined) return undefined
      return {
        value: Reflect.get(proxy, property),
        configurable: true,
        enumerable: own.enumerable ?? false,
        writable: true,
      }
    },
    ownKeys: () => Reflect.ownKeys(target),
    has: (_shadow, property) => Reflect.has(target, property),
    set: (_shadow, property, value) => Reflect.set(target, property, value, target),
    getPrototypeOf: () => Reflect.getPrototypeOf(target),
  })
  return proxy
}
