import { describe, expect, it } from "vitest"
import { toBase64Url } from "../foundation/base64url.ts"
import { readUploadToken, uploadTokenOf } from "./upload-token.ts"

const ref = { adapter: "memory", bucket: "files", key: "a/é\u{1F600}.txt", id: "1" }
const encode = (value: unknown) => toBase64Url(new TextEncoder().encode(JSON.stringify(value)))

describe("the token of an upload", () => {
  it("gives back what it was made of, with members of the adapter's own", () => {
    expect(readUploadToken("memory", uploadTokenOf(ref))).toEqual(ref)
    const more = { ...ref, node: "b" }
    expect(readUploadToken("memory", uploadTokenOf(more))).toEqual(more)
  })

  it.each([
    ["of another adapter", uploadTokenOf({ ...ref, adapter: "s3" })],
    ["empty", ""],
    ["no base64", "*"],
    ["no UTF-8", "_w"],
    ["no JSON", "YQ"],
    ["null", encode(null)],
    ["a text", encode("memory")],
    ["an array", encode(["memory", "files", "a", "1"])],
    ["without an id", encode({ ...ref, id: undefined })],
    ["with an empty id", encode({ ...ref, id: "" })],
    ["with a number", encode({ ...ref, id: 1 })],
    ["with a member that is no text", encode({ ...ref, node: {} })],
    ["with a bucket that is none", encode({ ...ref, bucket: "../files" })],
    ["with a key that is none", encode({ ...ref, key: "a/../b" })],
    ["without a key", encode({ ...ref, key: undefined })],
    ["with a blank", `${uploadTokenOf(ref)} `],
    ["with padding", `${uploadTokenOf({ ...ref, id: "12" })}=`],
    ["cut", uploadTokenOf(ref).slice(0, -4)],
    ["written in another way", toBase64Url(new TextEncoder().encode(JSON.stringify(ref, undefined, 1)))],
  ])("is not one that is %s", (_, token) => {
    expect(() => readUploadToken("memory", token)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }))
  })
})
