import { describe, expect, it } from "vitest"
import { toJSONSchema } from "zod/v4/core"
import { createMemoryQueue } from "../../adapters/queue/memory.ts"
import { createMemorySearch } from "../../adapters/search/memory.ts"
import { queueRoutes } from "../queue/routes.ts"
import { searchRoutes } from "../search/routes.ts"
import { createHttpApi } from "./api.ts"
import { callApi, postJson } from "./call-api.fixture.ts"
import { openGate } from "./gate.ts"

/** What the API says of the parameter `instance` of a route, and whether it must be there. */
async function parameterOf(services: object, operationId: string) {
  const api = await createHttpApi(services as never, { gate: openGate })
  const { query } = api.routes().find((route) => route.operationId === operationId) ?? {}
  if (query === undefined) return undefined
  const { properties, required = [] } = toJSONSchema(query, { io: "input" })
  return [properties?.["instance"], required.includes("instance")]
}

describe("routes over one instance", () => {
  it("are those of the service, whatever its name", async () => {
    const mail = createMemoryQueue()
    await mail.publish("a", 1)
    const api = await createHttpApi({ mail } as never, { gate: openGate })
    expect(api.routes()).toEqual(expect.arrayContaining([...queueRoutes]))
    expect(await callApi({ mail }, "queues")).toEqual({ status: 200, body: { queues: [{ name: "a" }] } })
  })
})

describe("routes over several instances", () => {
  const enumOf = (...names: string[]) => ({ type: "string", enum: names, description: "Which queue." })

  it("need their parameter where none has the name of the service", async () => {
    const [mail, media] = [createMemoryQueue(), createMemoryQueue()]
    await media.publish("a", 1)
    expect(await parameterOf({ mail, media }, "listQueues")).toEqual([enumOf("mail", "media"), true])
    expect(await callApi({ mail, media }, "queues?instance=media")).toMatchObject({ body: { queues: [{ name: "a" }] } })
    expect(await callApi({ mail, media }, "queues?instance=mail")).toMatchObject({ body: { queues: [] } })
    for (const query of ["", "?instance=other", "?instance=mail&instance=media", "?instance=mail&more=1"]) {
      expect(await callApi({ mail, media }, `queues${query}`)).toMatchObject({ status: 422 })
    }
  })

  it("take the one that has the name of the service where none is named", async () => {
    const [queue, media] = [createMemoryQueue(), createMemoryQueue()]
    await queue.publish("a", 1)
    expect(await parameterOf({ media, queue }, "listQueues")).toEqual([
      { ...enumOf("media", "queue"), default: "queue" },
      false,
    ])
    expect(await callApi({ media, queue }, "queues")).toMatchObject({ body: { queues: [{ name: "a" }] } })
    expect(await callApi({ media, queue }, "queues?instance=media")).toMatchObject({ body: { queues: [] } })
  })

  it("hand on the rest of the query, the path and the body", async () => {
    const [docs, people] = [createMemorySearch(), createMemorySearch()]
    await people.index("people", "ada", { name: "Ada" })
    const found = await callApi({ docs, people }, "search?instance=people&object=people&q=ada&limit=1")
    expect(found).toMatchObject({ status: 200, body: { hits: [{ id: "ada" }] } })
    const [mail, media] = [createMemoryQueue(), createMemoryQueue()]
    const task = { id: "1", type: "resize", payload: 1 }
    expect(await postJson({ mail, media }, "queues/a/tasks?instance=media", task)).toMatchObject({ status: 202 })
    expect(await media.getQueueSize("a")).toBe(1)
  })

  it("leave services alone that have one instance", async () => {
    const services = { mail: createMemoryQueue(), media: createMemoryQueue(), docs: createMemorySearch() }
    const api = await createHttpApi(services as never, { gate: openGate })
    for (const route of searchRoutes) expect(api.routes()).toContain(route)
  })
})
