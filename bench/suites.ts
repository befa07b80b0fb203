import { cacheSuite } from "./cache.ts"
import { evictionSuite } from "./eviction.ts"
import { harnessSuite } from "./harness.ts"
import { httpSuite } from "./http.ts"
import { queueSuite } from "./queue.ts"
import { relevanceSuite } from "./relevance.ts"
import { searchSuite } from "./search.ts"
import { storageSuite } from "./storage.ts"
import type { Suite } from "./suite.ts"
import { tracingSuite } from "./tracing.ts"

export const suites: readonly Suite[] = [
  cacheSuite,
  queueSuite,
  storageSuite,
  searchSuite,
  relevanceSuite,
  evictionSuite,
  httpSuite,
  tracingSuite,
  harnessSuite,
]
