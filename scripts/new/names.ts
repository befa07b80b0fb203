import ts from "typescript"
import { SERVICE_NAMES } from "../../contracts/foundation/names.ts"

/** A mistake of the user, in one line. */
export class UsageError extends Error {}

/** The names of one service in code. */
export interface ServiceNames {
  /** `notes`: its folders, its key among the services, a variable that holds one. */
  readonly name: string
  /** `Notes`: its portable type, and part of other types. */
  readonly type: string
  /** `NOTES`: its clause ids and constants. */
  readonly upper: string
}

/** The names of one adapter in code. */
export interface AdapterNames {
  readonly service: ServiceNames
  /** `lru-cache`: its file, its scheme, its name in errors. */
  readonly name: string
  /** `LruCacheNotes`: its class, and part of other names. */
  readonly type: string
  /** `lruCacheNotes`: its definition. */
  readonly variable: string
}

/** Folders and members that are no services. */
const TAKEN = [
  "foundation",
  "config",
  "kit",
  "engine",
  "faults",
  "report",
  "cli",
  "families",
  "health",
  "ready",
  "close",
]

/**
 * The names of a service.
 *
 * One word, since it is a member of what `createServices` gives, a folder, the start of clause ids and of an
 * environment variable, and must read alike in all of them.
 */
export function serviceNames(name: string): ServiceNames {
  if (!/^[a-z][a-z0-9]+$/.test(name)) {
    throw new UsageError(`The name of a service must be one word of lower-case letters and digits; got ${shown(name)}.`)
  }
  if (TAKEN.includes(name) || name in globalThis || !isIdentifier(name))
    throw new UsageError(`No service can be called ${name}.`)
  return { name, type: pascal(name), upper: name.toUpperCase() }
}

/** The names of an adapter of a service. */
export function adapterNames(service: ServiceNames, name: string): AdapterNames {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    const must = "words of lower-case letters and digits, with a hyphen between them"
    throw new UsageError(`The name of an adapter must be ${must}; got ${shown(name)}.`)
  }
  const type = `${pascal(name)}${service.type}`
  return { service, name, type, variable: `${type.charAt(0).toLowerCase()}${type.slice(1)}` }
}

/** The name of a service on the platform: its own where the platform has that, else the one that is said. */
export function platformName(name: string, said: string | undefined): string {
  const platform = said ?? name
  if ((SERVICE_NAMES as readonly string[]).includes(platform)) return platform
  const names = SERVICE_NAMES.join(", ")
  throw new UsageError(`The platform has no service ${platform}: say --platform with one of ${names}.`)
}

function pascal(name: string): string {
  return name
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("")
}

function isIdentifier(name: string): boolean {
  return ts.createScanner(ts.ScriptTarget.Latest, true, undefined, name).scan() === ts.SyntaxKind.Identifier
}

function shown(name: string): string {
  return JSON.stringify(name)
}
