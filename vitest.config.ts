import { defineConfig } from "vitest/config"

const conditions = ["@objectos/source", "node"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules", "dist", "bench"],
    typecheck: { include: ["**/*.test-d.ts"] },
    testTimeout: 15_000,
  },
})
