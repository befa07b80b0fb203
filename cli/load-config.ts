import { access, readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { parseEnv } from "node:util"
import { got } from "../contracts/foundation/text.ts"
import type { Environment } from "../core/config/choose-adapter.ts"
import type { ConfigInput } from "../index.ts"
import { firstLine, UsageError } from "./command.ts"

/** What a module of configuration exports, as `createServices` takes it. */
export type LoadedConfig = Pick<ConfigInput, "services" | "config" | "adapters" | "required">

const EXPORTS = {
  services: "a list or an object",
  config: "an object",
  adapters: "a list",
  required: "a list",
} as const

/** Loads the named exports of an ES module; a path is relative to the working directory. */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const path = await existing("--config", file)
  const module: Record<string, unknown> = await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new UsageError(`The file ${file} cannot be loaded. ${loadProblem(error, file)}`)
  })
  const entries = Object.entries(EXPORTS).flatMap(([name, wanted]) => {
    const value = module[name]
    if (value === undefined) return []
    const isList = Array.isArray(value)
    const isObject = typeof value === "object" && value !== null && !isList
    if ((isList && wanted.includes("list")) || (isObject && wanted.includes("object"))) return [[name, value] as const]
    throw new UsageError(`The export ${name} of ${file} must be ${wanted}; got ${got(value)}.`)
  })
  if (entries.length > 0) return Object.fromEntries(entries)
  throw new UsageError(`The file ${file} must export at least one of ${Object.keys(EXPORTS).join(", ")} by its name.`)
}

/** The variables of a file of lines NAME=value; those of the process go before them. */
export async function loadEnvironment(file: string | undefined): Promise<Environment> {
  if (file === undefined) return process.env
  return { ...parseEnv(await readFile(await existing("--env-file", file), "utf8")), ...process.env }
}

async function existing(option: string, file: string): Promise<string> {
  if (file === "") throw new UsageError(`${option} must be the path of a file; got an empty string.`)
  const path = resolve(file)
  await access(path).catch(() => {
    throw new UsageError(`There is no file ${file}.`)
  })
  return path
}

/** What is shown of an error of the module: its message may hold secrets, unless it is one of Node.js itself. */
function loadProblem(error: unknown, file: string): string {
  const { code, message, name }: NodeJS.ErrnoException = error instanceof Error ? error : new Error()
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return 'This Node does not run such files. For TypeScript on Node below 22.18, set NODE_OPTIONS="--import tsx".'
  }
  return code?.startsWith("ERR_MODULE") ? `${firstLine(message)}.` : `It fails with ${name}; node ${file} shows why.`
}
