import { access } from "node:fs/promises"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import * as contracts from "../contracts.ts"
import type { Contract } from "../engine/clause.ts"
import { checkExemptions } from "../engine/exemptions.ts"
import type { Subject } from "../engine/subject.ts"

export type AnyContract = Contract<unknown, object>
export type AnySubject = Subject<unknown, object>

export interface ConformanceConfig {
  readonly subjects: readonly AnySubject[]
  /** The built-in contracts, and those that the configuration exports as `contracts`. */
  readonly contracts: readonly AnyContract[]
}

/** What the user did wrong, in one line. */
export class UsageError extends Error {}

export const builtinContracts = Object.values(contracts) as readonly unknown[] as readonly AnyContract[]

/** Loads `subjects`, and `contracts` of services of one's own, from a module. */
export async function loadConfig(file: string): Promise<ConformanceConfig> {
  const path = resolve(file)
  await access(path).catch(() => {
    throw new UsageError(`There is no file ${file}.`)
  })
  const module = (await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new UsageError(`The file ${file} cannot be loaded. ${loadProblem(error, file)}`)
  })) as Partial<ConformanceConfig>
  if (!Array.isArray(module.subjects) || module.subjects.length === 0) {
    throw new UsageError(`The file ${file} must export a list called subjects, which is not empty.`)
  }
  return { subjects: module.subjects, contracts: [...builtinContracts, ...(module.contracts ?? [])] }
}

/** The contract of a subject's service. */
export function contractOf({ contracts }: ConformanceConfig, subject: AnySubject): AnyContract {
  const found = contracts.find((contract) => contract.service === subject.service)
  if (found === undefined) {
    throw new UsageError(
      `The subject ${subject.name} must be of a service that has a contract; got ${subject.service}. The export contracts takes others.`,
    )
  }
  try {
    checkExemptions(found, subject)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  return found
}

/** The message of a foreign error may hold secrets, unless it is one of Node.js itself. */
function loadProblem(error: unknown, file: string): string {
  const { code, message, name }: NodeJS.ErrnoException = error instanceof Error ? error : new Error()
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return 'This Node does not run such files. For TypeScript on Node below 22.18, set NODE_OPTIONS="--import tsx".'
  }
  return code?.startsWith("ERR_MODULE")
    ? `${message.split("\n")[0]}.`
    : `It fails with ${name}; node ${file} shows why.`
}
