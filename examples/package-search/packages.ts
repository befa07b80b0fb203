/** Reads the packages of a `node_modules` folder. */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { ServiceError } from "@objectos/sdk"

export interface FoundPackage {
  readonly name: string
  readonly manifest: string
  readonly readme: string
}

/** What is not a package or cannot be read is counted, not fatal; a folder without any package is. */
export async function readPackages(dir: string): Promise<{ packages: FoundPackage[]; skipped: number }> {
  const found = await Promise.all((await packageFolders(dir)).map(readPackage))
  const packages = found.filter((one) => one !== undefined)
  if (packages.length === 0) throw new ServiceError("NOT_FOUND", `There are no packages in ${dir}.`)
  return { packages, skipped: found.length - packages.length }
}

async function packageFolders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new ServiceError("NOT_FOUND", `Cannot read the folder ${dir} (${error.code}).`)
  })
  const folders: string[] = []
  for (const entry of entries) {
    if (entry.name.startsWith(".") || (!entry.isDirectory() && !entry.isSymbolicLink())) continue
    const path = join(dir, entry.name)
    if (entry.name.startsWith("@")) folders.push(...(await packageFolders(path)))
    else folders.push(path)
  }
  return folders
}

async function readPackage(folder: string): Promise<FoundPackage | undefined> {
  try {
    const manifest = await readFile(join(folder, "package.json"), "utf8")
    const { name } = JSON.parse(manifest)
    if (typeof name !== "string" || name === "") return undefined
    const readme = (await readdir(folder)).find((file) => /^readme(\.(md|markdown|txt))?$/i.test(file))
    return { name, manifest, readme: readme === undefined ? "" : await readFile(join(folder, readme), "utf8") }
  } catch {
    return undefined
  }
}
