import * as z from "zod/mini"
import { createHttpApi } from "./api.ts"
import { openGate } from "./gate.ts"

/** What the API answers over services, with JSON that fits the schema of its route. */
export async function callApi(services: object, path: string, init: RequestInit = {}) {
  const api = await createHttpApi(services as never, { gate: openGate })
  const method = init.method ?? "GET"
  const response = await api.fetch(new Request(`http://localhost/api/v1/${path}`, init))
  const body: unknown = await response.clone().json()
  const pattern = (route: string) => new RegExp(`^${route.replaceAll(/:\w+/g, "[^/]+")}$`)
  const pathname = `/api/v1/${path.replace(/\?.*/, "")}`
  const route = api.routes().find((one) => one.method === method && pattern(one.path).test(pathname))
  const schema = route?.answers[response.status]?.schema
  if (response.ok && schema !== undefined) z.parse(schema, body)
  return { status: response.status, body }
}

/** The same with JSON as the body. */
export function postJson(services: object, path: string, body: unknown) {
  const headers = { "content-type": "application/json" }
  return callApi(services, path, { method: "POST", headers, body: JSON.stringify(body) })
}
