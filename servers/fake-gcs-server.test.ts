import { Storage } from "@google-cloud/storage"
import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { FAKE_GCS_MISSING, findFakeGcs, type GcsServer, startFakeGcs } from "./fake-gcs-server.ts"
import { canListen } from "./server-process.ts"

async function open(): Promise<GcsServer> {
  const server = await startFakeGcs()
  onTestFinished(() => server.stop())
  return server
}

function connect({ endpoint, projectId }: GcsServer): Storage {
  return new Storage({ apiEndpoint: endpoint, projectId, retryOptions: { autoRetry: false } })
}

describe("fake-gcs-server for tests", () => {
  beforeEach((context) => {
    if (findFakeGcs() === undefined) context.skip(FAKE_GCS_MISSING)
  })

  it("answers the client of GCS, and loses everything over kill and restart", async () => {
    const server = await open()
    const [bucket] = await connect(server).createBucket("bucket")
    const file = bucket.file("folder/key")
    await file.save("lost", { resumable: false })
    expect(String((await file.download())[0])).toBe("lost")
    await server.kill()
    await expect(file.exists()).rejects.toThrow()
    await server.restart()
    expect(await file.exists()).toEqual([false])
  })

  it("names itself in the address of a resumable upload", async () => {
    const server = await open()
    const [bucket] = await connect(server).createBucket("bucket")
    const [address] = await bucket.file("key").createResumableUpload()
    expect(address).toMatch(new RegExp(`^${server.endpoint}/`))
  })

  it("is silent while paused, and can be resumed or stopped", async () => {
    const server = await open()
    server.pause()
    const answer = fetch(`${server.endpoint}/storage/v1/b?project=p`).then(({ status }) => status)
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 100, "silence"))])).toBe("silence")
    server.resume()
    expect(await answer).toBe(200)
    server.pause()
    await server.stop()
    expect(await canListen(server.port)).toBe(true)
  })
})
