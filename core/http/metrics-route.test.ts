import { expect, it } from "vitest"
import { builtinAdapters } from "../../adapters/manifest.ts"
import { createHealth } from "../foundation/health/health.ts"
import { createServices } from "../services.ts"
import { createHttpApi } from "./api.ts"
import { callApi } from "./call-api.fixture.ts"

it("the metrics are those of every instance, by its name", async () => {
  const services = await createServices({
    adapters: builtinAdapters,
    env: {},
    services: { pages: "cache", mail: "queue" },
  })
  await services.pages.get("a")
  expect(await callApi(services, "metrics")).toMatchObject({
    status: 200,
    body: { "pages.hits": 0, "pages.misses": 1, "mail.waiting": 0 },
  })
})

it("the metrics are those of the auth service, and of the rest of the application, as well", async () => {
  const services = await createServices({ adapters: builtinAdapters, env: {}, services: ["cache"] })
  const auth = {
    verify: async () => ({ success: true, user: { id: "ada", permissions: ["metrics.read"] } }),
    getMetrics: async () => ({ verified: 1 }),
  }
  const health = createHealth({ db: { getMetrics: async () => ({ connections: 5 }) } })
  const { fetch } = await createHttpApi(services, { auth, health })
  const headers = { authorization: "Bearer token" }
  const response = await fetch(new Request("http://localhost/api/v1/metrics", { headers }))
  expect(await response.json()).toMatchObject({ "auth.verified": 1, "db.connections": 5, "cache.hits": 0 })
})
