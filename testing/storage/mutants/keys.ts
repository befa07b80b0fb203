import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

/** The path as browsers and path libraries fold it. */
function folded(key: string): string {
  const segments: string[] = []
  for (const segment of key.split("/")) {
    if (segment === "..") segments.pop()
    else if (segment !== ".") segments.push(segment)
  }
  return segments.join("/")
}

const isSegment = /(?:^|\/)\.\.?(?:\/|$)/

export const keysMutants = mutants({
  "STORAGE-KEY-14": {
    "dot-segments-are-folded": changed(
      ReferenceStorage,
      "A key that a user chose names an object of somebody else.",
      {
        keyIssue: ({ next }, key) => (typeof key === "string" && isSegment.test(key) ? undefined : next(key)),
        encodeKey: ({ next }, key) => next(folded(key)),
      },
      "path.join of Node.js",
    ),
    "leading-dots-alone-refused": seam.keyIssue("A path leads out of a folder from its middle.", ({ next }, key) => {
      if (typeof key !== "string" || /^\.\.?(?:\/|$)/.test(key)) return next(key)
      return next(key.replaceAll(/\/\.\.?(?=\/|$)/g, "/x"))
    }),
    "hidden-files-refused": seam.keyIssue("A key that begins with a dot cannot be stored.", ({ next }, key) =>
      typeof key === "string" && key.startsWith(".") ? "A key must not begin with a dot." : next(key),
    ),
    "two-dots-anywhere-refused": seam.keyIssue(
      "Titles with an ellipsis cannot be stored.",
      ({ next }, key) =>
        typeof key === "string" && key.includes("..") ? "A key must not have two dots in a row." : next(key),
      "flydrive 1.3: keys with .. are refused as traversal",
    ),
    "dot-segments-signed-for": changed(ReferenceStorage, "A signed URL is good for another object.", {
      checkPresign({ next, self }, bucket, key, options) {
        next(bucket, typeof key === "string" && isSegment.test(key) ? "x" : key, options)
        self.checkBucket(bucket)
      },
    }),
  },
  "STORAGE-KEY-15": {
    "line-ends-in-keys-taken": seam.keyIssue("The XML of a list cannot be read.", ({ next }, key) =>
      next(typeof key === "string" ? key.replaceAll(/[\t\n\r]/g, "x") : key),
    ),
    "NUL-ends-a-key": seam.keyIssue("Two keys are one, since the first ends early.", ({ next }, key) =>
      next(typeof key === "string" ? key.replaceAll("\0", "x") : key),
    ),
    "control-characters-checked-by-put-alone": changed(ReferenceStorage, "Others answer that nothing is there.", {
      checkObject({ self }, bucket, key) {
        self.checkBucket(bucket)
        const isControl = typeof key === "string" && [...key].some((char) => char < " ")
        if (!isControl) self.checkKey(key)
      },
      checkPut({ next, self }, bucket, key, body, options) {
        self.checkBucket(bucket)
        self.checkKey(key)
        next(bucket, key, body, options)
      },
    }),
  },
  "STORAGE-KEY-16": {
    "slashes-in-a-row-are-one": seam.encodeKey(
      "The object of an empty name takes the place of another.",
      ({ next }, key) => next(key.replaceAll(/\/+/g, "/")),
      "versitygw 1.8.0 over files, and every storage that joins paths",
    ),
    "slash-at-the-end-dropped": seam.encodeKey("A folder marker replaces the object of its name.", ({ next }, key) =>
      next(key.length > 1 ? key.replace(/\/$/, "") : key),
    ),
    "slash-at-the-beginning-dropped": seam.encodeKey("A key with a slash in front is another one.", ({ next }, key) =>
      next(key.replace(/^\/(?=.)/, "")),
    ),
    "slash-and-colon-are-one": seam.encodeKey(
      "Keys of two programs meet.",
      ({ next }, key) => next(key.replaceAll("/", ".")),
      "unstorage 1.17: keys with slashes and with colons are one",
    ),
  },
  "STORAGE-KEY-17": {
    "segments-cut-at-255-bytes": seam.encodeKey("Two long names share one object.", ({ next }, key) =>
      next(
        key
          .split("/")
          .map((segment) => segment.slice(0, 255))
          .join("/"),
      ),
    ),
    "long-segments-refused": seam.keyIssue(
      "A file with a long title cannot be stored.",
      ({ next }, key) =>
        typeof key === "string" && key.split("/").some((segment) => segment.length > 255)
          ? "A segment of a key must not have more than 255 characters."
          : next(key),
      "storages over a file system: ENAMETOOLONG",
    ),
    "deep-keys-refused": seam.keyIssue("A deep tree of files cannot be stored.", ({ next }, key) =>
      typeof key === "string" && key.split("/").length > 64 ? "A key must not have more than 64 segments." : next(key),
    ),
  },
})
