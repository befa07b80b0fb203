import type { ErrorCode } from "../../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"

/** What a health check tells of a service that failed. */
export function unhealthy(code: ErrorCode, message: string, reason?: unknown): Omit<PluginHealthStatus, "latency"> {
  return { status: "unhealthy", message, details: { code, ...(typeof reason === "string" && { reason }) } }
}
