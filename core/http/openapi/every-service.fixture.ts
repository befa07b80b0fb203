import { builtinAdapters } from "../../../adapters/manifest.ts"
import type { ServiceKey } from "../../../contracts/services.ts"
import { serviceList } from "../../service-list.ts"
import { createServices } from "../../services.ts"
import { createHttpApi, type HttpApi } from "../api.ts"
import { openGate } from "../gate.ts"

/** The HTTP API of every service, each in memory. */
export async function apiOfEveryService(): Promise<HttpApi> {
  const names = serviceList.map(({ name }) => name as ServiceKey)
  const env = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_URL`, "memory:"]))
  return createHttpApi(await createServices({ adapters: builtinAdapters, env, services: names }), { gate: openGate })
}
