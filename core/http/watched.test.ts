import { expect, it, vi } from "vitest"
import { watched } from "./watched.ts"

it.each([
  ["waits", () => new Promise<void>(() => {})],
  ["fails then", (gone: Promise<void>) => gone.then(() => Promise.reject(new Error("aborted")))],
])("an answer whose reader goes away is no failure, where its source %s", async (_how, pull) => {
  let go = () => {}
  const gone = new Promise<void>((resolve) => {
    go = resolve
  })
  const [onFailure, cut] = [vi.fn(), vi.fn()]
  const source = new ReadableStream({ pull: () => pull(gone) })
  const reader = watched(new Response(source), { onFailure, cut }).body?.getReader()
  const read = reader?.read()
  await new Promise(setImmediate)
  // As a server does it: who reads is told to end first, then the body is cancelled.
  go()
  await reader?.cancel()
  expect(await read).toEqual({ done: true, value: undefined })
  await new Promise(setImmediate)
  expect([onFailure.mock.calls, cut.mock.calls]).toEqual([[], []])
})
