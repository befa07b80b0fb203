import type { ServerResponse } from "node:http"
import { describe, expect, it } from "vitest"
import type { Storage } from "../../../contracts/storage/storage.ts"
import { bytesOf, inPieces } from "./open-storage.fixture.ts"
import { type Answering, answerXml, openDouble, refuse, type S3Double, tell } from "./s3-double.fixture.ts"

const MIB = 2 ** 20
const PARTS = { partBytes: 5 * MIB, singleBytes: 6 * MIB }
const CREATED = "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>"

const ref = { bucket: "bucket", key: "a" }

/** Both calls that make an upload of their own. */
const calls: [string, (storage: Storage, signal?: AbortSignal) => Promise<unknown>][] = [
  ["put", (storage, signal) => storage.put("bucket", "a", inPieces(bytesOf(8 * MIB)), { signal })],
  ["copy", (storage, signal) => storage.copy(ref, { bucket: "bucket", key: "b" }, { signal })],
]

/** A server that knows no part: it keeps the answers to some requests back. */
function answering(isHeld: (method: string) => boolean, held: ServerResponse[] = []): Answering {
  return ({ method }, response) => {
    if (isHeld(method)) held.push(response)
    else if (method === "HEAD") tell(response, { "content-length": 8 * MIB })
    else if (method === "POST") answerXml(response, CREATED)
    else if (method === "DELETE") response.writeHead(204).end()
    else tell(response)
  }
}

function methodsOf({ requests }: S3Double): string[] {
  return requests.map(({ method }) => method).filter((method) => method !== "HEAD")
}

describe("an upload that a call makes for itself", () => {
  it.each(calls)("is dropped where %s is aborted before its id came", async (_, call) => {
    const held: ServerResponse[] = []
    const { double, storage } = await openDouble(
      answering((method) => method === "POST", held),
      PARTS,
    )
    const controller = new AbortController()
    const made = call(storage, controller.signal).catch((error) => error)
    await expect.poll(() => held.length).toBe(1)
    controller.abort()
    expect(await made).toMatchObject({ code: "ABORTED" })
    expect(methodsOf(double)).toEqual(["POST"])
    answerXml(held[0] as ServerResponse, CREATED)
    await expect.poll(() => methodsOf(double)).toEqual(["POST", "DELETE"])
    expect(await storage.getMetrics()).toEqual({ uploads_orphaned: 0 })
  })

  it.each(calls)("is counted where %s is aborted and its id never comes", async (_, call) => {
    const controller = new AbortController()
    const { storage } = await openDouble((request, response) => {
      if (request.method === "POST") {
        controller.abort()
        setImmediate(() => response.destroy())
      } else answering(() => false)(request, response)
    }, PARTS)
    await expect(call(storage, controller.signal)).rejects.toMatchObject({ code: "ABORTED" })
    await expect.poll(() => storage.getMetrics()).toEqual({ uploads_orphaned: 1 })
  })

  it.each(calls)("is dropped by close in the middle of its parts, of %s", async (_, call) => {
    const held: ServerResponse[] = []
    const isPart = (method: string) => method === "PUT"
    const { double, storage } = await openDouble(answering(isPart, held), PARTS)
    const made = call(storage).catch((error) => error)
    await expect.poll(() => held.length).toBe(2)
    await storage.close()
    expect(await made).toMatchObject({ code: "UNAVAILABLE" })
    expect(methodsOf(double)).toEqual(["POST", "PUT", "PUT", "DELETE"])
  })

  it.each(calls)("is dropped by close before its id came, of %s", async (_, call) => {
    const held: ServerResponse[] = []
    const { double, storage } = await openDouble(
      answering((method) => method === "POST", held),
      PARTS,
    )
    const made = call(storage).catch((error) => error)
    await expect.poll(() => held.length).toBe(1)
    const closed = storage.close()
    expect(await made).toMatchObject({ code: "UNAVAILABLE" })
    answerXml(held[0] as ServerResponse, CREATED)
    await closed
    expect(methodsOf(double)).toEqual(["POST", "DELETE"])
  })

  it("is dropped by close while the body is idle", async () => {
    const { double, storage } = await openDouble(
      answering(() => false),
      PARTS,
    )
    const idle = new ReadableStream<Uint8Array>({ start: (stream) => stream.enqueue(bytesOf(11 * MIB)) })
    const made = storage.put("bucket", "a", idle).catch((error) => error)
    await expect.poll(() => methodsOf(double)).toEqual(["POST", "PUT", "PUT"])
    await storage.close()
    expect(await made).toMatchObject({ code: "UNAVAILABLE" })
    expect(methodsOf(double)).toEqual(["POST", "PUT", "PUT", "DELETE"])
  })

  it("is not begun where the body goes on after close", async () => {
    const { double, storage } = await openDouble(
      answering(() => false),
      PARTS,
    )
    let goOn = () => {}
    const going = new Promise<void>((resolve) => {
      goOn = resolve
    })
    async function* late() {
      yield bytesOf(10)
      await going
      yield bytesOf(8 * MIB)
    }
    const made = storage.put("bucket", "a", late()).catch((error) => error)
    await storage.close()
    goOn()
    expect(await made).toMatchObject({ code: "CLOSED" })
    expect(double.requests).toEqual([])
  })

  it.each(calls)("stores nothing where its parts do not come to the server, of %s", async (_, call) => {
    const { double, storage } = await openDouble((request, response) => {
      if (request.method === "PUT") response.destroy()
      else answering(() => false)(request, response)
    }, PARTS)
    await expect(call(storage)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("nothing was stored"),
    })
    await expect.poll(() => methodsOf(double).at(-1)).toBe("DELETE")
  })

  it("is left to the sweep where its drop is refused", async () => {
    const { storage } = await openDouble((request, response) => {
      if (request.method === "DELETE" || request.method === "PUT") refuse(response, 403, "AccessDenied")
      else answering(() => false)(request, response)
    }, PARTS)
    for (const [, call] of calls) await expect(call(storage)).rejects.toMatchObject({ code: "PERMISSION_DENIED" })
    await expect.poll(() => storage.getMetrics()).toEqual({ uploads_orphaned: 2 })
  })
})
