import { ResultAsync } from "neverthrow"
import type { ServiceError } from "../../contracts/foundation/errors.ts"
import { oneLine, shownName } from "../../contracts/foundation/shown.ts"
import type { DescribedValue, PlannedAdapter } from "../foundation/document.ts"
import type { PlanInput, PlannedInstance } from "./plan.ts"
import { redactUrl, showOption } from "./redact.ts"

/**
 * Checks a configuration without creating anything.
 *
 * @throws ServiceError INVALID_CONFIG; `details.issues` lists every issue with its path.
 */
export async function parseConfig(input: PlanInput): Promise<PlannedInstance[]> {
  // Here, so that importing the package does not load zod.
  const { planServices } = await import("./plan.ts")
  return planServices(input)
}

/** `parseConfig` as a Result. */
export function safeParseConfig(input: PlanInput): ResultAsync<PlannedInstance[], ServiceError> {
  return ResultAsync.fromPromise(parseConfig(input), (error) => error as ServiceError)
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
  return describePlanned(await parseConfig(input))
}

/** What a plan would create. */
export function describePlanned(planned: readonly PlannedInstance[]): ConfigDescription {
  const instances = planned.map(describeInstance)
  return { instances, toString: () => instances.map(instanceText).join("\n") }
}

function describeInstance(planned: PlannedInstance): DescribedInstance {
  const { chosenBy, definition, document, name, parts, service, url } = planned
  return {
    name,
    service,
    adapter: definition.name,
    chosenBy,
    ...(url !== undefined && { url: redactUrl(url) }),
    options: [
      ...valuesOf(planned).map((value) => describeValue(value)),
      ...parts.flatMap((part) => valuesOf(part).map((value) => describeValue(value, `${part.name}.`))),
      ...(document?.described ?? []).map((value) => describeValue(value)),
    ],
  }
}

function valuesOf({ options, sources }: PlannedAdapter): DescribedValue[] {
  const members = typeof options === "object" && options !== null ? Object.entries(options) : []
  return members.map(([key, value]: [string, unknown]) => ({
    key,
    value,
    source: (Object.hasOwn(sources, key) ? sources[key] : undefined) ?? "default",
  }))
}

function describeValue({ key, source, value }: DescribedValue, prefix = ""): DescribedOption {
  return { key: prefix + shownName(key), value: showOption(key, value), source }
}

function instanceText({ adapter, chosenBy, name, options, url }: DescribedInstance): string {
  const head = `${oneLine(name)}: ${oneLine(adapter)} (${chosenBy}${url === undefined ? "" : `, ${url}`})`
  return [head, ...options.map(({ key, source, value }) => `  ${key} = ${value} (${source})`)].join("\n")
}
