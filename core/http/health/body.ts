/** The body of `GET /api/v1/health` (requirement document, section 9.3). */
import * as z from "zod/mini"
import type { ServicesHealth } from "../../foundation/health/health.ts"
import type { InstanceHealth } from "../../foundation/health/instance-health.ts"
import { serviceList } from "../../service-list.ts"

/** Why a service does not run as it should, in words that show nothing of the inside. */
export const HEALTH_REASONS = [
  "not configured",
  "starting",
  "closed",
  "unreachable",
  "no answer",
  "access denied",
  "not writable",
  "failed",
  "impaired",
] as const

type HealthReason = (typeof HEALTH_REASONS)[number]

const serviceHealthSchema = z.strictObject({
  status: z.enum(["running", "stopped", "degraded", "initializing"]),
  latency: z.optional(z.number().check(z.describe("Milliseconds."))),
  reason: z.optional(z.enum(HEALTH_REASONS)),
  message: z.optional(z.string().check(z.describe("Only for a caller with a token."))),
  details: z.optional(z.record(z.string(), z.unknown()).check(z.describe("Only for a caller with a token."))),
})

export const healthBodySchema = z.strictObject({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  uptime: z.number().check(z.describe("Whole seconds since the API was made.")),
  services: z.record(z.string(), serviceHealthSchema),
})

type ServiceHealth = z.output<typeof serviceHealthSchema>
export type HealthBody = z.output<typeof healthBodySchema>

export interface BodyOptions {
  readonly uptimeSeconds: number
  /** Whether every required service was once healthy. Before that, one that never was is `initializing`. */
  readonly isStarted: boolean
  /** Whether messages and details are shown. */
  readonly isDetailed: boolean
}

/**
 * The health as the platform tells it: every service that there is an implementation of, under its platform name, and
 * each instance of another name as `cache:pages`. What the list does not have is named as it is.
 */
export function healthBody(health: ServicesHealth, options: BodyOptions): HealthBody {
  const told = Object.entries(health.services)
  const stopped = serviceList
    .filter(({ name }) => !told.some(([, { service }]) => service === name))
    .map(({ platformName }) => [platformName, { status: "stopped", reason: "not configured" }] as const)
  const asked = told.map(([name, one]) => [shownAs(name, one.service), serviceHealth(one, options)] as const)
  const services = Object.fromEntries<ServiceHealth>([...asked, ...stopped])
  return { status: health.status, uptime: options.uptimeSeconds, services }
}

function shownAs(name: string, service: string): string {
  const platformName = serviceList.find((row) => row.name === service)?.platformName
  if (platformName === undefined) return name
  return name === service ? platformName : `${platformName}:${name}`
}

function serviceHealth(health: InstanceHealth, { isDetailed, isStarted }: BodyOptions): ServiceHealth {
  const { details, latency, message } = health
  const shown = isDetailed && { ...(message !== undefined && { message }), ...(details !== undefined && { details }) }
  return { ...statusOf(health, isStarted), latency: Math.round(latency * 100) / 100, ...shown }
}

function statusOf(health: InstanceHealth, isStarted: boolean): Pick<ServiceHealth, "status" | "reason"> {
  if (health.status === "healthy") return { status: "running" }
  const reason = reasonOf(health)
  if (reason === "closed") return { status: "stopped", reason }
  return isStarted || health.everHealthy
    ? { status: "degraded", reason }
    : { status: "initializing", reason: "starting" }
}

const OF_CODE: Readonly<Record<string, HealthReason>> = {
  CLOSED: "closed",
  PERMISSION_DENIED: "access denied",
  TIMEOUT: "no answer",
  UNAVAILABLE: "unreachable",
}

function reasonOf({ details = {}, status }: InstanceHealth): HealthReason {
  if (details["reason"] === "not-writable") return "not writable"
  return OF_CODE[String(details["code"])] ?? (status === "degraded" ? "impaired" : "failed")
}
