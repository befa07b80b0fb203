import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Checklist, repository, run, tool } from "./run.ts"

/** Packs the build into a folder and gives the tarball's path. */
export async function packTarball(folder: string): Promise<string> {
  if (!existsSync(join(repository, "dist"))) throw new Error("There is no dist/: run npm run build first.")
  const output = await run("npm", ["pack", "--json", "--pack-destination", folder])
  const [packed] = JSON.parse(output) as { filename: string }[]
  if (packed === undefined) throw new Error("npm pack named no file.")
  return join(folder, packed.filename)
}

export async function checkTarball(list: Checklist, tarball: string): Promise<void> {
  await list.check("every file that exports names is packed", async () => {
    const packed = new Set((await run("tar", ["--list", "--file", tarball])).split("\n"))
    const gone = filesOf(readExports()).filter((file) => !packed.has(file.replace("./", "package/")))
    if (gone.length > 0) throw new Error(`not in the tarball: ${gone.join(", ")}`)
  })
  await list.check("no TypeScript sources and no source maps of the harness are packed", async () => {
    const packed = (await run("tar", ["--list", "--file", tarball])).split("\n")
    const found = packed.filter((file) => /(?<!\.d)\.[cm]?ts$|^package\/dist\/testing\/.*\.map$/.test(file))
    if (found.length > 0) throw new Error(found.join("\n"))
    return `${packed.filter((file) => file !== "").length} files`
  })
  await list.check("publint", async () => {
    await tool("publint/src/cli.js", ["run", tarball, "--strict"])
  })
  await list.check("are the types wrong", async () => {
    await tool("@arethetypeswrong/cli/dist/index.js", [tarball, "--profile", "node16"])
  })
}

/** `exports` of package.json. */
function readExports(): Record<string, unknown> {
  const text = readFileSync(join(repository, "package.json"), "utf8")
  return (JSON.parse(text) as { exports: Record<string, unknown> }).exports
}

/** The subpaths that are code, as a user writes them. */
export function readEntryPoints(): string[] {
  return Object.entries(readExports())
    .filter(([, target]) => typeof target === "object")
    .map(([subpath]) => `@objectos/sdk${subpath.slice(1)}`)
}

function filesOf(target: unknown): string[] {
  return typeof target === "string" ? [target] : Object.values(target as object).flatMap(filesOf)
}
