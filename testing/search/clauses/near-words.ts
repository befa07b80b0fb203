import { ask, clause, fill, finds, hasAnalyzer, setOf, texts } from "../clause.ts"
import { numbered } from "./matching.ts"

/** SEARCH-PREFIX and SEARCH-FUZZY: words that begin with those of a query, or resemble them. */
export const nearWordsClauses = [
  clause("SEARCH-PREFIX-01", {
    why: "A search while one types finds nothing until the word is whole.",
    fix: "Match words by their beginning where prefix is true.",
    needs: ["prefix"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "cache", b: "caching queues", c: "Cat", d: "scar ca_x", e: "quick" }))
      const prefix = true
      await finds(t, search, { q: "cach", prefix }, ["a", "b"], "one word")
      await finds(t, search, { q: "CA", prefix }, ["a", "b", "c", "d"], "in another case")
      await finds(t, search, { q: "cach qu", prefix }, ["a", "b", "e"], "two words")
      await finds(t, search, { q: "cach qu", prefix, operator: "and" }, ["b"], "two words with and")
      await finds(t, search, { q: "cache", prefix }, ["a"], "a whole word")
      await finds(t, search, { q: "caches", prefix }, [], "more than a word")
      await finds(t, search, { q: "ache", prefix }, [], "the end of a word")
      await finds(t, search, { q: "*", prefix }, [], "no word")
      await finds(t, search, { q: "cach" }, [], "without prefix")
      await finds(t, search, { q: "cach", prefix: false }, [], "with prefix false")
      const names = texts({ f: "constructors", g: "__proto__x" })
      await fill(search, world, names)
      await finds(t, search, { q: "constructor", prefix }, ["f"], "a name of a member")
      await finds(t, search, { q: "__proto", prefix }, ["g"], "the beginning of another")
    },
  }),
  clause("SEARCH-PREFIX-02", {
    why: "Of what one types only the last word is not whole yet.",
    fix: "Match the last word of q by its beginning, and all before it as they are.",
    needs: ["prefix"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "fast cache", b: "faster caching", c: "fast", d: "cat" }))
      const prefix = "last"
      await finds(t, search, { q: "fast ca", prefix, operator: "and" }, ["a"], "two words")
      await finds(t, search, { q: "fas ca", prefix }, ["a", "b", "d"], "the first is not whole")
      await finds(t, search, { q: "fas", prefix }, ["a", "b", "c"], "one word")
      await finds(t, search, { q: "ca fast ca", prefix, operator: "and" }, ["a"], "the last one was there before")
      await finds(t, search, { q: "fast ca!", prefix, operator: "and" }, ["a"], "a mark behind the last")
    },
  }),
  clause("SEARCH-PREFIX-03", {
    why: "A user who types a word to its end loses the result on the way, since only its stem is stored.",
    fix: "Keep a form of the field without stemming beside the english one, and look for prefixes there.",
    needs: ["indexing", "prefix", "analyzers"],
    async check(t, search, world) {
      if (!(await hasAnalyzer(t, search, world, "english"))) return
      await fill(search, world, texts({ a: "Running organizations", b: "The city", c: "other" }))
      const prefix = true
      for (const q of ["r", "ru", "run", "runn", "runni", "runnin", "running"]) {
        await finds(t, search, { q, prefix }, ["a"], `the prefix ${q}`)
        await finds(t, search, { q: `organizations ${q}`, prefix: "last", operator: "and" }, ["a"], `… and ${q}`)
      }
      for (const q of ["organiz", "organizat", "organization", "organizations"]) {
        await finds(t, search, { q, prefix }, ["a"], `the prefix ${q}`)
      }
      for (const q of ["c", "cit", "city", "t", "th", "the"])
        await finds(t, search, { q, prefix }, ["b"], `the prefix ${q}`)
      await finds(t, search, { q: "runningx", prefix }, [], "more than the word")
      await finds(t, search, { q: "runs", prefix }, ["a"], "another form of the word, which matches as a whole")
    },
  }),
  clause("SEARCH-PREFIX-04", {
    why: "Words in other scripts are typed letter by letter as well.",
    fix: "Fold the prefix as the field folds words, and look for prefixes of cjk fields in a standard form.",
    needs: ["indexing", "prefix", "analyzers"],
    async check(t, search, world) {
      if (!(await hasAnalyzer(t, search, world, "folding"))) return
      const prefix = true
      await fill(search, world, texts({ a: "Résumé", b: "Straße" }))
      for (const q of ["r", "re", "ré", "res", "résu", "RESUME"]) await finds(t, search, { q, prefix }, ["a"], q)
      for (const q of ["s", "stra", "stras", "straß", "strasse"]) await finds(t, search, { q, prefix }, ["b"], q)
      if (!world.capabilities.analyzers.includes("cjk")) return
      await search.defineIndex({ name: "cjk", fields: { t: { type: "text", analyzer: "cjk" } } })
      await fill(search, world, texts({ a: "データベース search", b: "한국어" }), "cjk")
      for (const q of ["デ", "デー", "データベ", "データベース", "sea"]) {
        await finds(t, search, { object: "cjk", q, prefix }, ["a"], q)
      }
      for (const q of ["한", "한국", "한국어"]) await finds(t, search, { object: "cjk", q, prefix }, ["b"], q)
    },
  }),
  clause("SEARCH-FUZZY-01", {
    why: "A letter too much finds nothing, or everything.",
    fix: "Match words that become the one asked for by so many letters put in, left out or replaced.",
    needs: ["fuzzy"],
    async check(t, search, world) {
      await fill(
        search,
        world,
        texts({ same: "cache", in: "caache", out: "cahe", other: "cacke", two: "cocke", far: "cask" }),
      )
      await finds(t, search, { q: "cache", fuzzy: 1 }, ["same", "in", "out", "other"], "fuzzy 1")
      await finds(t, search, { q: "cache", fuzzy: 2 }, ["same", "in", "out", "other", "two"], "fuzzy 2")
      await finds(t, search, { q: "cache", fuzzy: 0 }, ["same"], "fuzzy 0")
      await finds(t, search, { q: "cache" }, ["same"], "without fuzzy")
      await finds(t, search, { q: "Cash3", fuzzy: 1 }, [], "two edits with fuzzy 1")
      await finds(t, search, { q: "xache absent", fuzzy: 1 }, ["same"], "the first letter")
    },
  }),
  clause("SEARCH-FUZZY-02", {
    why: "Two letters in the wrong order are the most common slip.",
    fix: "Count two neighbours that changed places as one edit: optimal string alignment.",
    needs: ["fuzzy"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "search", b: "storage" }))
      await finds(t, search, { q: "saerch", fuzzy: 1 }, ["a"], "one change of places")
      await finds(t, search, { q: "esacrh", fuzzy: 2 }, ["a"], "two changes of places")
      await finds(t, search, { q: "esacrx", fuzzy: 2 }, [], "two changes and one more edit")
      await finds(t, search, { q: "tsoraeg", fuzzy: 2 }, ["b"], "two changes of places")
      await finds(t, search, { q: "tsoraeg", fuzzy: 1 }, [], "two changes with fuzzy 1")
    },
  }),
  clause("SEARCH-FUZZY-03", {
    why: "Short words resemble each other too much, and emoji or Gothic letters are no longer for being pairs.",
    fix: "Count code points, in the lengths of auto and in edits.",
    needs: ["fuzzy"],
    async check(t, search, world) {
      const fuzzy = "auto"
      await fill(
        search,
        world,
        texts({ ab: "ab", abc: "abc", five: "abcde", six: "abcdef", gothic: "𐌰𐌱", longer: "𐌰𐌱𐌲𐌳𐌴", letters: "éèàùâ" }),
      )
      await finds(t, search, { q: "xb", fuzzy }, [], "2 letters, 1 edit")
      await finds(t, search, { q: "xbc", fuzzy }, ["abc"], "3 letters, 1 edit")
      await finds(t, search, { q: "abxde", fuzzy }, ["five"], "5 letters, 1 edit")
      await finds(t, search, { q: "xbxde", fuzzy }, [], "5 letters, 2 edits")
      await finds(t, search, { q: "xbxdef", fuzzy }, ["six"], "6 letters, 2 edits")
      await finds(t, search, { q: "xbxdxf", fuzzy }, [], "6 letters, 3 edits")
      await finds(t, search, { q: "𐌰𐌲", fuzzy }, [], "2 letters of 4 units")
      await finds(t, search, { q: "𐌰𐌱𐌲𐌳𐌵", fuzzy }, ["longer"], "5 letters of 10 units, 1 edit")
      await finds(t, search, { q: "𐌰𐌱𐌲𐌵𐌵", fuzzy }, [], "5 letters of 10 units, 2 edits")
      await finds(t, search, { q: "𐌰𐌱𐌲𐌳", fuzzy: 1 }, ["longer"], "a letter of 2 units left out")
      await finds(t, search, { q: "éèàxâ", fuzzy }, ["letters"], "5 letters of 10 bytes")
    },
  }),
  clause("SEARCH-FUZZY-04", {
    why: "A slip at the end of a word is cut off with it, and one in the stem counts double.",
    fix: "Compare with a form of the field without stemming.",
    needs: ["indexing", "fuzzy", "analyzers"],
    async check(t, search, world) {
      if (!(await hasAnalyzer(t, search, world, "english"))) return
      await fill(search, world, texts({ a: "running", b: "organizations", c: "the" }))
      await finds(t, search, { q: "runninh", fuzzy: 1 }, ["a"], "a slip in an ending")
      await finds(t, search, { q: "organisations", fuzzy: 1 }, ["b"], "a slip before an ending")
      await finds(t, search, { q: "organxxations", fuzzy: 1 }, [], "two slips")
      await finds(t, search, { q: "thx", fuzzy: 1 }, ["c"], "a slip in a stop word")
    },
  }),
  clause("SEARCH-FUZZY-05", {
    why: "Fuzzy words cost as much as a hundred others, and a server ends the query or itself.",
    fix: "Lower the expansions of each word until the query fits, then do without.",
    needs: ["fuzzy"],
    async check(t, search, world) {
      const fields = ["f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7"]
      await fill(search, world, {
        a: Object.fromEntries(fields.map((name) => [name, `word ${name}`])),
        b: { f0: "w100" },
      })
      const { hits, truncated } = await ask(search, { q: numbered(256), fields, fuzzy: 2 })
      t.equal(
        hits.map(({ id }) => id),
        ["b"],
        "256 words over 8 fields",
      )
      t.equal(truncated, true, "truncated")
      const few = await ask(search, { q: "wird w100", fields: ["f0", "f1"], fuzzy: 1 })
      t.equal([few.hits.map(({ id }) => id).sort(), few.truncated], [["a", "b"], undefined], "2 words over 2 fields")
    },
  }),
  clause("SEARCH-FUZZY-06", {
    why: "Words that are chosen by chance make every search another one.",
    fix: "Take the nearest words first, then by code point, up to 50.",
    needs: ["fuzzy"],
    async check(t, search, world) {
      const letters = "abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
      const words = [...letters].filter((letter) => letter !== "x").map((letter) => `word${letter}`)
      await fill(search, world, texts(Object.fromEntries(words.map((word) => [word, word]))))
      const found = await setOf(search, { q: "wordx", fuzzy: 1 })
      t.ok(found.length >= 50, `only ${found.length} of ${words.length} words match`)
      t.ok(
        found.every((word) => words.includes(word)),
        "another document matches",
      )
      const again = await setOf(search, { q: "wordx", fuzzy: 1 })
      t.equal(again, found, "the same search again")
    },
  }),
]
