import { defineConfig } from "vitest/config"
import { NotRunReporter } from "./scripts/not-run-reporter.ts"

const conditions = ["@objectos/source", "node"]

/** Names a file that gets the results as JSON too. A reporter on the command line would replace these. */
const json = process.env["VITEST_JSON"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules", "dist", "bench", ".stryker-tmp"],
    typecheck: { include: ["**/*.test-d.ts"] },
    testTimeout: 15_000,
    reporters: json
      ? ["default", ["json", { outputFile: json }], new NotRunReporter()]
      : ["default", new NotRunReporter()],
  },
})
