import { decodeMetadataValue } from "../../../contracts/storage/metadata.ts"
import type { PutOptions } from "../../../contracts/storage/storage.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

type Metadata = Readonly<Record<string, string>>

/** Metadata whose values are changed. */
function mapped(metadata: Metadata, change: (value: string) => string): Metadata {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, change(value)]))
}

/** Options whose metadata, if they are an object, have other names or values. */
function renamed(options: unknown, change: (name: string, value: unknown) => [string, unknown]): unknown {
  const { metadata } = (options ?? {}) as { metadata?: unknown }
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return options
  const entries = Object.entries(metadata).map(([name, value]) => change(name, value))
  return { ...(options as object), metadata: Object.fromEntries(entries) }
}

const PNG = [0x89, 0x50, 0x4e, 0x47]

export const metadataMutants = mutants({
  "STORAGE-META-01": {
    "disposition-not-stored": seam.headersOf(
      "A download has the name of its key.",
      ({ next }, key, { contentDisposition: _, ...options }) => next(key, options),
    ),
    "content-type-in-lower-case": seam.headersOf("A form is taken apart at another mark.", ({ next }, key, options) => {
      const headers = next(key, options)
      return { ...headers, contentType: headers.contentType?.toLowerCase() }
    }),
    "parameters-of-the-content-type-dropped": seam.headersOf(
      "A text in another alphabet is shown as UTF-8.",
      ({ next }, key, options) => {
        const headers = next(key, options)
        return { ...headers, contentType: headers.contentType?.split(";")[0] }
      },
    ),
    "language-told-by-head-alone": seam.opened(
      "A page is served without its language.",
      ({ next }, bucket, object, options) => {
        const opened = next(bucket, object, options)
        const { contentLanguage: _, ...info } = opened.info
        return { ...opened, info }
      },
    ),
    "cached-for-an-hour-by-default": seam.headersOf(
      "A file that was replaced is served as it was for an hour.",
      ({ next }, key, options) => {
        const headers = next(key, options)
        return { ...headers, cacheControl: headers.cacheControl ?? "public, max-age=3600" }
      },
      "Google Cloud Storage: an object that all may read is cached for 3,600 s unless it says otherwise",
    ),
    "encoding-of-the-transfer-stored": seam.headersOf(
      "A browser cannot decode what it was given.",
      ({ next }, key, options) => {
        const headers = next(key, options)
        const { contentEncoding } = headers
        return { ...headers, contentEncoding: contentEncoding && `aws-chunked,${contentEncoding}` }
      },
      "versitygw 1.8.0: of a streamed put aws-chunked is stored in Content-Encoding",
    ),
    "parts-forget-the-cache-control": seam.newUpload(
      "Large files alone are cached as the browser likes.",
      ({ next }, ref, { cacheControl: _, ...options }) => next(ref, options),
    ),
  },
  "STORAGE-META-02": {
    "type-guessed-from-the-bytes": seam.newObject(
      "A file that a user named as he liked runs as what its bytes look like.",
      ({ next }, key, bytes, options, checksums) => {
        const isPng = PNG.every((byte, index) => bytes[index] === byte)
        const contentType = options.contentType ?? (isPng ? "image/png" : undefined)
        return next(key, bytes, { ...options, contentType }, checksums)
      },
      "hasura-storage #139: the type is detected from the content, whatever was given",
    ),
    "text-is-text-plain": seam.put(
      "A page whose type nobody gave is shown as its source.",
      async ({ next }, bucket, key, body, options) =>
        next(bucket, key, body, typeof body === "string" ? { contentType: "text/plain", ...options } : options),
      "Fetch Standard: a body of text has the type text/plain;charset=UTF-8",
    ),
    "type-of-the-Blob-taken": seam.put(
      "A file of a form has the type that its sender liked.",
      async ({ next }, bucket, key, body, options) =>
        next(bucket, key, body, body instanceof Blob && body.type ? { contentType: body.type, ...options } : options),
      "Fetch Standard: a Blob brings its own type",
    ),
    "extension-in-the-case-of-the-table": seam.typeOf(
      "Pictures of a camera that writes .PNG are downloads.",
      ({ self }, key) => self.typeOfExtension(/\.([a-z]+)$/i.exec(key)?.[1] ?? "") ?? "application/octet-stream",
    ),
    "any-dot-begins-an-extension": seam.typeOf("A file in a folder that ends like a page is one.", ({ next }, key) => {
      const type = next(key)
      return type === "application/octet-stream" && key.includes(".html") ? "text/html" : type
    }),
    "names-of-members-are-extensions": seam.typeOfExtension(
      "A key that ends with .constructor has a function for a type.",
      ({ next }, extension) => next(extension) ?? ({} as Record<string, string>)[extension],
    ),
    "unknown-is-text": seam.typeOf("A program that was stored is shown as text.", ({ next }, key) =>
      next(key).replace("application/octet-stream", "text/plain"),
    ),
    "binary-octet-stream": seam.typeOf(
      "A type is stored that no registry has.",
      ({ next }, key) => next(key).replace("application/octet-stream", "binary/octet-stream"),
      "Amazon S3: an object without a type is binary/octet-stream",
    ),
  },
  "STORAGE-META-03": {
    "values-trimmed": seam.metadataOf(
      "A password that ends with a blank is another one.",
      ({ next }, options) => mapped(next(options), (value) => value.trim()),
      "RFC 9110: blanks around the value of a header are no part of it",
    ),
    "other-letters-replaced": seam.metadataOf(
      "Names of users are question marks.",
      ({ next }, options) => mapped(next(options), (value) => value.replaceAll(/[^\0-\xff]/g, "?")),
      "minio-py #764: metadata outside ASCII do not reach the server as they were signed",
    ),
    "values-outside-ascii-left-out": seam.metadataOf(
      "What was stored is not there, and nobody was told.",
      ({ next }, options) =>
        Object.fromEntries(Object.entries(next(options)).filter(([, value]) => /^[ -~]*$/.test(value))),
      "apache/opendal #6131: metadata with non-standard characters are silently omitted",
    ),
    "empty-values-left-out": seam.metadataOf("A field that was cleared has its default again.", ({ next }, options) =>
      Object.fromEntries(Object.entries(next(options)).filter(([, value]) => value !== "")),
    ),
    "text-that-looks-encoded-is-decoded": seam.metadataOf(
      "A text about mail headers is stored as what it speaks of.",
      ({ next }, options) => mapped(next(options), decodeMetadataValue),
    ),
    "line-ends-in-values-become-blanks": seam.metadataOf(
      "An address is one line.",
      ({ next }, options) => mapped(next(options), (value) => value.replaceAll(/\r?\n/g, " ")),
      "RFC 9112: a line end in a header is replaced by blanks",
    ),
    "streams-lose-metadata": seam.put(
      "Small files have metadata and large ones have none.",
      async ({ next }, bucket, key, body, options) =>
        next(bucket, key, body, body instanceof ReadableStream ? { ...options, metadata: {} } : options),
    ),
    "values-percent-decoded": seam.metadataOf("A value with a percent sign is another one.", ({ next }, options) =>
      mapped(next(options), (value) => value.replaceAll(/%[0-9a-f]{2}/gi, (code) => decodeURIComponent(code))),
    ),
  },
  "STORAGE-META-04": {
    "names-lower-cased": seam.putOptionsIssue(
      "What was stored as userId is not found under it.",
      ({ next }, options) => next(renamed(options, (name, value) => [name.toLowerCase(), value])),
      "Node.js, http: names of headers come in lower case",
    ),
    "values-turned-to-text": seam.putOptionsIssue(
      "A number that was stored is text when it comes back.",
      ({ next }, options) => next(renamed(options, (name, value) => [name, String(value).toWellFormed()])),
      "minio-js: numbers in metadata are taken, and sent as text",
    ),
    "underscores-in-names-accepted": seam.putOptionsIssue(
      "A proxy drops the header, and nobody is told.",
      ({ next }, options) => next(renamed(options, (name, value) => [name.replaceAll("_", "-"), value])),
      "nginx, underscores_in_headers off: a header with an underscore is dropped in silence",
    ),
    "lone-surrogates-replaced": seam.putOptionsIssue("A broken text is stored as another one.", ({ next }, options) =>
      next(renamed(options, (name, value) => [name, typeof value === "string" ? value.toWellFormed() : value])),
    ),
    "copies-not-checked": seam.checkCopy("A copy has metadata that no put would take.", ({ next }, from, to, options) =>
      next(
        from,
        to,
        renamed(options, () => ["name", "x"]),
      ),
    ),
  },
  "STORAGE-META-05": {
    "metadata-counted-as-characters": seam.metadataBytes(
      "A server refuses metadata that the adapter took.",
      (_, metadata) => Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0),
    ),
    "names-not-counted": seam.metadataBytes(
      "A server refuses metadata that the adapter took.",
      ({ next }, metadata) => next(metadata) - Object.keys(metadata).join("").length,
    ),
    "metadata-limit-is-one-byte-less": seam.metadataBytes(
      "Metadata of just the size that is allowed are refused.",
      ({ next }, metadata) => next(metadata) + 1,
    ),
    "long-metadata-cut": changed(ReferenceStorage, "The last of many fields are not stored, and nobody is told.", {
      checkMetadata() {},
      metadataOf({ next, self }, options) {
        const kept: Record<string, string> = {}
        for (const [name, value] of Object.entries(next(options))) {
          if (self.metadataBytes({ ...kept, [name]: value }) <= self.capabilities.maxMetadataBytes) kept[name] = value
        }
        return kept
      },
    }),
    "too-much-under-another-code": seam.checkMetadata(
      "A caller that tells limits by their code tells its user of a mistake.",
      ({ self }, { metadata = {} } = {}) => {
        const isMore = self.metadataBytes(metadata) > self.capabilities.maxMetadataBytes
        if (isMore) self.refuse("INVALID_ARGUMENT", "There is too much metadata.")
      },
      "Amazon S3: 400 MetadataTooLarge",
    ),
    "uploads-not-counted": seam.checkUpload(
      "An upload of hours ends with a refusal.",
      ({ next }, bucket, key, options) =>
        next(
          bucket,
          key,
          renamed(options, () => ["name", "x"]),
        ),
    ),
  },
  "STORAGE-META-06": {
    "filename-as-it-is": seam.dispositionOf(
      "A download fails in Node.js, or is saved under a name of wrong letters.",
      (_, disposition) => disposition,
      "content-disposition of npm: letters of ISO 8859-1 are left as they are",
    ),
    "no-extended-filename": seam.dispositionOf(
      "All files of a user whose name has other letters are saved under one name.",
      ({ next }, disposition) => next(disposition).replace(/; filename\*=.*$/, ""),
    ),
    "extended-filename-alone": seam.dispositionOf(
      "An old browser saves the file under its key.",
      ({ next }, disposition) => next(disposition).replace(/filename="[^"]*"; (?=filename\*)/, ""),
    ),
    "percent-signs-not-encoded": seam.dispositionOf(
      "A file whose name has a percent sign is saved under another one.",
      ({ next }, disposition) => next(disposition).replace("%25", "%"),
    ),
    "always-an-attachment": seam.dispositionOf("A picture that should be shown is saved.", ({ next }, disposition) =>
      next(disposition).replace(/^inline/, "attachment"),
    ),
    "extended-filename-in-latin-1": seam.dispositionOf(
      "A file is saved under a name of wrong letters.",
      ({ next }, disposition) => next(disposition).replace("UTF-8''", "ISO-8859-1''"),
    ),
  },
  "STORAGE-META-07": {
    "line-ends-become-blanks": seam.putOptionsIssue(
      "What a user wrote begins a header of its own at the next server.",
      ({ next }, options) => next(withHeaders(options, (text) => text.replaceAll(/[\r\n]+/g, " "))),
    ),
    "latin-1-accepted": seam.putOptionsIssue(
      "A header is shown in wrong letters, or refused when it is sent.",
      ({ next }, options) => next(withHeaders(options, (text) => text.replaceAll(/[\x80-\xff]/g, "x"))),
      "Node.js, http: characters up to U+00FF are taken in headers",
    ),
    "disposition-not-looked-at": seam.putOptionsIssue(
      "The name of a file begins a header of its own.",
      ({ next }, options) => next(withHeaders(options, () => "attachment", ["contentDisposition"])),
    ),
    "empty-headers-accepted": seam.putOptionsIssue(
      "A header without a value is sent, and some servers refuse it.",
      ({ next }, options) => next(withHeaders(options, (text) => text || "x")),
    ),
    "line-end-at-the-end-accepted": seam.putOptionsIssue(
      "A value that was read from a file breaks the request.",
      ({ next }, options) => next(withHeaders(options, (text) => text.replace(/\n$/, ""))),
    ),
  },
  "STORAGE-META-08": {
    "decoded-on-reading": changed(
      ReferenceStorage,
      "A file has more bytes than its size, and its checksum is another one.",
      {
        async bytesOf({ next }, opened, options) {
          const bytes = await next(opened, options)
          return opened.info.contentEncoding === "gzip" && opened.range === undefined ? unzipped(bytes) : bytes
        },
      },
      "nodejs-storage #709: an object with Content-Encoding gzip is served decompressed, and fails its validation",
    ),
    "streams-decoded": seam.streamOf(
      "A file that is sent on is sent decoded, with the size of what is stored.",
      ({ next }, opened) =>
        opened.info.contentEncoding === "gzip"
          ? next(opened).pipeThrough(
              new DecompressionStream("gzip") as unknown as TransformStream<Uint8Array, Uint8Array>,
            )
          : next(opened),
      "undici, fetch: a body is decoded by its Content-Encoding",
    ),
    "encoded-again-on-writing": changed(ReferenceStorage, "A file that is compressed already is so twice.", {
      async put({ next, self }, bucket, key, body, options) {
        if (!(body instanceof Uint8Array) || options?.contentEncoding !== "gzip")
          return next(bucket, key, body, options)
        self.checkPut(bucket, key, body, options)
        return next(bucket, key, await zipped(body), options)
      },
    }),
    "encoding-forgotten": seam.headersOf("A browser shows a compressed page as it is.", ({ next }, key, options) =>
      next(key, { ...options, contentEncoding: undefined }),
    ),
  },
  "STORAGE-META-09": {
    "time-of-the-file-in-metadata": seam.metadataOf(
      "Each copy of an object has one field more that nobody gave.",
      ({ next, self }, options) => ({ ...next(options), mtime: String(self.timeNow()) }),
      "rclone: the time of a file is kept in the metadata mtime",
    ),
    "mark-of-the-writer-shown": seam.metadataOf(
      "A mark that tells writers apart is copied as if a user had given it.",
      ({ next }, options) => {
        const metadata = next(options)
        return options.ifNoneMatch === undefined ? metadata : { ...metadata, "x-written-by": crypto.randomUUID() }
      },
    ),
    "no-metadata-no-member": seam.infoOf(
      "Code that looks for a name fails for half of the objects.",
      ({ next }, ...args) => {
        const info = next(...args)
        return Object.keys(info.metadata).length > 0 ? info : { ...info, metadata: undefined as never }
      },
    ),
    "metadata-of-the-deleted-object": changed(
      ReferenceStorage,
      "A new file has what was said of one that was deleted.",
      {
        remove({ next, self }, bucket, key) {
          const { metadata } = self.find(bucket, key) ?? {}
          next(bucket, key)
          if (metadata !== undefined) left.set(`${self.storedName(bucket)}/${key}`, metadata)
        },
        commit({ next, self }, bucket, key, bytes, options, checksums) {
          const metadata = options.metadata ?? left.get(`${self.storedName(bucket)}/${key}`)
          return next(bucket, key, bytes, { ...options, metadata: metadata && { ...metadata } }, checksums)
        },
      },
    ),
  },
})

/** Metadata of objects that were deleted. */
const left = new Map<string, Metadata>()

/** Options whose headers that are text are changed. */
function withHeaders(
  options: unknown,
  change: (text: string) => string,
  names: readonly (keyof PutOptions)[] = ["contentType", "contentEncoding", "contentLanguage", "cacheControl"],
): unknown {
  if (typeof options !== "object" || options === null) return options
  const changed = Object.entries(options).map(([name, value]) => [
    name,
    typeof value === "string" && names.includes(name as keyof PutOptions) ? change(value) : value,
  ])
  return Object.fromEntries(changed)
}

async function unzipped(bytes: Uint8Array): Promise<Uint8Array> {
  return through(bytes, new DecompressionStream("gzip"))
}

async function zipped(bytes: Uint8Array): Promise<Uint8Array> {
  return through(bytes, new CompressionStream("gzip"))
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const changed = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(stream)
  return new Uint8Array(await new Response(changed).arrayBuffer())
}
