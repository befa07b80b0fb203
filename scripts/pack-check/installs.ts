import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { asMain, createServicesProgram } from "./programs.ts"
import { type Checklist, installInto, node, repository, run, writeFiles } from "./run.ts"

/** Compares what a consumer gets with what README.md says, and installs it beside an old zod. */
export async function checkInstalls(list: Checklist, tarball: string, alone: string, temporary: string): Promise<void> {
  await list.check("README.md lists what is installed with it", async () => {
    const installed = namesOf(JSON.parse(await run("npm", ["ls", "--omit=dev", "--all", "--json"], { cwd: alone })))
    const listed = readListed().filter((name) => installed.has(name) || !OTHER_PLATFORMS.test(name))
    const unlisted = [...installed].filter((name) => !listed.includes(name))
    const gone = listed.filter((name) => !installed.has(name))
    if (unlisted.length > 0) throw new Error(`Installed, and not listed: ${unlisted.join(", ")}`)
    if (gone.length > 0) throw new Error(`Listed, and not installed: ${gone.join(", ")}`)
    return listed.join(", ")
  })
  await list.check("a project with zod 3 keeps it", async () => {
    const folder = join(temporary, "zod-3")
    await installInto(folder, [tarball, "zod@3"])
    const own = JSON.parse(readFileSync(join(folder, "node_modules", "zod", "package.json"), "utf8")) as Package
    if (!own.version?.startsWith("3.")) throw new Error(`It has zod ${own.version}`)
    if (!existsSync(join(folder, "node_modules", "@objectos", "sdk", "node_modules", "zod"))) {
      throw new Error("The SDK has no zod of its own: the check is blind.")
    }
    writeFiles(folder, { "program.mjs": asMain(createServicesProgram) })
    const answer = await node(["program.mjs"], { cwd: folder })
    if (answer.trim() !== "42") throw new Error(`It printed ${answer}`)
  })
}

/** An optional dependency for one platform is not there on the others. */
const OTHER_PLATFORMS = /-linux-x64-/

interface Package {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, Package>>
}

/** Everything below the SDK. */
function namesOf(project: Package): Set<string> {
  const below = ({ dependencies = {} }: Package): string[] =>
    Object.entries(dependencies).flatMap(([name, found]) =>
      found.version === undefined ? [] : [name, ...below(found)],
    )
  const sdk = project.dependencies?.["@objectos/sdk"]
  if (sdk === undefined) throw new Error("npm ls does not show the SDK.")
  return new Set(below(sdk))
}

/** The first column of the table of README.md that begins with "installed with it". */
function readListed(): string[] {
  const readme = readFileSync(join(repository, "README.md"), "utf8")
  const [, rows = ""] = /^\| installed with it \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(readme) ?? []
  return [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? "")
}
