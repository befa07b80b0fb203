import { ServiceError } from "../../contracts/foundation/errors.ts"
import { intercept, type MethodCall, type MethodInfo } from "../../contracts/foundation/methods.ts"
import { portableInfo } from "../portable/portable.ts"

/** A call with what the contract says about its method. */
export interface LayerCall extends MethodCall {
  readonly info: MethodInfo
}

/** What a layer does around each call. `next` runs the rest; a layer may call it never, once or again. */
export type Around = (call: LayerCall, next: () => Promise<unknown>) => Promise<unknown>

/**
 * Puts a layer around every read and write of a service, of whatever kind, and returns the same portable type.
 *
 * Streams pass through. What is built from other calls, such as `getOrSet`, is built anew over the wrapped ones.
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
    if (info === undefined || info.kind === "stream" || info.kind === "composite") return proceed()
    return around({ ...call, info }, proceed as () => Promise<unknown>)
  })
  return portable.rebuild(layered) as Service
}
