import { match, P } from "ts-pattern"
import type { IHealthCheckable, PluginHealthStatus } from "../contracts/foundation/health.ts"
import { criticalityOf, type ServiceName } from "../contracts/foundation/names.ts"

export interface ServicesHealth {
  /** `unhealthy` when a service that the platform needs is; `degraded` when an optional or limping one is. */
  readonly status: PluginHealthStatus["status"]
  readonly services: Readonly<Record<string, PluginHealthStatus>>
}

/** Asks every service at once; none keeps the others from answering. */
export async function checkHealth(
  instances: readonly { readonly name: string; readonly service: string; readonly instance: unknown }[],
): Promise<ServicesHealth> {
  const answers = await Promise.all(
    instances.map(async ({ instance, name, service }) => ({ name, service, health: await healthOf(instance) })),
  )
  const status = answers
    .map(({ health, service }) => weigh(health.status, service))
    .reduce(worse, "healthy" as PluginHealthStatus["status"])
  return { status, services: Object.fromEntries(answers.map(({ health, name }) => [name, health])) }
}

async function healthOf(instance: unknown): Promise<PluginHealthStatus> {
  const checkable = instance as Partial<IHealthCheckable>
  try {
    return (await checkable.healthCheck?.()) ?? { status: "healthy", latency: 0 }
  } catch {
    return { status: "unhealthy", latency: 0, message: "healthCheck() rejected." }
  }
}

/** An optional service that is down leaves the whole degraded. */
function weigh(status: PluginHealthStatus["status"], service: string): PluginHealthStatus["status"] {
  const name = service === "storage" ? "file-storage" : service
  return status === "unhealthy" && criticalityOf(name as ServiceName) === "optional" ? "degraded" : status
}

function worse(left: PluginHealthStatus["status"], right: PluginHealthStatus["status"]): PluginHealthStatus["status"] {
  return match([left, right] as const)
    .with(["unhealthy", P._], [P._, "unhealthy"], () => "unhealthy" as const)
    .with(["degraded", P._], [P._, "degraded"], () => "degraded" as const)
    .with(["healthy", "healthy"], () => "healthy" as const)
    .exhaustive()
}
