import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { builtinAdapters } from "../adapters/manifest.ts"
import tsupConfig from "../tsup.config.ts"

const root = join(import.meta.dirname, "..")

interface Conditions {
  readonly "@objectos/source": string
  readonly import: { readonly types: string; readonly default: string }
  readonly require: { readonly types: string; readonly default: string }
}

interface Manifest {
  readonly exports: Record<string, Conditions | string>
  readonly dependencies: Record<string, string>
  readonly devDependencies: Record<string, string>
  readonly peerDependencies: Record<string, string>
  readonly peerDependenciesMeta: Record<string, { readonly optional?: boolean }>
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest

/** Subpaths that are code, with their conditions. */
const subpaths = Object.entries(manifest.exports).filter((entry): entry is [string, Conditions] => {
  return typeof entry[1] === "object"
})

/** `cache/memory` for adapters/cache/memory.ts; folders of engines and adapters/kit hold no adapters. */
const adapterFiles = readdirSync(join(root, "adapters"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "kit")
  .flatMap(({ name: service }) =>
    readdirSync(join(root, "adapters", service))
      .filter((file) => file.endsWith(".ts") && !/\.(test|test-d)\.ts$/.test(file))
      .map((file) => `${service}/${file.slice(0, -3)}`),
  )
  .sort()

/** What is in `wanted` and not in `present`. */
function missing(wanted: readonly string[], present: readonly string[]): string[] {
  return wanted.filter((item) => !present.includes(item))
}

describe("each adapter file", () => {
  it.each(adapterFiles)("%s is in exports of package.json", (adapter) => {
    expect(Object.keys(manifest.exports), `add "./adapters/${adapter}" to exports`).toContain(`./adapters/${adapter}`)
  })

  // A bus is not chosen by a URL: the application hands it to `tiered`.
  it.each(adapterFiles.filter((file) => !file.endsWith("-bus")))("%s is in adapters/manifest.ts", (adapter) => {
    const listed = builtinAdapters.map(({ name, service }) => `${service}/${name}`)
    expect(listed, `add ${adapter} to builtinAdapters`).toContain(adapter)
  })
})

describe("exports of package.json", () => {
  it.each(subpaths)("%s leads to a source file and to where the build puts it", (subpath, conditions) => {
    const source = conditions["@objectos/source"]
    expect(existsSync(join(root, source)), `${source} does not exist: write it or remove the subpath`).toBe(true)
    const path = subpath === "." ? "index" : source.slice(2).replace(/\.ts$/, "")
    expect([`${subpath}.ts`, `${subpath}/index.ts`], `${subpath} is served from another place`).toContain(
      subpath === "." ? "./index.ts" : source,
    )
    expect(conditions).toEqual({
      "@objectos/source": source,
      import: { types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` },
      require: { types: `./dist/${path}.d.cts`, default: `./dist/${path}.cjs` },
    })
    expect(Object.keys(conditions), "the first condition that matches wins").toEqual([
      "@objectos/source",
      "import",
      "require",
    ])
  })

  it("are what tsup builds", () => {
    const [library] = tsupConfig as { entry: Record<string, string> }[]
    const entries = library?.entry ?? {}
    expect(Object.values(entries).sort()).toEqual(subpaths.map(([, { "@objectos/source": source }]) => source).sort())
    for (const [name, source] of Object.entries(entries)) expect(`./${name}.ts`).toBe(source)
  })

  it("name no adapter whose file is gone", () => {
    const named = subpaths.flatMap(([subpath]) => /^\.\/adapters\/(.+)$/.exec(subpath)?.[1] ?? [])
    expect(missing(named, adapterFiles), "remove from exports").toEqual([])
  })
})

describe("adapters/manifest.ts", () => {
  it("names no adapter whose file is gone", () => {
    const listed = builtinAdapters.map(({ name, service }) => `${service}/${name}`)
    expect(missing(listed, adapterFiles), "remove from builtinAdapters").toEqual([])
    expect(new Set(listed).size, "an adapter is listed twice").toBe(listed.length)
  })

  it("gives each URL scheme of a service to one adapter", () => {
    const schemes = builtinAdapters.flatMap((adapter) =>
      adapter.schemes.map((scheme) => `${adapter.service} ${scheme}:`),
    )
    expect(schemes.filter((scheme, index) => schemes.indexOf(scheme) !== index)).toEqual([])
  })

  it.each(builtinAdapters.map((adapter) => [`${adapter.service}/${adapter.name}`, adapter] as const))(
    "%s says what its definition says",
    async (_, { load, name, schemes, service }) => {
      expect(await load()).toMatchObject({ service, name, schemes })
    },
  )
})

describe("dependencies of package.json", () => {
  it.each(builtinAdapters.map((adapter) => [`${adapter.service}/${adapter.name}`, adapter] as const))(
    "%s: its peers are optional peers here too, with the same range, and installed for its tests",
    async (_, { load }) => {
      for (const [peer, range] of Object.entries((await load()).peers ?? {})) {
        const here = manifest.peerDependencies[peer]
        expect(here, `add "${peer}": "${range}" to peerDependencies`).toBeDefined()
        expect(fullRange(here ?? ""), `the ranges of ${peer} differ`).toBe(fullRange(range))
        expect(manifest.peerDependenciesMeta[peer]?.optional, `mark ${peer} optional in peerDependenciesMeta`).toBe(
          true,
        )
        expect(Object.keys(manifest.devDependencies), `add ${peer} to devDependencies`).toContain(peer)
        expect(Object.keys(manifest.dependencies), `${peer} belongs to the user: not in dependencies`).not.toContain(
          peer,
        )
      }
    },
  )

  it("have no optional peer that no adapter names", async () => {
    const definitions = await Promise.all(builtinAdapters.map((adapter) => adapter.load()))
    const named = definitions.flatMap(({ peers }) => Object.keys(peers ?? {}))
    const optional = Object.keys(manifest.peerDependenciesMeta)
    expect(missing(optional, named), "name it in peers of an adapter, or remove it").toEqual([])
    expect(missing(optional, Object.keys(manifest.peerDependencies)), "add to peerDependencies").toEqual([])
    const required = missing(Object.keys(manifest.peerDependencies), optional)
    expect(required, "only zod is required; mark the others optional").toEqual(["zod"])
  })

  it("install only small libraries of pure JavaScript with everybody, no network client and no test runner", () => {
    const allowed = ["minisearch", "neverthrow", "ts-pattern"]
    const advice = "a client or runner is an optional peer; anything else is a decision, made by adding it here"
    expect(missing(Object.keys(manifest.dependencies), allowed), advice).toEqual([])
  })
})

/** `^6.3` and `^6.3.0` are the same range. */
function fullRange(range: string): string {
  return range.replaceAll(/\d+(\.\d+)*/g, (version) => [...version.split("."), "0", "0"].slice(0, 3).join("."))
}
