import { describe, expect, it } from "vitest"
import {
  ageIssue,
  bodyIssue,
  bucketIssue,
  copyOptionsIssue,
  deleteBucketOptionsIssue,
  getOptionsIssue,
  listOptionsIssue,
  objectKeyIssue,
  objectKeysIssue,
  partNumberIssue,
  presignedRequestIssue,
  presignOptionsIssue,
  putOptionsIssue,
  readOptionsIssue,
  sendOptionsIssue,
  uploadOptionsIssue,
  uploadTokenIssue,
} from "./arguments.ts"

/** One check, what it takes, and what it refuses. */
function check(name: string, issueOf: (value: unknown) => string | undefined, good: unknown[], bad: unknown[]) {
  describe(name, () => {
    it.each(good.map((value) => [value]))("takes %o", (value) => expect(issueOf(value)).toBeUndefined())
    it.each(bad.map((value) => [value]))("refuses %o", (value) => expect(issueOf(value)).toMatch(/^.+\.$/))
  })
}

const noObject = [null, 1, "text", [], true]
const md5 = { algorithm: "md5", value: "1B2M2Y8AsgTpgAmY7PhCfg==" }

check(
  "bucketIssue",
  bucketIssue,
  ["abc", "3files", "a.b", "a-b", "a--b", "a-b.c-d", "a".repeat(63), `${"ab.".repeat(20)}abc`],
  [
    "",
    "ab",
    "a".repeat(64),
    "Abc",
    "a_b",
    "-ab",
    "ab-",
    ".ab",
    "ab.",
    "a..b",
    "a.-b",
    "a-.b",
    "a/b",
    "äbc",
    "abc\n",
    1,
    undefined,
  ],
)

check(
  "objectKeyIssue",
  objectKeyIssue,
  ["a", " ", "/", "a//b", "a/", "/a", ".hidden", "..x", "x..", "a/..b/c", "...", "%2e%2e", "\\", "\x7f", "\u{1F600}"],
  ["", ".", "..", "./a", "../a", "a/.", "a/..", "a/./b", "a/../b", "//..//", "\0", "a\nb", "\x1f", "\ud800", 1, null],
)

describe("objectKeyIssue, of length", () => {
  it("counts bytes, and takes a limit", () => {
    expect([objectKeyIssue("é".repeat(512)), objectKeyIssue("abc", 3)]).toEqual([undefined, undefined])
    expect(objectKeyIssue("é".repeat(513))).toContain("1024 bytes; got 1026")
    expect(objectKeyIssue("abcd", 3)).toContain("3 bytes; got 4")
  })
})

check("objectKeysIssue", (keys) => objectKeysIssue(keys), [[], ["a"], ["a", "a"]], [undefined, "a", ["a", ""], [1]])

check(
  "bodyIssue",
  bodyIssue,
  ["", "text", new Uint8Array(1), Buffer.alloc(1), new Blob([]), new ReadableStream(), (async function* () {})()],
  [undefined, null, 1, {}, [1], "\ud800", new ArrayBuffer(1), new DataView(new ArrayBuffer(1)), new Response("")],
)

describe("bodyIssue, of streams that somebody reads", () => {
  it("refuses one that is locked, and a Node.js stream that was read", () => {
    const locked = new ReadableStream()
    locked.getReader()
    const read = { readableDidRead: true, [Symbol.asyncIterator]: () => ({}) }
    expect(bodyIssue(locked)).toContain("nobody reads yet")
    expect(bodyIssue(read)).toContain("nobody has read")
    expect(bodyIssue({ ...read, readableDidRead: false })).toBeUndefined()
  })
})

