import { z } from "zod"

/** Names of platform services: the core enum as extended by the requirement document, section 7.2. */
export const serviceNameSchema = z.enum([
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
])
export type ServiceName = z.infer<typeof serviceNameSchema>

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

/** How much the platform depends on a service. */
export function criticalityOf(service: ServiceName): ServiceCriticality {
  return CRITICALITY[service] ?? "optional"
}
