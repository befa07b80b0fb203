import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import { intercept, type MethodCall, type MethodInfo } from "../../contracts/foundation/methods.ts"
import { portableInfo } from "../portable/portable.ts"

/** A call with what the contract says about its method. */
export interface LayerCall extends MethodCall {
  readonly info: MethodInfo
}

/**
 * What a layer does around each call. `next` runs the rest, with other arguments where it is given some; a layer may
 * call it never, once or again. Of a stream (`info.kind`) each step is a call, and a step that failed cannot be
 * repeated.
 */
export type Around = (call: LayerCall, next: (args?: readonly unknown[]) => Promise<unknown>) => Promise<unknown>

export interface WrapOptions {
  /** What health checks ask instead; `next` asks the service. */
  health?: ((next: () => Promise<PluginHealthStatus>) => Promise<PluginHealthStatus>) | undefined
  /** Options of the portable type, in place of those that the service was made with. */
  portable?: object | undefined
}

/**
 * Puts a layer around every read, write and step of a stream, of whatever service, and returns the same portable type.
 * What is built from other calls, such as `getOrSet`, is built anew over the wrapped ones; parts of the service, such
 * as a namespace, have the layer too.
 *
 * @example
 * const logged = wrap(cache, async ({ method }, next) => {
 *   console.log(method)
 *   return next()
 * })
 */
export function wrap<Service extends object>(service: Service, around: Around, options: WrapOptions = {}): Service {
  const portable = portableInfo(service)
  if (portable === undefined) {
    throw new ServiceError(
      "INVALID_ARGUMENT",
      "Only a portable service takes layers: make it one first, as asCache does.",
    )
  }
  const layered = (target: object): object =>
    intercept(target, (call, proceed) => {
      const next = proceed as (args?: readonly unknown[]) => Promise<never>
      if (call.method === "healthCheck" && options.health !== undefined) return options.health(next)
      const info = portable.methods[call.method]
      if (info === undefined || info.kind === "composite") return proceed()
      if (info.kind === "part") return layered(proceed() as object)
      // Written out: spreading a call costs more than all the rest of a layer.
      const layerCall = { method: call.method, args: call.args, info }
      if (info.kind !== "stream") return around(layerCall, next)
      return steps(proceed() as AsyncIterable<unknown>, (step) => around(layerCall, step))
    })
  return portable.rebuild(layered(service), options.portable) as Service
}

/** The same stream with a layer around each step. */
function steps(
  stream: AsyncIterable<unknown>,
  layer: (step: () => Promise<unknown>) => Promise<unknown>,
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
