import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"
import type { MethodCall, MethodInfo } from "../../contracts/foundation/methods.ts"
import type { Walk } from "./walk.ts"

/** A call with what the contract says about its method. */
export interface LayerCall extends MethodCall {
  readonly info: MethodInfo
  /** Of a step of a stream: the walk that it belongs to. */
  readonly walk?: Walk | undefined
}

/**
 * What a layer does around each call. `next` runs the rest, with other arguments where it is given some; a layer may
 * call it never, once or again, and must not change the arguments in place.
 *
 * Of a stream (`info.kind`) each step is a call; its arguments count at the first one, and a step that failed cannot
 * be repeated. Methods of what a call resolved are calls too: `get.bytes` of a stored object.
 */
export type Around = (call: LayerCall, next: Next) => Promise<unknown>

export type Next = (args?: readonly unknown[]) => Promise<unknown>

/** What a layer does in the place of `next`, which does it without the layer. */
type Instead<T> = (next: () => Promise<T>) => Promise<T>

/** One of the layers that a portable service runs its calls through. */
export interface Layer {
  readonly around: Around
  /** What health checks ask instead; `next` asks the service. */
  readonly health?: Instead<PluginHealthStatus> | undefined
  /** What `ready()` waits for instead; `next` connects the service. */
  readonly connect?: Instead<void> | undefined
  /** The arguments that it passes on keep the contract where those it got do: they are not checked again. */
  readonly keepsContract?: boolean | undefined
}

/** A layer in the list of a service. */
export interface ListedLayer extends Layer {
  /** Tells the service that the layer goes around of a call that comes out of the layer. */
  readonly enter: (method: string, args: readonly unknown[]) => void
}

/** What is on both sides of the layers. */
export interface LayerEnds {
  /** Checks arguments that a layer put in the place of others. @throws ServiceError where they are refused. */
  readonly check: (args: readonly unknown[]) => readonly unknown[]
  readonly last: (args: readonly unknown[]) => Promise<unknown>
}

/** `last` with what stands in its place around it, the first outermost. */
export function insteadOf<T>(last: () => Promise<T>, around: readonly (Instead<T> | undefined)[]): () => Promise<T> {
  const outside = (next: () => Promise<T>, instead: Instead<T> | undefined) => {
    return instead === undefined ? next : async () => instead(next)
  }
  return around.reduceRight(outside, last)
}

/**
 * The `next` of the layer before `at`: runs the rest of the layers, and then what is behind them.
 *
 * Whatever throws at once is a rejection to the layers outside. A layer costs two frames: its own, and its `next`.
 */
export function nextOf(layers: readonly ListedLayer[], at: number, call: LayerCall, ends: LayerEnds): Next {
  return (args = call.args) => {
    try {
      const outer = layers[at - 1]
      const now = args === call.args ? call : withArguments(call, args, outer, ends)
      outer?.enter(now.method, now.args)
      const layer = layers[at]
      if (layer === undefined) return ends.last(now.args)
      const outcome = layer.around(now, nextOf(layers, at + 1, now, ends))
      return outcome instanceof Promise ? outcome : Promise.resolve(outcome)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

function withArguments(
  { info, method, walk }: LayerCall,
  args: readonly unknown[],
  outer: Layer | undefined,
  { check }: LayerEnds,
): LayerCall {
  return { method, args: outer?.keepsContract ? args : check(args), info, walk }
}
