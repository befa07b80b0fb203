import { STORAGE_PRESIGN_METHODS } from "../../../contracts/storage/arguments.ts"
import type { PresignMethod, PresignOptions } from "../../../contracts/storage/storage.ts"
import { clause, FILES, keysOf, patternOf, textOf, utf8 } from "../clause.ts"
import { HARD_KEYS } from "../hard-keys.ts"
import { canSign, isServed, sent, signed } from "../signed.ts"
import { storing } from "../storing.ts"

/** Each option beside method and expiresIn, and the methods that have a use for it. */
const USES: readonly (readonly [option: Partial<PresignOptions>, methods: readonly PresignMethod[]])[] = [
  [{ contentType: "text/plain" }, ["PUT", "POST"]],
  [{ contentEncoding: "br" }, ["PUT"]],
  [{ cacheControl: "no-cache" }, ["PUT", "POST"]],
  [{ metadata: { name: "value" } }, ["PUT", "POST"]],
  [{ ifNoneMatch: "*" }, ["PUT"]],
  [{ size: 5 }, ["PUT"]],
  [{ maxBytes: 5 }, ["POST"]],
  [{ disposition: "attachment" }, ["GET"]],
]

/** An ETag of a header, without its quotes. */
function bare(etag: string | null): string | undefined {
  return etag?.replace(/^(?:W\/)?"(.*)"$/, "$1")
}

