import { spawn } from "node:child_process"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { openReceiver, silence } from "./receiver.fixture.ts"

const fixture = fileURLToPath(new URL("process.fixture.ts", import.meta.url))

/** What a process prints that ends a span, and how long it lives after that. */
async function live(endpoint: string, ending: "close" | "flush" | "nothing") {
  const child = spawn(process.execPath, ["--import", "tsx", fixture, endpoint, ending], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const { promise, resolve } = deferred<number>()
  child.stdout.once("data", () => resolve(performance.now()))
  const exited = new Promise<number | null>((done) => child.once("exit", done))
  const printed = await text(child.stdout)
  const code = await exited
  return { code, printed, ms: performance.now() - (await promise) }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

it("a process ends once tracing is closed", async () => {
  const { endpoint, requests } = await openReceiver()
  const { code, ms, printed } = await live(endpoint, "close")
  expect({ code, printed }).toEqual({ code: 0, printed: "done\n" })
  expect(ms).toBeLessThan(1000)
  expect(requests).toHaveLength(1)
})

it("a process that flushes lives until the flush is over", async () => {
  const { endpoint } = await openReceiver(silence)
  expect(await live(endpoint, "flush")).toMatchObject({ code: 0, printed: "done\n" })
})

it("a process that does neither is not kept alive by spans that wait", async () => {
  const { endpoint } = await openReceiver()
  expect(await live(endpoint, "nothing")).toMatchObject({ code: 0, printed: "done\n" })
})
