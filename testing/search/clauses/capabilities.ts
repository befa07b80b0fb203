import { SEARCH_ANALYZERS } from "../../../contracts/search/arguments.ts"
import type { Checks } from "../../engine/checks.ts"
import { analyzed, ask, clause, DOCS, define, type Query, type SearchClient, type SearchWorld } from "../clause.ts"

/** Queries that are refused, also where nothing would match, and one that asks for nothing of the kind. */
async function areUnsupported(t: Checks, search: SearchClient, queries: readonly Query[], plain: Query): Promise<void> {
  await search.index(DOCS, "a", { t: "fast cache", n: 1 })
  for (const query of queries) {
    for (const object of [DOCS, "absent"]) {
      await t.rejects(() => ask(search, { ...query, object }), "UNSUPPORTED", `${JSON.stringify(query)} of ${object}`)
    }
  }
  const { hits } = await ask(search, plain)
  t.equal(
    hits.map(({ id }) => id),
    ["a"],
    `a search with ${JSON.stringify(plain)}`,
  )
}

/** A clause about a capability of queries that is not there. */
function refusal(
  id: Parameters<typeof clause>[0],
  lacks: string,
  why: string,
  queries: readonly Query[],
  plain: Query,
) {
  return clause(id, {
    why,
    fix: `Reject UNSUPPORTED before anything is asked, or declare ${lacks}: true.`,
    lacks: [lacks],
    check: (t, search) => areUnsupported(t, search, queries, plain),
  })
}

/** SEARCH-CAP: what an adapter may lack. Those of interfaces are in `families/capabilities.ts`. */
export const capabilitiesClauses = [
  refusal(
    "SEARCH-CAP-06",
    "phrase",
    "A phrase that matches by each of its words finds too much, and nobody was told.",
    [
      { q: "fast cache", phrase: true },
      { q: "cache", phrase: true },
    ],
    { q: "fast cache", phrase: false },
  ),
  refusal(
    "SEARCH-CAP-07",
    "fuzzy",
    "A slip finds nothing, and nobody was told.",
    [
      { q: "cachr", fuzzy: 1 },
      { q: "cache", fuzzy: 2 },
      { q: "cachr", fuzzy: "auto" },
    ],
    { q: "cache", fuzzy: 0 },
  ),
  refusal(
    "SEARCH-CAP-08",
    "prefix",
    "A search while one types finds nothing, and nobody was told.",
    [
      { q: "cac", prefix: true },
      { q: "cac", prefix: "last" },
    ],
    { q: "cache", prefix: false },
  ),
  refusal(
    "SEARCH-CAP-09",
    "facets",
    "A page without numbers beside its filters, and nobody was told.",
    [{ facets: [{ field: "t" }] }, { q: "cache", facets: [{ field: "n", ranges: [{ from: 1 }] }] }],
    { q: "cache", facets: [] },
  ),
  clause("SEARCH-CAP-10", {
    why: "Numbers that leave nothing but the chosen value, and nobody was told.",
    fix: "Reject UNSUPPORTED where a facet is disjunctive, or declare disjunctiveFacets: true.",
    needs: ["facets"],
    lacks: ["disjunctiveFacets"],
    check: (t, search) =>
      areUnsupported(
        t,
        search,
        [
          { facets: [{ field: "t", disjunctive: true }] },
          { facets: [{ field: "t" }, { field: "n", disjunctive: true, ranges: [{ from: 1 }] }] },
        ],
        { q: "cache", facets: [{ field: "t", disjunctive: false }] },
      ),
  }),
  refusal(
    "SEARCH-CAP-11",
    "sort",
    "A table in another order than its head says, and nobody was told.",
    [{ sort: [{ field: "n" }] }, { q: "cache", sort: [{ field: "t", order: "desc" }] }],
    { q: "cache", sort: [] },
  ),
  refusal(
    "SEARCH-CAP-12",
    "cursor",
    "An export that gives the first page for ever, and nobody was told.",
    [{ cursor: "*" }, { q: "cache", cursor: "*", limit: 1 }],
    { q: "cache" },
  ),
  refusal(
    "SEARCH-CAP-13",
    "highlight",
    "A list without marks, and nobody was told.",
    [
      { q: "cache", highlight: true },
      { q: "cache", highlight: {} },
      { q: "cache", highlight: { fields: ["t"] } },
    ],
    { q: "cache", highlight: false },
  ),
  clause("SEARCH-CAP-14", {
    why: "Words that are to stand for each other do not, and nobody was told.",
    fix: "Reject UNSUPPORTED where a definition has synonyms, or declare synonyms: true.",
    needs: ["indexing"],
    lacks: ["synonyms"],
    async check(t, search) {
      const call = () => define(search, analyzed("standard"), [["sofa", "couch"]])
      await t.rejects(call, "UNSUPPORTED", "a definition with synonyms")
      t.equal(await search.listIndexes(), [], "indexes")
      await define(search, analyzed("standard"), [])
      await define(search, analyzed("standard"))
      t.equal(
        (await search.listIndexes()).map(({ name }) => name),
        [DOCS],
        "indexes after one without",
      )
    },
  }),
  refusal(
    "SEARCH-CAP-15",
    "explain",
    "A ranking that nobody explains, and nobody was told.",
    [{ q: "cache", explain: true }, { explain: true }],
    { q: "cache", explain: false },
  ),
  refusal(
    "SEARCH-CAP-16",
    "native",
    "A member that is left out in silence makes another search.",
    [{ q: "cache", native: {} }, { native: { min_score: 1 } }],
    { q: "cache" },
  ),
  clause("SEARCH-CAP-17", {
    why: "Words of another analyzer are not found, and nobody was told.",
    fix: "Reject UNSUPPORTED where a field has an analyzer that is not declared, but for standard.",
    needs: ["indexing"],
    async check(t, search, world) {
      const { analyzers } = world.capabilities
      for (const analyzer of SEARCH_ANALYZERS) {
        const call = () => define(search, analyzed(analyzer), undefined, `of-${analyzer}`)
        if (analyzers.includes(analyzer) || analyzer === "standard") await call()
        else await t.rejects(call, "UNSUPPORTED", `the analyzer ${analyzer}`)
      }
      await areNamed(t, search, world)
    },
  }),
]

async function areNamed(t: Checks, search: SearchClient, { capabilities }: SearchWorld): Promise<void> {
  const names = (await search.listIndexes()).map(({ name }) => name)
  const wanted = [...new Set([...capabilities.analyzers, "standard"])].map((analyzer) => `of-${analyzer}`).sort()
  t.equal(names, wanted, "indexes of analyzers that are there")
}
