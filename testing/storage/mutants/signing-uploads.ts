import type { PresignMethod, PresignOptions } from "../../../contracts/storage/storage.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { SignedText } from "../reference/signing.ts"
import { fromToken, toToken } from "../reference/sums.ts"

/** Signed PUTs that store with other options. */
function putsWith(why: string, change: (options: PresignOptions) => PresignOptions, source?: string) {
  return seam.answerPut(
    why,
    async ({ next }, request, grant) => next(request, { ...grant, options: change(grant.options) }),
    source,
  )
}

/** Signed requests whose grant is believed in part only. */
function believes(why: string, change: (signed: SignedText, url: URL) => SignedText, source?: string) {
  return changed(
    ReferenceStorage,
    why,
    {
      checkPath: () => {},
      readSigned: ({ next }, url, fields) => change(next(url, fields), new URL(url)),
    },
    source,
  )
}

const keyOf = ({ pathname }: URL) => decodeURIComponent(pathname.split("/").slice(2).join("/"))

/** A method may be used in the place of another. */
function allows(why: string, signedFor: PresignMethod, used: string, source?: string) {
  return seam.checkMethod(
    why,
    ({ next }, method, options) => {
      if (method !== used || options.method !== signedFor) next(method, options)
    },
    source,
  )
}

