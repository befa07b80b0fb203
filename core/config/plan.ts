import type { AnyAdapterDefinition } from "../../contracts/foundation/adapter.ts"
import { type ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import type { CacheDocument, CacheLayers, CachePlan, TierPlan } from "../documents/cache.ts"
import { type AnyAdapter, chooseAdapter, type Environment, type InstanceConfig } from "./choose-adapter.ts"
import { hasOption } from "./coerce.ts"
import { checkedOptions, givenOptions, type Report } from "./options.ts"

/** Configuration of a cache: with the keys of the cache document, it says what stands around the adapter too. */
export type CacheInstanceConfig = InstanceConfig & CacheDocument

export interface PlanInput {
  readonly services?: readonly string[] | Readonly<Record<string, string>> | undefined
  readonly adapters: readonly AnyAdapter[]
  readonly env?: Environment | undefined
  readonly config?: Readonly<Record<string, InstanceConfig | CacheInstanceConfig | undefined>> | undefined
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
  /** The near tier that a document puts before the adapter. */
  readonly near?: PlannedTier
  /** What a document puts around the adapter. */
  readonly layers?: CacheLayers
}

interface PlannedTier {
  readonly definition: AnyAdapterDefinition
  readonly options: unknown
  readonly sources: Readonly<Record<string, string>>
  /** The document's label. */
  readonly name: string
  /** Seconds that it keeps a copy at most. */
  readonly ttl: number
}

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
  const checked = await checkedConfig(name, service, input.config?.[name], report)
  if (checked === undefined) return undefined
  const { config, document } = checked
  if (document?.enabled === false) return planDisabled(name, service)
  const candidates = adapters.filter((adapter) => adapter.service === service)
  const asked = { name, service, config, tier: document?.far, env: input.env ?? {}, candidates }
  const choice = chooseAdapter(asked, report)
  if (choice === undefined) return undefined
  const { chosen, chosenBy, url, urlPath } = choice
  const definition = "load" in chosen ? await chosen.load() : chosen
  const fromDocument = [...(document?.far?.options ?? []), ...(document?.options ?? [])]
  for (const { given, key, source } of fromDocument) {
    if (given && config.options?.[key] !== undefined) report(source, `config.${name}.options.${key} says it too`)
  }
  const given = givenOptions(definition, {
    document: fromDocument,
    url: url === undefined ? undefined : new URL(url),
    urlPath,
    explicit: config.options ?? {},
    explicitPath: `config.${name}.options`,
  })
  const near = document?.near && (await planNear(document.near, candidates, report))
  const options = checkedOptions(definition, given, `config.${name}.options`, report)
  if (options === undefined) return undefined
  if (document !== undefined) refuseLayers(document, { name, adapter: definition.name, options }, report)
  return {
    name,
    service,
    definition,
    chosenBy,
    ...(url !== undefined && { url }),
    options,
    sources: given.sources,
    ...(near && { near }),
    ...(document && { layers: document.layers }),
  }
}

/** What is said of an instance, apart from its document. */
async function checkedConfig(
  name: string,
  service: string,
  given: InstanceConfig | CacheInstanceConfig | undefined,
  report: Report,
): Promise<{ config: InstanceConfig; document: CachePlan | undefined } | undefined> {
  const { adapter, url, options, ...rest } = given ?? {}
  const config = { adapter, url, options }
  if (Object.keys(rest).length === 0) return { config, document: undefined }
  const { cacheDocumentSchema, readCacheDocument } = await import("../documents/cache.ts")
  const isDocument = service === "cache" && Object.keys(rest).some((key) => hasOption(cacheDocumentSchema, key))
  if (isDocument) {
    const document = readCacheDocument(rest, `config.${name}`, report)
    return document && { config, document }
  }
  for (const key of Object.keys(rest)) report(`config.${name}.${key}`, "unknown; there are adapter, url and options")
  return undefined
}

async function planDisabled(name: string, service: string): Promise<PlannedInstance> {
  const { disabledCache } = await import("../documents/disabled-cache.ts")
  return { name, service, definition: disabledCache, chosenBy: `config.${name}.enabled`, options: {}, sources: {} }
}

async function planNear(
  tier: TierPlan,
  candidates: readonly AnyAdapter[],
  report: Report,
): Promise<PlannedTier | undefined> {
  const chosen = candidates.find(({ name }) => name === tier.adapter)
  if (chosen === undefined) {
    report(`${tier.path}.type`, `unknown adapter; there are ${candidates.map((one) => one.name).join(", ")}`)
    return undefined
  }
  const definition = "load" in chosen ? await chosen.load() : chosen
  const given = givenOptions(definition, { document: tier.options, explicit: {}, explicitPath: tier.path })
  const options = checkedOptions(definition, given, tier.path, report)
  if (options === undefined) return undefined
  return { definition, options, sources: given.sources, name: tier.name, ttl: tier.ttl }
}

/** What depends on the adapter that was chosen, and on its options. */
function refuseLayers(
  { layers, far }: CachePlan,
  { adapter, name, options }: { adapter: string; name: string; options: unknown },
  report: Report,
): void {
  const path = `config.${name}.avalanchePrevention`
  const { defaultTtl = Number.POSITIVE_INFINITY } = options as { defaultTtl?: number }
  if (layers.jitterSeconds !== undefined && layers.jitterSeconds >= defaultTtl) {
    report(`${path}.jitterTtl.maxJitterSeconds`, `less than the ttl of ${far?.name ?? "the cache"}, ${defaultTtl}`)
  }
  if (layers.leaseMs !== undefined && adapter === "memory") {
    report(`${path}.lockout.enabled`, "no other process shares this cache; in one process a key is loaded once anyway")
  }
}
