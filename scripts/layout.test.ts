import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { builtinAdapters } from "../adapters/manifest.ts"
import { serviceList } from "../core/service-list.ts"
import * as contracts from "../testing/contracts.ts"
import { servicesOf } from "./entry-points/entry-points.ts"

const root = join(import.meta.dirname, "..")
const services = serviceList.map(({ name }) => name)
const proven = Object.values(contracts).map(({ service }) => service)

/** Paths from the root of all TypeScript files below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file))
}

function foldersIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

const read = (file: string) => readFileSync(join(root, file), "utf8")

describe("a service", () => {
  it("is a folder in core and a row in core/service-list.ts", () => {
    expect(servicesOf(root)).toEqual([...services].sort())
  })

  it.each(services)("%s has the same files as every other", (service) => {
    const files = [
      `contracts/${service}/${service}.ts`,
      `contracts/${service}/arguments.ts`,
      `contracts/${service}/index.ts`,
      `core/${service}/service.ts`,
      `core/${service}/portable-${service}.ts`,
      `core/${service}/index.ts`,
      `adapters/${service}/memory.ts`,
    ]
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it.each(proven)("%s has a contract in the harness, and subjects", (service) => {
    const files = [
      `contracts/${service}/clauses.ts`,
      `testing/${service}/clause.ts`,
      `testing/${service}/contract.ts`,
      `testing/${service}/probes.ts`,
      `subjects/${service}.ts`,
    ]
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it.each(services)("%s is registered where CONTRIBUTING.md says", (service) => {
    expect(read("contracts/services.ts")).toContain(`export * from "./${service}/index.ts"`)
    expect(read("core/index.ts")).toContain(`"./${service}/portable-${service}.ts"`)
    expect(builtinAdapters.map((adapter) => adapter.service)).toContain(service)
  })
})

describe("the second level", () => {
  it.each([
    ["contracts", ["foundation"]],
    ["core", ["config", "foundation", "http"]],
    ["adapters", ["kit"]],
    ["testing", ["cli", "engine", "families", "faults", "foundation", "report"]],
  ])("of %s is services, and what all of them share", (layer, shared) => {
    const strangers = foldersIn(layer).filter((name) => !services.includes(name) && !shared.includes(name))
    expect(strangers).toEqual([])
  })

  it.each(
    [...filesBelow("core/config"), ...filesBelow("core/foundation"), "core/services.ts", "core/instances.ts"].filter(
      (file) => !file.endsWith(".test.ts"),
    ),
  )("%s names no service", (file) => {
    const code = read(file).replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, "")
    expect(services.filter((service) => code.includes(`"${service}"`))).toEqual([])
  })
})

describe("a file", () => {
  it("has one job: 400 lines at most", () => {
    const folders = [
      "contracts",
      "core",
      "adapters",
      "cli",
      "testing",
      "servers",
      "scripts",
      "subjects",
      "bench",
      "examples",
    ]
    const files = folders.flatMap(filesBelow).filter((file) => !file.includes("node_modules"))
    const long = files
      .map((file) => [file, read(file).split("\n").length - 1] as const)
      .filter(([, lines]) => lines > 400)
    expect(long).toEqual([])
  })
})
