import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { askHealth, askMetrics, lateHealth } from "./answers.ts"
import { SharedCall, type SharedCallOptions } from "./shared-call.ts"

/** How one instance is. A check that fails is `unhealthy` with the ErrorCode in `details.code`. */
export interface InstanceHealth extends PluginHealthStatus {
  /** The key of its service, such as `cache`; of an object that is no service its name. */
  readonly service: string
  /** Whether the whole is unhealthy while this is. */
  readonly required: boolean
  /** Whether it was seen healthy since `createHealth`. One that never was may still be starting. */
  readonly everHealthy: boolean
}

type Bounds = Pick<SharedCallOptions<unknown>, "clock" | "maxAgeMs" | "timeoutMs">

/** An instance, asked by calls that its callers share. */
export function watch(
  checkable: object,
  { required, service }: Pick<InstanceHealth, "required" | "service">,
  { maxAgeMs, ...bounds }: Bounds,
) {
  const { clock, timeoutMs } = bounds
  const check = new SharedCall({
    ...bounds,
    call: () => askHealth(checkable, clock),
    late: lateHealth(timeoutMs),
    maxAgeMs,
  })
  const metrics = new SharedCall({ ...bounds, call: () => askMetrics(checkable), late: undefined, maxAgeMs: 0 })
  let everHealthy = false
  return {
    required,
    async health(fresh: boolean): Promise<InstanceHealth> {
      const health = await (fresh ? check.askAgain() : check.ask())
      everHealthy ||= health.status === "healthy"
      return { ...health, service, required, everHealthy }
    },
    metrics: () => metrics.ask(),
  }
}
