import { createClient, createCluster } from "@redis/client"
import { Redis } from "ioredis"
import { afterAll, describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { checkRedisConnection, redisConnectionShape, redisOptionsFromUrl, redisTarget } from "./options.ts"

const schema = z.strictObject(redisConnectionShape).check(z.superRefine(checkRedisConnection))
const lazy = { lazyConnect: true } as const
const opened: Redis[] = []

afterAll(() => {
  for (const client of opened) client.disconnect()
})

function ioredis(options: object): Redis {
  const client = new Redis({ ...lazy, ...options })
  opened.push(client)
  return client
}

/** Paths and messages of what is refused. */
function issuesOf(options: object): string[] {
  const { error } = schema.safeParse(options)
  return (error?.issues ?? []).map(({ message, path }) => `${path.join(".")}: ${message}`)
}

describe("options of a Redis connection", () => {
  it.each([
    [{ port: 70_000 }, /^port: /],
    [{ timeoutMs: 0 }, /^timeoutMs: /],
    [{ database: -1 }, /^database: /],
    [{ database: Number.NaN }, /^database: /],
    [{ tls: "yes" }, /^tls: must be true, false, or an object/],
    [{ tls: { ca: "not PEM" } }, /^tls.ca: must be a certificate in PEM$/],
    [{ tls: { cert: "one without the other" } }, /^tls: must have cert and key that are a pair/],
    [{ tls: { cert: "x", key: "secret-key" } }, /^tls: must have cert and key that are a pair/],
    [{ tls: { unknown: true } }, /^tls: /],
    [{ cluster: 1 }, /^cluster: must be true, false, or an object/],
    [{ cluster: { nodes: [] } }, /^cluster.nodes: /],
    [{ cluster: true, database: 1 }, /^database: must be 0, the only database of a cluster; got 1$/],
    [{ cluster: { nodes: ["a:1"] }, host: "b" }, /^host: must be left out beside cluster.nodes$/],
  ])("refuse %j by its path, and show no secret", (options, message) => {
    const issues = issuesOf(options)
    expect(issues).toEqual([expect.stringMatching(message)])
    expect(issues.join()).not.toContain("secret")
  })

  it.each(["a", "a:", ":1", "a:1:2x", "redis://a:1", "a b:1", "a:123456"])("refuse the cluster node %j", (node) => {
    expect(schema.safeParse({ cluster: { nodes: ["fine:1", node] } }).success).toBe(false)
  })

  it("read addresses of cluster nodes, IPv6 too", () => {
    const options = schema.parse({ cluster: { nodes: ["a.example:7000", "[::1]:7001", "10.0.0.1:7002"] } })
    expect(redisTarget(options).addresses).toEqual([
      { host: "a.example", port: 7000 },
      { host: "::1", port: 7001 },
      { host: "10.0.0.1", port: 7002 },
    ])
  })

  it("come from a URL, IPv6 too", () => {
    expect(redisOptionsFromUrl(new URL("rediss://ad%40min:p%3Aw@[::1]:7000/2"))).toEqual({
      host: "::1",
      port: 7000,
      username: "ad@min",
      password: "p:w",
      database: 2,
      tls: true,
    })
    expect(redisOptionsFromUrl(new URL("redis:"))).toEqual({ tls: false })
  })
})

describe("the option client", () => {
  const cluster = (defaults?: object) => createCluster({ rootNodes: [{ socket: { port: 1 } }], ...defaults })
  const safe = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false }

  it("takes clients of both libraries, without a cast", () => {
    const clients: z.input<typeof redisConnectionShape.client>[] = [
      createClient({ disableOfflineQueue: true }),
      createClient({ RESP: 2, database: 1, disableOfflineQueue: true }),
      cluster({ defaults: { disableOfflineQueue: true } }),
      ioredis(safe),
      new Redis.Cluster([{ port: 1 }], lazy),
      new Redis.Cluster([{ port: 1 }], {
        ...lazy,
        clusterNodeRetryStrategy: () => 10,
        redisOptions: { autoResendUnfulfilledCommands: false },
      }),
    ]
    for (const client of clients) expect(issuesOf({ client })).toEqual([])
  })

  it("refuses those that would send rejected commands later, and says what they need", () => {
    const refused: [object, string][] = [
      [createClient(), "client: must have disableOfflineQueue: true"],
      [cluster(), "client: must have disableOfflineQueue: true in its defaults"],
      [ioredis({}), "client: must have enableOfflineQueue: false and autoResendUnfulfilledCommands: false"],
      [ioredis({ enableOfflineQueue: false }), "client: must have enableOfflineQueue: false and autoResend"],
      [
        new Redis.Cluster([{ port: 1 }], { ...lazy, clusterNodeRetryStrategy: () => 10 }),
        "client: must have autoResendUnfulfilledCommands: false in its redisOptions",
      ],
    ]
    for (const [client, message] of refused) {
      expect(issuesOf({ client })).toEqual([expect.stringContaining(message)])
    }
  })

  it("refuses those that put a prefix of their own before keys", () => {
    const prefixed = [
      createClient({ disableOfflineQueue: true, keyPrefix: "p:" }),
      cluster({ defaults: { disableOfflineQueue: true }, keyPrefix: "p:" }),
      ioredis({ ...safe, keyPrefix: "p:" }),
      new Redis.Cluster([{ port: 1 }], { ...lazy, keyPrefix: "p:" }),
    ]
    for (const client of prefixed) expect(issuesOf({ client })).toEqual([expect.stringContaining("keyPrefix")])
  })

  it.each([["text"], [null], [{}], [{ sendCommand() {} }], [new Map()]])("refuses %j", (client) => {
    expect(issuesOf({ client })).toEqual([expect.stringContaining("client: must be a client")])
  })

  it("stands alone", () => {
    const client = createClient({ disableOfflineQueue: true })
    const others = { host: "a", port: 1, username: "u", password: "secret", database: 1, tls: true }
    const issues = issuesOf({ client, ...others })
    expect(issues.map((issue) => issue.split(":")[0]).sort()).toEqual(Object.keys(others).sort())
    expect(issues.join()).not.toContain("secret")
  })
})
