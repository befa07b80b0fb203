import { readFileSync } from "node:fs"
import { defineConfig } from "tsup"

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

export default defineConfig({
  entry,
  format: ["esm", "cjs"],
  splitting: true,
  treeshake: true,
  sourcemap: true,
  // The sources are in the package, so the maps need not repeat them.
  esbuildOptions: (options) => {
    options.sourcesContent = false
  },
  target: "node20",
  platform: "node",
  clean: true,
  dts: {
    // The bundler drops this line of contracts/foundation/lifecycle.ts, and consumers would need the library in `lib`.
    banner: '/// <reference lib="esnext.disposable" />',
    // tsup sets baseUrl, which TypeScript 6 refuses without this.
    compilerOptions: { ignoreDeprecations: "6.0" },
  },
})
