import type { AnyAdapterDefinition, LazyAdapter } from "../../contracts/foundation/adapter.ts"
import type { TierPlan } from "../documents/cache.ts"
import type { Report } from "./options.ts"

/** Configuration of one instance; what it says goes before the environment. */
export interface InstanceConfig {
  /** Name of the adapter. Default: the one that the URL's scheme chooses. */
  adapter?: string | undefined
  url?: string | undefined
  options?: Record<string, unknown> | undefined
}

export type AnyAdapter = AnyAdapterDefinition | LazyAdapter

export type Environment = Readonly<Record<string, string | undefined>>

/** Services that hold data which `memory` would lose: production names their adapter on purpose. */
const NEED_A_CHOICE: ReadonlySet<string> = new Set(["cache", "queue", "storage"])

/** What decides the adapter of an instance. */
export interface Asked {
  readonly name: string
  readonly service: string
  readonly config: InstanceConfig
  /** What a document says of the store. */
  readonly tier: TierPlan | undefined
  readonly env: Environment
  /** The adapters of the service. */
  readonly candidates: readonly AnyAdapter[]
}

export interface Choice {
  readonly chosen: AnyAdapter
  /** What decided: `CACHE_URL`, `config.cache` or `default`. */
  readonly chosenBy: string
  readonly url: string | undefined
  /** Who gave the URL. */
  readonly urlPath: string
}

/** Explicit configuration first, then the environment, then `memory`; undefined after a report. */
export function chooseAdapter(asked: Asked, report: Report): Choice | undefined {
  const { candidates, config, env, name, service, tier } = asked
  const wanted = config.adapter ?? tier?.adapter
  if (tier !== undefined && tier.adapter !== wanted)
    return refuse(`${tier.path}.type`, `config.${name}.adapter says ${wanted}`)
  const variable = variableOf(name)
  const explicit = wanted !== undefined || config.url !== undefined
  const fromEnv = urlOfEnvironment(asked, explicit)
  const url = fromEnv ?? config.url
  const chosenBy = explicit ? `config.${name}` : fromEnv === undefined ? "default" : variable
  const urlPath = fromEnv === undefined ? `config.${name}.url` : variable
  if (chosenBy === "default" && env["NODE_ENV"] === "production" && NEED_A_CHOICE.has(service)) {
    return refuse(variable, `set it in production; ${variable}=memory: chooses the in-memory ${service} on purpose`)
  }
  if (url !== undefined && !URL.canParse(url)) return refuse(urlPath, "not a URL")
  const scheme = url === undefined ? undefined : new URL(url).protocol.slice(0, -1)

  if (wanted !== undefined) {
    const chosen = candidates.find((adapter) => adapter.name === wanted)
    if (chosen === undefined) {
      const path = config.adapter === undefined ? `${tier?.path}.type` : `config.${name}.adapter`
      return refuse(path, `unknown adapter; ${service} has ${candidates.map((one) => one.name).join(", ")}`)
    }
    if (scheme !== undefined && !chosen.schemes.includes(scheme)) {
      return refuse(urlPath, `the adapter ${chosen.name} takes ${chosen.schemes.join(": or ")}: URLs`)
    }
    return { chosen, chosenBy, url, urlPath }
  }
  if (scheme !== undefined) {
    const chosen = candidates.find(({ schemes }) => schemes.includes(scheme))
    if (chosen !== undefined) return { chosen, chosenBy, url, urlPath }
    const schemes = candidates.flatMap((one) => one.schemes).map((one) => `${one}:`)
    return refuse(urlPath, `no ${service} adapter for ${scheme}: URLs; there are ${schemes.join(", ")}`)
  }
  const chosen = candidates.find((adapter) => adapter.name === "memory")
  if (chosen !== undefined) return { chosen, chosenBy, url, urlPath }
  return refuse(variable, `${service} has no memory adapter, so a URL is needed`)

  function refuse(path: string, message: string): undefined {
    report(path, message)
  }
}

/** The environment's URL, where the configuration does not go before it. */
function urlOfEnvironment({ candidates, config, env, name, tier }: Asked, explicit: boolean): string | undefined {
  const said = env[variableOf(name)] || undefined
  if (said === undefined || !explicit) return said
  if (config.url !== undefined || tier === undefined) return undefined
  // A document says the kind of store, and only the environment where it is.
  const { schemes = [] } = candidates.find((adapter) => adapter.name === tier.adapter) ?? {}
  return schemes.some((scheme) => said.startsWith(`${scheme}:`)) ? said : undefined
}

/** `userSessions` is read from USER_SESSIONS_URL. */
function variableOf(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[^A-Za-z0-9]+/g, "_")
  return `${words.toUpperCase()}_URL`
}
