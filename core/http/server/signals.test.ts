import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { describe, expect, it } from "vitest"
import { answerOf } from "./serve.fixture.ts"

/** Its request /slow runs until it is told to go on, which lets the drain delay pass too. */
const PROGRAM = `
  import { createServices, closeOnSignals } from "./core/index.ts"
  import { createManualClock } from "./contracts/foundation/clock.ts"
  import { memoryCache } from "./adapters/cache/memory.ts"
  import { defineRoute, openGate, serveHttp } from "./core/http/index.ts"

  const clock = createManualClock()
  let finish
  const route = (path, handle) => defineRoute({
    method: "GET", path, operationId: path, summary: path, permission: "public",
    answers: { 200: { description: path } }, handle,
  })
  const slow = route("/slow", () => new Promise((resolve) => {
    finish = () => resolve({ done: true })
    console.log("called")
  }))
  process.stdin.once("data", () => {
    finish()
    void clock.advance(500)
  }).unref()

  const services = await createServices({ adapters: [memoryCache], services: ["cache"], env: {} })
  const server = await serveHttp(services, { port: 0, gate: openGate, env: {}, clock, drainDelayMs: 500, routes: [slow] })
  const said = (name, closable) => ({ close: async () => { await closable.close(); console.log(name + " closed") } })
  closeOnSignals([said("server", server), said("services", services)])
  process.once("SIGTERM", () => console.log("told to end"))
  console.log(server.url)
`

describe("a process with a server and services", () => {
  it("that is told to end answers what runs, refuses what is new, closes both and is gone", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", PROGRAM])
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const line = async () => (await lines.next()).value
    const ended = once(child, "close")

    const url = await line()
    const running = answerOf(`${url}/slow`)
    expect(await line()).toBe("called")
    child.kill("SIGTERM")
    expect(await line()).toBe("told to end")
    expect(await answerOf(`${url}/slow`)).toMatchObject({ status: 503, headers: { connection: "close" } })
    expect(await answerOf(`${url}/livez`)).toMatchObject({ status: 200 })
    expect(await answerOf(`${url}/readyz`)).toMatchObject({ status: 503 })
    child.stdin.write("go on")
    expect(await running).toMatchObject({ status: 200, headers: { connection: "close" }, body: '{"done":true}' })
    expect([await line(), await line()]).toEqual(["server closed", "services closed"])
    expect(await ended).toEqual([null, "SIGTERM"])
  })
})
