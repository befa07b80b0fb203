import { expect, it } from "vitest"
import { builtinAdapters } from "../../adapters/manifest.ts"
import { createServices } from "../services.ts"
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
