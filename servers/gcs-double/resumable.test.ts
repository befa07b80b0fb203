import { randomBytes } from "node:crypto"
import { request as httpRequest } from "node:http"
import { Storage } from "@google-cloud/storage"
import { describe, expect, it } from "vitest"
import { crc32c } from "./checksums.ts"
import { type Opened, openDouble } from "./double.fixture.ts"

const UNIT = 256 * 1024
const data = randomBytes(3 * UNIT + 100)

interface Session extends Opened {
  readonly url: string
  put(range: string | undefined, body?: BodyInit, headers?: Record<string, string>): Promise<Response>
}

async function openSession(query = "", headers: Record<string, string> = {}): Promise<Session> {
  const opened = await openDouble()
  const start = `${opened.double.endpoint}/upload/storage/v1/b/bucket/o?uploadType=resumable&name=key${query}`
  const response = await fetch(start, { method: "POST", headers })
  const url = response.headers.get("location") ?? ""
  return {
    ...opened,
    url,
    put: (range, body = "", more = {}) => {
      const all = range === undefined ? more : { "content-range": range, ...more }
      return fetch(url, { method: "PUT", headers: all, body })
    },
  }
}

const answer = ({ headers, status }: Response) => [status, headers.get("range")]

async function stored({ storage }: Opened): Promise<Buffer | undefined> {
  const file = storage.bucket("bucket").file("key")
  return (await file.exists())[0] ? (await file.download())[0] : undefined
}

