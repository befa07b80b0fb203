import type { RangeOptions } from "../../../contracts/storage/storage.ts"
import { mutants, seam } from "../mutant.ts"

/** Options of get whose range, if it is an object, is another one. */
function withRange(options: unknown, change: (range: RangeOptions) => RangeOptions | undefined): unknown {
  const { range } = (options ?? {}) as { range?: unknown }
  if (typeof range !== "object" || range === null || Array.isArray(range)) return options
  return { ...(options as object), range: change(range) }
}

export const rangesMutants = mutants({
  "STORAGE-RANGE-01": {
    "end-is-not-part-of-the-range": seam.rangeOf(
      "A file that is put together of parts lacks a byte between them.",
      ({ next }, range, size) => {
        const found = next(range, size)
        if (found === undefined || range.end === undefined) return found
        return { start: found.start, end: Math.max(found.start, Math.min(range.end - 1, found.end)) }
      },
      "cpp-httplib #222: the end of bytes=1-2 is taken for the first byte that is not asked for",
    ),
    "whole-object-for-any-range": seam.opened(
      "A player that asks for one minute is sent the film.",
      ({ next }, bucket, object, options) => {
        const opened = next(bucket, object, options)
        return { ...opened, bytes: object.bytes }
      },
      "RFC 9110: a server may ignore Range, and answer 200 with all",
    ),
    "range-not-told": seam.handleOf("A part cannot be sent on with its place.", ({ next }, opened) => {
      const { range: _, ...handle } = next(opened)
      return handle
    }),
    "first-byte-counts-as-1": seam.rangeOf("Each part begins one byte late.", ({ next }, range, size) =>
      next(range.start ? { ...range, start: range.start - 1 } : range, size),
    ),
    "end-of-0-counts-as-none": seam.rangeOf(
      "Whoever looks at the first byte of a film is sent all of it.",
      ({ next }, range, size) => next(range.end === 0 ? { ...range, end: undefined } : range, size),
      "google-cloud-node #415: 0 for start and end of a range was taken for nothing",
    ),
    "end-alone-means-the-last-bytes": seam.rangeOf(
      "Whoever asks for the first bytes is given the last.",
      ({ next }, { end, start, suffix }, size) =>
        next(
          start === undefined && suffix === undefined && end !== undefined ? { suffix: end } : { end, start, suffix },
          size,
        ),
      "RFC 9110: bytes=-3 are the last three bytes, not the first four",
    ),
  },
  "STORAGE-RANGE-02": {
    "end-behind-the-object-rejects": seam.rangeOf(
      "The last part of a file cannot be read by its length.",
      ({ next, self }, range, size) => {
        if (range.end !== undefined && range.end >= size) self.refuseRange(size)
        return next(range, size)
      },
      "jsmediatags #177: a range that ends at the size is refused with 416",
    ),
    "asked-end-is-told": seam.rangeOf("A part says that it has bytes which are not there.", ({ next }, range, size) => {
      const found = next(range, size)
      return found && { ...found, end: range.end ?? found.end }
    }),
    "start-alone-is-one-byte": seam.rangeOf(
      "A download that goes on gets one byte at a time.",
      ({ next }, range, size) =>
        next(range.start !== undefined && range.end === undefined ? { ...range, end: range.start } : range, size),
    ),
    "start-alone-is-ignored": seam.opened(
      "A download that goes on begins anew.",
      ({ next }, bucket, object, options) => {
        const isOpen = options.range?.start !== undefined && options.range.end === undefined
        return next(bucket, object, isOpen ? { ...options, range: { start: 0 } } : options)
      },
      "webdav-client, createReadStream: a range was sent only where both its ends were given",
    ),
  },
  "STORAGE-RANGE-03": {
    "suffix-is-a-start": seam.rangeOf(
      "The index at the end of a file is looked for at its start.",
      ({ next }, range, size) =>
        next(range.suffix === undefined ? range : { start: Math.min(range.suffix, size - 1) }, size),
    ),
    "suffix-of-more-than-all-rejects": seam.rangeOf(
      "Small files cannot be read by a reader that looks at their last kilobyte.",
      ({ next, self }, range, size) => {
        if (range.suffix !== undefined && range.suffix > size) self.refuseRange(size)
        return next(range, size)
      },
    ),
    "suffix-of-more-than-all-begins-before-it": seam.rangeOf(
      "A part tells that it begins before its object.",
      ({ next }, range, size) => {
        const found = next(range, size)
        return found && range.suffix !== undefined ? { ...found, start: size - range.suffix } : found
      },
      "helidon #12259: a suffix that is larger than the file was not cut to it",
    ),
    "suffix-is-one-byte-short": seam.rangeOf(
      "The index at the end of a file lacks its first byte.",
      ({ next }, range, size) => {
        const found = next(range, size)
        return found && range.suffix !== undefined && range.suffix > 1 ? { ...found, start: found.start + 1 } : found
      },
    ),
  },
  "STORAGE-RANGE-04": {
    "start-behind-the-object-is-empty": seam.rangeOf(
      "A reader that asks behind the end is sent nothing, and asks again for ever.",
      ({ next }, range, size) => (range.start !== undefined && range.start >= size ? undefined : next(range, size)),
      "node:fs, createReadStream: a start behind the file gives an empty stream",
    ),
    "start-at-the-size-is-empty": seam.rangeOf("A reader that has all asks again for ever.", ({ next }, range, size) =>
      range.start === size ? undefined : next(range, size),
    ),
    "size-not-told": seam.refuseRange("A reader does not learn where the end is.", ({ self }) =>
      self.refuseFor("INVALID_ARGUMENT", "range", "A range must begin within the object."),
    ),
    "any-range-of-nothing-is-nothing": seam.rangeOf(
      "An empty file is sent as a part of itself.",
      ({ next }, range, size) => (size === 0 ? undefined : next(range, size)),
    ),
    "out-of-range-under-another-code": seam.refuseRange("A caller takes the end of a file for a failure.", ({ self }) =>
      self.refuse("UNAVAILABLE", "416 InvalidRange"),
    ),
  },
  "STORAGE-RANGE-05": {
    "suffix-of-nothing-rejects": seam.rangeOf(
      "A reader that looks at the last bytes of any file fails at empty ones.",
      ({ next, self }, range, size) => {
        if (size === 0) self.refuseRange(size)
        return next(range, size)
      },
      "golang/go #47021: a range request for an empty file is answered with 416",
    ),
    "suffix-of-nothing-tells-a-range": seam.rangeOf(
      "A part ends before it begins.",
      ({ next }, range, size) => (size === 0 && range.suffix !== undefined ? { start: 0, end: -1 } : next(range, size)),
      "elizaOS/eliza #12585: a suffix of an empty file was answered with Content-Range: bytes 0--1/0",
    ),
  },
  "STORAGE-RANGE-06": {
    "turned-ranges-are-turned-back": seam.getOptionsIssue(
      "A mistake in a computed range is never found.",
      ({ next }, options) =>
        next(
          withRange(options, ({ end, start, ...rest }) => {
            const isTurned = typeof start === "number" && typeof end === "number" && start > end
            return isTurned ? { start: end, end: start } : { end, start, ...rest }
          }),
        ),
    ),
    "turned-ranges-give-all": seam.getOptionsIssue(
      "A mistake in a computed range sends the whole film.",
      ({ next }, options) =>
        next(
          withRange(options, (range) => {
            const { end, start } = range
            return typeof start === "number" && typeof end === "number" && start > end ? { start: 0 } : range
          }),
        ),
      "Amazon S3 and others: bytes=5-3 is no valid range, so that all of the object comes with 200",
    ),
    "suffix-of-0-is-all": seam.getOptionsIssue("The last 0 bytes are the whole film.", ({ next }, options) =>
      next(withRange(options, (range) => (range.suffix === 0 ? { start: 0 } : range))),
    ),
    "negative-numbers-count-from-the-end": seam.getOptionsIssue(
      "A number that was computed wrong gives another part of the file.",
      ({ next }, options) =>
        next(withRange(options, (range) => ((range.start ?? 0) < 0 ? { ...range, start: 0 } : range))),
      "google-cloud-node #700: a negative end means the last bytes",
    ),
    "fractions-rounded": seam.getOptionsIssue("Half a byte is a byte.", ({ next }, options) =>
      next(
        withRange(options, ({ end, start, ...rest }) => ({
          ...rest,
          ...(start !== undefined && { start: typeof start === "number" ? Math.floor(start) : start }),
          ...(end !== undefined && { end: typeof end === "number" ? Math.floor(end) : end }),
        })),
      ),
    ),
    "unknown-members-ignored": seam.getOptionsIssue("A misspelt range sends the whole film.", ({ next }, options) =>
      next(
        withRange(options, ({ end, start, suffix }) => {
          const isGiven = end !== undefined || start !== undefined || suffix !== undefined
          return isGiven ? { end, start, suffix } : { start: 0 }
        }),
      ),
    ),
    "checked-when-the-object-is-there": seam.checkGet(
      "A mistake in a range is told as a missing object.",
      ({ next, self }, bucket, key, options) => {
        const isThere = typeof key === "string" && typeof bucket === "string" && self.find(bucket, key) !== undefined
        next(bucket, key, isThere ? options : withRange(options, () => undefined))
      },
    ),
  },
  "STORAGE-RANGE-07": {
    "size-of-the-part": seam.opened(
      "A film that was asked for by parts is as long as its first.",
      ({ next }, bucket, object, options) => {
        const opened = next(bucket, object, options)
        return { ...opened, info: { ...opened.info, size: opened.bytes.length } }
      },
      "aws-sdk-js-v3, GetObject with Range: ContentLength is that of the part",
    ),
    "etag-of-the-part": seam.opened(
      "Parts of one file cannot be known as such.",
      ({ next }, bucket, object, options) => {
        const opened = next(bucket, object, options)
        if (opened.range === undefined) return opened
        return { ...opened, info: { ...opened.info, etag: `${opened.info.etag}-${opened.range.start}` } }
      },
    ),
    "metadata-of-a-part-left-out": seam.opened("A part lacks what was said of its file.", ({ next }, ...args) => {
      const opened = next(...args)
      return opened.range === undefined ? opened : { ...opened, info: { ...opened.info, metadata: {} } }
    }),
  },
})
