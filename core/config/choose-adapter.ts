import { ok } from "neverthrow"
import type { AnyAdapterDefinition, LazyAdapter } from "../../contracts/adapter.ts"
import { isShortName, shownName } from "../../contracts/foundation/shown.ts"
import type { InstanceConfig, NamedAdapter } from "../foundation/document.ts"
import { serviceNamed } from "../service-list.ts"
import { type Checked, refuse, unknownName } from "./issues.ts"

export type AnyAdapter = AnyAdapterDefinition | LazyAdapter

export type Environment = Readonly<Record<string, string | undefined>>

/** What decides the adapter of an instance. */
export interface Asked {
  readonly name: string
  readonly service: string
  readonly config: InstanceConfig
  /** The adapter that a document names. */
  readonly named: NamedAdapter | undefined
  /** The adapter that variables besides the URL choose. */
  readonly suggested: NamedAdapter | undefined
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

/** Explicit configuration first, then the environment, then `memory`. */
export function chooseAdapter(asked: Asked): Checked<Choice> {
  const { candidates, config, env, name, named, service, suggested } = asked
  const path = `config.${shownName(name)}`
  const wanted = config.adapter ?? named?.name
  if (named !== undefined && wanted !== undefined && named.name !== wanted) {
    const names = candidates.map((adapter) => adapter.name)
    if (!isShortName(wanted)) return refuse(`${path}.adapter`, unknownName("adapter", wanted, names))
    return refuse(named.path, `must be the adapter of ${path}.adapter, ${wanted}; got ${named.name}`)
  }
  const variable = variableOf(name)
  const explicit = wanted !== undefined || config.url !== undefined
  const fromEnv = urlOfEnvironment(asked, explicit)
  const url = fromEnv ?? config.url
  const chosenBy = explicit ? path : fromEnv === undefined ? (suggested?.path ?? "default") : variable
  const urlPath = fromEnv === undefined ? `${path}.url` : variable
  const choose = (chosen: AnyAdapter) => ok({ chosen, chosenBy, url, urlPath })
  if (chosenBy === "default" && env["NODE_ENV"] === "production" && serviceNamed(service)?.needsChoice) {
    const onPurpose = `${variable}=memory: chooses the in-memory ${service} on purpose`
    return refuse(variable, `must be set in production; ${onPurpose}`)
  }
  const schemes = candidates.flatMap((one) => one.schemes).map((one) => `${one}:`)
  if (url !== undefined && !URL.canParse(url)) {
    return refuse(urlPath, `must be a URL; the schemes of ${service} are ${schemes.join(", ")}`)
  }
  const scheme = url === undefined ? undefined : new URL(url).protocol.slice(0, -1)

  if (wanted !== undefined) {
    const chosen = candidates.find((adapter) => adapter.name === wanted)
    if (chosen === undefined) {
      const at = config.adapter === undefined ? named?.path : `${path}.adapter`
      const names = candidates.map((adapter) => adapter.name)
      return refuse(at ?? path, unknownName("adapter", wanted, names))
    }
    const standIn = url === undefined ? standInFor(asked) : undefined
    if (standIn !== undefined && env["NODE_ENV"] === "production") {
      return refuse(variable, `must be set in production, since ${named?.path} is ${chosen.name}`)
    }
    if (standIn !== undefined) {
      return ok({ chosen: standIn, chosenBy: `${named?.path} outside production, without ${variable}`, url, urlPath })
    }
    if (scheme !== undefined && !chosen.schemes.includes(scheme)) {
      const taken = chosen.schemes.map((one) => `${one}:`)
      return refuse(urlPath, `must be a URL of the adapter ${chosen.name}, ${taken.join(" or ")}; got ${scheme}:`)
    }
    return choose(chosen)
  }
  if (scheme !== undefined) {
    const chosen = candidates.find((adapter) => adapter.schemes.includes(scheme))
    if (chosen !== undefined) return choose(chosen)
    return refuse(urlPath, `must begin with ${schemes.join(" or ")}; got ${scheme}:`)
  }
  const chosen = candidates.find((adapter) => adapter.name === (suggested?.name ?? "memory"))
  if (chosen !== undefined) return choose(chosen)
  if (suggested !== undefined) {
    const names = candidates.map((adapter) => adapter.name)
    return refuse(suggested.path, unknownName("adapter", suggested.name, names))
  }
  return refuse(variable, `must be set, since ${service} has no memory adapter; the schemes are ${schemes.join(", ")}`)
}

/** What serves in place of an adapter that a document names, where nothing else is said of it. */
function standInFor({ candidates, config: { adapter, options }, named }: Asked): AnyAdapter | undefined {
  if (named?.standIn === undefined || adapter !== undefined || options !== undefined) return undefined
  return candidates.find(({ name }) => name === named.standIn)
}

/** The environment's URL, where the configuration does not go before it. */
function urlOfEnvironment({ candidates, config, env, name, named }: Asked, explicit: boolean): string | undefined {
  const said = env[variableOf(name)] || undefined
  if (said === undefined || !explicit) return said
  if (config.url !== undefined || named === undefined) return undefined
  // Where another adapter may serve in its place, a URL of neither is a mistake.
  if (named.standIn !== undefined) return said
  // A document says the kind of store, and only the environment where it is.
  const { schemes = [] } = candidates.find((adapter) => adapter.name === named.name) ?? {}
  return schemes.some((scheme) => said.startsWith(`${scheme}:`)) ? said : undefined
}

/** `userSessions` is read from USER_SESSIONS_URL. */
function variableOf(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[^A-Za-z0-9]+/g, "_")
  return `${words.toUpperCase()}_URL`
}
