import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compareCodePoints, utf8Length } from "../../../contracts/foundation/text.ts"
import { objectKeyIssue } from "../../../contracts/storage/arguments.ts"
import {
  decodeKey,
  directoryOf,
  encodeKey,
  isObjectText,
  longestKey,
  nameOfText,
  pathOfKey,
  textOfName,
} from "./key-path.ts"

const isKey = (text: string) => objectKeyIssue(text) === undefined

const character = fc.oneof(
  fc.constantFrom("a", "b", "z", "A", "Z", "/", "/", "-", ".", "_", "0", "9", " ", "`", "~", "%", "=", "@", "+", ","),
  fc.constantFrom(
    "[",
    "\\",
    "]",
    "^",
    ":",
    "?",
    "*",
    "{",
    "}",
    "é",
    "e\u0301",
    "\u{1F600}",
    "\uffee",
    "\x7f",
    "\u0080",
  ),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
)
const short = fc.array(character, { minLength: 1, maxLength: 12 }).map((characters) => characters.join(""))
/** Segments around the length of a piece. */
const long = fc
  .tuple(fc.constantFrom("a", "A", "é", "a/"), fc.integer({ min: 40, max: 300 }), short)
  .map(([text, count, end]) => text.repeat(count) + end)
const key = fc.oneof(short, long).filter(isKey)

const run = { numRuns: 3000 }

/** The key of a path, as a walk over the directories reads it. */
function keyOfPath(path: string): string | undefined {
  const texts = path.split("/").map(textOfName)
  return texts.includes(undefined) ? undefined : decodeKey(texts.join(""))
}

describe("paths of keys", () => {
  it.each([
    ["a", "a@"],
    ["photos/2024/cat.jpg", "photos+/2024+/cat.jpg@"],
    ["README.md", "=r=e=a=d=m=e.md@"],
    ["a b", "a%20b@"],
    ["é", "~c3~a9@"],
    ["@[~", "=40=~b~7e@"],
    ["/a//b/", "+/a+/+/b+/@"],
    [".hidden/..x", ".hidden+/..x@"],
    ["a".repeat(127), `${"a".repeat(127)}@`],
    ["a".repeat(128), `${"a".repeat(128)},/@`],
    [`${"a".repeat(130)}/b`, `${"a".repeat(128)},/aa+/b@`],
  ])("%j", (given, path) => {
    expect(pathOfKey(given)).toBe(path)
    expect(keyOfPath(path)).toBe(given)
  })

  it("lead back to their key", () => {
    fc.assert(
      fc.property(key, (given) => {
        expect(keyOfPath(pathOfKey(given))).toBe(given)
      }),
      run,
    )
  })

  it("stay apart where a disk does not tell case", () => {
    const turned = (text: string) =>
      text.replaceAll(/[a-z]/gi, (char) => (char < "a" ? char.toLowerCase() : char.toUpperCase()))
    fc.assert(
      fc.property(key, (given) => {
        expect(pathOfKey(given)).toBe(pathOfKey(given).toLowerCase())
        fc.pre(turned(given) !== given)
        expect(pathOfKey(turned(given))).not.toBe(pathOfKey(given))
      }),
      run,
    )
  })

  it("have short names, and no more bytes than longestKey says", () => {
    fc.assert(
      fc.property(key, (given) => {
        const path = pathOfKey(given)
        expect(Math.max(...path.split("/").map((name) => name.length))).toBeLessThanOrEqual(129)
        // A path that is a byte too long is that of a key that is too long.
        expect(longestKey(path.length - 1)).toBeLessThan(utf8Length(given))
      }),
      run,
    )
  })

  it("never lead through another key's file", () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        expect(pathOfKey(one).startsWith(`${pathOfKey(other)}/`)).toBe(false)
      }),
      run,
    )
  })
})

describe("encoded keys", () => {
  it("are in the order of their keys", () => {
    const pair = fc.oneof(
      fc.tuple(key, key),
      fc.tuple(short, key, key).map(([begin, a, b]) => [begin + a, begin + b]),
    )
    fc.assert(
      fc.property(pair, ([one = "", other = ""]) => {
        const [a, b] = [encodeKey(one), encodeKey(other)]
        expect(Math.sign(compareCodePoints(one, other))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
      run,
    )
  })

  it("begin with an encoded prefix where their keys begin with the prefix", () => {
    const cut = fc.tuple(key, fc.nat(400)).map(([given, at]) => [given, [...given].slice(0, at).join("")])
    fc.assert(
      fc.property(fc.oneof(fc.tuple(key, short), cut), ([given = "", prefix = ""]) => {
        fc.pre(prefix.isWellFormed())
        expect(encodeKey(given).startsWith(encodeKey(prefix))).toBe(given.startsWith(prefix))
      }),
      run,
    )
  })
})

describe("names", () => {
  it("are found again by their text, which tells an object", () => {
    fc.assert(
      fc.property(key, (given) => {
        const names = pathOfKey(given).split("/")
        const texts = names.map((name) => textOfName(name) as string)
        expect(texts.map(nameOfText)).toEqual(names)
        expect(texts.map(isObjectText)).toEqual(names.map((_, index) => index === names.length - 1))
      }),
      run,
    )
  })

  it("of a directory hold the objects of its prefix", () => {
    fc.assert(
      fc.property(key, (given) => {
        const encoded = encodeKey(given)
        expect(pathOfKey(given).startsWith(directoryOf(encoded.slice(0, encoded.lastIndexOf("/") + 1)))).toBe(true)
      }),
      run,
    )
  })

  it.each(["", "a", "A@", "a b@", "ä@", "a/@", "a,", "a@@", ".DS_Store", "lost+found", `${"a".repeat(128)}@`])(
    "%j is not ours",
    (name) => {
      expect(textOfName(name)).toBeUndefined()
    },
  )

  it.each([
    "%4",
    "=A",
    "=41",
    "=7a",
    "=~a",
    "%2d",
    "%61",
    "~20",
    "~c3",
    "~c3~a9~a9",
    "%00",
    "",
    "./a",
    "a/..",
    "~ff",
    "a@",
  ])("%j is no key", (encoded) => {
    expect(decodeKey(encoded)).toBeUndefined()
  })
})
