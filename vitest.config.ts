import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { reporters } from "./scripts/run-summary.ts"

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/*.proof.test.ts", "node_modules", "dist", "bench", ".stryker-tmp"],
    // Most of what tests of servers do is wait.
    maxWorkers: Math.max(3, availableParallelism()),
    typecheck: { include: ["**/*.test-d.ts"] },
    // Long enough for any machine: what hangs is ended, and what is slow is not blamed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Of more, each turn of one that waits for many would take as long as the work of all others.
    maxConcurrency: 3,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    reporters: reporters("the self-proof for all seeds, and the kill matrix - npm run proof has them"),
  },
})
