import { expect, it, vi } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { startMeddler } from "./meddler.fixture.ts"
import { isUpload, openDouble, openStorage, patternOf, settled, told } from "./open-gcs.fixture.ts"

const closed = expect.objectContaining({ code: "CLOSED" })
const unknown = expect.objectContaining({ code: "TIMEOUT", details: { outcome: "unknown" } })

/** A stream that gives some bytes and then nothing. */
function idleAfter(bytes: Uint8Array) {
  const cancel = vi.fn()
  let isGiven = false
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isGiven) return new Promise(() => {})
        isGiven = true
        return controller.enqueue(bytes)
      },
      cancel,
    },
    { highWaterMark: 0 },
  )
  return { stream, cancel }
}

it("a write that may have been applied rejects TIMEOUT with an unknown outcome", async () => {
  const { double } = await openDouble()
  let asked = 0
  const endpoint = await startMeddler(double.endpoint, {
    request: () => {
      asked++
      return new Promise(() => {})
    },
  })
  const storage = openStorage({ endpoint, timeoutMs: 200 })
  const put = storage.put("files", "a", "x")
  put.catch(() => {})
  await expect.poll(() => asked).toBe(1)
  await storage.close()
  await expect(put).rejects.toThrow(unknown)
})

it.each([
  [500, unknown],
  [503, closed],
])("a write that close meets between two attempts, after %i", async (status, error) => {
  const clock = createManualClock(Date.now())
  const { double, storage } = await openDouble({}, { clock })
  double.fail(100, status, isUpload)
  const before = double.requests.length
  const put = storage.put("files", "a", "x")
  put.catch(() => {})
  await expect.poll(() => double.requests.length).toBe(before + 1)
  await settled(clock, storage.close())
  await expect(put).rejects.toThrow(error)
  expect(double.requests).toHaveLength(before + 1)
})

it("the last chunk of a put that may have been applied rejects TIMEOUT with an unknown outcome", async () => {
  const { double } = await openDouble()
  let isLast = false
  const endpoint = await startMeddler(double.endpoint, {
    request: (asked) => {
      isLast ||= "x-goog-hash" in asked.headers
      return isLast ? new Promise(() => {}) : asked
    },
  })
  const storage = openStorage({ endpoint, partBytes: 262_144, timeoutMs: 200 })
  const put = storage.put("files", "a", patternOf(300_000))
  put.catch(() => {})
  await expect.poll(() => isLast).toBe(true)
  await storage.close()
  await expect(put).rejects.toThrow(unknown)
})

it("a put whose body is idle ends at once, with its session and its body", async () => {
  const { double, storage } = await openDouble({ partBytes: 262_144 })
  const { cancel, stream } = idleAfter(patternOf(300_000))
  const put = storage.put("files", "a", stream)
  put.catch(() => {})
  await expect.poll(() => told(double.requests)).toContain("PUT session 308")
  await storage.close()
  expect(told(double.requests).at(-1)).toBe("DELETE session 499")
  await expect(put).rejects.toThrow(closed)
  expect(cancel).toHaveBeenCalledOnce()
})

it("a put of bytes in chunks ends with the chunk that is under way, and its session with it", async () => {
  const { double } = await openDouble()
  let goOn = () => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let chunks = 0
  const endpoint = await startMeddler(double.endpoint, {
    request: async (asked) => {
      if ("content-range" in asked.headers && ++chunks === 1) await held
      return asked
    },
  })
  const storage = openStorage({ endpoint, partBytes: 262_144 })
  const put = storage.put("files", "a", patternOf(600_000))
  put.catch(() => {})
  await expect.poll(() => chunks).toBe(1)
  const over = storage.close()
  goOn()
  await over
  expect([told(double.requests).at(-1), chunks]).toEqual(["DELETE session 499", 1])
  await expect(put).rejects.toThrow(closed)
})

it.each([
  ["of a known size", { size: 20 }],
  ["of an unknown size", {}],
])("a part %s whose body is idle ends at once", async (_, options) => {
  const { storage } = await openDouble()
  const session = await storage.createUpload("files", "a")
  const { cancel, stream } = idleAfter(patternOf(10))
  const part = session.uploadPart(1, stream, options)
  part.catch(() => {})
  await expect.poll(() => stream.locked).toBe(true)
  await storage.close()
  await expect(part).rejects.toThrow(closed)
  expect(cancel).toHaveBeenCalledOnce()
})

it("a session that the server does not end keeps close no longer than its time", async () => {
  const { double } = await openDouble()
  let isAsked = false
  const endpoint = await startMeddler(double.endpoint, {
    request: (asked) => {
      isAsked ||= asked.method === "DELETE"
      return asked.method === "DELETE" ? new Promise(() => {}) : asked
    },
  })
  const storage = openStorage({ endpoint, partBytes: 262_144, timeoutMs: 200 })
  const put = storage.put("files", "a", idleAfter(patternOf(300_000)).stream)
  put.catch(() => {})
  await expect.poll(() => told(double.requests)).toContain("PUT session 308")
  await storage.close()
  expect(isAsked).toBe(true)
  await expect(put).rejects.toThrow(closed)
})
