import { metadataBytes } from "../../../contracts/storage/metadata.ts"
import type { CopyOptions, ObjectHeaders, PutOptions, UploadOptions } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { bodiesOf } from "../bodies.ts"
import { bytesOf, clause, FILES, keysOf, type StorageClient, type StorageWorld, textOf, utf8 } from "../clause.ts"
import { joined, storing, telling } from "../storing.ts"

/** Limits above this are believed: no header is so long. */
const LARGEST_TRIED_METADATA = 16_384

const HEADERS = ["contentType", "contentEncoding", "contentDisposition", "contentLanguage", "cacheControl"] as const

const headersOf = (info: ObjectHeaders) => Object.fromEntries(HEADERS.map((name) => [name, info[name]]))

/** Values that HTTP would trim, fold or mangle, and what looks like their encoding. */
const VALUES: Readonly<Record<string, string>> = {
  plain: "plain text",
  empty: "",
  blanks: "  at both ends  ",
  inner: "two  blanks",
  latin: "grüße",
  other: "世界 🔑",
  lines: "line\r\nline\nline",
  tab: "\tx\t",
  "no-break": "\u00a0",
  mark: "\ufeffx",
  "looks-encoded": "=?UTF-8?B?w7w=?=",
  "looks-encoded-2": "=?UTF-8?B?eA==?=",
  "looks-quoted": "=?UTF-8?Q?=41?=",
  percent: "100%25",
  quotes: `"a", 'b'; \\c`,
  json: '{"a":1}',
  constructor: "of an object",
  "0": "zero",
}

/** The calls that take metadata, each with the key that it would store. */
function taking(
  storage: StorageClient,
  { capabilities }: StorageWorld,
): [method: string, call: (key: string, options: PutOptions & CopyOptions & UploadOptions) => Promise<unknown>][] {
  const source = { bucket: FILES, key: "old" }
  return [
    ["put", (key, options) => storage.put(FILES, key, "new", options)],
    ...(typeof storage.copy === "function"
      ? [["copy", (key, options) => storage.copy(source, { bucket: FILES, key }, options)] satisfies Taking]
      : []),
    ...(capabilities.multipart
      ? [["createUpload", (key, options) => storage.createUpload(FILES, key, options)] satisfies Taking]
      : []),
  ]
}

type Taking = ReturnType<typeof taking>[number]

/** Each method that takes these options refuses them, and nothing changes. */
async function areRefused(
  t: Checks,
  storage: StorageClient,
  world: StorageWorld,
  code: "INVALID_ARGUMENT" | "LIMIT_EXCEEDED",
  [what, options]: readonly [what: string, options: PutOptions],
): Promise<void> {
  for (const [method, call] of taking(storage, world)) {
    if (method === "copy" && Object.keys(options).some((name) => !COPIED.includes(name))) continue
    for (const key of ["old", "fresh"]) await t.rejects(() => call(key, options), code, `${method} with ${what}`)
  }
  t.equal(await keysOf(storage), ["old"], `keys after ${what}`)
}

/** The options that copy has of these. */
const COPIED = ["contentType", "cacheControl", "metadata"]

