import { expect, it } from "vitest"
import { startMeddler } from "./meddler.fixture.ts"
import { openDouble, openFake, openStorage } from "./open-gcs.fixture.ts"

const TIMEOUT_MS = { timeout: 30_000 }

it("health at fake-gcs-server is unhealthy until the default bucket is there", async (context) => {
  const { endpoint } = await openFake(context)
  const storage = openStorage({ endpoint, defaultBucket: "not-yet", multipart: false })
  const health = () => storage.healthCheck()
  const details = { code: "NOT_FOUND", reason: "bucket" }
  await expect.poll(health, TIMEOUT_MS).toMatchObject({ status: "unhealthy", details })
  expect((await health()).message).toContain("createBucket")
  await storage.createBucket("not-yet")
  await expect.poll(health, TIMEOUT_MS).toMatchObject({ status: "healthy" })
})

it("health without a default bucket is healthy where the server forbids to list buckets, and says so", async () => {
  const { double } = await openDouble()
  const forbidden = Buffer.from(JSON.stringify({ error: { code: 403, errors: [{ reason: "forbidden" }] } }))
  const asked: string[] = []
  const endpoint = await startMeddler(double.endpoint, {
    request: ({ url }) => {
      asked.push(url)
      return { status: 403, headers: {}, body: forbidden }
    },
  })
  const message = expect.stringContaining("set defaultBucket")
  expect(await openStorage({ endpoint }).healthCheck()).toMatchObject({ status: "healthy", message })
  expect(asked).toEqual(["/storage/v1/b?project=test-project&maxResults=1"])
  const { details, status } = await openStorage({ endpoint, defaultBucket: "files" }).healthCheck()
  expect({ details, status }).toEqual({ details: { code: "PERMISSION_DENIED" }, status: "unhealthy" })
})
