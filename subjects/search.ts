/** Every built-in search as a subject, once: tests, CI and the command line read this list. */
import { createHash } from "node:crypto"
import { createElasticsearchSearch, type ElasticsearchSearchOptions } from "../adapters/search/elasticsearch.ts"
import { createMemorySearch } from "../adapters/search/memory.ts"
import { type ISearchService, type Search, searchMethods } from "../contracts/search/search.ts"
import { withTimeout } from "../core/foundation/timeout.ts"
import { asSearch } from "../core/search/portable-search.ts"
import type { ElasticsearchServer } from "../servers/elasticsearch.ts"
import { defineSubject } from "../testing/define-subject.ts"
import type { ForkedClient } from "../testing/engine/subject.ts"
import { forkClient } from "../testing/faults/fork-client.ts"
import { startTcpProxy } from "../testing/faults/tcp-proxy.ts"
import { FaultPlan, withFaults } from "../testing/faults/with-faults.ts"
import { lineFaults, plannedFaults } from "./kit/faults.ts"
import {
  deadline,
  elasticsearch,
  elasticsearch9,
  elasticsearch9Available,
  elasticsearchAvailable,
} from "./kit/servers.ts"

export const memorySearchSubject = defineSubject({
  service: "search",
  name: "memory",
  open: ({ clock }) => {
    const search = createMemorySearch({}, { clock })
    return { connect: () => search, advance: (ms) => clock.advance(ms), adjustClock: (ms) => clock.adjust(ms) }
  },
})

/** The three methods that every search has, as users write them. */
function threeMethodsOf(search: Search): ISearchService {
  return {
    index: search.index.bind(search),
    search: search.search.bind(search),
    deleteIndex: search.deleteIndex.bind(search),
  }
}

/** A class with them alone, made portable. */
const threeMethodsSearchSubject = defineSubject({
  service: "search",
  name: "three methods of memory",
  open: ({ clock }) => {
    const search = asSearch(threeMethodsOf(createMemorySearch({}, { clock })))
    return { connect: () => search, advance: (ms) => clock.advance(ms) }
  },
})

/** The same, as it stands: no method that a search may leave out is there. */
const bareSearchSubject = defineSubject({
  service: "search",
  name: "three methods of memory alone",
  open: ({ clock }) => {
    const search = asSearch(threeMethodsOf(createMemorySearch({}, { clock })))
    const bare = { capabilities: search.capabilities, ...threeMethodsOf(search) }
    return { connect: () => bare, advance: (ms) => clock.advance(ms) }
  },
})

/** Memory in real time, whose calls can be made to fail. */
const memoryFaultsSearchSubject = defineSubject({
  service: "search",
  name: "memory-with-faults",
  open: ({ timeScale }) => {
    const plan = new FaultPlan()
    const search = withTimeout(withFaults(createMemorySearch(), plan, searchMethods), { timeoutMs: 1500 * timeScale })
    return { connect: () => search, faults: plannedFaults(plan) }
  },
})

const PASSWORD = "password-of-the-conformance-run"

/** Prefixes of indexes are short, and have no capital letter. */
function prefixOf(namespace: string): string {
  return `t${createHash("sha256").update(namespace).digest("hex").slice(0, 16)}`
}

/** A node for all clauses: each has a prefix of its own, and its indexes go when it ends, since a node takes 1,000. */
function elasticsearchSubject(
  name: string,
  node: () => Promise<ElasticsearchServer>,
  available: () => string | undefined,
) {
  return defineSubject({
    service: "search",
    name,
    available,
    async open({ namespace, timeScale, uses }) {
      const server = await node()
      const proxy = uses.includes("faults") ? await startTcpProxy({ port: server.port }) : undefined
      const prefix = prefixOf(namespace)
      const options: ElasticsearchSearchOptions = {
        nodes: [`http://127.0.0.1:${proxy?.port ?? server.port}`],
        ...{ username: "conformance", password: PASSWORD, replicas: 0, refreshIntervalMs: 50 },
        timeoutMs: deadline(proxy === undefined ? 20_000 : 1500, timeScale),
      }
      const opened: Search[] = []
      const forks: ForkedClient<Search>[] = []
      const connect = (given: ElasticsearchSearchOptions = {}) => {
        const search = createElasticsearchSearch({ ...options, indexPrefix: prefix, ...given })
        opened.push(search)
        return search
      }
      return {
        connect: () => connect(),
        neighbour: () => connect({ indexPrefix: `${prefix}-n` }),
        faults: lineFaults(proxy),
        restart: () => server.restart(),
        async fork() {
          const forked = await forkClient<Search>({
            module: new URL("../adapters/search/elasticsearch.ts", import.meta.url),
            make: "createElasticsearchSearch",
            args: [{ ...options, indexPrefix: prefix }],
          })
          forks.push(forked)
          return forked
        },
        configuration: {
          create: connect,
          valid: { refreshIntervalMs: 100, replicas: 0 },
          invalid: { timeoutMs: 0, refreshIntervalMs: 0, indexPrefix: "A" },
        },
        secrets: [PASSWORD],
        async destroy() {
          proxy?.heal()
          await Promise.all(forks.map(({ kill }) => kill()))
          await Promise.all(opened.map((search) => search.close()))
          await proxy?.close()
          await dropIndexes(server, prefix)
        },
      }
    },
  })
}

async function dropIndexes({ endpoint }: ElasticsearchServer, prefix: string): Promise<void> {
  const found = await fetch(`${endpoint}/${prefix}*?expand_wildcards=all`)
  const names = Object.keys((await found.json()) as object)
  for (const name of names) await fetch(`${endpoint}/${name}`, { method: "DELETE" })
}

export const elasticsearchSearchSubject = elasticsearchSubject(
  "elasticsearch on elasticsearch 8",
  elasticsearch,
  elasticsearchAvailable,
)

/** The client of version 8 speaks to a server of 9. */
const elasticsearch9SearchSubject = elasticsearchSubject(
  "elasticsearch on elasticsearch 9",
  elasticsearch9,
  elasticsearch9Available,
)

export const subjects = [
  memorySearchSubject,
  threeMethodsSearchSubject,
  bareSearchSubject,
  memoryFaultsSearchSubject,
  elasticsearchSearchSubject,
  elasticsearch9SearchSubject,
]