export const signingUploadsMutants = mutants({
  "STORAGE-SIGN-02": {
    "signed-put-without-metadata": seam.metadataOfHeaders(
      "An upload has forgotten whose it is.",
      () => ({}),
      "versitygw 1.8: metadata that the presigner puts into the query are lost",
    ),
    "signed-put-without-its-type": putsWith(
      "A picture that was uploaded is downloaded, not shown.",
      ({ contentType, ...options }) => options,
      "s3rver #153: the content type of a presigned upload was not stored",
    ),
    "signed-put-without-cache-control": putsWith(
      "A page is loaded anew each time.",
      ({ cacheControl, ...options }) => options,
      "aws-sdk-js #1703: Cache-Control and Content-Disposition of a signed PUT had no effect",
    ),
    "signed-put-as-text": seam.answerPut("A picture that was uploaded is damaged.", async ({ next }, request, grant) =>
      next(new Request(request.url, { method: "PUT", headers: request.headers, body: await request.text() }), grant),
    ),
    "signed-put-of-nothing-is-ignored": seam.answerPut(
      "An empty file cannot be uploaded.",
      async ({ next }, request, grant) => {
        const bytes = new Uint8Array(await request.clone().arrayBuffer())
        return bytes.length === 0 ? new Response(null, { status: 200 }) : next(request, grant)
      },
    ),
    "signed-put-leaves-metadata-encoded": seam.metadataOfHeaders(
      "A name with an umlaut cannot be read any more.",
      (_, headers) => {
        const names = [...headers].filter(([name]) => name.startsWith("x-meta-"))
        return Object.fromEntries(names.map(([name, value]) => [name.slice("x-meta-".length), value]))
      },
      "RFC 2047 in headers of Amazon S3, which each client has to decode",
    ),
  },
  "STORAGE-SIGN-05": {
    "form-has-the-type-of-its-file": seam.formOptions(
      "A page is uploaded where a picture was allowed.",
      ({ next }, options) => next({ ...options, contentType: "image/of-the-browser" }),
    ),
    "form-without-metadata": seam.formOptions("An upload has forgotten whose it is.", ({ next }, options) =>
      next({ ...options, metadata: undefined }),
    ),
    "form-without-cache-control": seam.formOptions("A picture is loaded anew each time.", ({ next }, options) =>
      next({ ...options, cacheControl: undefined }),
    ),
    "form-under-the-name-of-its-file": seam.answerPost(
      "A file is stored where nobody looks.",
      async ({ next, self }, request) => {
        const { put } = self
        self.put = (bucket, key, ...rest) => put.call(self, bucket, `${key}/of the browser.png`, ...rest)
        try {
          return await next(request)
        } finally {
          self.put = put
        }
      },
      "forms of Amazon S3, whose key may end with the name of the file",
    ),
    "form-is-answered-and-not-stored": seam.answerPost("An upload is gone that was confirmed.", async () => {
      return new Response(null, { status: 204 })
    }),
  },
  "STORAGE-SIGN-06": {
    "signed-urls-never-end": seam.checkTime(
      "A link of last year still works.",
      () => {},
      "localstack #1685, #2493, #7840: presigned URLs did not expire",
    ),
    "expiry-in-another-unit": seam.expiryOf(
      "A link for an hour works for six weeks.",
      ({ self }, { expiresIn }) => self.clock.now() + expiresIn * 1_000_000,
    ),
    "signed-urls-end-at-once": seam.expiryOf(
      "A link for an hour works for four seconds.",
      ({ self }, { expiresIn }) => self.clock.now() + expiresIn,
    ),
    "expired-for-a-quarter-of-an-hour": seam.checkTime(
      "A link works for longer than was said.",
      ({ next }, expiresAt) => next(expiresAt + 900_000),
    ),
    "links-work-a-day-at-least": seam.expiryOf("A link for a minute works all day.", ({ next, self }, options) =>
      Math.max(next(options), self.clock.now() + 86_400_000),
    ),
    "expiry-of-reads-alone": seam.verifyPresigned(
      "A link to upload works for ever.",
      async ({ next, self }, request) => {
        const { checkTime } = self
        if (request.method !== "GET") self.checkTime = () => {}
        try {
          return await next(request)
        } finally {
          self.checkTime = checkTime
        }
      },
    ),
  },
  "STORAGE-SIGN-07": {
    "more-in-the-query-than-was-signed": seam.checkQuery(
      "A link that downloads a file shows it, as a page with scripts.",
      () => {},
    ),
    "signature-is-not-looked-at": seam.readSigned(
      "Whoever knows the form of a link reaches every file.",
      ({ self }, url, fields) => {
        const { pathname, searchParams } = new URL(url)
        const { grant = "" } = fields ?? (Object.fromEntries(searchParams) as Record<string, string>)
        const signed = (fromToken(grant) as SignedText | undefined) ?? self.refuseSigned("signature")
        self.checkPath(signed, pathname)
        return signed
      },
      "S3Mock #125: what a URL was signed with was ignored",
    ),
    "unsigned-requests-are-let-in": seam.answered(
      "A link without its query reaches every file.",
      async ({ next, self }, request) => {
        const url = new URL(request.url)
        if (url.search !== "" || request.method === "POST") return next(request)
        const [, bucket = ""] = url.pathname.split("/")
        const options = { method: request.method as PresignMethod, expiresIn: 1 }
        const signed = { bucket, key: keyOf(url), options, expiresAt: self.clock.now() + 1000 }
        const query = new URLSearchParams({ grant: toToken(signed), signature: self.signatureOf(signed) })
        return next(new Request(`${url}?${query}`, request))
      },
    ),
    "signature-by-its-first-letters": seam.readSigned("A signature can be guessed.", ({ next, self }, url, fields) => {
      const { signatureOf } = self
      const { signature = "" } = fields ?? (Object.fromEntries(new URL(url).searchParams) as Record<string, string>)
      self.signatureOf = (signed) => {
        const right = signatureOf.call(self, signed)
        return right.slice(1, 3) === signature.slice(1, 3) ? signature : right
      }
      try {
        return next(url, fields)
      } finally {
        self.signatureOf = signatureOf
      }
    }),
  },
  "STORAGE-SIGN-08": {
    "head-with-a-signed-get": allows(
      "Tests pass that fail in production.",
      "GET",
      "HEAD",
      "S3Mock #125: HEAD of a URL that was signed for GET was answered with 200",
    ),
    "get-with-a-signed-head": allows(
      "Who may ask for the size gets the file.",
      "HEAD",
      "GET",
      "appwrite #13744: a signature for HEAD was good for GET, since a proxy makes one of the other",
    ),
    "method-is-not-signed": seam.checkMethod("Who may read a file may delete it.", () => {}),
    "get-with-a-signed-put": allows("Who may upload a file may read what others have uploaded.", "PUT", "GET"),
    "delete-with-a-signed-put": allows("Who may replace a file may delete it.", "PUT", "DELETE"),
  },
  "STORAGE-SIGN-09": {
    "key-of-the-path-is-believed": believes("A link to one file reaches all others.", (signed, url) => ({
      ...signed,
      key: keyOf(url),
    })),
    "bucket-of-the-path-is-believed": believes("A link to one file reaches that of another bucket.", (signed, url) => ({
      ...signed,
      bucket: url.pathname.split("/")[1] ?? "",
    })),
    "path-is-not-looked-at": seam.checkPath("The log of a proxy tells of another file than was read.", () => {}),
    "keys-that-begin-with-it-are-good-too": believes(
      "A link to one file reaches those whose names begin with it.",
      (signed, url) => (keyOf(url).startsWith(signed.key) ? { ...signed, key: keyOf(url) } : signed),
    ),
  },
  "STORAGE-SIGN-10": {
    "headers-are-not-signed": seam.checkHeader(
      "A page with scripts is uploaded where a picture was allowed.",
      () => {},
      "aws-sdk-go #503, aws-sdk-js-v3 #3497: Content-Type was not among the headers that are signed",
    ),
    "headers-may-be-left-out": seam.checkHeader(
      "An upload without a type is shown as whatever a browser takes it for.",
      ({ next }, headers, name, value) => {
        if (headers.has(name)) next(headers, name, value)
      },
    ),
    "type-without-its-parameters": seam.checkHeader(
      "A page is read in another alphabet than it was written in.",
      ({ next, self }, headers, name, value) => {
        if (name !== "content-type") return next(headers, name, value)
        if (headers.get(name)?.split(";")[0] !== value.split(";")[0]) self.refuseSigned("signature")
      },
    ),
    "metadata-may-be-left-out": seam.checkHeader(
      "An upload cannot be told from that of another user.",
      ({ next }, headers, name, value) => {
        if (!name.startsWith("x-meta-")) next(headers, name, value)
      },
      "aws-sdk-js-v3 #4694: metadata went into the query, and what the request said was stored",
    ),
    "type-is-not-given": seam.signedHeaders(
      "A browser sends a type of its own.",
      ({ next }, { contentType, ...options }) => next(options),
    ),
  },
  "STORAGE-SIGN-11": {
    "size-is-not-looked-at": seam.checkSignedSize(
      "Who was allowed a picture fills the disk.",
      () => {},
      "moto 5.2, aws-sdk-js #1252: the size that was signed is not compared",
    ),
    "size-is-the-most": seam.checkSignedSize("A picture that was cut is taken.", ({ next }, bytes, size) => {
      if (size === undefined || bytes.length > size) next(bytes, size)
    }),
    "size-is-the-least": seam.checkSignedSize("A larger file than was allowed is taken.", ({ next }, bytes, size) => {
      if (size === undefined || bytes.length < size) next(bytes, size)
    }),
    "size-is-compared-when-stored": seam.answerPut(
      "An upload that is refused has replaced the good file.",
      async ({ next, self }, request, grant) => {
        const bytes = new Uint8Array(await request.clone().arrayBuffer())
        const response = await next(request, { ...grant, options: { ...grant.options, size: undefined } })
        self.checkSignedSize(bytes, grant.options.size)
        return response
      },
    ),
    "size-of-0-is-none": seam.checkSignedSize("A place that was to stay empty is filled.", ({ next }, bytes, size) =>
      next(bytes, size || undefined),
    ),
  },
  "STORAGE-SIGN-12": {
    "maxBytes-is-not-looked-at": seam.checkSignedMost(
      "A form on a public page is filled with films.",
      () => {},
      "rustfs #984, minio #3295: content-length-range was ignored",
    ),
    "maxBytes-by-one-too-few": seam.checkSignedMost(
      "A file of the size that is allowed is refused.",
      ({ next }, bytes, most) => next(bytes, most && most - 1),
    ),
    "maxBytes-by-one-too-many": seam.checkSignedMost(
      "A file over the size that is allowed is taken.",
      ({ next }, bytes, most) => next(bytes, most && most + 1),
    ),
    "maxBytes-compared-when-stored": seam.answerPost(
      "A file that is refused has replaced the good one.",
      async ({ next, self }, request) => {
        const { checkSignedMost } = self
        const late: (() => void)[] = []
        self.checkSignedMost = (...args) => void late.push(() => checkSignedMost.apply(self, args))
        try {
          const response = await next(request)
          for (const check of late) check()
          return response
        } finally {
          self.checkSignedMost = checkSignedMost
        }
      },
    ),
    "maxBytes-in-kilobytes": seam.checkSignedMost(
      "A form takes a thousand times what was said.",
      ({ next }, bytes, most) => next(bytes, most && most * 1024),
    ),
  },
  "STORAGE-SIGN-13": {
    "signed-condition-is-not-kept": putsWith(
      "An upload that may be made once replaces what came first.",
      ({ ifNoneMatch, ...options }) => options,
      "s3rver 3.7: every condition is answered with 200",
    ),
    "signed-condition-may-be-left-out": seam.answerPut(
      "Who leaves a header out replaces what came first.",
      async ({ next }, request, grant) => {
        const isConditional = request.headers.has("if-none-match")
        return next(
          request,
          isConditional ? grant : { ...grant, options: { ...grant.options, ifNoneMatch: undefined } },
        )
      },
    ),
    "signed-condition-looked-at-first": seam.answerPut(
      "Two uploads both come first.",
      async ({ next, self }, request, grant) => {
        const { bucket, key, options } = grant
        self.checkConditions(self.find(bucket, key), { ifNoneMatch: options.ifNoneMatch })
        for (const [name, value] of Object.entries(self.signedHeaders(options)))
          self.checkHeader(request.headers, name, value)
        await new Promise((resolve) => setTimeout(resolve, 1))
        return next(request, { ...grant, options: { ...options, ifNoneMatch: undefined } })
      },
    ),
    "signed-condition-refuses-all": seam.answerPut(
      "An upload that may be made once cannot be made.",
      async ({ next, self }, request, grant) => {
        if (grant.options.ifNoneMatch !== undefined) self.refuseFor("PRECONDITION_FAILED", "exists", "It is there.")
        return next(request, grant)
      },
    ),
  },
})
