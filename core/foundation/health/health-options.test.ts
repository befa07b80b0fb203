import { describe, expect, it } from "vitest"
import { createHealth, type HealthOptions } from "./health.ts"

describe("the options of createHealth", () => {
  it.each<[HealthOptions, string]>([
    [{ timeoutMs: 0 }, "timeoutMs: must be a number above 0; got 0"],
    [{ timeoutMs: "soon" as never }, "timeoutMs: must be a number above 0; got a string"],
    [{ maxAgeMs: -1 }, "maxAgeMs: must be a number, 0 or more; got -1"],
    [{ maxAgeMs: Number.POSITIVE_INFINITY }, "maxAgeMs: must be a number, 0 or more; got Infinity"],
    [{ required: "mail" as never }, "required: must be a list of names; got a string"],
    [{ required: ["mail", "mial"] }, "required.1: must be one of the names, which are mail; got mial"],
    [
      { requird: ["mail"] } as HealthOptions,
      "requird: unknown option; the options are required, timeoutMs, maxAgeMs, services, isClosed, clock",
    ],
    [
      { maxAgeMs: -1, timeoutMs: 0 },
      "timeoutMs: must be a number above 0; got 0; maxAgeMs: must be a number, 0 or more; got -1",
    ],
  ])("%j are refused", (options, issues) => {
    expect(() => createHealth({ mail: {} } as Record<string, object>, options)).toThrow(
      expect.objectContaining({
        code: "INVALID_CONFIG",
        message: `The arguments of createHealth cannot be used. ${issues}.`,
      }),
    )
  })

  it("come with objects, and nothing else", () => {
    const refusal = (checkables: unknown) => () => createHealth(checkables as Record<string, object>)
    expect(refusal({ mail: undefined, sms: "sms" })).toThrow(
      "The arguments of createHealth cannot be used. mail: must be an object; got undefined; sms: must be an object; got a string.",
    )
    expect(refusal(undefined)).toThrow("objects by their names are needed; got undefined.")
  })
})