describe("a resumable upload", () => {
  it("takes chunks, and ends with the one that its total names", async () => {
    const session = await openSession("", { "x-upload-content-type": "text/x-test" })
    expect(answer(await session.put("bytes */*"))).toEqual([308, null])
    expect(answer(await session.put(`bytes 0-${UNIT - 1}/*`, data.subarray(0, UNIT)))).toEqual([
      308,
      `bytes=0-${UNIT - 1}`,
    ])
    expect(answer(await session.put("bytes */*"))).toEqual([308, `bytes=0-${UNIT - 1}`])
    expect(await stored(session)).toBeUndefined()
    const last = await session.put(`bytes ${UNIT}-${data.length - 1}/${data.length}`, data.subarray(UNIT))
    expect(last.status).toBe(200)
    expect(await last.json()).toMatchObject({
      size: String(data.length),
      contentType: "text/x-test",
      metageneration: "1",
    })
    expect((await stored(session))?.equals(data)).toBe(true)
  })

  it("answers with the object when it is over, whatever is sent", async () => {
    const session = await openSession()
    const { generation } = await (await session.put(undefined, data)).json()
    for (const range of ["bytes */*", "bytes */100", `bytes 0-${UNIT - 1}/*`]) {
      const response = await session.put(range, range.includes("-") ? data.subarray(0, UNIT) : undefined)
      expect([response.status, (await response.json()).generation]).toEqual([200, generation])
    }
  })

  it("ends by a total that is already there, and by no other", async () => {
    const session = await openSession()
    await session.put(`bytes 0-${UNIT - 1}/*`, data.subarray(0, UNIT))
    expect(answer(await session.put(`bytes */${UNIT + 1}`))).toEqual([308, `bytes=0-${UNIT - 1}`])
    expect(answer(await session.put(`bytes */${UNIT - 1}`))).toEqual([308, `bytes=0-${UNIT - 1}`])
    expect((await session.put(`bytes */${UNIT}`)).status).toBe(200)
    expect((await stored(session))?.length).toBe(UNIT)
  })

  it("keeps whole units of a chunk, and refuses one that is smaller", async () => {
    const session = await openSession()
    expect((await session.put("bytes 0-99/*", data.subarray(0, 100))).status).toBe(400)
    const response = await session.put(`bytes 0-${UNIT + 99}/*`, data.subarray(0, UNIT + 100))
    expect(answer(response)).toEqual([308, `bytes=0-${UNIT - 1}`])
  })

  it("ignores bytes that it has, and refuses a gap", async () => {
    const session = await openSession()
    await session.put(`bytes 0-${UNIT - 1}/*`, data.subarray(0, UNIT))
    const gap = await session.put(`bytes ${2 * UNIT}-${3 * UNIT - 1}/*`, data.subarray(2 * UNIT, 3 * UNIT))
    expect(gap.status).toBe(503)
    const again = await session.put(`bytes 0-${2 * UNIT - 1}/*`, data.subarray(0, 2 * UNIT))
    expect(answer(again)).toEqual([308, `bytes=0-${2 * UNIT - 1}`])
    const last = await session.put(`bytes ${2 * UNIT}-*/*`, data.subarray(2 * UNIT))
    expect(last.status).toBe(200)
    expect((await stored(session))?.equals(data)).toBe(true)
  })

  it("refuses a header that is not what the request has", async () => {
    const session = await openSession()
    expect((await session.put("bytes 0-99/100", data.subarray(0, 50))).status).toBe(400)
    expect((await session.put("bytes 0--1/0")).status).toBe(400)
    expect((await session.put("bytes 0-99/50", data.subarray(0, 100))).status).toBe(400)
    expect(await stored(session)).toBeUndefined()
  })

  it("goes on where the connection was lost", async () => {
    const session = await openSession()
    await new Promise<void>((resolve) => {
      const headers = { "content-range": `bytes 0-*/${data.length}`, "content-length": String(data.length) }
      const request = httpRequest(session.url, { method: "PUT", headers })
      request.once("error", () => resolve())
      request.write(data.subarray(0, UNIT + 5), () => request.destroy(new Error("gone")))
    })
    const status = async () => answer(await session.put("bytes */*"))
    await expect.poll(status).toEqual([308, `bytes=0-${UNIT - 1}`])
    const last = await session.put(`bytes ${UNIT}-*/${data.length}`, data.subarray(UNIT))
    expect(last.status).toBe(200)
    expect((await stored(session))?.equals(data)).toBe(true)
  })

  it("is cancelled with 499, and then is gone", async () => {
    const session = await openSession()
    await session.put(`bytes 0-${UNIT - 1}/*`, data.subarray(0, UNIT))
    expect((await fetch(session.url, { method: "DELETE" })).status).toBe(499)
    expect((await session.put("bytes */*")).status).toBe(410)
    expect(await stored(session)).toBeUndefined()
    expect((await fetch(`${session.url}x`, { method: "PUT" })).status).toBe(404)
  })

  it("checks the conditions of its start when it ends", async () => {
    const session = await openSession("&ifGenerationMatch=0")
    await session.put(`bytes 0-${UNIT - 1}/*`, data.subarray(0, UNIT))
    await session.storage.bucket("bucket").file("key").save("other", { resumable: false })
    expect((await session.put(`bytes */${UNIT}`)).status).toBe(412)
    expect(String(await stored(session))).toBe("other")
  })

  it("stores nothing where the size or a sum is not what was announced", async () => {
    const wrongSize = await openSession("", { "x-upload-content-length": "7" })
    expect((await wrongSize.put(undefined, data)).status).toBe(400)
    expect(await stored(wrongSize)).toBeUndefined()
    const session = await openSession()
    expect((await session.put(undefined, data, { "x-goog-hash": "crc32c=AAAAAA==" })).status).toBe(400)
    expect(await stored(session)).toBeUndefined()
    const right = await openSession()
    expect((await right.put(undefined, data, { "x-goog-hash": `crc32c=${crc32c(data)}` })).status).toBe(200)
  })

  it("needs no token beside its address", async () => {
    const { double } = await openDouble({ token: "right" })
    const headers = { authorization: "Bearer right" }
    const buckets = `${double.endpoint}/storage/v1/b?project=${double.projectId}`
    await fetch(buckets, { method: "POST", headers, body: '{"name":"bucket"}' })
    const start = `${double.endpoint}/upload/storage/v1/b/bucket/o?uploadType=resumable&name=key`
    const { headers: answered } = await fetch(start, { method: "POST", headers })
    expect((await fetch(answered.get("location") ?? "", { method: "PUT", body: "data" })).status).toBe(200)
  })

  it("is taken up by the client of GCS after a fault", async () => {
    const { double } = await openDouble()
    const storage = new Storage({
      ...{ apiEndpoint: double.endpoint, projectId: double.projectId },
      retryOptions: { maxRetries: 1, maxRetryDelay: 1, retryDelayMultiplier: 1, totalTimeout: 30 },
    })
    const file = storage.bucket("bucket").file("key")
    double.fail(1, 503, ({ headers }) => headers["content-range"]?.startsWith(`bytes ${UNIT}-`) === true)
    await file.save(data, { resumable: true, chunkSize: UNIT, preconditionOpts: { ifGenerationMatch: 0 } })
    expect((await file.download())[0].equals(data)).toBe(true)
    expect(double.requests.filter(({ status }) => status === 503)).toHaveLength(1)
  })
})
