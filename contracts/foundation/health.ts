/**
 * Health of every service. The rules are HEALTH-01 to 08 of `clauses.ts`.
 *
 * The whole of several services is unhealthy while one that the application requires is, or once they are closed; it is
 * degraded while any other is not healthy. A check that throws, rejects, does not answer in time or resolves no status
 * is unhealthy, with the ErrorCode in `details.code`. Readiness is that of the required services alone.
 *
 * An adapter over a network asks its real dependency, bounded (default 1 s). The bound of the whole is larger (default
 * 1.5 s), so that the message of the service comes first.
 */

/** Seed signature (requirement document, section 7.3). */
export interface PluginHealthStatus {
  status: "healthy" | "degraded" | "unhealthy"
  message?: string
  /** Milliseconds that the check took. */
  latency: number
  /**
   * Plain data. Of an unhealthy service of this package `code` is the ErrorCode that its calls reject with, or would;
   * `reason`, where there is one, is finer: `not-writable` says that reads work, and writes are refused.
   */
  details?: Record<string, unknown>
}

/** Seed signature (requirement document, section 7.3). */
export interface IHealthCheckable {
  healthCheck(): Promise<PluginHealthStatus>
  getMetrics(): Promise<Record<string, number>>
}
