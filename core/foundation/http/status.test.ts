import { describe, expect, it } from "vitest"
import { ERROR_CODES, type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import { httpStatusOf } from "./status.ts"

const statusOf = (code: ErrorCode, reason?: unknown) =>
  httpStatusOf(new ServiceError(code, "", { details: { reason } }))

describe("httpStatusOf", () => {
  it("knows every code", () => {
    expect(Object.fromEntries(ERROR_CODES.map((code) => [code, httpStatusOf(new ServiceError(code, ""))]))).toEqual({
      ...{ INVALID_ARGUMENT: 400, INVALID_CONFIG: 500, NOT_FOUND: 404, ALREADY_EXISTS: 409, PRECONDITION_FAILED: 412 },
      ...{ PERMISSION_DENIED: 403, LIMIT_EXCEEDED: 413, RATE_LIMITED: 429, UNSUPPORTED: 501, TIMEOUT: 504 },
      ...{ ABORTED: 499, UNAVAILABLE: 503, CLOSED: 503, CORRUPT: 500, INTERNAL: 500 },
    })
  })

  it.each([
    ["INVALID_ARGUMENT", "schema", 422],
    ["INVALID_ARGUMENT", "range", 416],
    ["INVALID_ARGUMENT", "size", 400],
    ["PRECONDITION_FAILED", "not-modified", 304],
    ["PRECONDITION_FAILED", "bucket", 409],
    ["PRECONDITION_FAILED", "changed", 412],
    ["PERMISSION_DENIED", "credentials", 401],
    ["PERMISSION_DENIED", "expired", 403],
    ["UNSUPPORTED", "method", 405],
    ["UNSUPPORTED", "content-type", 415],
    ["TIMEOUT", "body", 408],
    ["NOT_FOUND", "bucket", 404],
    ["NOT_FOUND", "constructor", 404],
    ["UNSUPPORTED", "toString", 501],
    ["UNSUPPORTED", 1, 501],
  ] as const)("of %s with the reason %j is %i", (code, reason, status) => expect(statusOf(code, reason)).toBe(status))

  it("of everything else is 500", () => {
    for (const error of [new Error("no"), undefined, null, "text", { code: "NOT_FOUND" }]) {
      expect(httpStatusOf(error)).toBe(500)
    }
  })
})
