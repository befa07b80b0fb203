/** Use 3: prove an adapter in your own tests, here with node:test. The runner's functions are passed in. */
import { describe, it } from "node:test"
import { createMemoryCache } from "@objectos/sdk/adapters/cache/memory"
import { bindContract, cacheContract, defineSubject } from "@objectos/sdk/testing"

const subject = defineSubject({
  service: "cache",
  name: "memory",
  open: ({ clock }) => {
    const cache = createMemoryCache({}, { clock })
    return { connect: () => cache, advance: (ms) => clock.advance(ms) }
  },
})

bindContract({ describe, it }, cacheContract, subject)
