import type { Checksum, ChecksumAlgorithm } from "../../../contracts/storage/object.ts"
import { bodiesOf, piecesOf, STREAM_KINDS, watchedStream } from "../bodies.ts"
import { clause, FILES, refuses, type StorageWorld, textOf, utf8 } from "../clause.ts"
import { readingWhole, standing } from "../standing.ts"
import { storing, telling } from "../storing.ts"

type Sums = Readonly<Record<ChecksumAlgorithm, string>>

const TEXT = "123456789"
/** Its checksums, as other programs give them. */
const SUMS: Sums = {
  crc32: "y/Q5Jg==",
  crc32c: "4waSgw==",
  md5: "JfnnlDI7RTiF9RgfG2JNCw==",
  sha256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
}
const OTHER_TEXT = "another text"
const OTHER_SUMS: Sums = {
  crc32: "AEe1Sw==",
  crc32c: "6KQ/jw==",
  md5: "InVnWhKNd1916ixPO6a+Rg==",
  sha256: "SJXsxvDAEQcq9IbqMKEjnKobKX+2HsrKislNnCBxviI=",
}
/** Checksums that the text does not have, by what has them. */
const WRONG: Readonly<Record<string, Sums>> = {
  "its first five bytes": {
    crc32: "y/U6HA==",
    crc32c: "GNEjNQ==",
    md5: "gnzLDuqKcGxMNKFokfhOew==",
    sha256: "WZRHGrsBESr8wYFZ9sx0tPURuZgG2lmzyvWpwXPKz8U=",
  },
  "its last four bytes": {
    crc32: "nbq/hw==",
    crc32c: "wn5dsg==",
    md5: "RtBF/1GQ9uqTc52mwKoZvA==",
    sha256: "SZvH352Ic8HDjmiYF3w0Oyo00utDF4qetO/LmTNmyM0=",
  },
  nothing: {
    crc32: "AAAAAA==",
    crc32c: "AAAAAA==",
    md5: "1B2M2Y8AsgTpgAmY7PhCfg==",
    sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  },
  "another text": OTHER_SUMS,
}
const ALGORITHMS = Object.keys(SUMS) as ChecksumAlgorithm[]

/** Algorithms that a body can be checked by. */
export function writable({ capabilities }: StorageWorld): ChecksumAlgorithm[] {
  return ALGORITHMS.filter((algorithm) => capabilities.checksumsWrite.includes(algorithm))
}

/** Algorithms that an object can be put with, and that are told of it. */
function kept(world: StorageWorld): ChecksumAlgorithm[] {
  return writable(world).filter((algorithm) => world.capabilities.checksumsRead.includes(algorithm))
}

/** A checksum that a text of `PART` has, or one that it has not. */
export const PART = TEXT
export function checksumOf(algorithm: ChecksumAlgorithm, isRight: boolean): Checksum {
  return { algorithm, value: isRight ? SUMS[algorithm] : OTHER_SUMS[algorithm] }
}

/** Of another length, no base64, or no checksum at all. */
function malformed(algorithm: ChecksumAlgorithm): unknown[] {
  const value = SUMS[algorithm]
  const bytes = atob(value)
  const hex = Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("")
  const values = ["", btoa(`${bytes}x`), btoa(bytes.slice(1)), hex, value.replace(/=+$/, ""), ` ${value}`, `${value}\n`]
  return [
    ...[...values, `?${value.slice(1)}`, 7, null].map((wrong) => ({ algorithm, value: wrong })),
    { algorithm },
    { value },
    { algorithm: algorithm.toUpperCase(), value },
    { algorithm: "sha1", value },
    { algorithm, value, other: 1 },
    value,
    null,
  ]
}

const OLD = { contentType: "text/old", metadata: { old: "old" } }

