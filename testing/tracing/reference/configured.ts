import type { ErrorIssue } from "../../../contracts/foundation/errors.ts"
import type { SamplingRule, TraceSamplingConfig, TracingConfig } from "../../../contracts/tracing/tracing.ts"
import {
  type ReferenceConfiguration,
  type ReferenceOptions,
  ReferenceService,
} from "../../foundation/reference-service.ts"
import { configChecks } from "./config-checks.ts"
import { TracingStore } from "./store.ts"

export type TracingReferenceOptions = ReferenceOptions<TracingStore>

/** The configuration with its defaults. */
export interface HeldConfig {
  readonly name: string
  readonly enabled: boolean
  readonly sampling: TraceSamplingConfig & { readonly rules: readonly SamplingRule[] }
  readonly propagation: {
    readonly formats: readonly ("w3c" | "b3" | "b3_multi")[]
    readonly extract: boolean
    readonly inject: boolean
    readonly baggage: { readonly enabled: boolean; readonly maxSize: number; readonly allowedKeys: readonly string[] }
  }
  readonly spanLimits: {
    readonly maxAttributes: number
    readonly maxEvents: number
    readonly maxLinks: number
    readonly maxAttributeValueLength: number
  }
  readonly traceIdGenerator: "random" | "uuid"
}

export abstract class ReferenceConfigured extends ReferenceService<TracingStore> {
  override readonly service: string = "tracing"
  /** What the receiver knows it by. */
  readonly id: string
  readonly config: HeldConfig

  constructor({ store = new TracingStore(), ...options }: TracingReferenceOptions) {
    super({ ...options, store })
    this.id = `client-${++store.clients}`
    this.config = this.configOf(options.configuration ?? {})
  }

  override issuesOf(configuration: ReferenceConfiguration): ErrorIssue[] {
    const isOurs = ([key]: [string, unknown]) => Object.hasOwn(configChecks, key)
    const [ours, others] = [true, false].map((is) =>
      Object.entries(configuration).filter((each) => isOurs(each) === is),
    )
    const wrong = (ours ?? []).filter(([key, value]) => value !== undefined && !this.canAct(key, value))
    const issues = wrong.map(([path]) => ({ path, message: "has a value that cannot act" }))
    return [...super.issuesOf(Object.fromEntries(others ?? [])), ...issues]
  }

  /** Whether the value of a key is one that there is. */
  canAct(key: string, value: unknown): boolean {
    return configChecks[key]?.(value) === true
  }

  configOf(given: ReferenceConfiguration): HeldConfig {
    const { propagation = {}, sampling = {}, spanLimits = {}, ...config } = given as TracingConfig
    const label = config.label === undefined ? {} : { label: config.label }
    return structuredClone({
      ...label,
      name: config.name ?? "objectos",
      enabled: config.enabled ?? true,
      sampling: { type: "always_on", rules: [], ...sampling },
      propagation: {
        ...{ formats: ["w3c"], extract: true, inject: true, ...propagation },
        baggage: { enabled: true, maxSize: 8192, allowedKeys: [], ...propagation.baggage },
      },
      spanLimits: { maxAttributes: 128, maxEvents: 128, maxLinks: 128, maxAttributeValueLength: 4096, ...spanLimits },
      traceIdGenerator: config.traceIdGenerator ?? "random",
    } as HeldConfig)
  }

  getConfig(): TracingConfig {
    return structuredClone(this.config)
  }
}
