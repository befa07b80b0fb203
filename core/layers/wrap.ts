import { ServiceError } from "../../contracts/foundation/errors.ts"
import { intercept, type MethodCall, type MethodInfo } from "../../contracts/foundation/methods.ts"
import { portableInfo } from "../portable/portable.ts"

/** A call with what the contract says about its method. */
export interface LayerCall extends MethodCall {
  readonly info: MethodInfo
}

/**
 * What a layer does around each call. `next` runs the rest; a layer may call it never, once or again. Of a stream
 * (`info.kind`) each step is a call, and a step that failed cannot be repeated.
 */
export type Around = (call: LayerCall, next: () => Promise<unknown>) => Promise<unknown>

/**
 * Puts a layer around every read, write and step of a stream, of whatever service, and returns the same portable type.
 * What is built from other calls, such as `getOrSet`, is built anew over the wrapped ones.
 *
 * @example
 * const logged = wrap(cache, async ({ method }, next) => {
 *   console.log(method)
 *   return next()
 * })
 */
export function wrap<Service extends object>(service: Service, around: Around): Service {
  const portable = portableInfo(service)
  if (portable === undefined) {
    throw new ServiceError(
      "INVALID_ARGUMENT",
      "Only a portable service takes layers: make it one first, as asCache does.",
    )
  }
  const layered = intercept(service, (call, proceed) => {
    const info = portable.methods[call.method]
    if (info === undefined || info.kind === "composite") return proceed()
    const layer = (next: () => unknown) => around({ ...call, info }, next as () => Promise<unknown>)
    return info.kind === "stream" ? steps(proceed() as AsyncIterable<unknown>, layer) : layer(proceed)
  })
  return portable.rebuild(layered) as Service
}

/** The same stream with a layer around each step. */
function steps(
  stream: AsyncIterable<unknown>,
  layer: (next: () => unknown) => Promise<unknown>,
): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = stream[Symbol.asyncIterator]()
      return {
        next: () => layer(() => iterator.next()) as Promise<IteratorResult<unknown>>,
        return: async (value) => (await iterator.return?.(value)) ?? { done: true, value },
      }
    },
  }
}