const headers = {
  contentType: "text/plain; charset=utf-8",
  contentEncoding: "gzip",
  contentDisposition: 'attachment; filename="é.txt"',
  contentLanguage: "de, en",
  cacheControl: "max-age=60",
  metadata: { "a-1": "é\r\n", constructor: "" },
}
const badHeaders: unknown[] = [
  ...["", " a", "a ", "a\nb", "a\r\nX-Evil: 1", "é", "\0", "a".repeat(256), 1, null].flatMap((value) => [
    { contentType: value },
    { cacheControl: value },
  ]),
  ...[null, [], "a", { A: "a" }, { "": "a" }, { a_b: "a" }, { é: "a" }, { a: 1 }, { a: "\ud800" }].map((metadata) => ({
    metadata,
  })),
  { metadata: JSON.parse('{"__proto__":"a"}') },
  { metadata: { ["a".repeat(129)]: "a" } },
]
const badConditions = [
  ...["*", "W/a", '"a"', "a,b", "a b", "", "é", 1, null, ["a"], "a".repeat(257)].map((ifMatch) => ({ ifMatch })),
  ...["a", "", true, 1, null, "**", '"*"'].map((ifNoneMatch) => ({ ifNoneMatch })),
  { ifMatch: "a", ifNoneMatch: "*" },
]
const goodConditions = [{ ifMatch: "a-1" }, { ifMatch: "+/=~!#" }, { ifNoneMatch: "*" }, { ifMatch: undefined }]
const badSends = [
  ...[-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null].map((size) => ({ size })),
  ...[{}, new AbortController(), true].map((signal) => ({ signal })),
  { onProgress: 1 },
  ...[null, "md5", {}, { algorithm: "md5" }, { ...md5, more: 1 }, { ...md5, algorithm: "sha1" }].map((checksum) => ({
    checksum,
  })),
  ...[["md5"], Object.create(null), Symbol("md5"), "constructor", "__proto__"].map((algorithm) => ({
    checksum: { ...md5, algorithm },
  })),
  ...["", "AAAA", "1B2M2Y8AsgTpgAmY7PhCfg", "1B2M2Y8AsgTpgAmY7PhC_-==", `${md5.value} `, 1].map((value) => ({
    checksum: { ...md5, value },
  })),
]
const goodSends = [
  { size: 0 },
  { signal: new AbortController().signal },
  { onProgress() {} },
  { checksum: md5 },
  { checksum: { algorithm: "crc32c", value: "AAAAAA==" } },
  { checksum: { algorithm: "sha256", value: `${"A".repeat(43)}=` } },
]
const unknown = { unknown: 1 }

check(
  "putOptionsIssue",
  putOptionsIssue,
  [undefined, {}, headers, ...goodConditions, ...goodSends],
  [...noObject, unknown, ...badHeaders, ...badConditions, ...badSends],
)
check(
  "uploadOptionsIssue",
  uploadOptionsIssue,
  [undefined, {}, headers, ...goodConditions],
  [...noObject, unknown, ...badHeaders, ...badConditions, { size: 1 }],
)
check(
  "copyOptionsIssue",
  copyOptionsIssue,
  [undefined, {}, { contentType: "a/b", cacheControl: "a", metadata: {} }, ...goodConditions],
  [...noObject, unknown, ...badHeaders, ...badConditions, { contentEncoding: "gzip" }, { signal: 1 }],
)
check("sendOptionsIssue", sendOptionsIssue, [undefined, {}, ...goodSends], [...noObject, unknown, ...badSends])

check(
  "putOptionsIssue, of dispositions",
  (contentDisposition) => putOptionsIssue({ contentDisposition }),
  [
    ...["attachment", "inline", "INLINE", "attachment;filename=a.txt", "attachment; filename=é.txt"],
    ...['attachment ; filename="é \\" \\\\"', `attachment; filename="a"; filename*=UTF-8''%C3%A9`, "inline; a=b"],
  ],
  [
    ...["", "form-data", "attachmentfoo", "inline-block", ' attachment; filename="a"', "attachment; filename=é b"],
    ...['attachment; filename="é', 'attachment; filename="é"; b=c', "attachment\r\nX-Evil: 1", "attachment; \x7f"],
    ...["attachment; filename=\ud800", `attachment; filename=${"a".repeat(1024)}`, 1, null, "filename=attachment"],
  ],
)

check(
  "getOptionsIssue",
  getOptionsIssue,
  [
    ...[undefined, {}, { ifMatch: "a" }, { ifNoneMatch: "a" }, { ifMatch: "a", ifNoneMatch: "b" }],
    ...[{ start: 0 }, { end: 0 }, { start: 1, end: 1 }, { suffix: 1 }, { start: 1, end: undefined }].map((range) => ({
      range,
    })),
  ],
  [
    ...[...noObject, unknown, { ifMatch: "*" }, { ifNoneMatch: "*" }, { ifNoneMatch: 'W/"a"' }, { signal: {} }],
    ...[{}, { start: 2, end: 1 }, { suffix: 0 }, { suffix: -0 }, { start: -1 }, { start: 0.5 }, { end: "1" }].map(
      (range) => ({ range }),
    ),
    ...[null, [], "0-1", { start: 0, suffix: 1 }, { end: 0, suffix: 1 }, { start: 0, more: 1 }, { start: 2 ** 53 }].map(
      (range) => ({ range }),
    ),
  ],
)

