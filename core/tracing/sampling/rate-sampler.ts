import type { Clock } from "../../../contracts/foundation/clock.ts"
import { alwaysOff, alwaysOn, followParent, type Sampler } from "./sampler.ts"

/** So many new traces a second, and as many at once after a quiet second, at least one. A child follows its parent. */
export function rateSampler(perSecond: number, clock: Pick<Clock, "monotonic">): Sampler {
  const most = Math.max(1, perSecond)
  let tokens = most
  let last = clock.monotonic()
  const root: Sampler = (request) => {
    const now = clock.monotonic()
    tokens = Math.min(most, tokens + ((now - last) * perSecond) / 1000)
    last = now
    if (tokens < 1) return alwaysOff(request)
    tokens--
    return alwaysOn(request)
  }
  return followParent(root)
}
