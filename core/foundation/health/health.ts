import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import type { ErrorIssue } from "../../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { shownName } from "../../../contracts/foundation/shown.ts"
import { got, unknownOption } from "../../../contracts/foundation/text.ts"
import { portableInfo } from "../base.ts"
import { invalidConfig } from "../invalid-config.ts"
import { type InstanceHealth, watch } from "./instance-health.ts"

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
  /** Names without which the whole is unhealthy, and which `readiness()` asks. Default: none. */
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
  readiness(): Promise<ServicesHealth>
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
 * @throws ServiceError INVALID_CONFIG, with each issue: what is no object, a bound that is no number of milliseconds, a
 * name that is required and not there, an unknown option.
 * @example
 * const mail = {
 *   async healthCheck() {
 *     await mailer.verify()
 *     return { status: "healthy", latency: 0 }
 *   },
 * }
 * const health = createHealth({ cache, mail }, { required: ["cache"] })
 * const { status, services } = await health.check()
 * if (status !== "healthy") console.warn(status, services["mail"]?.message)
 */
export function createHealth<Checkables extends Readonly<Record<string, object>>>(
  checkables: Checkables,
  options: HealthOptions<keyof NoInfer<Checkables> & string> = {},
): Health {
  const { clock = systemClock, isClosed = () => false, maxAgeMs = 1000, required = [], timeoutMs = 1500 } = options
  const issues = [...checkableIssues(checkables), ...optionIssues(checkables, options)]
  if (issues.length > 0) throw invalidConfig("The arguments of createHealth", issues)
  const keys = new Map(Object.entries(options.services ?? {}))
  const instances = Object.entries(checkables).map(([name, checkable]) => {
    const service = keys.get(name) ?? portableInfo(checkable)?.service ?? name
    const watched = watch(checkable, { service, required: required.includes(name) }, { clock, maxAgeMs, timeoutMs })
    return { name, ...watched }
  })

  async function healthOf(asked: typeof instances, fresh = false): Promise<ServicesHealth> {
    const again = fresh || isClosed()
    const answers = await Promise.all(asked.map(async ({ health, name }) => [name, await health(again)] as const))
    const services = Object.fromEntries(answers)
    return { status: isClosed() ? "unhealthy" : statusOf(Object.values(services)), services }
  }

  return {
    check: ({ fresh } = {}) => healthOf(instances, fresh),
    readiness: () => healthOf(instances.filter(({ required }) => required)),
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

function checkableIssues(checkables: unknown): ErrorIssue[] {
  if (!isObject(checkables)) return [{ path: "", message: `objects by their names are needed; got ${got(checkables)}` }]
  return Object.entries(checkables)
    .filter(([, one]) => !isObject(one))
    .map(([name, one]) => ({ path: shownName(name), message: `must be an object; got ${got(one)}` }))
}

const OPTIONS = ["required", "timeoutMs", "maxAgeMs", "services", "isClosed", "clock"]

function optionIssues(checkables: object, options: HealthOptions): ErrorIssue[] {
  const { maxAgeMs = 0, required = [], timeoutMs = 1 } = options
  const issues = Object.keys(options)
    .filter((name) => !OPTIONS.includes(name))
    .map((name) => ({ path: shownName(name), message: unknownOption(OPTIONS) }))
  if (!(Number.isFinite(timeoutMs) && timeoutMs > 0)) {
    issues.push({ path: "timeoutMs", message: `must be a number above 0; got ${got(timeoutMs)}` })
  }
  if (!(Number.isFinite(maxAgeMs) && maxAgeMs >= 0)) {
    issues.push({ path: "maxAgeMs", message: `must be a number, 0 or more; got ${got(maxAgeMs)}` })
  }
  return [...issues, ...requiredIssues(Object.keys(checkables ?? {}), required)]
}

function requiredIssues(names: readonly string[], required: unknown): ErrorIssue[] {
  if (!Array.isArray(required)) return [{ path: "required", message: `must be a list of names; got ${got(required)}` }]
  const known = names.map(shownName).join(", ") || "none"
  return required.flatMap((name, index) => {
    const message = `must be one of the names, which are ${known}; got ${shownName(String(name))}`
    return names.includes(name) ? [] : [{ path: `required.${index}`, message }]
  })
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}
