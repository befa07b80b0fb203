import { readFileSync } from "node:fs"
import { defineConfig, type Options } from "tsup"

type Target = string | { readonly "@objectos/source"?: string }

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  exports: Record<string, Target>
}

/** package.json says what is published; each subpath is built from the source file that it names. */
const entry = Object.fromEntries(
  Object.values(exports).flatMap((target) => {
    const source = typeof target === "string" ? undefined : target["@objectos/source"]
    return source === undefined ? [] : [[source.replace(/^\.\/(.+)\.ts$/, "$1"), source]]
  }),
)

const shared: Options = {
  splitting: true,
  treeshake: true,
  sourcemap: true,
  // The sources are in the package, so the maps need not repeat them.
  esbuildOptions: (options) => {
    options.sourcesContent = false
  },
  target: "node20",
  platform: "node",
}

export default defineConfig([
  {
    ...shared,
    entry,
    format: ["esm", "cjs"],
    dts: {
      // The bundler drops this line of contracts/foundation/lifecycle.ts, and consumers would need the library in `lib`.
      banner: '/// <reference lib="esnext.disposable" />',
      // tsup sets baseUrl, which TypeScript 6 refuses without this.
      compilerOptions: { ignoreDeprecations: "6.0" },
    },
  },
  {
    // Started as processes, not imported.
    ...shared,
    entry: {
      "testing/cli/main": "testing/cli/main.ts",
      "testing/cli/child": "testing/cli/child.ts",
      "testing/faults/forked-process": "testing/faults/forked-process.ts",
    },
    format: ["esm"],
  },
])
