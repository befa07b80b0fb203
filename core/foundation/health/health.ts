import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { shownName } from "../../../contracts/foundation/shown.ts"
import { got } from "../../../contracts/foundation/text.ts"
import { portableInfo } from "../base.ts"
import { askHealth, askMetrics, lateHealth } from "./answers.ts"
import { SharedCall } from "./shared-call.ts"

/** How one instance is. A check that fails is `unhealthy` with the ErrorCode in `details.code`. */
export interface InstanceHealth extends PluginHealthStatus {
  /** The key of its service, such as `cache`; of an object that is no service its name. */
  readonly service: string
  /** Whether the whole is unhealthy while this is. */
  readonly required: boolean
  /** Whether it was seen healthy since `createHealth`. One that never was may still be starting. */
  readonly everHealthy: boolean
}

export interface ServicesHealth {
  /** `unhealthy` when a required one is, or all are closed; else `degraded` when any is not healthy. */
  readonly status: PluginHealthStatus["status"]
  /** By the name of the instance. */
  readonly services: Readonly<Record<string, InstanceHealth>>
}

export interface HealthCheckOptions {
  /**
   * Answers only with checks that begin after this call. It takes twice `timeoutMs` at most: a check that runs is
   * waited for, and where it hangs, TIMEOUT is the answer. Default false.
   */
  fresh?: boolean | undefined
}

export interface HealthOptions<Name extends string = string> {
  /** Names without which the whole is unhealthy, and which `ready()` asks. Default: none. */
  required?: readonly Name[] | undefined
  /**
   * Bound of each check. Milliseconds, default 1,500: it must be larger than `healthTimeoutMs` of portable services
   * (default 1,000), or their own answer comes too late.
   */
  timeoutMs?: number | undefined
  /** How long an answer is reused, and 0 for never. Milliseconds, default 1,000. */
  maxAgeMs?: number | undefined
  /** Keys of services by name, for instances that do not tell theirs. Default: the name. */
  services?: Readonly<Record<string, string>> | undefined
  /** Whether all are closed, or about to be: the whole is then unhealthy, and no answer is reused. Default: never. */
  isClosed?: (() => boolean) | undefined
  clock?: Clock | undefined
}

/** The health of several instances as a whole. No method rejects. */
export interface Health {
  /** The health of every instance, and of the whole. */
  check(options?: HealthCheckOptions): Promise<ServicesHealth>
  /** The health of the required ones, which alone are asked; healthy where there are none. For a readiness probe. */
  ready(): Promise<ServicesHealth>
  /**
   * The metrics of every instance, as finite numbers by `<name>.<metric>`: `{ "cache.hits": 3 }`. One that fails, or
   * does not answer within `timeoutMs`, has none but `<name>.metrics_failed`, which is 1.
   */
  getMetrics(): Promise<Record<string, number>>
}

/**
 * Watches objects that say how they are. One without `healthCheck` counts as healthy.
 *
 * Callers at the same time share one check, and so do those that come within `maxAgeMs`. A check that hangs delays no
 * other and is not begun again: until it ends, its answer is TIMEOUT at once. A late answer is not used.
 *
 * @throws ServiceError INVALID_CONFIG for a bound that is no number of milliseconds, and for a name that is required and
 * not there.
 * @example
 * const health = createHealth({ cache, mail: { healthCheck: () => mailer.ping() } }, { required: ["cache"] })
 * const { status, services } = await health.check()
 * console.log(status, services.mail?.message)
 */
export function createHealth<Checkables extends Readonly<Record<string, object>>>(
  checkables: Checkables,
  options: HealthOptions<keyof NoInfer<Checkables> & string> = {},
): Health {
  const { clock = systemClock, isClosed = () => false, maxAgeMs = 1000, required = [], timeoutMs = 1500 } = options
  const services = new Map(Object.entries(options.services ?? {}))
  if (!(Number.isFinite(timeoutMs) && timeoutMs > 0)) throw refused("timeoutMs", "a number above 0", timeoutMs)
  if (!(Number.isFinite(maxAgeMs) && maxAgeMs >= 0)) throw refused("maxAgeMs", "a number, 0 or more", maxAgeMs)
  const missing = required.find((name) => !Object.hasOwn(checkables, name))
  if (missing !== undefined) {
    const names = Object.keys(checkables).map(shownName).join(", ") || "none"
    throw new ServiceError(
      "INVALID_CONFIG",
      `required must have names of what is checked, which are ${names}; got ${shownName(missing)}.`,
    )
  }

  const instances = Object.entries(checkables).map(([name, checkable]) => {
    const bounds = { clock, timeoutMs }
    const check = new SharedCall({
      ...bounds,
      call: () => askHealth(checkable, clock),
      late: lateHealth(timeoutMs),
      maxAgeMs,
    })
    const metrics = new SharedCall({ ...bounds, call: () => askMetrics(checkable), late: undefined, maxAgeMs: 0 })
    const isRequired = required.includes(name)
    const service = services.get(name) ?? portableInfo(checkable)?.service ?? name
    let everHealthy = false
    return {
      name,
      isRequired,
      async health(fresh: boolean): Promise<InstanceHealth> {
        const health = await (fresh ? check.askAgain() : check.ask())
        everHealthy ||= health.status === "healthy"
        return { ...health, service, required: isRequired, everHealthy }
      },
      metrics: () => metrics.ask(),
    }
  })

  async function healthOf(asked: typeof instances, fresh = false): Promise<ServicesHealth> {
    const again = fresh || isClosed()
    const answers = await Promise.all(asked.map(async ({ health, name }) => [name, await health(again)] as const))
    const services = Object.fromEntries(answers)
    return { status: isClosed() ? "unhealthy" : statusOf(Object.values(services)), services }
  }

  return {
    check: ({ fresh } = {}) => healthOf(instances, fresh),
    ready: () => healthOf(instances.filter(({ isRequired }) => isRequired)),
    async getMetrics() {
      const told = instances.map(async ({ metrics, name }) =>
        Object.entries((await metrics()) ?? { metrics_failed: 1 }).map(
          ([metric, value]) => [`${name}.${metric}`, value] as const,
        ),
      )
      return Object.fromEntries((await Promise.all(told)).flat())
    },
  }
}

/** The worst of them, where one that is not required is never worse than degraded. */
function statusOf(instances: readonly InstanceHealth[]): ServicesHealth["status"] {
  if (instances.some(({ required, status }) => required && status === "unhealthy")) return "unhealthy"
  return instances.every(({ status }) => status === "healthy") ? "healthy" : "degraded"
}

function refused(option: string, must: string, value: unknown): ServiceError {
  return new ServiceError("INVALID_CONFIG", `${option} must be ${must}; got ${got(value)}.`)
}
