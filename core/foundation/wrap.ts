import { ServiceError } from "../../contracts/foundation/errors.ts"
import { got } from "../../contracts/foundation/text.ts"
import { portableInfo } from "./base.ts"
import type { Around, Layer } from "./layers.ts"

export interface WrapOptions {
  /** What health checks ask instead; `next` asks the service. */
  health?: Layer["health"]
  /** What `ready()` waits for instead; `next` connects the service. */
  connect?: Layer["connect"]
  /** The arguments that it passes on keep the contract where those it got do: they are not checked again. Default false. */
  keepsContract?: boolean | undefined
  /** Options in place of those that the service was made with: `healthTimeoutMs`; of a cache `events` and `leaseMs`, of a storage `defaultBucket`. */
  portable?: object | undefined
}

/**
 * Puts a layer around every read, write and step of a stream, of whatever service, and returns the same portable type.
 *
 * Arguments are checked before the layer sees them, and again where it passes on others. What is built from other
 * calls, such as `getOrSet`, has the layer around those; parts of the service, such as a namespace, and what its calls
 * resolve, such as a stored object, have it too. The service and what is returned are closed together.
 *
 * @throws ServiceError INVALID_ARGUMENT for an object that no `as…` function made.
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
      `A layer must stand on a portable service, which asCache makes; got ${got(service)}.`,
    )
  }
  const { connect, health, keepsContract } = options
  return portable.layered(service, { around, connect, health, keepsContract }, options.portable) as Service
}
