import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { builtinAdapters } from "../adapters/manifest.ts"
import tsupConfig from "../tsup.config.ts"
import {
  adaptersOf,
  type Conditions,
  doubledSubpaths,
  entryPoints,
  sourcesOf,
  subpathsOf,
} from "./entry-points/entry-points.ts"

const root = join(import.meta.dirname, "..")

interface Manifest {
  readonly exports: Record<string, Conditions | string>
  readonly dependencies: Record<string, string>
  readonly devDependencies: Record<string, string>
  readonly peerDependencies: Record<string, string>
  readonly peerDependenciesMeta: Record<string, { readonly optional?: boolean }>
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest

const adapterFiles = adaptersOf(root)

const httpSources = readdirSync(join(root, "core", "http"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => readFileSync(join(root, "core", "http", file), "utf8"))

/** The packages of which the HTTP API says that they are missing. */
const peersOfHttp = [...new Set(httpSources.join("\n").match(/(?<=missingPeer\(")[^"]+/g))]

const examples = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.includes("node_modules"),
)

/** What is in `wanted` and not in `present`. */
function missing(wanted: readonly string[], present: readonly string[]): string[] {
  return wanted.filter((item) => !present.includes(item))
}

describe("each adapter file", () => {
  // A bus is not chosen by a URL: the application hands it to `tiered`.
  it.each(adapterFiles.filter((file) => !file.endsWith("-bus")))("%s is in adapters/manifest.ts", (adapter) => {
    const listed = builtinAdapters.map(({ name, service }) => `${service}/${name}`)
    expect(listed, `add ${adapter} to builtinAdapters`).toContain(adapter)
  })
})

describe("exports of package.json", () => {
  it("are what the folder tree says", () => {
    const wanted = entryPoints(root)
    expect(manifest.exports, "npm run entry-points writes them").toEqual(wanted)
    expect(Object.keys(manifest.exports), "npm run entry-points writes them").toEqual(Object.keys(wanted))
  })

  it("lead to one source each", () => {
    const subpaths = subpathsOf(root)
    expect(doubledSubpaths(subpaths), "a service has the name of another entry point").toEqual([])
    expect(doubledSubpaths([...subpaths, ["./core", "core/core/index"]])).toEqual(["./core"])
  })

  it("are what tsup builds", () => {
    const [library] = tsupConfig as { entry: Record<string, string> }[]
    const sources = Object.values(sourcesOf(root))
    expect(library?.entry).toEqual(Object.fromEntries(sources.map((source) => [source, `./${source}.ts`])))
    expect(sources.filter((source) => !existsSync(join(root, `${source}.ts`)))).toEqual([])
  })

  // In this repository the name of the package leads to any source file, by `paths` of tsconfig.json.
  it.each(examples)("%s imports nothing that they do not name", (example) => {
    const text = readFileSync(join(root, "examples", example), "utf8")
    const imported = [...text.matchAll(/from "@objectos\/sdk(.*)"/g)].map(([, subpath]) => `.${subpath}`)
    expect(missing(imported, Object.keys(manifest.exports))).toEqual([])
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

  it("have no optional peer that neither an adapter nor the HTTP API names", async () => {
    const definitions = await Promise.all(builtinAdapters.map((adapter) => adapter.load()))
    const named = [...definitions.flatMap(({ peers }) => Object.keys(peers ?? {})), ...peersOfHttp]
    const optional = Object.keys(manifest.peerDependenciesMeta)
    expect(missing(optional, named), "name it in peers of an adapter, or remove it").toEqual([])
    expect(missing(optional, Object.keys(manifest.peerDependencies)), "add to peerDependencies").toEqual([])
    expect(missing(Object.keys(manifest.peerDependencies), optional), "mark it optional").toEqual([])
  })

  it.each(peersOfHttp)("%s, which the HTTP API loads, is an optional peer, and installed for its tests", (peer) => {
    expect(manifest.peerDependenciesMeta[peer]?.optional).toBe(true)
    expect(Object.keys(manifest.devDependencies)).toContain(peer)
    expect(Object.keys(manifest.dependencies)).not.toContain(peer)
  })

  it("install only small libraries of pure JavaScript with everybody, no network client and no test runner", () => {
    const allowed = ["neverthrow", "ts-pattern", "zod"]
    const advice = "a client or runner is an optional peer; anything else is a decision, made by adding it here"
    expect(missing(Object.keys(manifest.dependencies), allowed), advice).toEqual([])
  })
})

/** `^6.3` and `^6.3.0` are the same range. */
function fullRange(range: string): string {
  return range.replaceAll(/\d+(\.\d+)*/g, (version) => [...version.split("."), "0", "0"].slice(0, 3).join("."))
}
