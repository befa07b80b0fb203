import { analyzed, clause, define, fill, finds, texts } from "../clause.ts"

const GROUPS = [
  ["laptop", "notebook"],
  ["ny", "new york", "big apple"],
  ["new york times", "nyt"],
] as const

/** SEARCH-SYN: words and phrases that stand for each other. */
export const synonymsClauses = [
  clause("SEARCH-SYN-01", {
    why: "Users and authors call one thing by two names.",
    fix: "Add the other words of its groups to a word of the query.",
    needs: ["indexing", "synonyms"],
    async check(t, search, world) {
      await define(search, analyzed("standard"), GROUPS)
      await fill(search, world, texts({ a: "a laptop", b: "Notebook paper", c: "desktop" }))
      await finds(t, search, { q: "laptop" }, ["a", "b"], "a word of a group")
      await finds(t, search, { q: "NOTEBOOK" }, ["a", "b"], "the other, in another case")
      await finds(t, search, { q: "laptops" }, [], "another word")
      await finds(t, search, { q: "desktop notebook" }, ["a", "b", "c"], "with another word")
      await finds(t, search, { where: { field: "t", op: "eq", value: "a notebook" } }, [], "a filter")
    },
  }),
  clause("SEARCH-SYN-02", {
    why: "A phrase that matches by each of its words finds all that is new.",
    fix: "Match the words of a phrase side by side; look for the longest phrase at each word of the query.",
    needs: ["indexing", "synonyms"],
    async check(t, search, world) {
      await define(search, analyzed("standard"), GROUPS)
      await fill(
        search,
        world,
        texts({ a: "in ny", b: "New York city", c: "the big apple", d: "york is new", e: "nyt", f: "big times" }),
      )
      await finds(t, search, { q: "ny" }, ["a", "b", "c"], "a word for a phrase")
      await finds(t, search, { q: "new york" }, ["a", "b", "c"], "a phrase for a word")
      await finds(t, search, { q: "New-York" }, ["a", "b", "c"], "the phrase with a mark")
      await finds(t, search, { q: "york new" }, ["b", "d"], "the words of a phrase in another order")
      await finds(t, search, { q: "new york times" }, ["e"], "a longer phrase")
      await finds(t, search, { q: "big apple times" }, ["a", "b", "c", "f"], "a phrase and a word")
    },
  }),
  clause("SEARCH-SYN-03", {
    why: "Operator and with synonyms would ask for all of them in one document.",
    fix: "Take a word with its synonyms for one word of the query.",
    needs: ["indexing", "synonyms"],
    async check(t, search, world) {
      await define(search, { ...analyzed("standard"), u: { type: "text" } }, GROUPS)
      await fill(search, world, {
        a: { t: "cheap laptop" },
        b: { t: "notebook", u: "cheap" },
        c: { t: "cheap" },
        d: { t: "laptop in new york" },
      })
      await finds(t, search, { q: "cheap laptop", operator: "and" }, ["a", "b"], "a word and a synonym")
      await finds(t, search, { q: "big apple notebook", operator: "and" }, ["d"], "a phrase and a synonym")
    },
  }),
  clause("SEARCH-SYN-04", {
    why: "New synonyms would need every document to be stored anew.",
    fix: "Apply synonyms to queries, by the definition as it is then.",
    needs: ["indexing", "synonyms"],
    async check(t, search, world) {
      await fill(search, world, texts({ a: "sofa", b: "couch", c: "bench" }))
      await finds(t, search, { q: "sofa" }, ["a"], "without synonyms")
      await define(search, analyzed("standard"), [["sofa", "couch"]])
      await finds(t, search, { q: "sofa" }, ["a", "b"], "with synonyms")
      await define(search, analyzed("standard"), [["couch", "bench"]])
      await finds(t, search, { q: "couch" }, ["b", "c"], "with others")
      await finds(t, search, { q: "sofa" }, ["a"], "without the first")
      await define(search, analyzed("standard"))
      await finds(t, search, { q: "couch" }, ["b"], "without synonyms again")
    },
  }),
]
