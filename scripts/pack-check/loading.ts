import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { recordImports } from "./record.ts"
import { type Checklist, installInto, node, writeFiles } from "./run.ts"
import { readEntryPoints } from "./tarball.ts"

/** Packages that the front door may load, and with it the memory cache. */
const FRONT_DOOR_PACKAGES = ["@objectos/sdk", "neverthrow"]
const MEMORY_CACHE_PACKAGES = [...FRONT_DOOR_PACKAGES, "zod"]

/** Source files of adapters that may be loaded when the memory cache was chosen. */
const CHOSEN = /^adapters\/(index|manifest|kit\/[^/]+|cache\/memory(-engine\/.*)?)(\.ts)?$/

const USE_CACHE = `
  const { cache, close } = await createServices({ services: ["cache"] })
  await cache.set("user", { name: "Ada" }, 60)
  const user = await cache.get("user")
  if (user?.name !== "Ada") throw new Error("get gave " + JSON.stringify(user))
  await close()
`

export async function checkLoading(list: Checklist, tarball: string, folder: string): Promise<void> {
  const entryPoints = readEntryPoints()
  await list.check("npm install of the tarball, nothing else", async () => {
    await installInto(folder, [tarball])
    return `${installedPackages(folder).length} packages`
  })
  await list.check("no optional peer is installed with it", () => {
    const peers = Object.entries(readInstalled(folder).peerDependenciesMeta)
      .filter(([, { optional }]) => optional)
      .map(([name]) => name)
    const present = peers.filter((name) => existsSync(join(folder, "node_modules", name)))
    if (present.length > 0) throw new Error(`installed: ${present.join(", ")}`)
  })
  writeFiles(folder, {
    "import-one.mjs": `const exported = await import(process.argv[2])
      if (Object.keys(exported).length === 0) throw new Error("it exports nothing")`,
    "require-one.cjs": `const exported = require(process.argv[2])
      if (Object.keys(exported).length === 0) throw new Error("it exports nothing")`,
    "same-names.mjs": `import { createRequire } from "node:module"
      const names = (module) => Object.keys(module).filter((name) => !["default", "module.exports", "__esModule"].includes(name)).sort()
      const [esm, cjs] = [await import(process.argv[2]), createRequire(import.meta.url)(process.argv[2])].map(names)
      if (esm.join() !== cjs.join()) throw new Error("import gives " + esm + ", require gives " + cjs)`,
    "front-door.mjs": `await import("@objectos/sdk")`,
    "use.mjs": `import { createRequire } from "node:module"
      const { createServices } = await import("@objectos/sdk")
      ${USE_CACHE}
      console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)))`,
    "no-peer.mjs": `import { createServices } from "@objectos/sdk"
      const URLS = { "@redis/client": "redis://ada:hunter2@localhost", "lru-cache": "lru-cache:?max=5" }
      for (const [peer, CACHE_URL] of Object.entries(URLS)) {
        const error = await createServices({ services: ["cache"], env: { CACHE_URL } }).catch((reason) => reason)
        const { code, message } = error
        const good = code === "INVALID_CONFIG" && message.includes("CACHE_URL") && message.includes("npm install " + peer)
        if (!good || message.includes("hunter2")) throw new Error("the error is " + message)
      }`,
    "use.cjs": `const { createServices } = require("@objectos/sdk")
      async function main() { ${USE_CACHE} }
      main().then(() => console.log(JSON.stringify(Object.keys(require.cache))))`,
  })
  for (const entryPoint of entryPoints) {
    await list.check(`import("${entryPoint}") and require`, async () => {
      await node(["import-one.mjs", entryPoint], { cwd: folder })
      await node(["require-one.cjs", entryPoint], { cwd: folder })
      await node(["same-names.mjs", entryPoint], { cwd: folder })
    })
  }
  await list.check('import "@objectos/sdk" loads no adapter and no zod', async () => {
    const { modules } = await recordImports(folder, "front-door.mjs")
    const loaded = adapterSources(folder, modules).filter((source) => /^adapters\/[^/]+\/./.test(source))
    if (loaded.length > 0) throw new Error(`loaded: ${loaded.join(", ")}`)
    expectOnlyAllowed(folder, modules, FRONT_DOOR_PACKAGES)
  })
  await list.check("the CommonJS build needs no import(), which Jest does not have", async () => {
    const uses = readCommonJs(folder).filter((file) => /\bimport\(/.test(readFileSync(file, "utf8")))
    if (uses.length > 0) throw new Error(uses.join("\n"))
  })
  await list.check("a missing peer is told at start, with the install command", async () => {
    await node(["no-peer.mjs"], { cwd: folder })
  })
  await list.check("createServices works from import, and loads the memory cache only", async () => {
    const { modules, stdout } = await recordImports(folder, "use.mjs")
    return expectOnlyChosen(folder, [...modules, ...parseLast(stdout)])
  })
  await list.check("createServices works from require, and loads the memory cache only", async () => {
    return expectOnlyChosen(folder, parseLast(await node(["use.cjs"], { cwd: folder })))
  })
}

function expectOnlyChosen(folder: string, modules: readonly string[]): string {
  const sources = adapterSources(folder, modules)
  const unchosen = sources.filter((source) => !CHOSEN.test(source))
  if (unchosen.length > 0) throw new Error(`loaded without being chosen: ${unchosen.join(", ")}`)
  // Without this an empty list of sources would look like a perfect one.
  if (!sources.some((source) => source.startsWith("adapters/cache/memory"))) {
    throw new Error("the memory cache was not seen to be loaded: the check is blind")
  }
  expectOnlyAllowed(folder, modules, MEMORY_CACHE_PACKAGES)
  return `${modules.length} modules`
}

function expectOnlyAllowed(folder: string, modules: readonly string[], allowed: readonly string[]): void {
  const packages = new Set(modules.flatMap((file) => packageOf(folder, file) ?? []))
  const others = [...packages].filter((name) => !allowed.includes(name))
  if (others.length > 0) throw new Error(`packages loaded without need: ${others.join(", ")}`)
}

/** Source files of adapters in the loaded files, chunks included, as their source maps say. */
function adapterSources(folder: string, modules: readonly string[]): string[] {
  const root = join(folder, "node_modules", "@objectos", "sdk")
  const sources = modules
    .filter((file) => file.startsWith(root) && existsSync(`${file}.map`))
    .flatMap((file) => {
      const map = JSON.parse(readFileSync(`${file}.map`, "utf8")) as { sources: string[] }
      return [
        relative(join(root, "dist"), file).replace(/\.c?js$/, ""),
        ...map.sources.map((source) => source.replace(/^(\.\.\/)+/, "")),
      ]
    })
  return [...new Set(sources)].filter((source) => source.startsWith("adapters/"))
}

function readCommonJs(folder: string): string[] {
  const dist = join(folder, "node_modules", "@objectos", "sdk", "dist")
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".cjs"))
  if (files.length === 0) throw new Error("it has no CommonJS build")
  return files.map((file) => join(dist, file))
}

function packageOf(folder: string, file: string): string | undefined {
  const path = relative(join(folder, "node_modules"), file).split(sep)
  if (path[0] === "..") return undefined
  const nested = path.lastIndexOf("node_modules") + 1
  const [scope = "", name = ""] = path.slice(nested)
  return scope.startsWith("@") ? `${scope}/${name}` : scope
}

function parseLast(stdout: string): string[] {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "[]") as string[]
}

function readInstalled(folder: string): { peerDependenciesMeta: Record<string, { optional?: boolean }> } {
  return JSON.parse(readFileSync(join(folder, "node_modules", "@objectos", "sdk", "package.json"), "utf8"))
}

function installedPackages(folder: string): string[] {
  const modules = join(folder, "node_modules")
  return readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((part) => `${name}/${part}`) : name,
    )
}
