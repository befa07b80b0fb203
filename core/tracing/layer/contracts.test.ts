import { describe, it } from "vitest"
import { createMemoryCache } from "../../../adapters/cache/memory.ts"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { createMemorySearch } from "../../../adapters/search/memory.ts"
import { createMemoryStorage } from "../../../adapters/storage/memory.ts"
import { createMemoryTracing } from "../../../adapters/tracing/memory.ts"
import { bindContract } from "../../../testing/bind.ts"
import { cacheContract } from "../../../testing/cache/contract.ts"
import { defineSubject } from "../../../testing/define-subject.ts"
import { queueContract } from "../../../testing/queue/contract.ts"
import { searchContract } from "../../../testing/search/contract.ts"
import { storageContract } from "../../../testing/storage/contract.ts"
import { wrap } from "../../foundation/wrap.ts"
import { serveSignedUrls } from "../../storage/serve-signed-urls.ts"
import { withTracing } from "./with-tracing.ts"

const runner = { describe, it }

/** One for all worlds: on Node 20 each makes all promises of the process slower. */
const tracing = createMemoryTracing()

bindContract(
  runner,
  cacheContract,
  defineSubject({
    service: "cache",
    name: "memory withTracing",
    open: ({ clock }) => {
      const cache = withTracing(createMemoryCache({ maxValueBytes: 4 * 1024 * 1024 }, { clock }), tracing)
      return { connect: () => cache, advance: (ms) => clock.advance(ms) }
    },
  }),
)

bindContract(
  runner,
  queueContract,
  defineSubject({
    service: "queue",
    name: "memory withTracing",
    open: ({ clock }) => {
      const queue = withTracing(createMemoryQueue({}, { clock }), tracing)
      return { connect: () => queue, advance: (ms) => clock.advance(ms) }
    },
  }),
)

const MESSAGES = queueContract.clauses.map(({ id }) => id).filter((id) => /^QUEUE-(PUB|MGMT|DEAD|SCHED-16)/.test(id))

// The layer goes over a trace context that the caller gives.
bindContract(
  runner,
  queueContract,
  defineSubject({
    service: "queue",
    name: "memory withTracing, within a span",
    open: ({ clock }) => {
      const traced = withTracing(createMemoryQueue({}, { clock }), tracing)
      const queue = wrap(traced, (_, next) => tracing.run(tracing.startSpan("caller").context, () => next()))
      return { connect: () => queue, advance: (ms) => clock.advance(ms) }
    },
  }),
  { only: new Set(MESSAGES) },
)

bindContract(
  runner,
  searchContract,
  defineSubject({
    service: "search",
    name: "memory withTracing",
    open: ({ clock }) => {
      const search = withTracing(createMemorySearch({}, { clock }), tracing)
      return { connect: () => search, advance: (ms) => clock.advance(ms) }
    },
  }),
)

bindContract(
  runner,
  storageContract,
  defineSubject({
    service: "storage",
    name: "memory withTracing",
    open: ({ clock }) => {
      const memory = createMemoryStorage({ maxObjectBytes: 24 * 1024 * 1024 }, { clock })
      const storage = withTracing(memory, tracing)
      return { connect: () => storage, advance: (ms) => clock.advance(ms), fetch: serveSignedUrls(storage) }
    },
  }),
)
