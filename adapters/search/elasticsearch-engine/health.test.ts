import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { Search } from "../../../contracts/search/search.ts"
import {
  ELASTICSEARCH_MISSING,
  type ElasticsearchVersion,
  findElasticsearch,
  startElasticsearch,
} from "../../../servers/elasticsearch.ts"
import { createElasticsearchSearch } from "../elasticsearch.ts"
import { openDouble, refuse, tell } from "./double.fixture.ts"

/** Polled, since a busy machine may answer later than health waits for. */
function becomes(search: Search, health: object): Promise<void> {
  return expect.poll(() => search.healthCheck(), { timeout: 60_000, interval: 20 }).toMatchObject(health)
}

function blocked(message: string, more: object = {}): object {
  const details = { code: "UNAVAILABLE", reason: "not-writable", ...more }
  return { status: "degraded", message: expect.stringContaining(message), details }
}

describe.each<ElasticsearchVersion>(["8", "9"])("health on a server of version %s", (version) => {
  beforeEach((context) => {
    if (findElasticsearch(version) === undefined) context.skip(ELASTICSEARCH_MISSING)
  })

  it("is degraded while an index of ours, or the cluster, takes no writes, and healthy again", async () => {
    const { endpoint, stop } = await startElasticsearch({ version })
    const search = createElasticsearchSearch({
      ...{ nodes: [endpoint], indexPrefix: "shop", replicas: 0, refreshIntervalMs: 50, timeoutMs: 30_000 },
    })
    onTestFinished(async () => {
      await search.close()
      await stop()
    })
    const put = async (path: string, body: object) => {
      const headers = { "content-type": "application/json" }
      const { ok } = await fetch(`${endpoint}${path}`, { method: "PUT", headers, body: JSON.stringify(body) })
      expect(ok).toBe(true)
    }
    await search.index("docs", "1", { t: "word" })
    await put("/other.docs.000001", { settings: { "index.blocks.write": true } })
    await becomes(search, { status: "healthy" })
    for (const block of ["write", "read_only", "read_only_allow_delete"]) {
      await put("/shop.docs.000001/_settings", { [`index.blocks.${block}`]: true })
      await becomes(search, blocked("Indexes take no writes: 1", { indexes: ["shop.docs.000001"] }))
      expect(await search.get("docs", "1")).toEqual({ t: "word" })
      await put("/shop.docs.000001/_settings", { [`index.blocks.${block}`]: null })
      await becomes(search, { status: "healthy" })
    }
    await put("/_cluster/settings", { persistent: { "cluster.blocks.read_only": true } })
    await becomes(search, blocked("The cluster takes no writes"))
    await put("/_cluster/settings", { persistent: { "cluster.blocks.read_only": null } })
    await becomes(search, { status: "healthy" })
  }, 240_000)
})

describe("health", () => {
  it.each([403, 404])("is that of searches alone where blocks are not told: %d", async (status) => {
    const { search } = await openDouble(({ url }, response) =>
      url.startsWith("/_cluster/") ? refuse(response, status, "security_exception") : undefined,
    )
    await becomes(search, { status: "healthy" })
  })

  it("shows the names of a few blocked indexes, and nothing that the server says", async () => {
    const names = Array.from({ length: 20 }, (_, n) => `test.docs-${String(n).padStart(2, "0")}.000001`)
    const block = { 8: { description: "secret", levels: ["write"] } }
    const indices = Object.fromEntries(names.map((name) => [name, block]))
    const { search } = await openDouble(({ url }, response) =>
      url.startsWith("/_cluster/") ? tell(response, { blocks: { indices } }) : undefined,
    )
    await becomes(search, blocked("Indexes take no writes: 20", { indexes: names.slice(0, 10) }))
    expect(JSON.stringify(await search.healthCheck())).not.toContain("secret")
  })

  it("leaves a server alone that is silent, once nobody waits for it", async () => {
    const { double, search } = await openDouble(({ url }) => url !== "/", { timeoutMs: 60_000 })
    const checks = Array.from({ length: 10 }, () => search.healthCheck())
    for (const check of checks) expect(await check).toMatchObject({ status: "unhealthy", details: { code: "TIMEOUT" } })
    await search.healthCheck()
    const asked = double.requests.map(({ method, url }) => `${method} ${url.split("?")[0]}`)
    const each = ["GET /_cluster/state/blocks", "POST /test.*/_search"]
    expect(asked.filter((one) => one !== "GET /").sort()).toEqual([...each, ...each].sort())
    await expect.poll(() => double.open).toBe(0)
  })
})
