/**
 * The method table of a contract: one row a method. Whatever works on any service (layers, faults, capability
 * checks, the recorder of the harness) reads the table and knows no service by name.
 */

export interface MethodInfo {
  /**
   * `read` changes nothing, `write` may, `stream` gives an async iterable instead of a promise, `composite` is built
   * from other methods of the same service, `part` gives a service of the same kind at once.
   */
  readonly kind: "read" | "write" | "stream" | "composite" | "part"
  /** True where a second identical call does no harm, so that a retry is safe. */
  readonly idempotent: boolean
  /** The optional interface it belongs to: the capability of the same name says whether it is there. */
  readonly capability?: string
}

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

/**
 * Stands in front of every method call of `target`: `around` sees the call and decides when, and whether, `proceed`
 * runs the method.
 *
 * The methods run on `target` itself, so classes with `#private` members, frozen objects and calls through `this`
 * work unchanged. Properties that are not functions are read through.
 */
export function intercept<T extends object>(target: T, around: (call: MethodCall, proceed: Proceed) => unknown): T {
  const wrapped = new Map<PropertyKey, { original: unknown; wrapper: unknown }>()
  // The proxy sits on an empty object: on `target` itself its invariants forbid wrapping what is frozen.
  return new Proxy({} as T, {
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
    has: (_shadow, property) => Reflect.has(target, property),
    set: (_shadow, property, value) => Reflect.set(target, property, value, target),
    getPrototypeOf: () => Reflect.getPrototypeOf(target),
  })
}
