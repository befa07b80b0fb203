/**
 * Health of every service.
 *
 * What an implementer guarantees:
 * - healthCheck() resolves, and never rejects, before use, in use and after close. [HEALTH-01]
 * - Its status is healthy, degraded or unhealthy, and its latency a finite number of milliseconds, 0 or more. [HEALTH-02]
 * - A working service reports healthy, also before its first use. [HEALTH-03]
 * - A closed service reports unhealthy. [HEALTH-04]
 * - healthCheck() and getMetrics() change nothing that the service stores or counts. [HEALTH-05]
 * - getMetrics() resolves to an object of finite numbers. [HEALTH-06]
 * - Concurrent health checks each resolve. [HEALTH-07]
 * - Its message and details survive JSON, and neither they nor the metrics show a credential. [HEALTH-08]
 *
 * The whole of several services is unhealthy while one that the application requires is, or once they are closed; it is
 * degraded while any other is not healthy.
 *
 * An adapter over a network asks its real dependency, bounded (default 1 s).
 */

/** Seed signature (requirement document, section 7.3). */
export interface PluginHealthStatus {
  status: "healthy" | "degraded" | "unhealthy"
  message?: string
  /** Milliseconds that the check took. */
  latency: number
  details?: Record<string, unknown>
}

/** Seed signature (requirement document, section 7.3). */
export interface IHealthCheckable {
  healthCheck(): Promise<PluginHealthStatus>
  getMetrics(): Promise<Record<string, number>>
}
