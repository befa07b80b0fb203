import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { Health, ServicesHealth } from "../../foundation/health/health.ts"
import type { ServicesControl } from "../../services.ts"
import { type HealthBody, healthBody } from "./body.ts"

export interface HealthViewOptions {
  readonly services: Pick<ServicesControl, "health" | "readiness">
  /** Of what is part of the whole besides the services: who comes in, and what else the application needs. */
  readonly others: readonly Health[]
  readonly clock: Clock
  /** Whether the server ends: then it is not ready. */
  readonly isDraining: () => boolean
}

/** How the services and the server are, for routes. */
export interface HealthView {
  body(options: { readonly fresh: boolean; readonly isDetailed: boolean }): Promise<HealthBody>
  isReady(): Promise<boolean>
  /** True for ever once every required service was there. */
  isStarted(): Promise<boolean>
}

export function createHealthView({ clock, isDraining, others, services }: HealthViewOptions): HealthView {
  const start = clock.monotonic()
  let hasStarted = false

  async function areRequiredUp(): Promise<boolean> {
    const asked = await Promise.all([services, ...others].map((one) => one.readiness()))
    const isUp = worstOf(asked) !== "unhealthy"
    hasStarted ||= isUp
    return isUp
  }

  return {
    async body({ fresh, isDetailed }) {
      const [own, ...more] = await Promise.all([
        services.health({ fresh }),
        ...others.map((other) => other.check({ fresh })),
      ])
      const isStarted = hasStarted || (await areRequiredUp())
      const uptimeSeconds = Math.floor((clock.monotonic() - start) / 1000)
      const names = [own, ...more, own].map((part) => part.services)
      const whole = { status: worstOf([own, ...more]), services: Object.assign({}, ...names) }
      return healthBody(whole, { isDetailed, isStarted, uptimeSeconds })
    },
    isReady: async () => !isDraining() && areRequiredUp(),
    isStarted: async () => hasStarted || areRequiredUp(),
  }
}

function worstOf(parts: readonly Pick<ServicesHealth, "status">[]): ServicesHealth["status"] {
  const has = (status: ServicesHealth["status"]) => parts.some((part) => part.status === status)
  return has("unhealthy") ? "unhealthy" : has("degraded") ? "degraded" : "healthy"
}
