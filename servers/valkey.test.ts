import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { findValkey, startValkey, VALKEY_MISSING } from "./valkey.ts"

describe("valkey-server for tests", () => {
  beforeEach((context) => {
    if (findValkey() === undefined) context.skip(VALKEY_MISSING)
  })

  it("starts as redis-server does, and is another program", async () => {
    const server = await startValkey({ password: "p@ss", appendOnly: true })
    onTestFinished(() => server.stop())
    await server.command("SET", "key", "kept")
    await server.kill()
    await server.restart()
    expect(await server.command("GET", "key")).toBe("kept")
    expect(await server.command("INFO", "server")).toContain("server_name:valkey")
  })
})
