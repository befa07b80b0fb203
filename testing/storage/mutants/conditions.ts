import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

/** An ETag of the bytes, as S3 has them. */
function contentEtag(bytes: Uint8Array): string {
  let sum = 17
  for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) >>> 0
  return `c${sum.toString(16)}-${bytes.length}`
}

/** Options without a member that has this value. */
function without(options: unknown, name: string, value: string): unknown {
  const given = (options ?? {}) as Readonly<Record<string, unknown>>
  return given[name] === value ? { ...given, [name]: undefined } : options
}

/** A mutant whose put looks first, and stores in a second step. */
function looksBefore(why: string, condition: "ifMatch" | "ifNoneMatch", source: string) {
  return seam.put(
    why,
    async ({ next, self }, bucket, key, body, options = {}) => {
      if (options[condition] === undefined) return next(bucket, key, body, options)
      self.checkConditions(self.find(bucket, key), options)
      await Promise.resolve()
      return next(bucket, key, body, { ...options, [condition]: undefined })
    },
    source,
  )
}

/** A mutant whose put is made again where its answer is lost. */
function repeatedBlindly(why: string, condition: "ifMatch" | "ifNoneMatch", source: string) {
  return seam.put(
    why,
    async ({ next }, bucket, key, body, options = {}) => {
      try {
        return await next(bucket, key, body, options)
      } catch (error) {
        const isLost = ServiceError.is(error) && error.code === "TIMEOUT" && options[condition] !== undefined
        if (!isLost) throw error
        return next(bucket, key, body, options)
      }
    },
    source,
  )
}

/** Stores in which something was deleted. */
const deletedIn = new WeakSet<object>()

