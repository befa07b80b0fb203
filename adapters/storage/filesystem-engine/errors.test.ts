import { expect, it } from "vitest"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { fileError } from "./errors.ts"

const PATH = "/srv/files/buckets/invoices/objects/secret@"

const errorOf = (code: string) => {
  return Object.assign(new Error(`${code}: something, open '${PATH}'`), { code, path: PATH, syscall: "open" })
}

it.each([
  ["ENOSPC", "UNAVAILABLE", "full"],
  ["EDQUOT", "UNAVAILABLE", "full"],
  ["EMFILE", "UNAVAILABLE", "descriptors"],
  ["ENFILE", "UNAVAILABLE", "descriptors"],
  ["EACCES", "PERMISSION_DENIED", undefined],
  ["EPERM", "PERMISSION_DENIED", undefined],
  ["EROFS", "PERMISSION_DENIED", undefined],
  ["EISDIR", "CORRUPT", "foreign"],
  ["ENOTDIR", "CORRUPT", "foreign"],
  ["ELOOP", "CORRUPT", "foreign"],
  ["ENOTEMPTY", "CORRUPT", "foreign"],
  ["EXDEV", "UNSUPPORTED", undefined],
  ["ENAMETOOLONG", "LIMIT_EXCEEDED", undefined],
  ["EFBIG", "LIMIT_EXCEEDED", undefined],
  ["ENOENT", "UNAVAILABLE", undefined],
  ["EIO", "UNAVAILABLE", undefined],
  ["ESTALE", "UNAVAILABLE", undefined],
  ["EWHATEVER", "INTERNAL", undefined],
])("%s is %s", (code, mapped, reason) => {
  const cause = errorOf(code)
  const error = fileError(cause)
  expect(ServiceError.is(error)).toBe(true)
  expect([error.code, error.details?.["reason"], error.cause]).toEqual([mapped, reason, cause])
  expect(`${error.message} ${JSON.stringify(error)}`).not.toContain("/srv")
})

it("anything else is INTERNAL, with what it was", () => {
  for (const thrown of [new TypeError("no"), "text", undefined, null, { code: 5 }]) {
    expect(fileError(thrown)).toMatchObject({ code: "INTERNAL" })
  }
})
