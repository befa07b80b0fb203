/** Names of platform services: the core enum as extended by the requirement document, section 7.2. */
export const SERVICE_NAMES = [
  "metadata",
  "data",
  "auth",
  "cache",
  "queue",
  "job",
  "file-storage",
  "search",
  "automation",
  "graphql",
  "analytics",
  "realtime",
  "notification",
  "ai",
  "i18n",
  "ui",
  "workflow",
  "logging",
  "tracing",
  "compliance",
  "tenant",
  "migration",
  "encryption",
] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** `required`: the platform does not start without it; `core`: it starts degraded; `optional`: nobody misses it. */
export type ServiceCriticality = "required" | "core" | "optional"

const CRITICALITY: Partial<Record<ServiceName, ServiceCriticality>> = {
  metadata: "required",
  data: "required",
  auth: "core",
  cache: "core",
  queue: "core",
  job: "core",
}

/** How much the platform depends on a service. The kernel asks; an application says itself what is `required`. */
export function criticalityOf(service: ServiceName): ServiceCriticality {
  return CRITICALITY[service] ?? "optional"
}
