/** What a checkable says of itself, read with care: it may be the object of anybody. */

import type { Clock } from "../../../contracts/foundation/clock.ts"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import type { IHealthCheckable, PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import { isPlainObject } from "../../../contracts/foundation/plain-object.ts"
import { isSecretName, redactText } from "../../../contracts/foundation/shown.ts"
import { typeName } from "../../../contracts/foundation/text.ts"

/** An object that may say how it is. */
export type Checkable = Partial<IHealthCheckable>

/** What the health says without its latency. */
type Told = Omit<PluginHealthStatus, "latency">

/** The health of a checkable, with the milliseconds that it took to say so. Never rejects. */
export async function askHealth(checkable: Checkable, clock: Clock): Promise<PluginHealthStatus> {
  const start = clock.monotonic()
  // The second one is for an error that cannot be read.
  const told = await tell(checkable)
    .catch(toldOf)
    .catch(() => REJECTED)
  return told === undefined
    ? { status: "healthy", latency: 0 }
    : { ...told, latency: Math.max(0, clock.monotonic() - start) }
}

/** The health of a checkable that has not answered within its bound. */
export function lateHealth(timeoutMs: number): PluginHealthStatus {
  return { ...unhealthy("TIMEOUT", `No answer within ${timeoutMs} ms.`), latency: timeoutMs }
}

/** The finite numbers among the metrics of a checkable; undefined where it fails to tell them. Never rejects. */
export async function askMetrics(checkable: Checkable): Promise<Readonly<Record<string, number>> | undefined> {
  try {
    if (checkable.getMetrics === undefined) return {}
    const metrics: unknown = await checkable.getMetrics()
    if (!isPlainObject(metrics)) return undefined
    return Object.fromEntries(Object.entries(metrics).filter(isNumber))
  } catch {
    return undefined
  }
}

function isNumber(entry: [string, unknown]): entry is [string, number] {
  return Number.isFinite(entry[1])
}

/** Undefined for one that has no health check. */
async function tell(checkable: Checkable): Promise<Told | undefined> {
  return checkable.healthCheck === undefined ? undefined : readHealth(await checkable.healthCheck())
}

function readHealth(answer: unknown): Told {
  const { details, message, status } = (answer ?? {}) as Readonly<Record<string, unknown>>
  if (status !== "healthy" && status !== "degraded" && status !== "unhealthy") {
    const shown = typeName(typeof answer === "object" && answer !== null ? status : answer)
    throw new ServiceError(
      "INTERNAL",
      `healthCheck() must resolve a status that is healthy, degraded or unhealthy; got ${shown}.`,
    )
  }
  const plain = plainOf(details)
  return {
    status,
    ...(typeof message === "string" && { message: redactText(message) }),
    ...(isPlainObject(plain) && { details: plain }),
  }
}

/** A copy as JSON keeps it, without secrets; undefined where there is none. */
function plainOf(details: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(details), (name, value: unknown) => {
      if (isSecretName(name)) return "***"
      return typeof value === "string" ? redactText(value) : value
    })
  } catch {
    return undefined
  }
}

/** The message of an error that is not ours may hold secrets. */
function toldOf(error: unknown): Told {
  return ServiceError.is(error) ? unhealthy(error.code, redactText(error.message)) : REJECTED
}

function unhealthy(code: ErrorCode, message: string): Told {
  return { status: "unhealthy", message, details: { code } }
}

const REJECTED = unhealthy("INTERNAL", "healthCheck() rejected.")
