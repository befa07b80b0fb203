import { cacheSuite } from "./cache.ts"
import type { Suite } from "./suite.ts"

export const suites: readonly Suite[] = [cacheSuite]
