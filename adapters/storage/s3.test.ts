import { describe, expect, it } from "vitest"
import { createS3Storage, s3Storage } from "./s3.ts"

describe("options", () => {
  it.each([[{ unknown: 1 }, "unknown"]])("%j are refused by name", (options, name) => {
    expect(() => createS3Storage(options as never)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("are those of the adapter of s3:", () => {
    expect(s3Storage).toMatchObject({ service: "storage", name: "s3", schemes: ["s3"] })
  })
})
