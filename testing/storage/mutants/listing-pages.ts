import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

/** A reference that goes on at a place in the list, not behind a key. */
const byOffset = subclass(
  "Files behind those that were deleted are passed over.",
  class extends ReferenceStorage {
    override pageOf(...[bucket, held, options]: Parameters<ReferenceStorage["pageOf"]>) {
      const start = Number(this.placeOf(options) ?? "0")
      const { cursor: _, ...others } = options
      const rows = this.rowsOf(held, others)
      const page = rows.slice(start, start + this.limitOf(options))
      const objects = page.flatMap(({ object }) => (object === undefined ? [] : [this.listedOf(bucket, object)]))
      const prefixes = page.flatMap(({ object, text }) => (object === undefined ? [text] : []))
      const end = start + page.length
      return { objects, prefixes, ...(end < rows.length && { cursor: this.cursorOf(options, String(end)) }) }
    }
  },
  "S3Mock #112: the token was an offset into the keys that stood there",
)

/** A reference in which the limit is counted over objects alone. */
function countsObjects(why: string, prefixesOn: "each page" | "the first page", source?: string) {
  return seam.pageOf(
    why,
    ({ self }, bucket, held, options) => {
      const place = self.placeOf(options)
      const rows = self.rowsOf(held, options)
      const prefixes = rows.flatMap(({ object, text }) => (object === undefined ? [text] : []))
      const rest = rows.filter(({ object, text }) => object && (place === undefined || self.isBehind(text, place)))
      const page = rest.slice(0, self.limitOf(options))
      const last = page.at(-1)
      return {
        objects: page.flatMap(({ object }) => (object === undefined ? [] : [self.listedOf(bucket, object)])),
        prefixes: prefixesOn === "each page" || place === undefined ? prefixes : [],
        ...(rest.length > page.length && last && { cursor: self.cursorOf(options, last.text) }),
      }
    },
    source,
  )
}

