import type { PresignedRequest, PresignMethod } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, FILES, keysOf, patternOf, type StorageClient, type StorageWorld, textOf, utf8 } from "../clause.ts"
import {
  alterations,
  canSign,
  doublings,
  isDone,
  isRefused,
  isServed,
  mixedFields,
  mixtures,
  sent,
  signed,
} from "../signed.ts"
import { fieldsOf, standing } from "../standing.ts"

/** What a signed PUT can be given to store. */
const GIVEN = {
  contentType: "text/x-given; charset=utf-8",
  contentEncoding: "br",
  cacheControl: "private, max-age=60",
  metadata: { name: "value", other: "Grüße, 世界", blanks: "  two  " },
} as const
const { contentEncoding: _, ...GIVEN_TO_FORMS } = GIVEN

const OLD = { contentType: "text/old", cacheControl: "no-cache", metadata: { old: "old" } }

/** Methods that are signed, of those that have no form. */
function plainMethods({ capabilities }: StorageWorld): PresignMethod[] {
  return (["GET", "HEAD", "PUT", "DELETE"] as const).filter((method) => capabilities.presignMethods.includes(method))
}

function bodyOf(method: string): Uint8Array | undefined {
  return method === "PUT" || method === "POST" ? utf8("of the request") : undefined
}

/** While the check runs, and after it, the object under a key stays what it is. */
async function staysDuring(
  t: Checks,
  storage: StorageClient,
  key: string,
  what: string,
  check: () => Promise<void>,
): Promise<void> {
  const before = await standing(storage, key)
  await check()
  t.equal(await standing(storage, key), before, `the object under ${key}, after ${what}`)
}

