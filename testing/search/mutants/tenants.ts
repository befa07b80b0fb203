import type { SearchQuery } from "../../../contracts/search/search.ts"
import { changed, onlyIn } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"

/** Names are checked as if they were others. */
function names(why: string, change: (name: string) => string, source?: string) {
  return seam.nameIssue(why, ({ next }, name) => next(typeof name === "string" ? change(name) : name), source)
}

const anyName = seam.nameIssue("A name of a user is never looked at.", () => undefined)

/** Reaches indexes of others by their stored names. */
function othersOf(self: ReferenceSearch, name: string) {
  return [...self.store.indexes].filter(([stored]) => stored.endsWith(`:${name}`) && !stored.startsWith(self.prefix()))
}

export const tenantsMutants = mutants({
  "SEARCH-TENANT-01": {
    "names-with-capitals": names(
      "Two names are one index here, and two there.",
      (name) => name.toLowerCase(),
      "Elasticsearch: names are in lower case",
    ),
    "names-with-dots": names("A name of a user reaches what is hidden.", (name) =>
      name.replaceAll(/\.(?!\.)/g, "-").replace(/^-/, "a-"),
    ),
    "names-with-slashes": names(
      "A name of a user leads out of its folder.",
      (name) => name.replaceAll(/(?<=a)\/|\.\.\//g, "-").replace(/^-/, ""),
      "engines that keep an index in a folder of its name",
    ),
    "names-with-stars": names(
      "A name of a user deletes the indexes of all.",
      (name) => name.replaceAll(/(?<=a)\*/g, "-"),
      "Elasticsearch, DELETE /a*, before action.destructive_requires_name",
    ),
    "names-with-commas": names(
      "A name of a user reaches two indexes.",
      (name) => name.replaceAll(",", "-"),
      "Elasticsearch, /a,b",
    ),
    "all-is-a-name": names(
      "A name of a user reaches the indexes of all.",
      (name) => (name === "_all" ? "all" : name),
      "Elasticsearch, /_all",
    ),
    "names-with-a-minus-before": names(
      "A name of a user leaves an index out.",
      (name) => name.replace(/^-/, ""),
      "Elasticsearch, /a*,-ab",
    ),
    "names-of-other-clusters": names(
      "A name of a user reaches another cluster.",
      (name) => name.replaceAll(":", "-"),
      "Elasticsearch, cluster:index",
    ),
    "names-with-date-math": names(
      "A name of a user is another index each day.",
      (name) => name.replace(/^<(.*)>$/, "a").replace(/\W/g, (mark) => mark),
      "Elasticsearch, <a-{now/d}>",
    ),
    "names-decoded": names("A name that is checked is another one in its URL.", (name) =>
      name.includes("%") ? decodeURIComponent(name) : name,
    ),
    "names-trimmed": names("A name with a blank is that without.", (name) => name.trim()),
    "names-without-end": names(
      "A name that is taken here is refused by the server.",
      (name) => name.slice(0, 128),
      "Elasticsearch: names have at most 255 bytes",
    ),
    "names-of-127": seam.nameIssue("A name that is taken there is refused here.", ({ next }, name) =>
      typeof name === "string" && name.length > 127 ? "A name is too long." : next(name),
    ),
    "names-with-underscores-refused": seam.nameIssue("A name that is taken there is refused here.", ({ next }, name) =>
      typeof name === "string" && name.includes("_") ? "A name has no _." : next(name),
    ),
    "names-of-digits-refused": seam.nameIssue("A name that is taken there is refused here.", ({ next }, name) =>
      typeof name === "string" && /^\d/.test(name) ? "A name begins with a letter." : next(name),
    ),
    "names-turned-to-text": changed(ReferenceSearch, "undefined becomes an index that all callers share.", {
      nameIssue: ({ next }, name) => next(name === undefined ? "undefined" : name),
    }),
    "names-end-at-a-line": names(
      "A name that goes on behind a line is that before it.",
      (name) => name.split("\n", 1).join(""),
      "regular expressions with $ and the flag m",
    ),
    "names-of-get-not-checked": onlyIn(ReferenceSearch, "get", anyName),
    "names-of-remove-not-checked": onlyIn(ReferenceSearch, "remove", anyName),
    "names-of-index-not-checked": onlyIn(ReferenceSearch, "index", anyName),
    "names-of-deleteIndex-not-checked": onlyIn(ReferenceSearch, "deleteIndex", anyName),
    "names-of-refresh-not-checked": onlyIn(ReferenceSearch, "refresh", anyName),
    "names-of-reindex-not-checked": onlyIn(ReferenceSearch, "reindex", anyName),
    "names-of-several-not-checked": seam.queryIssue(
      "A name among several reaches the indexes of all.",
      ({ next }, query) => {
        const { object } = Object(query) as SearchQuery
        return Array.isArray(object) && object.length === 2 && object[0] === "a"
          ? next({ ...(query as SearchQuery), object: "a" })
          : next(query)
      },
    ),
  },
  "SEARCH-TENANT-02": {
    "searches-reach-next-door": seam.indexesOf("Two tenants find each other's records.", ({ next, self }, query) => {
      const { object } = query
      const others = typeof object === "string" ? othersOf(self, object).map(([, index]) => index) : []
      return [...next(query), ...others].slice(0, 1)
    }),
    "deleteIndex-reaches-next-door": seam.dropIndex(
      "A tenant who leaves takes the records of another along.",
      ({ next, self }, name) => {
        for (const [stored] of othersOf(self, name)) self.store.indexes.delete(stored)
        next(name)
      },
      "Elasticsearch, DELETE of a prefix with a star",
    ),
    "lists-reach-next-door": seam.ownIndexes(
      "A console shows the indexes of all tenants.",
      ({ self }) => [...self.store.indexes.values()],
      "Elasticsearch, _cat/indices",
    ),
    "reindexes-reach-next-door": seam.putInPlace(
      "A job of one tenant takes the place of another's index.",
      ({ next, self }, index, rebuild) => {
        next(index, rebuild)
        for (const [, other] of othersOf(self, index.name)) other.documents = rebuild.documents
      },
    ),
    "types-reach-next-door": seam.addedFields(
      "What one tenant stores decides what another one may.",
      ({ next, self }, doc, index) => {
        const others = [...self.store.indexes.values()].flatMap(({ fields }) => [...fields])
        next(doc, { fields: new Map([...others, ...index.fields]) })
        return next(doc, index)
      },
    ),
    "prefixes-that-begin-each-other": seam.prefix(
      "A tenant whose name begins like another's reads his records.",
      ({ self }) => `${self.namespace.slice(0, 1)}:`,
    ),
  },
  "SEARCH-SIGNAL-01": {
    "signals-ignored": seam.checkSignal("A search that nobody waits for costs as much as others.", () => {}),
    "signals-of-suggest-ignored": seam.checkSuggest("A box costs as much as it is typed into.", ({ next }, query) => {
      const { signal: _, ...others } = Object(query) as Record<string, unknown>
      next(typeof query === "object" && query !== null ? others : query)
    }),
    "signals-reject-with-their-reason": seam.checkSignal(
      "A caller cannot tell what he called off from what failed.",
      (_, signal) => signal?.throwIfAborted(),
      "fetch: it rejects with the reason of the signal",
    ),
    "aborted-is-a-timeout": seam.checkSignal("A caller tries again what he called off.", ({ self }, signal) => {
      if (signal?.aborted) self.refuse("TIMEOUT", "The call took too long.")
    }),
    "open-signals-abort": seam.checkSignal("A search that can be called off never works.", ({ self }, signal) => {
      if (signal !== undefined) self.refuse("ABORTED", "The call was aborted by its signal.")
    }),
    "aborted-searches-are-empty": seam.search(
      "A search that was called off shows an empty page.",
      async ({ next, self }, query) => {
        const { signal } = Object(query) as SearchQuery
        return signal instanceof AbortSignal && signal.aborted && !self.closed ? self.noResult(query) : next(query)
      },
    ),
  },
  "SEARCH-SIGNAL-02": {
    "called-off-searches-give-a-part": seam.search(
      "A search that is called off in the middle shows half of what it found.",
      async ({ next }, query) => {
        const result = await next(query)
        for (let turn = 0; turn < 4; turn++) await Promise.resolve()
        return query.signal?.aborted ? { ...result, hits: [], total: 0 } : result
      },
    ),
    "called-off-searches-reject-with-their-reason": seam.search(
      "A caller cannot tell what he called off from what failed.",
      async ({ next }, query) => {
        const result = await next(query)
        for (let turn = 0; turn < 4; turn++) await Promise.resolve()
        query.signal?.throwIfAborted()
        return result
      },
      "fetch: it rejects with the reason of the signal",
    ),
    "called-off-searches-end-the-search": seam.search(
      "After a search that was called off nothing is found.",
      async ({ next, self }, query) => {
        const result = await next(query)
        for (let turn = 0; turn < 4; turn++) await Promise.resolve()
        if (query.signal?.aborted) for (const { documents } of self.ownIndexes()) documents.clear()
        return result
      },
      "a connection that is shared, and ended with the call",
    ),
  },
})
