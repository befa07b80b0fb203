import { getEventListeners } from "node:events"
import { expect, it, onTestFinished } from "vitest"
import { defaultContext } from "../../kit/context.ts"
import { parseOptions } from "../../kit/parse-options.ts"
import { inPieces } from "./open-storage.fixture.ts"
import { capabilitiesOf, s3StorageOptionsSchema } from "./options.ts"
import { ANY, answerXml, startDouble } from "./s3-double.fixture.ts"
import { S3Storage } from "./s3-storage.ts"

it("all calls together listen to a signal once", async () => {
  const double = await startDouble(({ method, url }, response) => {
    if (method === "DELETE") response.writeHead(204).end()
    else if (url.includes("?uploads"))
      answerXml(response, "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>")
  })
  onTestFinished(() => double.close())
  const given = { ...ANY, endpoint: double.endpoint, preset: "aws", forcePathStyle: true }
  const options = parseOptions(s3StorageOptionsSchema, given, "s3 storage")
  const storage = new S3Storage(options, capabilitiesOf(options), defaultContext("storage"))
  onTestFinished(() => storage.close())
  const upload = await storage.createUpload("bucket", "a")
  const controller = new AbortController()
  const { signal } = controller
  const ref = { bucket: "bucket", key: "a" }
  const calls = [
    storage.put("bucket", "a", "text", { signal }),
    storage.put("bucket", "a", inPieces(new Uint8Array(9_000_000)), { signal }),
    storage.get("bucket", "a", { signal }),
    storage.copy(ref, ref, { signal }),
    upload.uploadPart(1, inPieces(new Uint8Array(10)), { signal }),
  ]
  const settled = Promise.allSettled(calls)
  await expect.poll(() => double.requests.length).toBeGreaterThan(calls.length)
  expect(getEventListeners(signal, "abort")).toHaveLength(1)
  controller.abort()
  for (const call of await settled) expect(call).toMatchObject({ reason: { code: "ABORTED" } })
})