/** STORAGE-META. */
export const metadataClauses = [
  clause("STORAGE-META-01", {
    why: "A browser shows, decodes, names and caches a file by them.",
    fix: "Store each header under its own name, add none, and give it back by head and by get.",
    async check(t, storage, world) {
      const all = {
        contentType: "text/x-Notes; charset=iso-8859-1",
        contentEncoding: "x-stored",
        contentDisposition: 'attachment; filename="a b.txt"',
        contentLanguage: "de-AT, en",
        cacheControl: "public, max-age=60",
      }
      const samples = [all, ...HEADERS.map((name) => ({ [name]: all[name] }))]
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const sample of samples) {
          const wanted = headersOf({ contentType: "application/octet-stream", ...sample })
          await store(storage, "key", utf8("text"), sample)
          for (const [method, tell] of telling) {
            t.equal(headersOf(await tell(storage, "key")), wanted, `headers that ${way} stored, by ${method}`)
          }
        }
      }
    },
  }),
  clause("STORAGE-META-02", {
    why: "A page that is taken for a download is not shown, and one of a type that was guessed from its bytes runs.",
    fix: "Look the extension of the key up in a table, and at nothing else.",
    async check(t, storage, world) {
      const types = {
        "page.html": "text/html",
        "a/b.c/data.json": "application/json",
        "image.png": "image/png",
        "PHOTO.PNG": "image/png",
        "paper.pdf": "application/pdf",
        "notes.txt": "text/plain",
        "styles.css": "text/css",
        "no-extension": "application/octet-stream",
        "other.html/file": "application/octet-stream",
        "page.html.unknown": "application/octet-stream",
        "ends-with.": "application/octet-stream",
        "object.constructor": "application/octet-stream",
        png: "application/octet-stream",
      }
      const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
      for (const [key, type] of Object.entries(types)) {
        await storage.put(FILES, key, png)
        const contentType = String((await storage.head(FILES, key))?.contentType)
        t.ok(contentType === type || contentType.startsWith(`${type};`), `${key} has the content type ${contentType}`)
      }
      const ofText = [
        ...bodiesOf(utf8("<html>")),
        ["a Blob with a type", () => new Blob(["<html>"], { type: "text/html" })],
      ]
      for (const [kind, body] of ofText as ReturnType<typeof bodiesOf>) {
        await storage.put(FILES, "key", body())
        const info = await storage.head(FILES, "key")
        t.equal(info?.contentType, "application/octet-stream", `content type of ${kind} under a key without extension`)
      }
      for (const [way, store] of storing(storage, world.capabilities)) {
        await store(storage, "stored.json", png)
        t.equal(
          (await storage.head(FILES, "stored.json"))?.contentType,
          "application/json",
          `content type after ${way}`,
        )
      }
    },
  }),
  clause("STORAGE-META-03", {
    why: "A name of a user, or of a file, that comes back changed is another one.",
    fix: "Encode what HTTP does not keep, with encodeMetadata of @objectos/sdk/contracts, and decode it on reading.",
    async check(t, storage, world) {
      const small = { ...VALUES }
      const isTooMuch = () => metadataBytes(small) > world.capabilities.maxMetadataBytes
      for (const name of Object.keys(small)) if (isTooMuch()) delete small[name]
      for (const [kind, body] of bodiesOf(utf8("text"))) {
        await storage.put(FILES, "key", body(), { metadata: small })
        t.equal((await storage.head(FILES, "key"))?.metadata, small, `metadata beside ${kind}`)
      }
      await storage.put(FILES, "key", "", { metadata: small })
      t.equal((await storage.head(FILES, "key"))?.metadata, small, "metadata beside an empty body")
      for (const [way, store] of storing(storage, world.capabilities)) {
        await store(storage, "key", utf8("text"), { metadata: small })
        for (const [method, tell] of telling) {
          t.equal((await tell(storage, "key")).metadata, small, `metadata that ${way} stored, by ${method}`)
        }
      }
      const longest = { ["n".repeat(128)]: "x", "a-b-1": "y" }
      await storage.put(FILES, "key", "text", { metadata: longest })
      t.equal((await storage.head(FILES, "key"))?.metadata, longest, "metadata of a long name")
    },
  }),
  clause("STORAGE-META-04", {
    why: "A name that HTTP folds, or a value that is turned into text, is not found again.",
    fix: "Check names and values before anything is stored, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, storage, world) {
      await storage.put(FILES, "old", "the old object")
      const names = ["Name", "a_b", "a b", "", "ä", "a.b", "a:b", "a\n", "n".repeat(129)].map((name) => ({
        [name]: "x",
      }))
      const values = [1, null, undefined, true, {}, ["x"], "\ud800"].map((value) => ({ name: value }))
      for (const metadata of [...names, ...values, null, [], "name", 1]) {
        const options = { metadata } as PutOptions
        await areRefused(t, storage, world, "INVALID_ARGUMENT", [`metadata ${JSON.stringify(metadata)}`, options])
      }
      t.equal(await textOf(storage, "old"), "the old object")
      t.equal((await storage.head(FILES, "old"))?.metadata, {}, "metadata of the old object")
    },
  }),
  clause("STORAGE-META-05", {
    why: "A limit that one store has, and another has not, is found in production.",
    fix: "Count names and values as they are encoded, with metadataBytes of @objectos/sdk/contracts, and refuse more.",
    async check(t, storage, world) {
      const { maxMetadataBytes } = world.capabilities
      await storage.put(FILES, "old", "the old object")
      if (maxMetadataBytes > LARGEST_TRIED_METADATA) {
        t.equal(await textOf(storage, "old"), "the old object", "no limit below 16 KiB is declared")
        return
      }
      for (const [what, metadata] of largestMetadata(maxMetadataBytes)) {
        for (const [way, store] of storing(storage, world.capabilities)) {
          await store(storage, "key", utf8("text"), { metadata })
          t.equal((await storage.head(FILES, "key"))?.metadata, metadata, `${what} after ${way}`)
          await storage.delete(FILES, "key")
        }
        const more = { ...metadata, [`${Object.keys(metadata)[0]}x`]: "x".repeat(20) }
        await areRefused(t, storage, world, "LIMIT_EXCEEDED", [`more than ${what}`, { metadata: more }])
      }
      const [first] = largestMetadata(maxMetadataBytes)
      const oneMore = { name: `${first?.[1]["name"]}x` }
      await areRefused(t, storage, world, "LIMIT_EXCEEDED", ["one byte too many", { metadata: oneMore }])
      t.equal(await textOf(storage, "old"), "the old object", "the old object")
    },
  }),
  clause("STORAGE-META-06", {
    why: "A file whose name has other letters is saved under a name that nobody reads, or fails its download.",
    fix: "Write filename with replacements and filename* with the UTF-8 of the name, as RFC 6266 says.",
    async check(t, storage, world) {
      const name = "grüße 100% (世界).txt"
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const type of ["attachment", "inline"]) {
          await store(storage, "key", utf8("text"), { contentDisposition: `${type}; filename="${name}"` })
          for (const [method, tell] of telling) {
            const { contentDisposition = "" } = await tell(storage, "key")
            const what = `the disposition that ${way} stored, by ${method}: ${contentDisposition}`
            t.ok(/^[ -~]*$/.test(contentDisposition), `${what} is not ASCII`)
            t.ok(contentDisposition.startsWith(`${type};`), `${what} is no ${type}`)
            t.ok(/; *filename="?[ -~]+/.test(contentDisposition), `${what} has no filename`)
            const [, encoded = ""] = /filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+)$/i.exec(contentDisposition) ?? []
            t.equal(decoded(encoded), name, `${what}: filename*`)
          }
        }
      }
      const ascii = 'attachment; filename="plain 100%.txt"'
      await storage.put(FILES, "key", "text", { contentDisposition: ascii })
      t.equal((await storage.head(FILES, "key"))?.contentDisposition, ascii, "a disposition in ASCII")
    },
  }),
  clause("STORAGE-META-07", {
    why: "A line end in a header begins another one, which users then write.",
    fix: "Refuse them before anything is sent, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, storage, world) {
      await storage.put(FILES, "old", "the old object")
      const wrong = [
        "text/plain\r\nX-Other: 1",
        "a\nb",
        "a\rb",
        "a\0b",
        "a\tb",
        "a\x7fb",
        "größe",
        "世界",
        "",
        " a",
        "a\n",
      ]
      for (const name of HEADERS) {
        const values = name === "contentDisposition" ? DISPOSITIONS : wrong
        for (const value of values) {
          const given = [`${name} ${JSON.stringify(value)}`, { [name]: value }] as const
          await areRefused(t, storage, world, "INVALID_ARGUMENT", given)
        }
        for (const value of [1, null, {}]) {
          await areRefused(t, storage, world, "INVALID_ARGUMENT", [
            `${name} of no text`,
            { [name]: value } as PutOptions,
          ])
        }
      }
      t.equal(await textOf(storage, "old"), "the old object", "the old object")
    },
  }),
  clause("STORAGE-META-08", {
    why: "A file that is decoded on its way has neither its size, nor its checksum, nor its ranges.",
    fix: "Ask for the bytes as they are, and switch the decoding of the HTTP library off.",
    async check(t, storage, world) {
      const text = "a text that is much shorter when it is compressed. ".repeat(100)
      const zipped = await gzip(utf8(text))
      for (const [way, store] of storing(storage, world.capabilities)) {
        await store(storage, "key", zipped, { contentEncoding: "gzip", contentType: "text/plain" })
        t.equal((await storage.head(FILES, "key"))?.contentEncoding, "gzip", `content encoding after ${way}`)
        t.equal((await storage.head(FILES, "key"))?.size, zipped.length, `size after ${way}`)
        t.equal(await bytesOf(storage, "key"), zipped, `bytes after ${way}`)
        t.equal(await joined(await storage.get(FILES, "key")), zipped, `stream after ${way}`)
        const range = await storage.get(FILES, "key", { range: { start: 2, end: 9 } })
        t.equal(await range.bytes(), zipped.slice(2, 10), `a range after ${way}`)
      }
    },
  }),
  clause("STORAGE-META-09", {
    why: "Metadata that a storage adds for itself look like those of a user, and are copied and counted as such.",
    fix: "Hide what the adapter or the server keeps beside an object.",
    async check(t, storage, world) {
      await storage.put(FILES, "deleted", "text", { metadata: { old: "x" } })
      await storage.delete(FILES, "deleted")
      for (const [way, store] of storing(storage, world.capabilities)) {
        for (const options of [undefined, { metadata: {} }, { metadata: undefined }]) {
          for (const key of [`key of ${way}`, "deleted"]) {
            const told = await store(storage, key, utf8("text"), options)
            t.equal(told.metadata, {}, `metadata that ${way} told`)
            for (const [method, tell] of telling) {
              t.equal((await tell(storage, key)).metadata, {}, `metadata that ${way} stored, by ${method}`)
            }
            await storage.delete(FILES, key)
          }
        }
      }
      if (!world.capabilities.conditionalCreate) return
      const { metadata } = await storage.put(FILES, "created", "text", { ifNoneMatch: "*" })
      t.equal(metadata, {}, "metadata that a put with a condition told")
      t.equal((await storage.head(FILES, "created"))?.metadata, {}, "metadata of a put with a condition")
    },
  }),
]

const DISPOSITIONS = [
  "attachment; filename=a\r\nX-Other: 1",
  "attachment\n",
  "inline; filename=\0",
  "",
  "file.txt",
  "\x7f",
]

/** Metadata of just so many bytes, or nearly: one long value, many short ones, other letters. */
function largestMetadata(most: number): [what: string, metadata: Record<string, string>][] {
  const long = { name: "x".repeat(most - 4) }
  const short: Record<string, string> = {}
  for (let number = 0; metadataBytes({ ...short, [`name-${number}`]: "value" }) <= most; number++) {
    short[`name-${number}`] = "value"
  }
  let letters = "ü"
  while (metadataBytes({ name: `${letters}ü` }) <= most) letters += "ü"
  return [
    ["one long value", long],
    ["many short values", short],
    ["a value of other letters", { name: letters }],
  ]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ""
  }
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))
  return new Uint8Array(await new Response(zipped).arrayBuffer())
}
