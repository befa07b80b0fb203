import type { ErrorIssue } from "../../../contracts/foundation/errors.ts"

export type Environment = Readonly<Record<string, string | undefined>>

interface Said {
  /** Of the variable. */
  readonly name: string
  readonly value: string
}

/**
 * Reads variables. Blanks around a value do not count, an empty value says nothing, and a name among values has no case.
 * One that is malformed is refused by its name; its value, which may be a secret, is never shown.
 */
export class EnvironmentReader {
  readonly issues: ErrorIssue[] = []
  readonly #env: Environment
  /** The variables that said something, in the order in which they were read. */
  readonly #said: string[] = []

  constructor(env: Environment) {
    this.#env = env
  }

  /** What `make` reads, and the first variable that said something of it. */
  part<Value>(make: () => Value): { readonly value: Value; readonly variable: string | undefined } {
    const from = this.#said.length
    const value = make()
    return { value, variable: this.#said[from] }
  }

  /** The first of the variables that says something. */
  text(...names: readonly string[]): Said | undefined {
    for (const name of names) {
      const value = this.#env[name]?.trim()
      if (!value) continue
      this.#said.push(name)
      return { name, value }
    }
    return undefined
  }

  refuse(name: string, message: string): undefined {
    this.issues.push({ path: name, message })
    return undefined
  }

  one<Value>(known: Readonly<Record<string, Value>>, ...names: readonly string[]): Value | undefined {
    const said = this.text(...names)
    if (said === undefined) return undefined
    const value = said.value.toLowerCase()
    if (Object.hasOwn(known, value)) return known[value]
    return this.refuse(said.name, `must be one of ${listOf(known)}; got another string`)
  }

  /** Members of a list, each once. */
  some<Value>(known: Readonly<Record<string, Value>>, name: string): Value[] | undefined {
    const said = this.text(name)
    if (said === undefined) return undefined
    const members = new Set(partsOf(said.value).map((member) => member.toLowerCase()))
    const values = [...members].filter((member) => Object.hasOwn(known, member)).map((member) => known[member] as Value)
    if (members.size > 0 && values.length === members.size) return values
    return this.refuse(name, `must be a list of ${listOf(known)}; got another string`)
  }

  /** A whole number within bounds. */
  whole(least: number, most: number, ...names: readonly string[]): number | undefined {
    const said = this.text(...names)
    if (said === undefined) return undefined
    const number = /^\d{1,10}$/.test(said.value) ? Number(said.value) : Number.NaN
    if (number >= least && number <= most) return number
    return this.refuse(said.name, `must be a whole number from ${least} to ${most}; got another string`)
  }

  /** A number from 0 to 1. */
  ratio(name: string): number | undefined {
    const said = this.text(name)
    if (said === undefined) return undefined
    const number = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(said.value) ? Number(said.value) : Number.NaN
    return number <= 1 ? number : this.refuse(name, "must be a number from 0 to 1; got another string")
  }

  url(name: string): URL | undefined {
    const said = this.text(name)
    if (said === undefined) return undefined
    const url = URL.canParse(said.value) ? new URL(said.value) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      return this.refuse(name, "must be a URL that begins with http:// or https://; got another string")
    }
    // No request can be sent to such a URL.
    if (url.username !== "" || url.password !== "") {
      return this.refuse(name, "must be a URL without a user; give credentials by OTEL_EXPORTER_OTLP_HEADERS")
    }
    return url
  }

  /** `key=value,key2=value2`, percent-encoded. `fits` tells what a pair may be. */
  pairs(
    fits: (name: string, value: string) => boolean,
    ...names: readonly string[]
  ): Record<string, string> | undefined {
    const said = this.text(...names)
    if (said === undefined) return undefined
    const pairs = partsOf(said.value).map(pairOf)
    if (pairs.every((pair) => pair !== undefined && fits(...pair))) {
      return Object.fromEntries(pairs as (readonly [string, string])[])
    }
    return this.refuse(said.name, "must be pairs such as key=value,key2=value2, percent-encoded; got another string")
  }
}

/** Those members that are there; undefined where none is. */
export function membersOf<Members extends object>(members: Members): Partial<Members> | undefined {
  const said = Object.entries(members).filter(([, value]) => value !== undefined)
  return said.length === 0 ? undefined : (Object.fromEntries(said) as Partial<Members>)
}

function listOf(known: object): string {
  return Object.keys(known).join(", ")
}

/** The parts between commas that are not empty. */
function partsOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
}

function pairOf(pair: string): readonly [name: string, value: string] | undefined {
  const mark = pair.indexOf("=")
  if (mark < 1) return undefined
  try {
    return [decodeURIComponent(pair.slice(0, mark).trim()), decodeURIComponent(pair.slice(mark + 1).trim())]
  } catch {
    return undefined
  }
}
