import type { Checks } from "../../engine/checks.ts"
import { type CacheClient, clause } from "../clause.ts"

export const keyClauses = [
  clause({
    id: "CACHE-KEY-01",
    level: "MUST",
    text: "Keys that differ only in case are different keys.",
    why: "Identifiers such as base64 ids differ only in case.",
    fix: "Do not lower-case keys.",
    async check(t, world) {
      const word = world.random.word()
      await distinct(t, await world.connect(), [
        word,
        word.toUpperCase(),
        `${word}A`,
        `${word}a`,
        "Straße",
        "STRASSE",
        "É",
        "é",
        "Ж",
        "ж",
      ])
    },
  }),
  clause({
    id: "CACHE-KEY-02",
    level: "MUST",
    text: "White space in a key counts, at its ends too.",
    why: "A trimmed key answers for another one.",
    fix: "Do not trim or fold white space.",
    async check(t, world) {
      const word = world.random.word()
      const keys = [
        word,
        ` ${word}`,
        `${word} `,
        `${word}  `,
        `a ${word}`,
        `a  ${word}`,
        "\t",
        " ",
        "  ",
        "\n",
        ...["\u00a0", "\n", "\r\n", "\u2028", "\u0085", "\ufeff"].flatMap((mark) => [
          `${word}${mark}`,
          `${mark}${word}`,
        ]),
      ]
      await distinct(t, await world.connect(), keys)
    },
  }),
  clause({
    id: "CACHE-KEY-03",
    level: "MUST",
    text: "Keys outside ASCII keep every code point: composed and decomposed forms differ.",
    why: "Folding or normalising makes two users share one entry.",
    fix: "Encode keys as UTF-8 without normalising.",
    async check(t, world) {
      const keys = [
        "caf\u00e9",
        "cafe\u0301",
        "cafe",
        "ключ",
        "ключи",
        "鍵",
        "鍵鍵",
        "مفتاح",
        "🔑",
        "🔑🔑",
        "👩‍👩‍👧",
        "👩👩👧",
        "👩",
        "♥\ufe0f",
        "♥",
        "ﬁ",
        "fi",
        "Ł",
        "A",
      ]
      await distinct(t, await world.connect(), keys)
    },
  }),
  clause({
    id: "CACHE-KEY-04",
    level: "MUST",
    text: "Punctuation and control characters in a key are kept: separators, quotes, line ends, NUL.",
    why: "Keys are built from user input.",
    fix: "Send keys in a form that needs no escaping, or escape without loss.",
    async check(t, world) {
      const marks = [
        ":",
        "/",
        "\\",
        ".",
        "..",
        "../",
        "//",
        "'",
        "''",
        '"',
        "`",
        ",",
        "?",
        "%",
        "<",
        "~",
        "^",
        "!",
        ";",
        "|",
        "&",
        "@",
        "#",
        "$",
        "=",
        "+",
        "{}",
        "()",
      ]
      const controls = ["\0", "\0\0", "\u0001", "\u001b[0m", "\u007f"]
      const word = world.random.word()
      const keys = [...marks, ...controls].flatMap((mark) => [
        mark,
        `${word}${mark}`,
        `${mark}${word}`,
        `${word}${mark}x`,
      ])
      await distinct(t, await world.connect(), [
        word,
        ...keys,
        `${word}\nx`,
        `${word}\r\nx`,
        `${word}\rx`,
        `${word}::x`,
        "a:b:c:d",
        "a:b:c:e",
        `${word}:x`,
        "0",
        "00",
        "01",
        "1",
        "-1",
        "1.0",
      ])
    },
  }),
  clause({
    id: "CACHE-KEY-05",
    level: "MUST",
    text: "A key with characters of patterns, such as * ? [ ] _ and %, matches only itself.",
    why: "A key of user input must not delete or read other keys.",
    fix: "Escape the characters of glob and LIKE wherever a key or prefix becomes part of a pattern.",
    async check(t, world) {
      const cache = await world.connect()
      const word = world.random.word()
      const plain = [`${word}a`, `${word}b`, `${word}ab`]
      for (const key of plain) await cache.set(key, key)
      for (const key of [
        `${word}*`,
        `${word}?`,
        `${word}[ab]`,
        `${word}[a-b]`,
        `${word}\\a`,
        `${word}{a,b}`,
        `${word}_`,
        `${word}%`,
        "*",
        "?",
      ]) {
        t.equal(await cache.get(key), undefined, `get of ${key}`)
        t.equal(await cache.has(key), false, `has of ${key}`)
        await cache.delete(key)
        await cache.set(key, key)
        t.equal(await cache.get(key), key, `${key} when stored`)
        t.equal(await cache.delete(key), true, `delete of ${key} when stored`)
      }
      for (const key of plain) t.equal(await cache.get(key), key, `${key} afterwards`)
    },
  }),
  clause({
    id: "CACHE-KEY-06",
    level: "MUST",
    text: "Percent-encoded text in a key is not decoded.",
    why: "URLs are common keys, and two of them differ only in encoding.",
    fix: "Never decode a key that was not encoded by the adapter itself.",
    async check(t, world) {
      const word = world.random.word()
      const keys = [
        `${word}%2f`,
        `${word}/`,
        `${word}%3f`,
        `${word}%252f`,
        `${word}%20`,
        `${word} `,
        `${word}+`,
        `${word}%`,
        "&amp;",
        "&",
      ]
      await distinct(t, await world.connect(), keys)
    },
  }),
  clause({
    id: "CACHE-KEY-07",
    level: "MUST",
    text: "Names of object members, such as __proto__ and constructor, are ordinary keys.",
    why: "A store on a plain object answers them with its prototype, or is poisoned by them.",
    fix: "Use a Map, or an object without prototype and defineProperty.",
    async check(t, world) {
      const cache = await world.connect()
      const names = [
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "hasOwnProperty",
        "valueOf",
        "__defineGetter__",
        "length",
      ]
      for (const name of names) {
        t.equal(await cache.get(name), undefined, `get of ${name} before set`)
        t.equal(await cache.has(name), false, `has of ${name} before set`)
      }
      if (world.capabilities.batch) {
        await cache.setMany(names.map((name) => [name, name]))
        t.equal([...(await cache.getMany(names)).keys()].sort(), [...names].sort(), "getMany")
      }
      await distinct(t, cache, names)
      t.equal(({} as { polluted?: unknown }).polluted, undefined, "Object.prototype")
    },
  }),
  clause({
    id: "CACHE-KEY-08",
    level: "MUST",
    text: "Keys are compared up to their last byte, at the longest length too.",
    why: "Cut keys make strangers share an entry.",
    fix: "Do not cut or hash keys to fewer bits than a collision-free digest has.",
    async check(t, world) {
      const { maxKeyBytes } = world.capabilities
      const stem = "k".repeat(maxKeyBytes - 1)
      const wide = "é".repeat(Math.floor(maxKeyBytes / 2) - 1)
      const half = "k".repeat(Math.floor(maxKeyBytes / 2) - 1)
      const middles = [`${half}a${half}`, `${half}b${half}`]
      await distinct(t, await world.connect(), [
        `${stem}a`,
        `${stem}b`,
        stem,
        `${wide}a`,
        `${wide}b`,
        `${wide}é`,
        ...middles,
      ])
    },
  }),
  clause({
    id: "CACHE-KEY-09",
    level: "MUST",
    text: "A key longer than the limit rejects INVALID_ARGUMENT.",
    why: "Each store has another limit; only a common one is portable.",
    fix: "Count UTF-8 bytes, not characters, and refuse what is over maxKeyBytes, as cacheKeyIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      const { maxKeyBytes } = world.capabilities
      await refused(t, await world.connect(), [
        "k".repeat(maxKeyBytes + 1),
        "é".repeat(Math.floor(maxKeyBytes / 2) + 1),
        "🔑".repeat(maxKeyBytes),
      ])
    },
  }),
  clause({
    id: "CACHE-KEY-10",
    level: "MUST",
    text: "An empty key rejects INVALID_ARGUMENT.",
    why: "An empty key is nearly always a missing variable.",
    fix: "Refuse the empty string in every method that takes a key, as cacheKeyIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      await refused(t, await world.connect(), [""])
    },
  }),
  clause({
    id: "CACHE-KEY-11",
    level: "MUST",
    text: "A key that is not a string rejects INVALID_ARGUMENT.",
    why: "undefined and null turn into keys that all callers share.",
    fix: "Check typeof key before anything else, as cacheKeyIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      const cache = await world.connect()
      const wrong = [undefined, null, 1, 1n, true, {}, ["key"], Symbol("key"), new String("key")] as unknown as string[]
      await refused(t, cache, wrong)
      for (const text of ["undefined", "null", "1", "true", "[object Object]", "key"]) {
        t.equal(await cache.has(text), false, `${text} afterwards`)
      }
    },
  }),
  clause({
    id: "CACHE-KEY-12",
    level: "MUST",
    text: "A key with a lone surrogate rejects INVALID_ARGUMENT.",
    why: "UTF-8 has no form for it, so different keys would become one.",
    fix: "Refuse keys for which isWellFormed() is false, as cacheKeyIssue from @objectos/sdk/contracts does.",
    async check(t, world) {
      await refused(t, await world.connect(), ["\ud800", "a\udc00", "\udc00\ud800", `${world.random.word()}\ud83d`])
    },
  }),
  clause({
    id: "CACHE-KEY-13",
    level: "MUST",
    text: "Caches side by side in a shared store have keys of their own: no call reaches across.",
    why: "Two applications that both keep user:1 would serve each other's users.",
    fix: "Put this cache's own prefix before the key in every command, in deletes and batches too.",
    needs: ["shared"],
    async check(t, world) {
      const [cache, neighbour] = [await world.connect(), await world.neighbour()]
      await neighbour.set("key", "theirs")
      t.ok((await cache.get("key")) !== "theirs", "get gave what the other cache stored")
      t.equal(await cache.has("key"), false, "has of a key that only the other cache has")
      await cache.delete("key")
      t.equal(await neighbour.get("key"), "theirs", "theirs after my delete")
      if (!world.capabilities.batch) return
      t.equal((await cache.getMany(["key"])).get("key"), undefined, "getMany of a key that only the other cache has")
      await cache.deleteMany(["key"])
      t.equal(await neighbour.get("key"), "theirs", "theirs after my deleteMany")
    },
  }),
]

/** Each key holds its own value, and can be deleted. */
async function distinct(t: Checks, cache: CacheClient, given: readonly string[]): Promise<void> {
  const keys = [...new Set(given)]
  for (const [index, key] of keys.entries()) await cache.set(key, index + 1)
  for (const [index, key] of keys.entries()) {
    t.equal(await cache.get(key), index + 1, `get of ${JSON.stringify(key)}`)
    t.equal(await cache.has(key), true, `has of ${JSON.stringify(key)}`)
  }
  for (const key of keys) t.equal(await cache.delete(key), true, `delete of ${JSON.stringify(key)}`)
}

/** Every method of the base refuses each key, and nothing is stored. */
async function refused(t: Checks, cache: CacheClient, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await t.rejects(() => cache.set(key, "value"), "INVALID_ARGUMENT", "set")
    await t.rejects(() => cache.get(key), "INVALID_ARGUMENT", "get")
    await t.rejects(() => cache.has(key), "INVALID_ARGUMENT", "has")
    await t.rejects(() => cache.delete(key), "INVALID_ARGUMENT", "delete")
  }
  t.equal((await cache.stats()).keyCount, 0, "keyCount afterwards")
}
