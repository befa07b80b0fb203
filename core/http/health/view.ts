import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { Health } from "../../foundation/health/health.ts"
import type { ServicesControl } from "../../services.ts"
import { type HealthBody, healthBody } from "./body.ts"

export interface HealthViewOptions {
  readonly services: Pick<ServicesControl, "health" | "readiness">
  /** Of what is part of the whole besides the services: who comes in. */
  readonly others: Health
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
    const { status } = await services.readiness()
    hasStarted ||= status !== "unhealthy"
    return status !== "unhealthy"
  }

  return {
    async body({ fresh, isDetailed }) {
      const [own, more] = await Promise.all([services.health({ fresh }), others.check({ fresh })])
      const isStarted = hasStarted || (await areRequiredUp())
      const status = own.status === "healthy" ? more.status : own.status
      const uptimeSeconds = Math.floor((clock.monotonic() - start) / 1000)
      const whole = { status, services: { ...own.services, ...more.services } }
      return healthBody(whole, { isDetailed, isStarted, uptimeSeconds })
    },
    isReady: async () => !isDraining() && areRequiredUp(),
    isStarted: async () => hasStarted || areRequiredUp(),
  }
}
