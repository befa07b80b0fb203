import { afterAll, describe, expect, it } from "vitest"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { openStorage, stopVersitygw } from "./open-storage.fixture.ts"
import { openDouble, refuse } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

const TIMEOUT_MS = { timeout: 30_000 }

describe("health on versitygw", () => {
  it("is unhealthy until the default bucket is there, which need not keep the service from starting", async (context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
    const storage = await openStorage({ defaultBucket: "not-yet" })
    const health = () => storage.healthCheck()
    const details = { code: "NOT_FOUND", reason: "bucket" }
    await expect.poll(health, TIMEOUT_MS).toMatchObject({ status: "unhealthy", details })
    expect((await health()).message).toContain("createBucket")
    await storage.createBucket("not-yet")
    await expect.poll(health, TIMEOUT_MS).toMatchObject({ status: "healthy" })
  })

  it("needs no bucket, and is unhealthy with other credentials", async (context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
    const storage = await openStorage()
    await expect.poll(() => storage.healthCheck(), TIMEOUT_MS).toMatchObject({ status: "healthy" })
    for (const wrong of [{ accessKeyId: "nobody" }, { secretAccessKey: "wrong-secret" }]) {
      const other = await openStorage(wrong)
      const health = { status: "unhealthy", details: { code: "PERMISSION_DENIED" } }
      await expect.poll(() => other.healthCheck(), TIMEOUT_MS).toMatchObject(health)
    }
  })
})

describe("health where a server forbids lists", () => {
  it("is healthy without a default bucket, and says what was not looked at", async () => {
    const { double, storage } = await openDouble((_, response) => refuse(response, 403, "AccessDenied"))
    const message = expect.stringContaining("set defaultBucket")
    expect(await storage.healthCheck()).toMatchObject({ status: "healthy", message })
    expect(double.requests.map(({ url }) => url)).toEqual([expect.stringMatching(/^\/\?.*max-buckets=1/)])
  })

  it("is unhealthy with one, and says which right is needed", async () => {
    const { storage } = await openDouble((_, response) => refuse(response, 403, "AccessDenied"), {
      defaultBucket: "files",
    })
    expect(await storage.healthCheck()).toMatchObject({
      status: "unhealthy",
      message: expect.stringContaining("s3:ListBucket"),
      details: { code: "PERMISSION_DENIED" },
    })
  })

  it.each(["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"])("is unhealthy for %s", async (code) => {
    const { storage } = await openDouble((_, response) => refuse(response, 403, code))
    expect(await storage.healthCheck()).toMatchObject({ status: "unhealthy", details: { code: "PERMISSION_DENIED" } })
  })
})
