import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { ListOptions } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

/** In an order of its own. */
function sortedBy(why: string, compare: (one: string, other: string) => number, source?: string) {
  return changed(
    ReferenceStorage,
    why,
    {
      sorted: ({ next }, held) => next(held).sort((one, other) => compare(one.key, other.key)),
      isBehind: (_, text, place) => compare(text, place) > 0,
    },
    source,
  )
}

const bySegments = (one: string, other: string): number => {
  const [ones, others] = [one.split("/"), other.split("/")]
  const at = ones.findIndex((segment, index) => segment !== others[index])
  return at < 0 ? ones.length - others.length : compareCodePoints(ones[at] ?? "", others[at] ?? "")
}

/** A delimiter that is found otherwise. It gives where the group ends. */
function groupsBy(why: string, endOf: (rest: string, delimiter: string) => number, source?: string) {
  return seam.groupOf(
    why,
    (_, key, prefix, delimiter) => {
      const end = delimiter === undefined ? -1 : endOf(key.slice(prefix.length), delimiter)
      return end < 0 ? undefined : key.slice(0, prefix.length + end)
    },
    source,
  )
}

const endAt = (at: number, delimiter: string) => (at < 0 ? -1 : at + delimiter.length)

export const listingMutants = mutants({
  "STORAGE-LIST-01": {
    "sorted-by-16-bits": sortedBy(
      "Two lists that are walked side by side go apart at the first emoji.",
      (one, other) => (one < other ? -1 : Number(one > other)),
      "miniflare #380, noobaa #8218: keys were sorted as texts of JavaScript",
    ),
    "sorted-by-a-language": sortedBy(
      "The order is another one on each machine.",
      (one, other) => one.localeCompare(other, "en") || compareCodePoints(one, other),
    ),
    "sorted-by-segments": sortedBy(
      "A folder comes before the file that begins with its name.",
      bySegments,
      "minio #1411: the file system gave object-tar before object, as object/ comes later",
    ),
    "sorted-without-case": sortedBy(
      "Two lists that are walked side by side go apart at the first capital.",
      (one, other) => compareCodePoints(one.toLowerCase(), other.toLowerCase()) || compareCodePoints(one, other),
    ),
    "in-the-order-of-storing": changed(
      ReferenceStorage,
      "A list is another one after each restore.",
      { sorted: (_, { objects }) => [...objects.values()], isBehind: () => true },
      "floci #63: ListObjectsV2 gave keys as its map had them",
    ),
    "copies-at-the-end": subclass(
      "A list of what was published is out of order.",
      class extends ReferenceStorage {
        readonly #copied = new Set<string>()
        override async copy(...args: Parameters<ReferenceStorage["copy"]>) {
          this.#copied.add(args[1].key)
          return super.copy(...args)
        }
        override sorted(held: Parameters<ReferenceStorage["sorted"]>[0]) {
          const last = ({ key }: { key: string }) => Number(this.#copied.has(key))
          return super.sorted(held).sort((one, other) => last(one) - last(other))
        }
      },
    ),
  },
  "STORAGE-LIST-02": {
    "prefix-without-case": seam.hasPrefix("A clean-up of Temp deletes temperatures.", (_, key, prefix) =>
      key.toLowerCase().startsWith(prefix.toLowerCase()),
    ),
    "prefix-of-whole-segments": seam.hasPrefix(
      "A search for photos/2024 finds nothing in photos/2024-01.",
      (_, key, prefix) =>
        key === prefix || key.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`) || prefix === "",
      "s3rver #180: a list with the prefix some/dir gave nothing of some/dir/x",
    ),
    "prefix-as-a-pattern": seam.hasPrefix("A file whose name has a _ brings others with it.", (_, key, prefix) => {
      const pattern = prefix
        .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll("%", ".*")
        .replaceAll("_", ".")
      return new RegExp(`^${pattern}`, "s").test(key)
    }),
    "prefix-as-a-glob": seam.hasPrefix("A file whose name has a star brings all others with it.", (_, key, prefix) => {
      const pattern = prefix
        .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")
      return new RegExp(`^${pattern}`, "s").test(key)
    }),
    "prefix-decoded": seam.hasPrefix("A folder whose name has a % lists another one.", (_, key, prefix) => {
      try {
        return key.startsWith(decodeURIComponent(prefix.replaceAll("+", " ")))
      } catch {
        return key.startsWith(prefix)
      }
    }),
    "prefix-without-its-slash": seam.hasPrefix("A list of a/ has ab as well.", (_, key, prefix) =>
      key.startsWith(prefix.replace(/\/$/, "")),
    ),
    "prefix-anywhere": seam.hasPrefix("A search by prefix finds what has it in the middle.", (_, key, prefix) =>
      key.includes(prefix),
    ),
  },
  "STORAGE-LIST-05": {
    "grouped-from-the-beginning": groupsBy("A folder in a folder is never opened.", () => -1),
    "grouped-without-the-prefix": seam.groupOf(
      "The list of a folder shows the folder itself.",
      ({ next }, key, _, delimiter) => next(key, "", delimiter),
      "moto #5562: keys were grouped by a delimiter that stands in the prefix",
    ),
    "grouped-by-the-last-delimiter": groupsBy(
      "The first level shows all levels at once.",
      (rest, delimiter) => endAt(rest.lastIndexOf(delimiter), delimiter),
      "s3rver #120: with a prefix the folders of all levels were given",
    ),
    "groups-without-the-delimiter": seam.groupOf(
      "A prefix that was listed lists nothing of its own.",
      ({ next }, key, prefix, delimiter) => next(key, prefix, delimiter)?.slice(0, -(delimiter ?? "").length),
      "moto #291: prefixes came without their delimiter",
    ),
    "grouped-objects-are-there-too": seam.rowsOf(
      "What is in a folder is counted twice.",
      ({ next, self }, held, options) => {
        const all = next(held, { ...options, delimiter: undefined })
        const prefixes = next(held, options).filter(({ object }) => object === undefined)
        return [...all, ...prefixes].sort(
          (one, other) => compareCodePoints(one.text, other.text) || self.clock.now() * 0,
        )
      },
      "noobaa #1029: keys stood beside the prefix that they are grouped in",
    ),
    "markers-of-folders-are-objects": seam.groupOf("An empty folder is a file.", ({ next }, key, prefix, delimiter) => {
      const group = next(key, prefix, delimiter)
      return group === key ? undefined : group
    }),
    "the-prefix-itself-is-left-out": seam.rowsOf(
      "A file whose key is the prefix is in no list.",
      ({ next }, held, options) =>
        next(held, options).filter(({ text }) => options.delimiter === undefined || text !== options.prefix),
    ),
  },
  "STORAGE-LIST-07": {
    "delimiter-is-a-slash": seam.groupOf(
      "Names that are built with hyphens cannot be grouped.",
      ({ next }, key, prefix, delimiter) => next(key, prefix, delimiter === undefined ? undefined : "/"),
    ),
    "delimiter-by-its-first-letter": seam.groupOf(
      "Two hyphens group as one does.",
      ({ next }, key, prefix, delimiter) => next(key, prefix, delimiter?.slice(0, 1)),
    ),
    "delimiter-as-a-pattern": groupsBy("A dot groups at every letter.", (rest, delimiter) => {
      const found = new RegExp(delimiter, "s").exec(rest)
      return found === null ? -1 : found.index + found[0].length
    }),
    "delimiter-without-case": groupsBy("B groups as b does.", (rest, delimiter) =>
      endAt(rest.toLowerCase().indexOf(delimiter.toLowerCase()), delimiter),
    ),
    "delimiter-decoded": seam.groupOf("%2F groups as a slash does.", ({ next }, key, prefix, delimiter) =>
      next(key, prefix, delimiter === "%2F" ? "/" : delimiter),
    ),
    "delimiter-of-another-than-a-slash-refused": seam.listOptionsIssue(
      "What is grouped in one store cannot be listed in another.",
      ({ next }, options) => {
        const { delimiter = "/" } = (options ?? {}) as ListOptions
        return delimiter === "/" || typeof delimiter !== "string" ? next(options) : "A delimiter must be a slash."
      },
    ),
  },
  "STORAGE-LIST-10": {
    "empty-bucket-is-not-found": seam.list(
      "A program fails on its first day.",
      async ({ next, self }, bucket, options) => {
        const page = await next(bucket, options)
        if (self.bucketOf(bucket).objects.size === 0) self.refuseFor("NOT_FOUND", "bucket", "There is no such bucket.")
        return page
      },
    ),
    "prefix-of-nothing-is-not-found": seam.pageOf(
      "A search that finds nothing fails.",
      ({ next, self }, bucket, held, options) => {
        const page = next(bucket, held, options)
        const isEmpty = page.objects.length + page.prefixes.length === 0
        if (isEmpty && options.prefix !== undefined) self.refuseFor("NOT_FOUND", "object", "There is no such folder.")
        return page
      },
    ),
    "empty-page-has-a-cursor": seam.pageOf(
      "A walk of an empty bucket never ends.",
      ({ next, self }, bucket, held, options) => {
        const page = next(bucket, held, options)
        return page.objects.length + page.prefixes.length > 0 ? page : { ...page, cursor: self.cursorOf(options, "") }
      },
    ),
    "empty-page-shows-its-prefix": seam.pageOf(
      "A folder that is not there is shown.",
      ({ next }, bucket, held, options) => {
        const page = next(bucket, held, options)
        const { delimiter, prefix = "" } = options
        const isFolder = delimiter !== undefined && prefix !== "" && page.objects.length + page.prefixes.length === 0
        return isFolder ? { ...page, prefixes: [prefix] } : page
      },
    ),
  },
  "STORAGE-LIST-11": {
    "list-tells-quoted-etags": seam.pageOf(
      "A mirror takes every file for a changed one.",
      ({ next }, bucket, held, options) => {
        const page = next(bucket, held, options)
        return { ...page, objects: page.objects.map((object) => ({ ...object, etag: `"${object.etag}"` })) }
      },
      "Amazon S3: lists give ETags with their quotes",
    ),
    "list-counts-characters": seam.pageOf(
      "A mirror finds every file too long.",
      ({ next, self }, bucket, held, options) => {
        const page = next(bucket, held, options)
        const lengthOf = (key: string) => self.decodeText(self.find(bucket, key)?.bytes ?? new Uint8Array(0)).length
        return { ...page, objects: page.objects.map((object) => ({ ...object, size: lengthOf(object.key) })) }
      },
    ),
    "list-tells-the-time-of-the-list": seam.pageOf(
      "A mirror loads everything each time.",
      ({ next, self }, bucket, held, options) => {
        self.clock.now()
        const page = next(bucket, held, options)
        const lastModified = new Date(self.clock.now() + 1000)
        return { ...page, objects: page.objects.map((object) => ({ ...object, lastModified })) }
      },
    ),
    "list-tells-what-stood-there-first": subclass(
      "A mirror never sees that a file has changed.",
      class extends ReferenceStorage {
        readonly #first = new Map<string, ReturnType<ReferenceStorage["listedOf"]>>()
        override pageOf(...args: Parameters<ReferenceStorage["pageOf"]>) {
          const page = super.pageOf(...args)
          const first = (object: (typeof page.objects)[number]) => {
            const known = this.#first.get(object.key) ?? object
            this.#first.set(object.key, known)
            return known
          }
          return { ...page, objects: page.objects.map(first) }
        }
      },
    ),
    "list-tells-no-bucket": seam.pageOf("What a list gives cannot be passed on.", ({ next }, bucket, held, options) => {
      const page = next(bucket, held, options)
      return {
        ...page,
        objects: page.objects.map((object) => ({ ...object, bucket: held.name === bucket ? "" : bucket })),
      }
    }),
  },
  "STORAGE-LIST-12": {
    "list-ignores-unknown-options": seam.listOptionsIssue(
      "A mistake in the name of an option lists the whole bucket.",
      ({ next }, options) => {
        if (typeof options !== "object" || options === null || Array.isArray(options)) return next(options)
        const { cursor, delimiter, limit, prefix } = options as ListOptions
        return next({ cursor, delimiter, limit, prefix })
      },
      "aws-sdk-js-v3: members of a command that it does not know are left out",
    ),
    "empty-delimiter-is-none": seam.listOptionsIssue("A folder is shown with all below it.", ({ next }, options) => {
      const { delimiter, ...others } = Object(options) as ListOptions
      return next(delimiter === "" ? others : options)
    }),
    "prefix-becomes-text": seam.list(
      "A prefix that is missing lists what begins with null.",
      async ({ next }, bucket, options) => {
        const { prefix } = (options ?? {}) as ListOptions
        return next(
          bucket,
          prefix === undefined || typeof options !== "object" ? options : { ...options, prefix: String(prefix) },
        )
      },
    ),
    "options-of-another-kind-are-none": seam.list(
      "A prefix that is passed alone is ignored.",
      async ({ next }, bucket, options) =>
        next(bucket, typeof options === "object" && options !== null ? options : undefined),
    ),
  },
})