/** STORAGE-SIGN: signed URLs that read, and what presign takes. Those that store are in `signing-uploads.ts`. */
export const signingClauses = [
  clause("STORAGE-SIGN-01", {
    why: "A download link must give the file, and what a browser needs to show and to cache it.",
    fix: "Answer with the stored bytes, Content-Type and ETag.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "GET"))) return
      const bytes = patternOf(100_000)
      for (const [way, store] of storing(storage, world.capabilities)) {
        await store(storage, "page.html", bytes, { contentType: "text/x-page; charset=utf-8" })
        const info = await storage.head(FILES, "page.html")
        const request = await signed(storage, "page.html", { method: "GET" })
        for (const time of ["first", "second"]) {
          const answer = await isServed(t, sent(world, request), `the ${time} signed GET of what ${way} stored`)
          t.equal(answer.bytes, bytes, `bytes that the ${time} signed GET gives of what ${way} stored`)
          t.equal(answer.headers.get("content-type"), info?.contentType, "Content-Type of a signed GET")
          t.equal(bare(answer.headers.get("etag")), info?.etag, "ETag of a signed GET")
        }
      }
      await storage.put(FILES, "page.html", "another")
      const request = await signed(storage, "page.html", { method: "GET" })
      await storage.put(FILES, "page.html", "yet another")
      t.equal((await sent(world, request)).bytes, utf8("yet another"), "what a URL gives that is older than the object")
    },
  }),
  clause("STORAGE-SIGN-03", {
    why: "A program that asks how large a file is does not want the file.",
    fix: "Answer HEAD with the headers of GET, Content-Length included, and without a body.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "HEAD"))) return
      for (const size of [12_345, 1]) {
        await storage.put(FILES, "file", patternOf(size), { contentType: "text/x-file" })
        const answer = await isServed(
          t,
          sent(world, await signed(storage, "file", { method: "HEAD" })),
          "a signed HEAD",
        )
        t.equal(answer.headers.get("content-length"), String(size), "Content-Length of a signed HEAD")
        t.equal(answer.bytes.length, 0, "bytes that a signed HEAD gives")
      }
    },
  }),
  clause("STORAGE-SIGN-04", {
    why: "A link that deletes must do so, and leave the rest.",
    fix: "Remove the object of the URL, and answer with 200 or 204.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "DELETE"))) return
      await storage.put(FILES, "file", "file")
      await storage.put(FILES, "file 2", "file 2")
      await isServed(t, sent(world, await signed(storage, "file", { method: "DELETE" })), "a signed DELETE")
      t.equal(await storage.head(FILES, "file"), undefined, "head after a signed DELETE")
      t.equal(await textOf(storage, "file 2"), "file 2", "a neighbour")
    },
  }),
  clause("STORAGE-SIGN-14", {
    why: "A download keeps the name that its user knows, not the key that a program made.",
    fix: "Sign the disposition, and answer with it in the place of the stored one; names that are not ASCII in both forms.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "GET"))) return
      await storage.put(FILES, "0815", "text", { contentDisposition: 'inline; filename="stored.txt"' })
      for (const [disposition, wanted] of [
        ['attachment; filename="report 2.pdf"', 'attachment; filename="report 2.pdf"'],
        ["inline", "inline"],
        ['attachment; filename="Größe.pdf"', `attachment; filename="Gr__e.pdf"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf`],
      ] as const) {
        const request = await signed(storage, "0815", { method: "GET", disposition })
        const answer = await isServed(t, sent(world, request), `a signed GET with the disposition ${disposition}`)
        t.equal(
          answer.headers.get("content-disposition"),
          wanted,
          `Content-Disposition of one signed with ${disposition}`,
        )
        t.equal(answer.bytes, utf8("text"), "its bytes")
      }
    },
  }),
  clause("STORAGE-SIGN-15", {
    why: "A link for 0 or -1 seconds never works, and one for a fraction works in one store alone.",
    fix: "Check for a whole number from 1 to 604,800 before anything is signed.",
    needs: ["presign", "presignMethods"],
    async check(t, storage, { capabilities }) {
      const [method] = capabilities.presignMethods as PresignMethod[]
      const presign = (expiresIn: unknown) => () =>
        storage.presign(FILES, "key", { method: method ?? "GET", expiresIn: expiresIn as number })
      for (const wrong of [
        0,
        -1,
        1.5,
        0.001,
        604_801,
        1e12,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        "60",
        undefined,
        null,
      ]) {
        await t.rejects(presign(wrong), "INVALID_ARGUMENT", `presign for ${String(wrong)} seconds`)
      }
      for (const right of [1, 60, 604_800]) {
        const { error } = await t.outcome(presign(right), "presign")
        t.equal(error, undefined, `what presign for ${right} seconds rejects with`)
      }
    },
  }),
  clause("STORAGE-SIGN-16", {
    why: "Who limits a link by an option that does nothing has given it without a limit.",
    fix: "Refuse what the method does not sign, and what nobody knows.",
    needs: ["presign", "presignMethods"],
    async check(t, storage, { capabilities }) {
      for (const method of STORAGE_PRESIGN_METHODS.filter((name) => capabilities.presignMethods.includes(name))) {
        for (const [option, methods] of USES) {
          if (option.ifNoneMatch !== undefined && !capabilities.conditionalCreate) continue
          const what = `presign of ${method} with ${JSON.stringify(option)}`
          const presign = () => signed(storage, "key", { method, ...option })
          if (methods.includes(method)) t.equal((await t.outcome(presign, what)).error, undefined, `error of ${what}`)
          else await t.rejects(presign, "INVALID_ARGUMENT", what)
        }
        const unknown = [{ maxSize: 5 }, { expires: 60 }, { headers: {} }, { contentDisposition: "inline" }]
        for (const option of unknown as Partial<PresignOptions>[]) {
          const presign = () => signed(storage, "key", { method, ...option })
          await t.rejects(presign, "INVALID_ARGUMENT", `presign of ${method} with ${JSON.stringify(option)}`)
        }
      }
      for (const method of ["PATCH", "OPTIONS", "get", "", 1, undefined] as unknown as PresignMethod[]) {
        await t.rejects(() => signed(storage, "key", { method }), "INVALID_ARGUMENT", `presign of ${String(method)}`)
      }
    },
  }),
  clause("STORAGE-SIGN-17", {
    why: "A link that the store will refuse is found out by whoever was sent it.",
    fix: "Reject UNSUPPORTED for methods that presignMethods does not name, and sign those that it names.",
    needs: ["presign"],
    async check(t, storage, { capabilities }) {
      for (const method of STORAGE_PRESIGN_METHODS) {
        const presign = () => signed(storage, "key", { method })
        const isNamed = capabilities.presignMethods.includes(method)
        if (!isNamed)
          await t.rejects(presign, "UNSUPPORTED", `presign of ${method}, which presignMethods does not name`)
        else t.equal((await t.outcome(presign, "presign")).error, undefined, `error of ${method}, which is named`)
      }
    },
  }),
  clause("STORAGE-SIGN-18", {
    why: "Users name their files as they like, and browsers change a URL that is not encoded.",
    fix: "Encode each segment of the key in the path once, and decode it once.",
    needs: ["presign"],
    async check(t, storage, world) {
      const odd = ["/a", "a/", "a//b", "a/b/", "a/.b/..c"]
      const keys = world.capabilities.exactKeys ? [...HARD_KEYS, ...odd] : HARD_KEYS
      const signs = (method: PresignMethod) => world.capabilities.presignMethods.includes(method)
      await Promise.all(keys.map((key) => storage.put(FILES, key, `text of ${key}`)))
      for (const key of signs("GET") ? keys : []) {
        const answer = await isServed(t, sent(world, await signed(storage, key, { method: "GET" })), `GET of ${key}`)
        t.equal(answer.bytes, utf8(`text of ${key}`), `bytes of a signed GET of ${key}`)
      }
      for (const key of signs("PUT") ? keys : []) {
        const request = await signed(storage, key, { method: "PUT" })
        await isServed(t, sent(world, request, utf8(`put at ${key}`)), `PUT of ${key}`)
        t.equal(await textOf(storage, key), `put at ${key}`, `what a signed PUT stored at ${key}`)
      }
      t.equal((await keysOf(storage)).length, keys.length, "objects after a signed PUT of each")
    },
  }),
  clause("STORAGE-SIGN-19", {
    why: "Who hands on a link has to say how it is used and until when.",
    fix: "Tell the method that was signed, and the time of the store's clock plus expiresIn.",
    needs: ["presign", "presignMethods"],
    async check(t, storage, world) {
      for (const method of world.capabilities.presignMethods as PresignMethod[]) {
        for (const expiresIn of [1, 3600, 604_800]) {
          const before = await storage.put(FILES, "clock", "before")
          const request = await storage.presign(FILES, "key", { method, expiresIn })
          const after = await storage.put(FILES, "clock", "after")
          const start = request.expiresAt.getTime() - expiresIn * 1000
          // Times of objects are whole seconds in some stores, and a signature begins or ends with one.
          const isThen = start >= before.lastModified.getTime() - 2000 && start <= after.lastModified.getTime() + 2000
          t.ok(isThen, `expiresAt of ${method} for ${expiresIn} s is not ${expiresIn} s from now`)
          t.equal(request.method, method, "the method that presign tells")
          t.equal(request.fields !== undefined, method === "POST", `whether presign of ${method} gives fields`)
        }
        await world.pass(world.manualTime ? 60 : 0)
      }
    },
  }),
  clause("STORAGE-SIGN-20", {
    why: "Players seek in a film, and downloads go on where they were cut.",
    fix: "Answer a Range with 206, Content-Range and those bytes; do not sign the header.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "GET"))) return
      await storage.put(FILES, "film", "0123456789")
      const request = await signed(storage, "film", { method: "GET" })
      for (const [range, text, place] of [
        ["bytes=2-4", "234", "bytes 2-4/10"],
        ["bytes=0-0", "0", "bytes 0-0/10"],
        ["bytes=7-", "789", "bytes 7-9/10"],
        ["bytes=8-99", "89", "bytes 8-9/10"],
        ["bytes=-3", "789", "bytes 7-9/10"],
      ] as const) {
        const answer = await sent(world, { ...request, headers: { ...request.headers, range } })
        t.equal(answer.status, 206, `status of a signed GET with ${range}`)
        t.equal(answer.bytes, utf8(text), `bytes of a signed GET with ${range}`)
        t.equal(answer.headers.get("content-range"), place, `Content-Range of a signed GET with ${range}`)
      }
      const whole = await isServed(t, sent(world, request), "the same URL without a range")
      t.equal(whole.bytes, utf8("0123456789"), "what the same URL gives without a range")
    },
  }),
]
