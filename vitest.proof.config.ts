import { defineConfig } from "vitest/config"
import { reporters } from "./scripts/run-summary.ts"
import tests from "./vitest.config.ts"

/** `npm run proof`: that the clauses bite, for all seeds and in real time. Takes minutes. */
export default defineConfig({
  ...tests,
  test: {
    ...tests.test,
    include: ["testing/{mutants,oddities}.test.ts", "**/*.proof.test.ts"],
    exclude: ["node_modules", "dist", "bench"],
    env: { PROOF: "whole" },
    reporters: reporters(),
  },
})
