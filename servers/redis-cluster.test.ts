import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { findRedis, REDIS_MISSING } from "./redis.ts"
import { startRedisCluster } from "./redis-cluster.ts"
import { canListen } from "./server-process.ts"

describe("a cluster for tests", () => {
  beforeEach((context) => {
    if (findRedis() === undefined) context.skip(REDIS_MISSING)
  })

  it("is complete when it starts, takes each key on one node, and is gone when it stops", async () => {
    const cluster = await startRedisCluster()
    onTestFinished(() => cluster.stop())
    expect(cluster.nodes).toHaveLength(3)
    for (const node of cluster.nodes) expect(await node.command("CLUSTER", "INFO")).toContain("cluster_slots_ok:16384")
    const replies = await Promise.allSettled(cluster.nodes.map((node) => node.command("SET", "key", "value")))
    expect(replies.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
    for (const reply of replies) if (reply.status === "rejected") expect(reply.reason.message).toMatch(/^MOVED/)
    await cluster.stop()
    for (const { port } of cluster.nodes) expect(await canListen(port)).toBe(true)
  })
})
