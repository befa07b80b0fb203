import { describe, expect, it } from "vitest"
import { createFilesystemStorage, filesystemStorage } from "./filesystem.ts"

describe("options", () => {
  it.each([[{ unknown: 1 }, "unknown"]])("%j are refused by name", (options, name) => {
    expect(() => createFilesystemStorage(options as never)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("are those of the adapter of filesystem:", () => {
    expect(filesystemStorage).toMatchObject({ service: "storage", name: "filesystem", schemes: ["filesystem"] })
  })
})