/** STORAGE-SIGN: signed URLs that store, and those that are refused. */
export const signingUploadsClauses = [
  clause("STORAGE-SIGN-02", {
    why: "Browsers upload to the store itself; what they store must be what the program has allowed.",
    fix: "Put every header that is signed into the headers that presign gives, and store what they say.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "PUT"))) return
      for (const [key, bytes] of [
        ["binary", patternOf(50_000)],
        ["empty", new Uint8Array(0)],
      ] as const) {
        await storage.put(FILES, key, "old", OLD)
        const request = await signed(storage, key, { method: "PUT", ...GIVEN })
        await isServed(t, sent(world, request, bytes), `a signed PUT of ${key}`)
        const found = await standing(storage, key)
        t.equal(found?.bytes, bytes, `bytes that a signed PUT stored of ${key}`)
        t.equal(fieldsOf(found), GIVEN, `headers and metadata that a signed PUT stored of ${key}`)
      }
      const plain = await signed(storage, "plain", { method: "PUT", contentType: "text/plain" })
      await isServed(t, sent(world, plain, utf8("plain")), "a signed PUT with a content type alone")
      const found = fieldsOf(await standing(storage, "plain"))
      t.equal(found, { contentType: "text/plain", metadata: {} }, "headers and metadata of a content type alone")
    },
  }),
  clause("STORAGE-SIGN-05", {
    why: "Forms of browsers upload without a script, and larger files than a program wants to pass on.",
    fix: "Store the last field, file, with what the signed fields say, whatever the browser says of the file.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "POST"))) return
      for (const [key, bytes] of [
        ["form/file", patternOf(20_000)],
        ["form/empty", new Uint8Array(0)],
      ] as const) {
        await storage.put(FILES, key, "old", OLD)
        const request = await signed(storage, key, { method: "POST", ...GIVEN_TO_FORMS })
        await isServed(t, sent(world, request, bytes), `a signed POST of ${key}`)
        const found = await standing(storage, key)
        t.equal(found?.bytes, bytes, `bytes that a signed POST stored of ${key}`)
        t.equal(fieldsOf(found), GIVEN_TO_FORMS, `headers and metadata that a signed POST stored of ${key}`)
      }
      t.equal(await keysOf(storage), ["form/empty", "form/file"], "keys after two forms")
    },
  }),
  clause("STORAGE-SIGN-06", {
    why: "A link that was to be good for an hour is in a mail for ever.",
    fix: "Sign the time at which it ends, in the unit that is compared, and compare it when the request comes.",
    needs: ["presign", "presignMethods"],
    waits: true,
    async check(t, storage, world) {
      const methods = world.capabilities.presignMethods as PresignMethod[]
      const expiresIn = world.manualTime ? 60 : Math.ceil(world.step) + 1
      await storage.put(FILES, "file", "old", OLD)
      const sign = (method: PresignMethod) => storage.presign(FILES, "file", { method, expiresIn })
      // A signature may begin with the second in which it was made.
      const good = world.window(expiresIn - 1)
      const requests = await Promise.all(methods.map(sign))
      if (world.manualTime) await world.pass(expiresIn - 2)
      for (const request of requests.filter(({ method }) => method === "GET" || method === "HEAD")) {
        await isServed(t, sent(world, request), `a signed ${request.method} before its end`)
      }
      good.close()
      await staysDuring(t, storage, "file", "requests with URLs that have expired", async () => {
        await world.pass(expiresIn + 1.5)
        for (const request of requests) {
          const { method } = request
          await isRefused(t, sent(world, request, bodyOf(method)), `a signed ${method} after its end`)
          if (request.fields !== undefined) continue
          for (const [change, url] of [...alterations(request.url), ...doublings(request.url)]) {
            const answer = sent(world, { ...request, url }, bodyOf(method))
            await isRefused(t, answer, `a signed ${method} after its end, with ${change}`)
          }
        }
      })
    },
  }),
  clause("STORAGE-SIGN-07", {
    why: "Who can change a link makes it last, or makes it name another file.",
    fix: "Sign the whole query, and refuse parameters that were not signed.",
    needs: ["presign", "presignMethods"],
    async check(t, storage, world) {
      await storage.put(FILES, "file", "old", OLD)
      for (const method of plainMethods(world)) {
        const disposition = method === "GET" ? 'attachment; filename="of the link.txt"' : undefined
        const request = await signed(storage, "file", { method, disposition })
        const what = `requests of ${method} with another query`
        await staysDuring(t, storage, "file", what, async () => {
          for (const [change, url] of alterations(request.url)) {
            await isRefused(t, sent(world, { ...request, url }, bodyOf(method)), `a signed ${method} with ${change}`)
          }
        })
        await isServed(t, sent(world, request, bodyOf(method)), `a signed ${method} as it is`)
        await storage.put(FILES, "file", "old", OLD)
      }
      t.equal(await keysOf(storage), ["file"], "keys that are there")
    },
  }),
  clause("STORAGE-SIGN-08", {
    why: "Who was given a link to read a file must not be able to replace or to delete it.",
    fix: "Sign the method.",
    needs: ["presign", "presignMethods"],
    async check(t, storage, world) {
      await storage.put(FILES, "file", "old", OLD)
      for (const signedFor of plainMethods(world)) {
        const request = await signed(storage, "file", { method: signedFor })
        await staysDuring(t, storage, "file", `requests with a URL for ${signedFor}`, async () => {
          for (const method of ["GET", "HEAD", "PUT", "POST", "DELETE"]) {
            if (method === signedFor) continue
            const answer = sent(world, { ...request, method }, bodyOf(method))
            await isRefused(t, answer, `${method} with a URL that was signed for ${signedFor}`)
          }
        })
      }
      t.equal(await keysOf(storage), ["file"], "keys that are there")
    },
  }),
  clause("STORAGE-SIGN-09", {
    why: "Who was given a link to one file must not reach all others.",
    fix: "Sign the bucket and the whole key.",
    needs: ["presign", "presignMethods"],
    async check(t, storage, world) {
      await storage.createBucket("others")
      const places = [
        [FILES, "folder/file"],
        [FILES, "folder/file 2"],
        [FILES, "folder"],
        ["others", "folder/file"],
      ] as const
      const usable = places.filter(([, key]) => world.capabilities.exactKeys || key !== "folder")
      for (const [bucket, key] of usable) await storage.put(bucket, key, `${key} of ${bucket}`)
      const all = () => Promise.all(usable.map(([bucket, key]) => standing(storage, key, bucket)))
      const before = await all()
      for (const method of plainMethods(world)) {
        const sign = (bucket: string, key: string) => storage.presign(bucket, key, { method, expiresIn: 3600 })
        const [own, ...others] = await Promise.all(usable.map(([bucket, key]) => sign(bucket, key)))
        for (const other of others) {
          t.ok(own?.url !== other.url, `the URLs of ${method} of two objects are the same`)
          for (const [what, url] of mixtures(own?.url ?? "", other.url)) {
            const request = { ...other, url }
            await isRefused(
              t,
              sent(world, request, bodyOf(method)),
              `a signed ${method} with ${what} of another object`,
            )
          }
        }
      }
      if (world.capabilities.presignMethods.includes("POST")) {
        const sign = (key: string) => signed(storage, key, { method: "POST" })
        const [own, other] = [await sign("folder/file"), await sign("folder/file 2")]
        for (const [what, fields] of mixedFields(own.fields ?? {}, other.fields ?? {})) {
          const answer = sent(world, { ...own, fields }, utf8("of the form"))
          await isRefused(t, answer, `a signed POST with ${what} of another object`)
        }
        await sent(world, { ...other, url: own.url }, utf8("of the form"))
        const stays = await textOf(storage, "folder/file")
        t.equal(stays, `folder/file of ${FILES}`, "an object after a POST to its URL with the fields of another object")
        await storage.delete(FILES, "folder/file 2")
        before[1] = undefined
      }
      t.equal(await all(), before, "the objects, after requests with mixed URLs")
    },
  }),
  clause("STORAGE-SIGN-10", {
    why: "An upload of a picture must not become a page that runs scripts.",
    fix: "Sign the headers with their values, and refuse a request that lacks one.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "PUT"))) return
      await storage.put(FILES, "file", "old", OLD)
      const request = await signed(storage, "file", { method: "PUT", ...GIVEN })
      const names = Object.keys(request.headers)
      t.ok(
        names.some((name) => name.toLowerCase() === "content-type"),
        "presign gave no Content-Type",
      )
      await staysDuring(t, storage, "file", "PUTs with other headers", async () => {
        const put = (headers: Record<string, string>) => sent(world, { ...request, headers }, utf8("new"))
        for (const name of names.filter((name) => !/^(?:content-length|host)$/i.test(name))) {
          const { [name]: _, ...rest } = request.headers
          await isRefused(t, put(rest), `a signed PUT without ${name}`)
          if (name.toLowerCase() !== "content-type") continue
          for (const type of ["text/html", "text/x-given", ""]) {
            await isRefused(t, put({ ...rest, [name]: type }), `a signed PUT with the content type ${type}`)
          }
        }
        await isRefused(t, put({}), "a signed PUT without headers")
      })
      await isServed(t, sent(world, request, utf8("new")), "a signed PUT with its headers")
      t.equal(await textOf(storage, "file"), "new", "what it stored")
    },
  }),
  clause("STORAGE-SIGN-11", {
    why: "Who was allowed a picture fills the disk.",
    fix: "Sign Content-Length, and compare it with the bytes that come, before the object is replaced.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "PUT"))) return
      await storage.put(FILES, "file", "old", OLD)
      const request = await signed(storage, "file", { method: "PUT", size: 5 })
      await staysDuring(t, storage, "file", "PUTs of another size", async () => {
        for (const body of ["1234", "123456", "", "5", "12345".repeat(100)]) {
          await isRefused(t, sent(world, request, utf8(body)), `a PUT of ${body.length} bytes that was signed for 5`)
        }
      })
      await isServed(t, sent(world, request, utf8("12345")), "a PUT of the size that it was signed for")
      t.equal(await textOf(storage, "file"), "12345", "what it stored")
      const empty = await signed(storage, "file", { method: "PUT", size: 0 })
      await isRefused(t, sent(world, empty, utf8("1")), "a PUT of 1 byte that was signed for none")
      await isServed(t, sent(world, empty, utf8("")), "a PUT of no bytes that was signed for none")
      t.equal(await textOf(storage, "file"), "", "what that stored")
    },
  }),
  clause("STORAGE-SIGN-12", {
    why: "A form on a public page is filled with films.",
    fix: "Put a length range into the policy, and refuse what is longer before the object is replaced.",
    needs: ["presign"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "POST"))) return
      await storage.put(FILES, "file", "old", OLD)
      const post = async (maxBytes: number) => signed(storage, "file", { method: "POST", maxBytes })
      const request = await post(10)
      const generous = await post(1000)
      await staysDuring(t, storage, "file", "POSTs of too many bytes", async () => {
        for (const size of [11, 12, 1000, 100_000]) {
          await isRefused(t, sent(world, request, patternOf(size)), `a POST of ${size} bytes, which may have 10`)
        }
        for (const [what, fields] of mixedFields(request.fields ?? {}, generous.fields ?? {})) {
          const answer = sent(world, { ...request, fields }, patternOf(11))
          await isRefused(t, answer, `a POST of 11 bytes, which may have 10, with ${what} of one that may have 1,000`)
        }
      })
      for (const size of [10, 1, 0]) {
        await isServed(t, sent(world, request, patternOf(size)), `a POST of ${size} bytes, which may have 10`)
        t.equal((await standing(storage, "file"))?.bytes, patternOf(size), `what a POST of ${size} bytes stored`)
      }
    },
  }),
  clause("STORAGE-SIGN-13", {
    why: "An upload that may be made once must not replace what came first.",
    fix: "Sign If-None-Match as a header, and look at it in the step that stores.",
    needs: ["presign", "conditionalCreate"],
    async check(t, storage, world) {
      if (!(await canSign(t, storage, world, "PUT"))) return
      const request: PresignedRequest = await signed(storage, "once", { method: "PUT", ifNoneMatch: "*", ...GIVEN })
      await isServed(t, sent(world, request, utf8("first")), "a signed PUT with ifNoneMatch where nothing stands")
      await staysDuring(t, storage, "once", "a second PUT with ifNoneMatch", async () => {
        await isRefused(t, sent(world, request, utf8("second")), "the same signed PUT again")
        const another = await signed(storage, "once", { method: "PUT", ifNoneMatch: "*" })
        await isRefused(t, sent(world, another, utf8("third")), "another signed PUT with ifNoneMatch")
        for (const name of Object.keys(another.headers).filter((header) => /match/i.test(header))) {
          const { [name]: _, ...headers } = another.headers
          await isRefused(t, sent(world, { ...another, headers }, utf8("fourth")), `one without ${name}`)
        }
      })
      t.equal(await textOf(storage, "once"), "first", "what stays")
      const bodies = Array.from({ length: 10 }, (_, number) => `body ${number}`)
      const race = await signed(storage, "race", { method: "PUT", ifNoneMatch: "*" })
      const answers = await Promise.all(bodies.map((body) => sent(world, race, utf8(body))))
      const winners = bodies.filter((_, number) => answers.slice(number, number + 1).some(isDone))
      t.equal(
        [winners.length, await textOf(storage, "race")],
        [1, winners[0]],
        "of 10 simultaneous ones, what is stored",
      )
    },
  }),
]