export const listingPagesMutants = mutants({
  "STORAGE-LIST-03": {
    "page-begins-with-the-last-key": seam.isBehind(
      "A backup has one file of each page twice.",
      (_, text, place) => compareCodePoints(text, place) >= 0,
      "startOffset of Google Cloud Storage, which is inclusive",
    ),
    "page-leaves-out-a-key": changed(ReferenceStorage, "A backup lacks one file of each page.", {
      pageOf: ({ next, self }, bucket, held, options) => {
        const page = next(bucket, held, options)
        const last = page.objects.at(-1)
        if (page.cursor === undefined || last === undefined) return page
        const [following = last] = self.sorted(held).filter(({ key }) => self.isBehind(key, last.key))
        return { ...page, cursor: self.cursorOf(options, following.key) }
      },
    }),
    "one-page-only": seam.pageOf(
      "A backup has the first files, and nothing says that there are more.",
      ({ next }, bucket, held, options) => {
        const { cursor: _, ...page } = next(bucket, held, options)
        return page
      },
      "fake-gcs-server #1912, aws-firewall-factory #613: no token for the next page was given, or the wrong one was read",
    ),
    "limit-is-not-looked-at": seam.limitOf(
      "A page does not fit into the memory.",
      () => 1000,
      "minio #6052: the gateway gave all keys, whatever max-keys said",
    ),
    "one-more-than-the-limit": seam.limitOf("A page has one file more than there is room for.", ({ next }, options) =>
      options.limit === undefined ? next(options) : next(options) + 1,
    ),
    "last-page-begins-anew": seam.pageOf("A backup never ends.", ({ next, self }, bucket, held, options) => {
      const page = next(bucket, held, options)
      return options.cursor === undefined || page.cursor !== undefined
        ? page
        : { ...page, cursor: self.cursorOf(options, "") }
    }),
    "prefix-looked-at-behind-the-limit": seam.pageOf(
      "A folder whose files come late in the bucket looks empty.",
      ({ next, self }, bucket, held, options) => {
        const { prefix = "" } = options
        const first = self.sorted(held).slice(0, self.limitOf(options))
        return first.some(({ key }) => key.startsWith(prefix))
          ? next(bucket, held, options)
          : { objects: [], prefixes: [] }
      },
    ),
    "a-page-without-objects-is-the-last": seam.pageOf(
      "A walk ends where only folders come.",
      ({ next }, bucket, held, options) => {
        const { cursor, ...page } = next(bucket, held, options)
        return page.objects.length === 0 ? page : { ...page, ...(cursor !== undefined && { cursor }) }
      },
    ),
  },
  "STORAGE-LIST-04": {
    "cursor-is-an-offset": byOffset,
    "cursor-of-a-deleted-key-ends-the-list": seam.placeOf(
      "A clean-up by pages ends after the first.",
      ({ next, self }, options) => {
        const place = next(options)
        const isThere = self.ownBuckets().some(({ objects }) => place !== undefined && objects.has(place))
        return place === undefined || isThere ? place : "\u{10ffff}"
      },
    ),
    "cursor-of-a-deleted-key-begins-anew": seam.placeOf(
      "A walk goes over the same files again.",
      ({ next, self }, options) => {
        const place = next(options)
        return self.ownBuckets().some(({ objects }) => place !== undefined && objects.has(place)) ? place : undefined
      },
    ),
    "cursor-is-good-once": subclass(
      "A page that was lost on its way cannot be asked for again.",
      class extends ReferenceStorage {
        readonly #used = new Set<string>()
        override placeOf(options: Parameters<ReferenceStorage["placeOf"]>[0]): string | undefined {
          const place = super.placeOf(options)
          if (this.#used.has(options.cursor ?? "")) this.refuse("INVALID_ARGUMENT", "A cursor is good once.")
          if (options.cursor !== undefined) this.#used.add(options.cursor)
          return place
        }
      },
    ),
    "pages-in-the-order-of-writing": changed(
      ReferenceStorage,
      "A file that is replaced during a walk is listed twice.",
      {
        sorted: ({ next }, held) =>
          next(held).sort((one, other) => Number(one.etag.slice(1)) - Number(other.etag.slice(1))),
        isBehind: ({ self }, text, place) => {
          const etagOf = (key: string) => Number(self.find("files", key)?.etag.slice(1) ?? 0)
          return etagOf(text) > etagOf(place)
        },
      },
    ),
  },
  "STORAGE-LIST-06": {
    "prefixes-are-not-counted": countsObjects(
      "A page of ten has a thousand folders.",
      "the first page",
      "boto3 #2376: MaxItems counts keys alone",
    ),
    "prefixes-come-with-each-page": countsObjects(
      "A folder is shown as often as there are pages.",
      "each page",
      "fake-gcs-server 1.56, cloudemu #780: all prefixes came with every page",
    ),
    "prefix-is-repeated-behind-its-page": changed(
      ReferenceStorage,
      "A folder with many files is shown on two pages.",
      {
        rowsOf: ({ next, self }, held, options) => {
          const place = self.placeOf(options)
          const isLeft = ({ key }: { key: string }) => place === undefined || compareCodePoints(key, place) > 0
          return next({ ...held, objects: new Map([...held.objects].filter(([, object]) => isLeft(object))) }, options)
        },
        isBehind: () => true,
      },
      "minio #16108: common prefixes were there again on the next page",
    ),
    "prefixes-end-a-page": seam.pageOf("Behind a folder nothing is listed.", ({ next }, bucket, held, options) => {
      const { cursor, ...page } = next(bucket, held, options)
      const isCut = page.prefixes.length > 0 && page.objects.length === 0
      return isCut ? page : { ...page, ...(cursor !== undefined && { cursor }) }
    }),
    "cursor-goes-behind-the-last-object": seam.pageOf(
      "Folders at the end of a page are shown again.",
      ({ next, self }, bucket, held, options) => {
        const page = next(bucket, held, options)
        const last = page.objects.at(-1)
        return page.cursor === undefined || last === undefined || options.delimiter === undefined
          ? page
          : { ...page, cursor: self.cursorOf(options, last.key) }
      },
      "noobaa #6267: the token was made of the last object, whatever prefixes came behind it",
    ),
  },
  "STORAGE-LIST-08": {
    "cursor-is-a-key": changed(
      ReferenceStorage,
      "Whoever changes a link sees what comes behind any key.",
      { cursorOf: (_, _options, place) => place, placeOf: (_, { cursor }) => cursor },
      "versitygw #995: the continuation token is the last key as it is",
    ),
    "strange-cursor-begins-anew": seam.placeOf(
      "A walk with a cursor that was cut goes over the same files again.",
      ({ next }, options) => {
        try {
          return next(options)
        } catch {
          return undefined
        }
      },
      "InsForge #1960: a token that could not be read gave the first page again",
    ),
    "cursor-of-any-prefix": changed(ReferenceStorage, "A page is of another folder than was asked for.", {
      cursorOf: ({ next }, { prefix: _, ...options }, place) => next(options, place),
    }),
    "cursor-of-any-delimiter": changed(
      ReferenceStorage,
      "A folder that was listed is listed again, file by file.",
      { cursorOf: ({ next }, { delimiter: _, ...options }, place) => next(options, place) },
      "InsForge #1960: a token was good for a narrower prefix, of which it left out a folder",
    ),
    "empty-cursor-is-none": seam.placeOf("A cursor that is lost on its way begins anew.", ({ next }, options) =>
      options.cursor === "" ? undefined : next(options),
    ),
  },
  "STORAGE-LIST-09": {
    "limit-over-a-thousand-is-cut": seam.listOptionsIssue(
      "A program that asks for all stops after a part.",
      ({ next }, options) => {
        const { limit, ...others } = Object(options) as { limit?: unknown }
        return next(typeof limit === "number" && limit > 1000 ? others : options)
      },
      "versitygw 1.8 and Amazon S3: MaxKeys of 5,000 gives 1,000",
    ),
    "limit-of-0-is-none": seam.list(
      "A program that has no room for more gets everything.",
      async ({ next }, bucket, options) =>
        next(bucket, options?.limit === 0 ? { ...options, limit: undefined } : options),
      "Amazon S3: MaxKeys of 0 gives nothing, and says that nothing follows",
    ),
    "limit-is-rounded": seam.list("A mistake in a sum is not noticed.", async ({ next }, bucket, options) => {
      const { limit } = options ?? {}
      return next(bucket, typeof limit === "number" && limit > 1 ? { ...options, limit: Math.floor(limit) } : options)
    }),
    "limit-of-text": seam.list(
      "A limit of a query is a text, and works until it is compared.",
      async ({ next }, bucket, options) =>
        next(bucket, typeof options?.limit === "string" ? { ...options, limit: Number(options.limit) } : options),
    ),
    "no-limit-without-one": seam.limitOf(
      "A page of a large bucket does not fit into the memory.",
      (_, { limit = Number.POSITIVE_INFINITY }) => limit,
    ),
    "thousand-and-no-more": seam.pageOf(
      "Behind the first thousand nothing is listed.",
      ({ next }, bucket, held, options) => {
        const { cursor, ...page } = next(bucket, held, options)
        return page.objects.length === 1000 ? page : { ...page, ...(cursor !== undefined && { cursor }) }
      },
      "terrapod #1155: a list of Google Cloud Storage ended at 1,000 without a word",
    ),
  },
})
