import type { z } from "zod"
import type { AnyAdapterDefinition, LazyAdapter } from "../../contracts/foundation/adapter.ts"
import { type ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import { coerceOption } from "./coerce.ts"

/** Configuration of one instance; what it says goes before the environment. */
export interface InstanceConfig {
  /** Name of the adapter. Default: the one that the URL's scheme chooses. */
  adapter?: string | undefined
  url?: string | undefined
  options?: Record<string, unknown> | undefined
}

export type AnyAdapter = AnyAdapterDefinition | LazyAdapter

export type Environment = Readonly<Record<string, string | undefined>>

export interface PlanInput {
  readonly services?: readonly string[] | Readonly<Record<string, string>> | undefined
  readonly adapters: readonly AnyAdapter[]
  readonly env?: Environment | undefined
  readonly config?: Readonly<Record<string, InstanceConfig | undefined>> | undefined
}

/** One instance with everything decided. */
export interface PlannedInstance {
  /** Its name among the services: `cache`, or what the selection calls it. */
  readonly name: string
  readonly service: string
  readonly definition: AnyAdapterDefinition
  /** What decided the adapter: `CACHE_URL`, `config.cache` or `default`. */
  readonly chosenBy: string
  readonly url?: string
  /** Checked, with defaults. May hold secrets. */
  readonly options: unknown
  /** Where each option that was given came from. */
  readonly sources: Readonly<Record<string, string>>
}

/** Services that hold data which `memory` would lose: production names their adapter on purpose. */
const NEED_A_CHOICE: ReadonlySet<string> = new Set(["cache", "queue", "storage"])

const RESERVED: ReadonlySet<string> = new Set(["health", "ready", "close"])

/**
 * Decides the adapter and options of every instance: explicit configuration, then the environment, then defaults.
 *
 * @throws ServiceError INVALID_CONFIG with every issue and its path.
 */
export async function planServices(input: PlanInput): Promise<PlannedInstance[]> {
  const issues: ErrorIssue[] = []
  const report = (path: string, message: string) => issues.push({ path, message })
  const adapters = distinctAdapters(input.adapters, report)
  const instances = selectedInstances(input, adapters, report)
  for (const name of Object.keys(input.config ?? {})) {
    if (!instances.some((instance) => instance.name === name)) {
      report(`config.${name}`, "no service of this name is selected")
    }
  }
  const planned = await Promise.all(instances.map((instance) => planInstance(instance, input, adapters, report)))
  if (issues.length > 0) throw configError(issues)
  return planned.filter((instance) => instance !== undefined)
}

export function configError(issues: readonly ErrorIssue[], cause?: unknown): ServiceError {
  const text = issues.map(({ path, message }) => `${path}: ${message}`).join("; ")
  return new ServiceError("INVALID_CONFIG", `The configuration cannot be used. ${text}.`, {
    details: { issues },
    cause,
  })
}

type Report = (path: string, message: string) => void

function distinctAdapters(adapters: readonly AnyAdapter[], report: Report): readonly AnyAdapter[] {
  const seen = new Set<string>()
  for (const { name, service } of adapters) {
    if (seen.has(`${service} ${name}`)) report("adapters", `two adapters of ${service} are called ${name}`)
    seen.add(`${service} ${name}`)
  }
  return adapters
}

function selectedInstances(
  { services }: PlanInput,
  adapters: readonly AnyAdapter[],
  report: Report,
): { name: string; service: string }[] {
  const known = [...new Set(adapters.map(({ service }) => service))]
  const selected =
    services === undefined
      ? known.map((service) => ({ name: service, service }))
      : Array.isArray(services)
        ? services.map((service: string) => ({ name: service, service }))
        : Object.entries(services).map(([name, service]) => ({ name, service }))
  const seen = new Set<string>()
  return selected.filter(({ name, service }) => {
    const path = `services.${name}`
    if (RESERVED.has(name)) report(path, "this name is taken by the services object itself")
    else if (seen.has(name)) report(path, "selected twice")
    else if (!known.includes(service)) report(path, `unknown service ${service}; there are ${known.join(", ")}`)
    else return seen.add(name)
    return false
  })
}

async function planInstance(
  { name, service }: { name: string; service: string },
  input: PlanInput,
  adapters: readonly AnyAdapter[],
  report: Report,
): Promise<PlannedInstance | undefined> {
  const env = input.env ?? {}
  const config = checkedConfig(name, input.config?.[name], report)
  if (config === undefined) return undefined
  const variable = variableOf(name)
  const explicit = config.adapter !== undefined || config.url !== undefined
  const fromEnv = !explicit && env[variable] !== undefined && env[variable] !== ""
  const url = explicit ? config.url : fromEnv ? env[variable] : undefined
  const chosenBy = explicit ? `config.${name}` : fromEnv ? variable : "default"
  const urlPath = explicit ? `config.${name}.url` : variable

  if (chosenBy === "default" && env["NODE_ENV"] === "production" && NEED_A_CHOICE.has(service)) {
    report(variable, `set it in production; ${variable}=memory: chooses the in-memory ${service} on purpose`)
    return undefined
  }
  if (url !== undefined && !URL.canParse(url)) {
    report(urlPath, "not a URL")
    return undefined
  }
  const parsedUrl = url === undefined ? undefined : new URL(url)
  const scheme = parsedUrl?.protocol.slice(0, -1)
  const candidates = adapters.filter((adapter) => adapter.service === service)
  const chosen = candidates.find((adapter) =>
    config.adapter !== undefined
      ? adapter.name === config.adapter
      : scheme !== undefined
        ? adapter.schemes.includes(scheme)
        : adapter.name === "memory",
  )
  if (chosen === undefined) {
    if (config.adapter !== undefined) {
      report(
        `config.${name}.adapter`,
        `unknown adapter; ${service} has ${candidates.map((one) => one.name).join(", ")}`,
      )
    } else if (scheme !== undefined) {
      const schemes = candidates.flatMap((one) => one.schemes).map((one) => `${one}:`)
      report(urlPath, `no ${service} adapter for ${scheme}: URLs; there are ${schemes.join(", ")}`)
    } else {
      report(variable, `${service} has no memory adapter, so a URL is needed`)
    }
    return undefined
  }
  if (scheme !== undefined && !chosen.schemes.includes(scheme)) {
    report(urlPath, `the adapter ${chosen.name} takes ${chosen.schemes.join(": or ")}: URLs`)
    return undefined
  }
  const definition = "load" in chosen ? await chosen.load() : chosen
  const given = givenOptions(definition, parsedUrl, urlPath, config.options ?? {}, `config.${name}.options`)
  const result = definition.optionsSchema.safeParse(given.options)
  if (!result.success) {
    for (const issue of result.error.issues) reportIssue(issue, given, `config.${name}.options`, report)
    return undefined
  }
  return {
    name,
    service,
    definition,
    chosenBy,
    ...(url !== undefined && { url }),
    options: result.data,
    sources: given.sources,
  }
}

function checkedConfig(name: string, config: InstanceConfig | undefined, report: Report): InstanceConfig | undefined {
  if (config === undefined) return {}
  const unknown = Object.keys(config).filter((key) => !["adapter", "url", "options"].includes(key))
  for (const key of unknown) report(`config.${name}.${key}`, "unknown; there are adapter, url and options")
  return unknown.length > 0 ? undefined : config
}

interface GivenOptions {
  readonly options: Record<string, unknown>
  readonly sources: Record<string, string>
}

/** The URL's options under the explicit ones. */
function givenOptions(
  definition: AnyAdapterDefinition,
  url: URL | undefined,
  urlPath: string,
  explicit: Record<string, unknown>,
  explicitPath: string,
): GivenOptions {
  const options: Record<string, unknown> = {}
  const sources: Record<string, string> = {}
  const add = (key: string, value: unknown, source: string) => {
    options[key] = value
    sources[key] = source
  }
  if (url !== undefined) {
    for (const [key, value] of Object.entries(definition.fromUrl?.(url) ?? {})) add(key, value, urlPath)
    for (const [key, text] of url.searchParams) {
      add(key, coerceOption(definition.optionsSchema, key, text), `${urlPath}?${key}`)
    }
  }
  for (const [key, value] of Object.entries(explicit)) add(key, value, `${explicitPath}.${key}`)
  return { options, sources }
}

function reportIssue(issue: z.core.$ZodIssue, given: GivenOptions, explicitPath: string, report: Report): void {
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) report(given.sources[key] ?? `${explicitPath}.${key}`, "unknown option")
    return
  }
  const [key, ...rest] = issue.path.map(String)
  const source = given.sources[key ?? ""] ?? `${explicitPath}.${key}`
  const named = source.endsWith(key ?? "") ? source : `${source} (${key})`
  report([named, ...rest].join("."), issue.message)
}

/** `userSessions` is read from USER_SESSIONS_URL. */
function variableOf(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[^A-Za-z0-9]+/g, "_")
  return `${words.toUpperCase()}_URL`
}
