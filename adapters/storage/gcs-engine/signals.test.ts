import { expect, it, onTestFinished, vi } from "vitest"
import { startMeddler } from "./meddler.fixture.ts"
import { openDouble, openStorage } from "./open-gcs.fixture.ts"

it("many puts with one signal have few listeners, and leave none", async () => {
  const { storage } = await openDouble()
  const { signal } = new AbortController()
  const add = vi.spyOn(signal, "addEventListener")
  const remove = vi.spyOn(signal, "removeEventListener")
  const warn = vi.fn()
  process.on("warning", warn)
  onTestFinished(() => void process.off("warning", warn))
  await Promise.all(Array.from({ length: 20 }, (_, index) => storage.put("files", `${index}`, "x", { signal })))
  // Warnings are told in a turn of their own.
  await new Promise((resolve) => setImmediate(resolve))
  expect(warn).not.toHaveBeenCalled()
  expect(remove.mock.calls.length).toBe(add.mock.calls.length)
})

it("one signal aborts all puts that have it, and no other", async () => {
  const { double } = await openDouble()
  let held = 0
  const endpoint = await startMeddler(double.endpoint, {
    request: (asked) => {
      if (!asked.body.includes("held")) return asked
      held++
      return new Promise(() => {})
    },
  })
  const storage = openStorage({ endpoint })
  const controller = new AbortController()
  const { signal } = controller
  const outcomes = Promise.allSettled(["a", "b", "c"].map((key) => storage.put("files", key, "held", { signal })))
  await expect.poll(() => held).toBe(3)
  const without = storage.put("files", "d", "x")
  controller.abort()
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ABORTED" } })
  }
  expect((await without).size).toBe(1)
})
