import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface Conditions {
  readonly import: { readonly types: string; readonly default: string }
  readonly require: { readonly types: string; readonly default: string }
}

/** What the harness has besides its front door. */
const HARNESS = ["testing/faults/fork-client", "testing/mutants"]

/** `cache`, for a folder of that name in core with a row of its own, `service.ts`. */
export function servicesOf(root: string): string[] {
  const isService = (name: string) => name !== "foundation" && existsSync(join(root, "core", name, "service.ts"))
  return readdirSync(join(root, "core")).filter(isService).sort()
}

/** `cache/memory` for adapters/cache/memory.ts: files beside folders of engines. */
export function adaptersOf(root: string): string[] {
  return servicesOf(root).flatMap((service) =>
    readdirSync(join(root, "adapters", service))
      .filter((file) => file.endsWith(".ts") && !/\.(test|test-d|fixture)\.ts$/.test(file))
      .map((file) => `${service}/${file.slice(0, -".ts".length)}`)
      .sort(),
  )
}

/** Each subpath of the package that is code, with its source file without `.ts`; a subpath must stand in it once. */
export function subpathsOf(root: string): [subpath: string, source: string][] {
  return [
    [".", "index"],
    ["./contracts", "contracts/index"],
    ["./core", "core/index"],
    ["./http", "core/http/index"],
    ...servicesOf(root).map((service): [string, string] => [`./${service}`, `core/${service}/index`]),
    ["./adapters", "adapters/index"],
    ...adaptersOf(root).map((adapter): [string, string] => [`./adapters/${adapter}`, `adapters/${adapter}`]),
    ["./testing", "testing/index"],
    ...HARNESS.map((path): [string, string] => [`./${path}`, path]),
  ]
}

/** The subpaths that lead to several sources. */
export function doubledSubpaths(subpaths: readonly (readonly [subpath: string, source: string])[]): string[] {
  const names = subpaths.map(([subpath]) => subpath)
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}

/** The source file, without `.ts`, of each subpath of the package that is code. */
export function sourcesOf(root: string): Record<string, string> {
  return Object.fromEntries(subpathsOf(root))
}

/** What `exports` of package.json must be. */
export function entryPoints(root: string): Record<string, Conditions | string> {
  const code = Object.entries(sourcesOf(root)).map(([subpath, source]) => [subpath, conditionsOf(source)])
  return {
    ...Object.fromEntries(code),
    "./testing/report.schema.json": "./dist/testing/report/report.schema.json",
    "./package.json": "./package.json",
  }
}

/** Writes `exports` into package.json. */
export function writeEntryPoints(root: string): void {
  const path = join(root, "package.json")
  const manifest = JSON.parse(readFileSync(path, "utf8")) as object
  writeFileSync(path, `${JSON.stringify({ ...manifest, exports: entryPoints(root) }, null, 2)}\n`)
}

function conditionsOf(source: string): Conditions {
  return {
    import: { types: `./dist/${source}.d.ts`, default: `./dist/${source}.js` },
    require: { types: `./dist/${source}.d.cts`, default: `./dist/${source}.cjs` },
  }
}
