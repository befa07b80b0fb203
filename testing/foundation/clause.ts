import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import type { ContractProbes } from "../engine/clause.ts"

export type SharedClient = IHealthCheckable & IClosable

/** The probes whose method the client has. */
export function availableCalls<Client>(
  client: Client,
  calls: ContractProbes<Client>["calls"],
): [string, (client: Client) => unknown][] {
  return Object.entries(calls).filter(([name]) => typeof (client as Record<string, unknown>)[name] === "function")
}

/** Those of them that the store is asked for. */
export function reachingCalls<Client>(
  client: Client,
  { calls, local = [] }: ContractProbes<Client>,
): [string, (client: Client) => unknown][] {
  return availableCalls(client, calls).filter(([name]) => !local.includes(name))
}

/** All that a log or a page would show of an error or of a status. */
export function shownBy(error: unknown): string {
  const { details, message } = (error ?? {}) as { message?: unknown; details?: unknown }
  return JSON.stringify([message, details, error, String(error)])
}