export const conditionsMutants = mutants({
  "STORAGE-ETAG-01": {
    "quoted-in-a-list": seam.pageOf(
      "A condition with an ETag from a list never holds.",
      ({ next }, ...args) => {
        const page = next(...args)
        return { ...page, objects: page.objects.map((listed) => ({ ...listed, etag: `"${listed.etag}"` })) }
      },
      "aws-sdk-js-v3: ETag is given with its quotes",
    ),
    "etag-of-the-size": seam.newEtag(
      "A change that keeps the length is not noticed.",
      (_, bytes) => `size-${bytes.length}`,
      "static file servers that make ETags of size and seconds",
    ),
    "etag-told-by-put-is-another": seam.commit(
      "The ETag that a program keeps is of no object.",
      ({ next }, ...args) => ({ ...next(...args), etag: "put" }),
    ),
    "weak-etags": seam.newEtag("An ETag that was given is refused as a condition.", ({ next }, bytes) => {
      return `W/${next(bytes)}`
    }),
  },
  "STORAGE-ETAG-02": {
    "etag-of-content-declared-as-version": seam.newEtag(
      "A write between two reads is not noticed, since the bytes are the old ones.",
      (_, bytes) => contentEtag(bytes),
      "MinIO and S3: the ETag is the MD5 of the bytes",
    ),
  },
  "STORAGE-COND-01": {
    "ifMatch-never-holds": seam.checkReadConditions(
      "A download cannot go on.",
      ({ next }, object, options) => {
        const { ifMatch } = options
        next(object, ifMatch === undefined ? options : { ...options, ifMatch: `"${ifMatch}"` })
      },
      "Ceph radosgw 16 and 18: a quoted If-Match is compared with the bare ETag",
    ),
  },
  "STORAGE-COND-02": {
    "ifMatch-ignored": seam.checkReadConditions(
      "Half of one version and half of another are put together.",
      ({ next }, object, options) => next(object, { ...options, ifMatch: undefined }),
      "s3rver 3.7.1: conditions of a get are ignored",
    ),
    "ifMatch-ignored-with-a-range": seam.checkReadConditions(
      "A download that goes on gets the rest of another version.",
      ({ next }, object, options) =>
        next(
          object,
          (options as { range?: unknown }).range === undefined ? options : { ...options, ifMatch: undefined },
        ),
    ),
    "changed-told-as-not-modified": seam.checkReadConditions(
      "A reader keeps the old object, since it is told that nothing changed.",
      ({ next, self }, object, options) => {
        if (options.ifMatch !== undefined && options.ifMatch !== object.etag) {
          self.refuseFor("PRECONDITION_FAILED", "not-modified", "The object is another one.")
        }
        next(object, options)
      },
    ),
  },
  "STORAGE-COND-03": {
    "ifNoneMatch-of-get-ignored": seam.checkReadConditions(
      "What is at hand is loaded again each time.",
      ({ next }, object, options) => next(object, { ...options, ifNoneMatch: undefined }),
    ),
    "not-modified-whatever-the-etag": seam.checkReadConditions(
      "An old object is shown for ever.",
      ({ next }, object, options) => {
        next(object, options.ifNoneMatch === undefined ? options : { ...options, ifNoneMatch: object.etag })
      },
    ),
    "not-modified-told-as-changed": seam.checkReadConditions(
      "A cache throws away what it has.",
      ({ next, self }, object, options) => {
        if (options.ifNoneMatch === object.etag) {
          self.refuseFor("PRECONDITION_FAILED", "changed", "The object has this ETag.")
        }
        next(object, options)
      },
    ),
  },
  "STORAGE-COND-04": {
    "condition-of-an-absent-object-fails": changed(
      ReferenceStorage,
      "A caller waits for an object that is gone.",
      {
        checkGet({ next, self }, bucket, key, options) {
          next(bucket, key, options)
          const { ifMatch } = (options ?? {}) as { ifMatch?: string }
          if (ifMatch !== undefined && self.find(bucket as string, key as string) === undefined) {
            self.refuseFor("PRECONDITION_FAILED", "changed", "The object is another one.")
          }
        },
      },
      "HTTP: If-Match of what is not there answers 412",
    ),
    "not-modified-of-an-absent-object": changed(ReferenceStorage, "What was deleted is shown for ever.", {
      checkGet({ next, self }, bucket, key, options) {
        next(bucket, key, options)
        const { ifNoneMatch } = (options ?? {}) as { ifNoneMatch?: string }
        if (ifNoneMatch !== undefined && self.find(bucket as string, key as string) === undefined) {
          self.refuseFor("PRECONDITION_FAILED", "not-modified", "Nothing has changed.")
        }
      },
    }),
  },
  "STORAGE-COND-05": {
    "star-taken-by-get": seam.getOptionsIssue(
      "A get with * gives the object on one server, and fails on the next.",
      ({ next }, options) => next(without(options, "ifMatch", "*")),
      "versitygw 1.8.0 answers 200, moto 5.2 answers 412",
    ),
    "weak-etags-compared": seam.putOptionsIssue("A weak ETag is taken for a strong one.", ({ next }, options) => {
      const { ifMatch } = (options ?? {}) as { ifMatch?: unknown }
      const isWeak = typeof ifMatch === "string" && ifMatch.startsWith("W/")
      return next(isWeak ? { ...(options as object), ifMatch: ifMatch.slice(2) } : options)
    }),
    "an-etag-taken-by-ifNoneMatch-of-put": seam.putOptionsIssue(
      "A put is meant to spare one version, and overwrites another.",
      ({ next }, options) => {
        const { ifNoneMatch } = (options ?? {}) as { ifNoneMatch?: unknown }
        const isEtag = typeof ifNoneMatch === "string" && /^\w+$/.test(ifNoneMatch)
        return next(isEtag ? { ...(options as object), ifNoneMatch: "*" } : options)
      },
      "moto 5.2: PUT ignores an ETag in If-None-Match",
    ),
    "both-conditions-taken": seam.putOptionsIssue(
      "Which of two conditions holds is a matter of luck.",
      ({ next }, options) => {
        const { ifMatch, ifNoneMatch } = (options ?? {}) as { ifMatch?: unknown; ifNoneMatch?: unknown }
        const isBoth = ifMatch !== undefined && ifNoneMatch === "*"
        return next(isBoth ? { ...(options as object), ifMatch: undefined } : options)
      },
    ),
  },
  "STORAGE-CREATE-01": {
    "create-only-never-holds-after-a-delete": changed(ReferenceStorage, "A number that was freed cannot be used.", {
      remove({ next, self }, bucket, key) {
        if (self.find(bucket, key) !== undefined) deletedIn.add(self.store)
        next(bucket, key)
      },
      checkConditions({ next, self }, object, options) {
        if (options.ifNoneMatch !== undefined && deletedIn.has(self.store)) {
          self.refuseFor("PRECONDITION_FAILED", "exists", "An object stood here.")
        }
        next(object, options)
      },
    }),
    "create-only-forgets-metadata": seam.metadataOf(
      "What is stored once says nothing of itself.",
      ({ next }, options) => (options.ifNoneMatch === undefined ? next(options) : {}),
    ),
  },
  "STORAGE-CREATE-02": {
    "create-only-ignored": seam.checkConditions(
      "An invoice is overwritten by another of its number.",
      ({ next }, object, options) => next(object, { ...options, ifNoneMatch: undefined }),
      "s3rver 3.7.1: If-None-Match is ignored",
    ),
    "empty-objects-count-as-absent": seam.checkConditions(
      "A lock that is an empty object is taken twice.",
      ({ next }, object, options) => next(object?.bytes.length === 0 ? undefined : object, options),
    ),
    "exists-told-as-changed": seam.checkConditions(
      "A caller reads the object again and tries with its ETag.",
      ({ next, self }, object, options) => {
        if (options.ifNoneMatch !== undefined && object !== undefined) {
          self.refuseFor("PRECONDITION_FAILED", "changed", "An object stands here.")
        }
        next(object, options)
      },
    ),
    "metadata-of-the-loser-stay": seam.commit(
      "The first object has the metadata of the second.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const object = self.find(bucket, key)
        if (options.ifNoneMatch !== undefined && object !== undefined) {
          Object.assign(object, { metadata: self.metadataOf(options) })
        }
        return next(bucket, key, bytes, options, checksums)
      },
    ),
  },
  "STORAGE-CREATE-03": {
    "create-only-looks-before-it-stores": looksBefore(
      "Two programs believe that they have the lock.",
      "ifNoneMatch",
      "flydrive, flystorage and unstorage: exists and then write",
    ),
  },
  "STORAGE-CREATE-04": {
    "lost-answer-of-create-only-is-repeated": repeatedBlindly(
      "The program that won believes that it lost.",
      "ifNoneMatch",
      "aws-sdk-js-v3: a PutObject with If-None-Match is repeated after a lost answer",
    ),
  },
  "STORAGE-MATCH-01": {
    "ifMatch-of-put-never-holds": seam.checkConditions(
      "A change of what was read cannot be stored.",
      ({ next }, object, options) => {
        next(object, options.ifMatch === undefined ? options : { ...options, ifMatch: `"${options.ifMatch}"` })
      },
      "Ceph radosgw 16: a quoted If-Match fails",
    ),
    "etag-stays-after-a-match": changed(ReferenceStorage, "The second change of a program overwrites others.", {
      newObject({ next }, key, bytes, options, checksums) {
        const object = next(key, bytes, options, checksums)
        return options.ifMatch === undefined ? object : { ...object, etag: options.ifMatch }
      },
    }),
  },
  "STORAGE-MATCH-02": {
    "ifMatch-of-put-ignored": seam.checkConditions(
      "Somebody's change is lost.",
      ({ next }, object, options) => next(object, { ...options, ifMatch: undefined }),
      "fauxqs and s3rver: If-Match of a put is ignored",
    ),
    "ifMatch-compared-up-to-its-length": seam.checkConditions(
      "The beginning of an ETag is taken for it.",
      ({ next }, object, options) => {
        const { ifMatch } = options
        const isBegun = ifMatch !== undefined && object?.etag.startsWith(ifMatch) === true
        next(object, isBegun ? { ...options, ifMatch: object?.etag } : options)
      },
    ),
    "ifMatch-of-any-object": seam.commit(
      "The ETag of another key opens this one.",
      ({ next, self }, bucket, key, bytes, options, checksums) => {
        const { ifMatch } = options
        const others = [...self.bucketOf(bucket).objects.values()]
        const isOthers = others.some(({ etag }) => etag === ifMatch)
        return next(bucket, key, bytes, isOthers ? { ...options, ifMatch: undefined } : options, checksums)
      },
    ),
  },
  "STORAGE-MATCH-03": {
    "ifMatch-of-an-absent-object-stores": seam.checkConditions(
      "An object that somebody deleted comes back.",
      ({ next }, object, options) => next(object, object === undefined ? { ...options, ifMatch: undefined } : options),
    ),
    "ifMatch-of-an-absent-object-not-found": seam.checkConditions(
      "A caller takes a lost race for a wrong key.",
      ({ next, self }, object, options) => {
        if (options.ifMatch !== undefined && object === undefined) {
          self.refuseFor("NOT_FOUND", "object", "There is no such object.")
        }
        next(object, options)
      },
      "versitygw 1.8.0 and moto 5.2 answer 404 NoSuchKey",
    ),
  },
  "STORAGE-MATCH-04": {
    "ifMatch-looks-before-it-stores": looksBefore(
      "A counter counts one of two.",
      "ifMatch",
      "gocloud.dev fileblob before 0.41",
    ),
  },
  "STORAGE-MATCH-05": {
    "lost-answer-of-ifMatch-is-repeated": repeatedBlindly(
      "The program whose change was stored does it again.",
      "ifMatch",
      "@google-cloud/storage: a conditional upload is repeated after a lost answer",
    ),
  },
})
