import { AsyncLocalStorage } from "node:async_hooks"
import { describe, expect, it } from "vitest"
import { systemClock } from "./clock.ts"
import { inNoContext } from "./no-context.ts"

const contexts = new AsyncLocalStorage<string>()

describe("what runs in no context", () => {
  it("sees none, gives what the function gives and throws what it throws", () => {
    const error = new Error("fails")
    contexts.run("request", () => {
      expect(inNoContext(() => contexts.getStore() ?? "none")).toBe("none")
      expect(() =>
        inNoContext(() => {
          throw error
        }),
      ).toThrow(error)
      expect(contexts.getStore()).toBe("request")
    })
  })

  it("is what a timer of the system clock calls", async () => {
    const seen = await contexts.run("request", () => {
      return new Promise((resolve) => systemClock.setTimeout(() => resolve(contexts.getStore()), 0))
    })
    expect(seen).toBeUndefined()
  })

  it("is not what follows a sleep: its caller's context stays", async () => {
    const seen = await contexts.run("request", async () => {
      await systemClock.sleep(0)
      return contexts.getStore()
    })
    expect(seen).toBe("request")
  })
})
