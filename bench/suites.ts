import { cacheSuite } from "./cache.ts"
import { evictionSuite } from "./eviction.ts"
import { harnessSuite } from "./harness.ts"
import { queueSuite } from "./queue.ts"
import type { Suite } from "./suite.ts"

export const suites: readonly Suite[] = [cacheSuite, queueSuite, evictionSuite, harnessSuite]
