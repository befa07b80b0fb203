import { ResultAsync } from "neverthrow"
import type { ServiceError } from "../../contracts/foundation/errors.ts"
import { type PlanInput, type PlannedInstance, planServices } from "./plan.ts"
import { redactUrl, showOption } from "./redact.ts"

/**
 * Checks a configuration without creating anything.
 *
 * @throws ServiceError INVALID_CONFIG; `details.issues` lists every issue with its path.
 */
export function parseConfig(input: PlanInput): Promise<PlannedInstance[]> {
  return planServices(input)
}

/** `parseConfig` as a Result. */
export function safeParseConfig(input: PlanInput): ResultAsync<PlannedInstance[], ServiceError> {
  return ResultAsync.fromPromise(planServices(input), (error) => error as ServiceError)
}

export interface DescribedInstance {
  readonly name: string
  readonly service: string
  readonly adapter: string
  /** What decided the adapter: `CACHE_URL`, `config.cache` or `default`. */
  readonly chosenBy: string
  /** Without credentials. */
  readonly url?: string
  readonly options: readonly DescribedOption[]
}

interface DescribedOption {
  readonly key: string
  readonly value: string
  readonly source: string
}

/** The effective configuration; secrets are hidden. `toString()` gives it as lines of text. */
export interface ConfigDescription {
  readonly instances: readonly DescribedInstance[]
  toString(): string
}

/** What would be created, and where each value came from. */
export async function describeConfig(input: PlanInput): Promise<ConfigDescription> {
  const instances = (await planServices(input)).map(describeInstance)
  return { instances, toString: () => instances.map(instanceText).join("\n") }
}

function describeInstance(planned: PlannedInstance): DescribedInstance {
  const { chosenBy, definition, layers, name, near, options, service, sources, url } = planned
  return {
    name,
    service,
    adapter: definition.name,
    chosenBy,
    ...(url !== undefined && { url: redactUrl(url) }),
    options: [
      ...describeOptions(options, sources),
      ...(near ? describeOptions(near.options, near.sources, `${near.name}.`) : []),
      ...describeOptions(layers ?? {}, layerSources(`config.${name}.avalanchePrevention`)),
    ],
  }
}

function describeOptions(options: unknown, sources: Readonly<Record<string, string>>, prefix = ""): DescribedOption[] {
  return Object.entries(options as Record<string, unknown>).map(([key, value]) => ({
    key: prefix + key,
    value: showOption(key, value),
    source: sources[key] ?? "default",
  }))
}

function layerSources(path: string): Record<string, string> {
  return { jitterSeconds: `${path}.jitterTtl`, breaker: `${path}.circuitBreaker`, leaseMs: `${path}.lockout` }
}

function instanceText({ adapter, chosenBy, name, options, url }: DescribedInstance): string {
  const head = `${name}: ${adapter} (${chosenBy}${url === undefined ? "" : `, ${url}`})`
  return [head, ...options.map(({ key, source, value }) => `  ${key} = ${value} (${source})`)].join("\n")
}