check("readOptionsIssue", readOptionsIssue, [undefined, {}, { maxBytes: 0 }], [null, unknown, { maxBytes: -1 }])
check("deleteBucketOptionsIssue", deleteBucketOptionsIssue, [undefined, { force: true }], [null, { force: 1 }, unknown])

check(
  "listOptionsIssue",
  listOptionsIssue,
  [
    ...[undefined, {}, { prefix: "" }, { prefix: "../" }, { prefix: "a".repeat(1024) }, { delimiter: "//" }],
    ...[{ limit: 1 }, { limit: 1000 }, { cursor: "" }, { delimiter: "a".repeat(64) }, { limit: undefined }],
  ],
  [
    ...[...noObject, unknown, { prefix: 1 }, { prefix: "\ud83d" }, { prefix: "é".repeat(513) }, { prefix: null }],
    ...[{ delimiter: "" }, { delimiter: "a".repeat(65) }, { delimiter: 1 }, { cursor: 1 }],
    ...[0, -1, 1001, 1.5, "1", Number.NaN, null].map((limit) => ({ limit })),
  ],
)

const get = { method: "GET", expiresIn: 60 }
check(
  "presignOptionsIssue",
  presignOptionsIssue,
  [
    ...[get, { ...get, method: "HEAD" }, { ...get, method: "DELETE" }, { ...get, disposition: "inline" }],
    ...[
      { ...get, expiresIn: 1 },
      { ...get, expiresIn: 604_800 },
      { ...get, contentType: undefined },
    ],
    { ...get, method: "PUT", ...{ ...headers, contentDisposition: undefined, contentLanguage: undefined, size: 0 } },
    { method: "PUT", expiresIn: 1, ifNoneMatch: "*" },
    { method: "POST", expiresIn: 1, contentType: "a/b", cacheControl: "a", metadata: {}, maxBytes: 1 },
  ].map((options) => JSON.parse(JSON.stringify(options))),
  [
    ...[...noObject, undefined, {}, { method: "GET" }, { expiresIn: 60 }, { ...get, ...unknown }],
    ...["get", "PATCH", "OPTIONS", 1, null].map((method) => ({ ...get, method })),
    ...[0, -1, 1.5, 604_801, Number.NaN, "60", null].map((expiresIn) => ({ ...get, expiresIn })),
    ...[{ size: 1 }, { contentType: "a/b" }, { maxBytes: 1 }, { ifNoneMatch: "*" }, { metadata: {} }].map((more) => ({
      ...get,
      ...more,
    })),
    ...[{ disposition: "inline" }, { maxBytes: 1 }, { ifNoneMatch: "a" }, { size: -1 }].map((more) => ({
      ...{ ...get, method: "PUT", ...more },
    })),
    ...[{ size: 1 }, { ifNoneMatch: "*" }, { contentEncoding: "gzip" }, { maxBytes: 0 }].map((more) => ({
      ...{ ...get, method: "POST", ...more },
    })),
    { ...get, disposition: "other" },
    { ...get, method: "HEAD", disposition: "inline" },
  ],
)

check(
  "presignedRequestIssue",
  presignedRequestIssue,
  [
    { method: "GET", url: "http://localhost/" },
    { method: "any", url: "", fields: { a: "" } },
    { method: "GET", url: "", fields: undefined, headers: {} },
    new Request("http://localhost/"),
  ],
  [
    ...[
      ...noObject,
      undefined,
      {},
      { method: "GET" },
      { url: "" },
      { method: 1, url: "" },
      { method: "GET", url: null },
    ],
    ...[null, [1], "a", { a: 1 }].map((fields) => ({ method: "POST", url: "", fields })),
  ],
)

check("partNumberIssue", partNumberIssue, [1, 10_000], [0, -1, 10_001, 1.5, "1", Number.NaN, null, undefined])
check("ageIssue", ageIssue, [0, 0.5, Number.POSITIVE_INFINITY], [-1, Number.NaN, "1", null, undefined])
check("uploadTokenIssue", uploadTokenIssue, ["a"], ["", 1, null, undefined])
