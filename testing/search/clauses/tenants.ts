import { clause, DOCS, fill, finds, type SearchClient, setOf, texts, wrong } from "../clause.ts"

/** Names that reach further than one index in some engine. */
const NAMES: readonly unknown[] = [
  ...["", "A", "Docs", "a b", "a.b", "..", ".", "a/b", "../a", "a\\b", "*", "a*", "?", "a,b", "_all", "_a", "-a", "+a"],
  ...[
    "<a-{now/d}>",
    "a:b",
    "cluster:a",
    "a#b",
    '"a"',
    "a|b",
    "é",
    "鍵",
    "a\0",
    "a\n",
    " a",
    "a ",
    "%61",
    "a".repeat(129),
  ],
  ...[undefined, null, 7, true, {}, ["a"], [["a"]]],
]

/** SEARCH-TENANT and SEARCH-SIGNAL: names of indexes, services side by side, and signals. */
export const tenantsClauses = [
  clause("SEARCH-TENANT-01", {
    why: "A name that comes from a user reads, or deletes, the indexes of all.",
    fix: "Check each name first, as searchNameIssue from @objectos/sdk/contracts does.",
    async check(t, search, world) {
      await fill(search, world, texts({ a: "word" }), "a")
      const { indexing, reindex, suggest } = world.capabilities
      const calls: Record<string, (name: string) => Promise<unknown>> = {
        index: (name) => search.index(name, "id", { t: "x" }),
        search: (name) => search.search({ object: name }),
        "search of two": (name) => search.search({ object: ["a", name] }),
        deleteIndex: (name) => search.deleteIndex(name),
        ...(indexing && {
          defineIndex: (name: string) => search.defineIndex({ name, fields: { t: { type: "text" } } }),
          get: (name: string) => search.get(name, "a"),
          remove: (name: string) => search.remove(name, "a"),
          refresh: async (name: string) => search.refresh(name ?? wrong(null)),
        }),
        ...(reindex && { reindex: (name: string) => search.reindex(name, []) }),
        ...(suggest && { suggest: (name: string) => search.suggest({ object: name, text: "wo" }) }),
      }
      for (const [method, call] of Object.entries(calls)) {
        for (const name of NAMES) {
          // An array of names is for search alone.
          if (Array.isArray(name) && method === "search" && !Array.isArray(name[0])) continue
          await t.rejects(
            () => call(wrong(name)),
            "INVALID_ARGUMENT",
            `${method} of ${JSON.stringify(name) ?? "undefined"}`,
          )
        }
      }
      for (const name of ["a-b_c", "0", "9-", "x".repeat(128)]) {
        await search.index(name, "id", { t: "word" })
        await finds(t, search, { object: name, q: "word" }, ["id"], `the index ${name.slice(0, 20)}`)
      }
      await finds(t, search, { object: "a" }, ["a"], "the index that was there")
    },
  }),
  clause("SEARCH-TENANT-02", {
    why: "Two applications, or two tenants, that share a cluster would find each other's documents.",
    fix: "Put the service's own prefix before every name, with a mark behind it that no name has.",
    needs: ["shared"],
    async check(t, search, world) {
      const neighbour = await world.neighbour()
      const { indexing, reindex } = world.capabilities
      const sees = async (client: SearchClient, ids: readonly string[], when: string) => {
        t.equal(await setOf(client, {}), ids, `documents ${when}`)
      }
      await fill(neighbour, world, { theirs: { t: "word theirs", v: 1 } })
      await sees(search, [], "that only the other one has")
      await search.deleteIndex(DOCS)
      await sees(neighbour, ["theirs"], "of the other one, after deleteIndex")
      await fill(search, world, { mine: { t: "word mine", v: "of another type" } })
      await finds(t, search, { q: "word" }, ["mine"], "a word of both")
      await finds(t, neighbour, { q: "word" }, ["theirs"], "a word of both, of the other one")
      if (indexing) {
        t.equal(
          (await search.listIndexes()).map(({ documents, name }) => [name, documents]),
          [[DOCS, 1]],
          "indexes",
        )
        t.equal(await search.get(DOCS, "theirs"), undefined, "get of the other one's")
        t.equal(await search.remove(DOCS, "theirs"), false, "remove of the other one's")
        await search.refresh()
      }
      if (reindex) await search.reindex(DOCS, [{ id: "new", doc: { t: "word" } }])
      await sees(neighbour, ["theirs"], "of the other one, in the end")
      await neighbour.deleteIndex(DOCS)
      await sees(search, [reindex ? "new" : "mine"], "after the other one's deleteIndex")
    },
  }),
  clause("SEARCH-SIGNAL-01", {
    why: "A user who has typed on is not waited for.",
    fix: "Look at the signal before anything is asked.",
    async check(t, search, world) {
      await fill(search, world, texts({ a: "word" }))
      const signal = AbortSignal.abort()
      await t.rejects(() => search.search({ object: DOCS, q: "word", signal }), "ABORTED", "a search")
      const { signal: open } = new AbortController()
      const { total } = await search.search({ object: DOCS, q: "word", signal: open })
      t.equal(total, 1, "a search whose signal is open")
      if (!world.capabilities.suggest) return
      await t.rejects(() => search.suggest({ object: DOCS, text: "wo", signal }), "ABORTED", "suggest")
      t.equal(
        (await search.suggest({ object: DOCS, text: "wo", signal: open })).length,
        1,
        "suggest with an open signal",
      )
    },
  }),
  clause("SEARCH-SIGNAL-02", {
    why: "A search that is called off in the middle must not show half of what it found.",
    fix: "Hand the signal on to the request, and let the call reject ABORTED.",
    async check(t, search, world) {
      await fill(search, world, texts(Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`id${at}`, "word"]))))
      for (const wait of [0, 1, 2, 3]) {
        const controller = new AbortController()
        const running = t.outcome(
          () => search.search({ object: DOCS, q: "word", signal: controller.signal }),
          "a search",
        )
        for (let turn = 0; turn < wait; turn++) await Promise.resolve()
        controller.abort(new Error("the user has typed on"))
        const { error, value } = await running
        if (error !== undefined) await t.rejects(() => Promise.reject(error), "ABORTED", "a search that is called off")
        else t.equal((value as { total: number }).total, 20, "the total of a search that was not called off in time")
      }
      await finds(
        t,
        search,
        { q: "absent word" },
        Array.from({ length: 20 }, (_, at) => `id${at}`),
        "another search",
      )
    },
  }),
]
