import { describe, expect, it } from "vitest"
import { defaultContext } from "./context.ts"

describe("the context of an adapter that is made by hand", () => {
  it("has no other services, and says how to pass one", () => {
    const { use } = defaultContext("search")
    expect(() => use("queue")).toThrow(
      expect.objectContaining({
        code: "INVALID_CONFIG",
        message:
          "The adapter of search must be given a queue; pass one as { use: () => queue }, or use createServices.",
      }),
    )
  })
})
