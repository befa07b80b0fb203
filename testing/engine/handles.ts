import { intercept, type MethodCall, type MethodInfo, type Proceed } from "../../contracts/foundation/methods.ts"

/** Sees a call and decides when, and whether, it is made. `info` is undefined for methods that the table has not. */
export type AroundMethod = (call: MethodCall, proceed: Proceed, info: MethodInfo | undefined) => unknown

/**
 * Stands in front of every method call of `target`, and of the handles that its table knows: `bytes` of what `get`
 * resolves is the method `get.bytes`. A handle is the same object each time, and is given back to the target as its own.
 */
export function interceptAll<T extends object>(
  target: T,
  methods: Readonly<Record<string, MethodInfo>>,
  around: AroundMethod,
): T {
  const wrappers = new WeakMap<object, object>()
  const originals = new WeakMap<object, object>()
  // Until a handle is given, arguments are not looked at: reading them may throw.
  let given = false

  const enter = <Each extends object>(object: Each, table: typeof methods, prefix: string): Each =>
    intercept(object, ({ args, method }, proceed) => {
      const info = Object.hasOwn(table, method) ? table[method] : undefined
      const call = { method: prefix + method, args }
      const own: Proceed = (replaced = args) => proceed(given ? replaced.map(unwrapped) : replaced)
      if (info?.kind !== "handle") return around(call, own, info)
      const follow = (result: unknown) => (isObject(result) ? handle(result, info.returns, `${call.method}.`) : result)
      const followed: Proceed = (args) => {
        const result = own(args)
        return isThenable(result) ? result.then(follow) : follow(result)
      }
      return around(call, followed, info)
    })

  const handle = (object: object, table: typeof methods, prefix: string): object => {
    const known = wrappers.get(object)
    if (known !== undefined) return known
    const wrapper = enter(object, table, prefix)
    wrappers.set(object, wrapper)
    originals.set(wrapper, object)
    given = true
    return wrapper
  }

  /** An argument, or a member of an object of options, may be a handle. */
  const unwrapped = (value: unknown): unknown => {
    if (!isObject(value)) return value
    const original = originals.get(value)
    if (original !== undefined || Object.getPrototypeOf(value) !== Object.prototype) return original ?? value
    const members = Object.entries(value)
    if (!members.some(([, member]) => isObject(member) && originals.has(member))) return value
    return Object.fromEntries(
      members.map(([name, member]) => [name, isObject(member) ? (originals.get(member) ?? member) : member]),
    )
  }

  return enter(target, methods, "")
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof (value as { then?: unknown }).then === "function"
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}
