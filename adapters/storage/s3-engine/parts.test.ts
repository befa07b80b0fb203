import { describe, expect, it } from "vitest"
import { piecesOf } from "../../../testing/storage/bodies.ts"
import { Chunks } from "../../kit/chunks.ts"
import { partSize, partsAtOnce, putInParts } from "./parts.ts"
import type { OwnUpload, SentPart, UploadRequests } from "./upload-requests.ts"

const MIB = 2 ** 20

describe("parts of a body", () => {
  const growing = { partBytes: 8 * MIB, equalParts: false }

  it("grow, so that ten thousand of them hold more than any object may", () => {
    expect([1, 1000, 1001, 2001].map((number) => partSize(number, growing) / MIB)).toEqual([8, 8, 16, 32])
    const sizes = Array.from({ length: 10_000 }, (_, index) => partSize(index + 1, growing))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * 2 ** 30)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(5 * 2 ** 40)
  })

  it("are fewer at once as they grow, and no less than one", () => {
    expect([1, 1001, 2001, 9999].map((number) => partsAtOnce(partSize(number, growing), growing))).toEqual([4, 2, 1, 1])
  })

  it("have one size where the server wants that", () => {
    expect(partSize(9999, { ...growing, equalParts: true })).toBe(8 * MIB)
  })

  it("keep their bytes until they were sent, and share memory afterwards", async () => {
    const memory = new Set<ArrayBufferLike>()
    const sent: number[][] = []
    const uploads = {
      async make(_: unknown, send: (upload: OwnUpload) => Promise<unknown>) {
        await send({ bucket: "files", key: "key", id: "id", nonce: "nonce" })
      },
      async sendPart(_: unknown, { body, number }: SentPart) {
        const bytes = body as Uint8Array
        memory.add(bytes.buffer)
        // Parts that were taken meanwhile have memory of their own.
        for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
        sent[number - 1] = [...bytes]
        return { number, size: bytes.length, etag: "etag" }
      },
    }
    const bytes = Uint8Array.from({ length: 205 }, (_, index) => index)
    const pieces = piecesOf(bytes, 7)
    const next = async () => pieces.next().value ?? undefined
    await putInParts(
      uploads as unknown as UploadRequests,
      { bucket: "files", key: "key", fields: {}, conditions: {} },
      {
        chunks: new Chunks({ next }),
        ...{ partBytes: 10, equalParts: true, first: undefined, maxObjectBytes: 1000 },
      },
    )
    expect(sent.flat()).toEqual([...bytes])
    expect(memory.size).toBeLessThanOrEqual(5)
  })
})
