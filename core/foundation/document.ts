import type { Result } from "neverthrow"
import type { AdapterContext, AnyAdapterDefinition } from "../../contracts/adapter.ts"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"

/** Configuration of one instance; what it says goes before the environment. */
export interface InstanceConfig {
  /** Name of the adapter. Default: the one that the URL's scheme chooses. */
  adapter?: string | undefined
  url?: string | undefined
  options?: Record<string, unknown> | undefined
}

/** The keys of `InstanceConfig`. Every other key belongs to a document. */
export const INSTANCE_KEYS = ["adapter", "url", "options"] as const

/** A document of the requirement document for one service, such as the cache document of SPEC-005. */
export interface ServiceDocument {
  /** The keys of the document. One of them makes a document of the configuration of an instance. */
  readonly keys: readonly string[]
  /** Translates the document at `path`; the issues are those of its form. */
  read(raw: Readonly<Record<string, unknown>>, path: string): Result<DocumentPlan, ErrorIssue[]>
}

/** A document as what the configuration can plan. */
export interface DocumentPlan {
  /** What nothing honours. It is told together with all else that is wrong. */
  readonly issues: readonly ErrorIssue[]
  /** Takes the place of every adapter; nothing else of the plan is used then. */
  readonly instead?: { readonly definition: AnyAdapterDefinition; readonly path: string }
  /** The adapter that the document names. Undefined: chosen as without a document. */
  readonly adapter?: NamedAdapter
  /** Options of the chosen adapter. */
  readonly options: readonly DocumentOption[]
  /** Adapters that stand beside the chosen one. */
  readonly parts: readonly DocumentPart[]
  /** What the description of the configuration shows besides options. */
  readonly described: readonly DescribedValue[]
  /** What depends on the chosen adapter and its checked options. */
  check(chosen: PlannedAdapter): readonly ErrorIssue[]
  /** What the made instance does not have. */
  lacking?(instance: object): readonly ErrorIssue[]
  /** Puts around the instance what the document asks for. */
  compose(instance: object, composition: Composition): Promise<object>
}

/** Reads what the environment says of a service. */
export type ReadEnvironment = (env: Readonly<Record<string, string | undefined>>) => EnvironmentPlan

/** What variables say besides `<NAME>_URL`, which goes before them. */
export interface EnvironmentPlan {
  readonly issues: readonly ErrorIssue[]
  /** The adapter that they choose where nothing else does. */
  readonly adapter?: NamedAdapter | undefined
  readonly options: readonly DocumentOption[]
}

export interface NamedAdapter {
  readonly name: string
  /** Where it is named. */
  readonly path: string
  /** The adapter that serves outside production while nothing says where the named one is. */
  readonly standIn?: string
}

export interface DocumentPart {
  /** Its label in the description of the configuration. */
  readonly name: string
  readonly path: string
  readonly adapter: NamedAdapter
  readonly options: readonly DocumentOption[]
}

/** A value of the document as an option of an adapter. */
export interface DocumentOption {
  readonly key: string
  readonly value: unknown
  readonly source: string
  /** False for a default of the document, which the environment goes before. */
  readonly given: boolean
  /** Left out where the adapter has no such option. */
  readonly optional?: boolean
}

export interface DescribedValue {
  readonly key: string
  readonly value: unknown
  readonly source: string
}

/** An adapter with everything decided. */
export interface PlannedAdapter {
  readonly definition: AnyAdapterDefinition
  /** Checked, with defaults. May hold secrets. */
  readonly options: unknown
  /** Where each option that was given came from. */
  readonly sources: Readonly<Record<string, string>>
}

export interface PlannedPart extends PlannedAdapter {
  readonly name: string
}

/** What a document composes with. */
export interface Composition {
  readonly chosen: PlannedAdapter
  /** In the order of the plan's parts. */
  readonly parts: readonly PlannedPart[]
  readonly context: AdapterContext
}
