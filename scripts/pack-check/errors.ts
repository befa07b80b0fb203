import { type Checklist, node, writeFiles } from "./run.ts"

/** Loads both builds and lets each judge what the other one throws. */
const BOTH_BUILDS = `
import { createRequire } from "node:module"
const require = createRequire(import.meta.url)
const builds = { import: await import("@objectos/sdk"), require: require("@objectos/sdk") }
if (builds.import.ServiceError === builds.require.ServiceError) throw new Error("there is only one copy: nothing to compare")

for (const [maker, judge] of [["import", "require"], ["require", "import"]]) {
  const { cache, close } = await builds[maker].createServices({ services: ["cache"] })
  const thrown = await cache.get(42).then(() => undefined, (error) => error)
  await close()
  const made = new builds[maker].ServiceError("NOT_FOUND", "made")
  for (const error of [thrown, made]) {
    if (!(error instanceof builds[maker].ServiceError)) throw new Error(maker + " threw " + error)
    if (!builds[judge].ServiceError.is(error)) throw new Error(judge + " does not know an error of " + maker)
  }
  if (thrown.code !== "INVALID_ARGUMENT") throw new Error("code " + thrown.code)
}
`

/** An error of one entry point is an instance of the class that another one exports. */
const ACROSS_ENTRIES = `
const { ServiceError } = load("@objectos/sdk/contracts")
const { createMemoryCache } = load("@objectos/sdk/adapters/cache/memory")
const { asCache } = load("@objectos/sdk/core")
createMemoryCache().get(42).then(
  () => { throw new Error("get(42) resolved") },
  (error) => { if (!(error instanceof ServiceError)) throw new Error("another copy of ServiceError: " + error) },
)
const cache = createMemoryCache()
if (asCache(cache) !== cache) throw new Error("core has another copy of the portable cache")
`

export async function checkErrors(list: Checklist, folder: string): Promise<void> {
  writeFiles(folder, {
    "both-builds.mjs": BOTH_BUILDS,
    "across.cjs": `const load = require\n${ACROSS_ENTRIES}`,
    "across.mjs": ACROSS_ENTRIES.replaceAll(" = load(", " = await import("),
  })
  await list.check("errors of one build are recognised by the other", async () => {
    await node(["both-builds.mjs"], { cwd: folder })
  })
  await list.check("entry points share their classes", async () => {
    await node(["across.mjs"], { cwd: folder })
    await node(["across.cjs"], { cwd: folder })
  })
}
