import type { IHealthCheckable, PluginHealthStatus } from "../../contracts/foundation/health.ts"

export interface ServicesHealth {
  /** `unhealthy` when a required service is, or all are closed; else `degraded` when any is not healthy. */
  readonly status: PluginHealthStatus["status"]
  readonly services: Readonly<Record<string, PluginHealthStatus>>
}

/** How the whole depends on its instances. */
export interface WholeOptions {
  /** Names of the instances without which the whole is unhealthy. */
  readonly required: readonly string[]
  readonly closed: boolean
}

/** Asks every service at once; none keeps the others from answering. */
export async function checkHealth(
  instances: readonly { readonly name: string; readonly instance: unknown }[],
  { closed, required }: WholeOptions,
): Promise<ServicesHealth> {
  const services = Object.fromEntries(
    await Promise.all(instances.map(async ({ instance, name }) => [name, await healthOf(instance)] as const)),
  )
  const down = required.some((name) => services[name]?.status === "unhealthy")
  const whole = Object.values(services).every(({ status }) => status === "healthy")
  return { status: closed || down ? "unhealthy" : whole ? "healthy" : "degraded", services }
}

async function healthOf(instance: unknown): Promise<PluginHealthStatus> {
  const checkable = instance as Partial<IHealthCheckable>
  try {
    return (await checkable.healthCheck?.()) ?? { status: "healthy", latency: 0 }
  } catch {
    return { status: "unhealthy", latency: 0, message: "healthCheck() rejected." }
  }
}
