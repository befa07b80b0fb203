import { AsyncLocalStorage } from "node:async_hooks"
import { describe, expect, it } from "vitest"
import { answerOf, route, serve } from "./serve.fixture.ts"

describe("serveHttp", () => {
  it("says where it listens, and tells the logger", async () => {
    const told: unknown[] = []
    const logger = {
      debug() {},
      info: (_message: string, details: unknown) => told.push(details),
      warn() {},
      error() {},
    }
    const { port, url } = await serve({ logger, routes: [route(() => ({ done: true }))] })
    expect([url, told]).toEqual([`http://localhost:${port}`, [{ url }]])
    expect(await answerOf(`${url}/api/v1/things`)).toMatchObject({ status: 200, body: '{"done":true}' })
  })

  it("runs no request in the context of whoever starts it", async () => {
    const context = new AsyncLocalStorage<string>()
    const { url } = await context.run("boot", () =>
      serve({ routes: [route(() => ({ seen: context.getStore() ?? null }))] }),
    )
    expect(await answerOf(`${url}/api/v1/things`)).toMatchObject({ body: '{"seen":null}' })
  })
})
