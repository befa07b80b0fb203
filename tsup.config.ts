import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { defineConfig, type Options } from "tsup"

type Target = string | { readonly import: { readonly default: string } }

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  exports: Record<string, Target>
}

/** package.json says what is published: ./dist/core/index.js is built from ./core/index.ts. */
const entry = Object.fromEntries(
  Object.values(exports).flatMap((target) => {
    const [, path] = /^\.\/dist\/(.+)\.js$/.exec(typeof target === "string" ? "" : target.import.default) ?? []
    return path === undefined ? [] : [[path, `./${path}.ts`]]
  }),
)

/** What tsconfig.declarations.json writes. From sources, the bundler of declarations would take four times the memory. */
const declarations = Object.fromEntries(
  Object.entries(entry).map(([name, source]) => [name, `.declarations/${source.replace(/ts$/, "d.ts")}`]),
)

const REPORT_SCHEMA = "testing/report/report.schema.json"

type Plugin = NonNullable<Options["plugins"]>[number]

/**
 * Loads with `require` in CommonJS what the source loads with `import()`: Jest runs CommonJS where no `import()` works.
 */
const requireInCommonJs: Plugin = {
  name: "require-in-commonjs",
  renderChunk(code) {
    if (this.format !== "cjs") return
    const required = code.replaceAll(/\bawait import\((["'][^"']+["'])\)/g, "await require($1)")
    if (/\bimport\(["']/.test(required)) throw new Error("An import() is not awaited where it stands.")
    return { code: required }
  },
}

/**
 * Leaves the source maps of the harness out: half of the package, for code that nobody's bundle has in it. Two builds run
 * side by side and may write one chunk, so a map can be gone when the second comes to it.
 */
const noMapsOfTheHarness: Plugin = {
  name: "no-maps-of-the-harness",
  buildEnd({ writtenFiles }) {
    for (const { name } of writtenFiles.filter((file) => file.name.endsWith(".map"))) {
      if (!existsSync(name)) continue
      const { sources } = JSON.parse(readFileSync(name, "utf8")) as { sources: string[] }
      if (!sources.some((source) => /^(\.\.\/)+testing\//.test(source))) continue
      const code = name.replace(/\.map$/, "")
      writeFileSync(code, readFileSync(code, "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"))
      rmSync(name, { force: true })
    }
  },
}

const shared: Options = {
  plugins: [requireInCommonJs, noMapsOfTheHarness],
  // Some bundlers and runtimes know builtin modules by `node:` only.
  removeNodeProtocol: false,
  splitting: true,
  treeshake: true,
  sourcemap: true,
  target: "node20",
  platform: "node",
}

export default defineConfig([
  {
    ...shared,
    entry,
    onSuccess: async () => cpSync(REPORT_SCHEMA, `dist/${REPORT_SCHEMA}`),
    format: ["esm", "cjs"],
    dts: {
      entry: declarations,
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
      "cli/main": "cli/main.ts",
      "testing/cli/main": "testing/cli/main.ts",
      "testing/cli/child": "testing/cli/child.ts",
      "testing/faults/forked-process": "testing/faults/forked-process.ts",
    },
    format: ["esm"],
  },
])
