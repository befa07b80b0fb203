/** Runs the cache catalogue on the memory cache of this copy of the sources; ends with 1 at the first failure. */
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import { cacheContract } from "../../testing/cache/contract.ts"
import { defineSubject } from "../../testing/define-subject.ts"
import { runContract } from "../../testing/engine/run.ts"

const subject = defineSubject({
  service: "cache",
  name: "memory",
  open: ({ clock }) => {
    const cache = createMemoryCache({ maxValueBytes: 4 * 1024 * 1024 }, { clock })
    return { connect: () => cache, advance: (ms) => clock.advance(ms), adjustClock: (ms) => clock.adjust(ms) }
  },
})

const { verdict } = await runContract(cacheContract, subject, {
  seed: 1,
  timeScale: 0.2,
  onResult({ status }) {
    if (status === "failed") process.exit(1)
  },
})
process.exit(verdict === "conformant" ? 0 : 1)