/** STORAGE-SUM: checksums. */
export const checksumsClauses = [
  clause("STORAGE-SUM-01", {
    why: "Who has the checksum of a file must be able to have its way here checked.",
    fix: "Compute the checksum of the bytes as they come, and compare its base64 at their end.",
    needs: ["checksumsWrite"],
    async check(t, storage, world) {
      for (const algorithm of writable(world)) {
        for (const [kind, make] of bodiesOf(utf8(TEXT))) {
          await storage.put(FILES, "summed", make(), { checksum: checksumOf(algorithm, true) })
          t.equal(await textOf(storage, "summed"), TEXT, `${kind} put with a ${algorithm}`)
          await storage.delete(FILES, "summed")
        }
      }
    },
  }),
  clause("STORAGE-SUM-02", {
    why: "A file that was damaged on its way is found out when the good one is gone.",
    fix: "Compare the checksum of the whole body before anything of it is seen; where the store compares late, it must not have replaced.",
    needs: ["checksumsWrite"],
    async check(t, storage, world) {
      await storage.put(FILES, "old", "old", OLD)
      const old = await standing(storage, "old")
      for (const algorithm of writable(world)) {
        for (const [of, sums] of Object.entries(WRONG)) {
          const checksum = { algorithm, value: sums[algorithm] }
          for (const [kind, make] of bodiesOf(utf8(TEXT))) {
            const what = `put of ${kind} with the ${algorithm} of ${of}`
            const put = (key: string) => () => storage.put(FILES, key, make(), { checksum })
            await refuses(t, put("old"), ["INVALID_ARGUMENT", "checksum"], what)
            await refuses(t, put("new"), ["INVALID_ARGUMENT", "checksum"], what)
          }
          // As a connection gives it.
          for (const kind of STREAM_KINDS) {
            const body = watchedStream(kind, piecesOf(utf8(TEXT), 5)).body
            const put = () => storage.put(FILES, "old", body, { checksum, size: TEXT.length })
            await refuses(
              t,
              put,
              ["INVALID_ARGUMENT", "checksum"],
              `put of ${kind} with a size, and a wrong ${algorithm}`,
            )
          }
        }
        t.equal(await standing(storage, "old"), old, `the old object, after puts with a wrong ${algorithm}`)
        t.equal(await standing(storage, "new"), undefined, `what puts with a wrong ${algorithm} stored`)
      }
    },
  }),
  clause("STORAGE-SUM-03", {
    why: "A check that is not made is believed to have been made.",
    fix: "Reject UNSUPPORTED before the body is touched, or declare the algorithm in checksumsWrite.",
    async check(t, storage, world) {
      await storage.put(FILES, "old", "old", OLD)
      for (const algorithm of ALGORITHMS) {
        const isDeclared = world.capabilities.checksumsWrite.includes(algorithm)
        const watched = watchedStream("an async iterable", [utf8(TEXT)])
        const what = `put with a ${algorithm}, which is ${isDeclared ? "declared" : "not declared"}`
        const put = () => storage.put(FILES, "old", watched.body, { checksum: checksumOf(algorithm, true) })
        const { error } = await t.outcome(put, what)
        t.equal((error as { code?: unknown } | undefined)?.code, isDeclared ? undefined : "UNSUPPORTED", what)
        if (isDeclared) continue
        t.equal(watched.pulls, 0, `how often the body was read of a ${what}`)
      }
      t.ok((await storage.head(FILES, "old")) !== undefined, "the old object is gone")
    },
  }),
  clause("STORAGE-SUM-04", {
    why: "A checksum in hex, as other tools print it, can never fit, or is not looked at.",
    fix: "Check algorithm and length before the body: 4, 4, 16 or 32 bytes in base64 with its padding.",
    needs: ["checksumsWrite"],
    async check(t, storage, world) {
      await storage.put(FILES, "old", "old", OLD)
      const upload = world.capabilities.multipart ? await storage.createUpload(FILES, "upload") : undefined
      for (const algorithm of writable(world)) {
        for (const wrong of malformed(algorithm)) {
          const options = { checksum: wrong as Checksum }
          const what = `a checksum ${JSON.stringify(wrong)}`
          await t.rejects(() => storage.put(FILES, "old", TEXT, options), "INVALID_ARGUMENT", `put with ${what}`)
          if (upload === undefined) continue
          await t.rejects(() => upload.uploadPart(1, TEXT, options), "INVALID_ARGUMENT", `uploadPart with ${what}`)
        }
      }
      await upload?.abort()
      t.equal(await textOf(storage, "old"), "old", "the old object")
    },
  }),
  clause("STORAGE-SUM-05", {
    why: "A program that compares its files with those here would have to load them all.",
    fix: "Keep the checksum with the object, and drop it with the object that it is of.",
    needs: ["checksumsRead", "checksumsWrite"],
    async check(t, storage, world) {
      for (const algorithm of kept(world)) {
        const told = async () => {
          const infos = telling.map(async ([by, tell]) => [by, (await tell(storage, "summed")).checksums] as const)
          return Promise.all(infos)
        }
        for (const [text, sums] of [
          [TEXT, SUMS],
          [OTHER_TEXT, OTHER_SUMS],
        ] as const) {
          for (const [kind, make] of bodiesOf(utf8(text))) {
            await storage.put(FILES, "summed", make(), { checksum: { algorithm, value: sums[algorithm] } })
            for (const [by, checksums] of await told()) {
              t.equal(checksums?.[algorithm], sums[algorithm], `the ${algorithm} of ${kind} that ${by} tells`)
            }
          }
        }
        for (const [way, store] of storing(storage, world.capabilities)) {
          const checksum = { algorithm, value: OTHER_SUMS[algorithm] }
          await storage.put(FILES, "summed", OTHER_TEXT, { checksum })
          await store(storage, "summed", utf8(TEXT))
          for (const [by, checksums] of await told()) {
            // Some servers add one by themselves.
            const { [algorithm]: value = SUMS[algorithm] } = checksums ?? {}
            t.equal(value, SUMS[algorithm], `the ${algorithm} that ${by} tells after ${way} without one`)
          }
        }
      }
      await storage.put(FILES, "plain", "plain")
      t.ok(typeof (await storage.head(FILES, "plain"))?.checksums === "object", "an object without checksums has none")
    },
  }),
  clause("STORAGE-SUM-06", {
    why: "Disks lose bits, and a backup of what was lost replaces the good one.",
    fix: "Compare what is read with the checksum that is kept, at the end of every read of a whole object.",
    needs: ["checksumsRead", "checksumsWrite"],
    uses: ["corrupt"],
    async check(t, storage, world) {
      for (const algorithm of kept(world)) {
        await storage.put(FILES, "summed", TEXT, { checksum: checksumOf(algorithm, true) })
        t.equal(await textOf(storage, "summed"), TEXT, "an object before its bytes change")
        await world.corrupt("summed")
        for (const [way, read] of readingWhole) {
          const reading = async () => read(await storage.get(FILES, "summed"))
          await t.rejects(reading, "CORRUPT", `${way} of an object that has not its ${algorithm} any more`)
        }
      }
    },
  }),
]
