import { beforeEach, expect, it, onTestFinished } from "vitest"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { ELASTICSEARCH_MISSING, findElasticsearch, startElasticsearch } from "../../../servers/elasticsearch.ts"
import { createElasticsearchSearch } from "../elasticsearch.ts"

beforeEach((context) => {
  if (findElasticsearch() === undefined) context.skip(ELASTICSEARCH_MISSING)
})

const EXPECTED = ["UNAVAILABLE", "TIMEOUT", "RATE_LIMITED"]

it("a node that is killed and comes back: bounded errors, nothing acknowledged is lost, and the instance goes on", async () => {
  const server = await startElasticsearch()
  const search = createElasticsearchSearch({
    nodes: [server.endpoint],
    replicas: 0,
    refreshIntervalMs: 50,
    timeoutMs: 3000,
  })
  onTestFinished(async () => {
    await search.close()
    await server.stop()
  })
  // The first write of a new node takes long.
  const patient = createElasticsearchSearch({
    nodes: [server.endpoint],
    replicas: 0,
    refreshIntervalMs: 50,
    timeoutMs: 60_000,
  })
  await patient.index("docs", "first", { n: 0 })
  await patient.close()
  const acknowledged: string[] = []
  const codes = new Set<string>()
  let longest = 0
  let isOver = false
  const write = async (writer: number) => {
    for (let n = 0; !isOver; n++) {
      const id = `${writer}-${n}`
      const start = performance.now()
      try {
        await search.bulk([{ op: "index", object: "docs", id, doc: { n } }])
        acknowledged.push(id)
      } catch (error) {
        codes.add(ServiceError.is(error) ? error.code : "none of ours")
      }
      longest = Math.max(longest, performance.now() - start)
    }
  }
  const read = async () => {
    while (!isOver) {
      await search.search({ object: "docs" }).catch((error) => codes.add(error.code))
    }
  }
  const load = [write(1), write(2), write(3), read()]
  await expect.poll(() => acknowledged.length).toBeGreaterThan(20)
  await server.kill()
  await expect.poll(() => codes.size).toBeGreaterThan(0)
  const before = acknowledged.length
  await server.restart()
  await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(before + 20)
  isOver = true
  await Promise.all(load)
  expect([...codes].filter((code) => !EXPECTED.includes(code))).toEqual([])
  // Each request of a bulk, which is the write and its refresh, has the deadline for itself.
  expect(longest).toBeLessThan(3 * 3000 + 1000)
  await search.refresh()
  const found = await Promise.all(acknowledged.map((id) => search.get("docs", id)))
  expect(found.filter((doc) => doc === undefined)).toEqual([])
  expect(await search.healthCheck()).toMatchObject({ status: "healthy" })
})
