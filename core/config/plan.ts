import { err, ok } from "neverthrow"
import type { AnyAdapterDefinition } from "../../contracts/adapter.ts"
import { shownName } from "../../contracts/foundation/shown.ts"
import type {
  DocumentOption,
  DocumentPart,
  DocumentPlan,
  InstanceConfig,
  PlannedAdapter,
  PlannedPart,
} from "../foundation/document.ts"
import type { ServiceDefinition } from "../foundation/service.ts"
import { type AnyInstanceConfig, serviceNamed } from "../service-list.ts"
import { loadAdapter, readAdapters } from "./adapters.ts"
import { type AnyAdapter, type Choice, chooseAdapter, type Environment } from "./choose-adapter.ts"
import {
  adapterPath,
  all,
  type Checked,
  combined,
  configError,
  type Issue,
  refuse,
  unknownName,
  unless,
} from "./issues.ts"
import { type Needs, resolveNeeds, sortByNeeds } from "./needs.ts"
import { planAdapter } from "./options.ts"
import { type ReadConfig, readConfig } from "./read-config.ts"
import {
  checkNames,
  readNames,
  readObject,
  type SelectedInstance,
  type SelectedNames,
  selectInstances,
} from "./select.ts"

export interface PlanInput {
  readonly services?: SelectedNames | undefined
  readonly adapters: readonly AnyAdapter[]
  readonly env?: Environment | undefined
  readonly config?: Readonly<Record<string, AnyInstanceConfig | undefined>> | undefined
  /** Names of instances without which the whole is unhealthy. */
  readonly required?: readonly string[] | undefined
}

/** One instance with everything decided. */
export interface PlannedInstance extends SelectedInstance, PlannedAdapter {
  /** What decided the adapter: `CACHE_URL`, `config.cache` or `default`. */
  readonly chosenBy: string
  readonly url?: string
  /** The services that it uses, each with the name of the instance. */
  readonly needs: Needs
  /** What a document puts around the adapter, and the adapters that it has beside it. */
  readonly document?: DocumentPlan
  readonly parts: readonly PlannedPart[]
}

/**
 * Decides the adapter and options of every instance: explicit configuration, then the environment, then defaults. The
 * instances come in the order in which they are created; none may have a name of `reserved`.
 *
 * @throws ServiceError INVALID_CONFIG with every issue and its path.
 */
export async function planServices(input: PlanInput, reserved: readonly string[] = []): Promise<PlannedInstance[]> {
  const planned = await checkServices(input, reserved)
  if (planned.isErr()) throw configError(planned.error)
  return planned.value
}

async function checkServices(input: PlanInput, reserved: readonly string[]): Promise<Checked<PlannedInstance[]>> {
  const { checked, usable } = readAdapters(input.adapters)
  const selection = selectInstances(input.services, usable, reserved)
  const instances = selection.flatMap((selected) => (selected.isOk() ? [selected.value] : []))
  const config = readObject("config", input.config)
  const required = readNames("required", input.required)
  const from: Sources = { adapters: usable, config: config.unwrapOr({}), env: input.env ?? {}, instances }
  const planned = await Promise.all(instances.map((instance) => planInstance(instance, from)))
  const sorted = sortByNeeds(planned.flatMap((instance) => (instance.isOk() ? [instance.value] : [])))
  return all<unknown>([
    checked,
    all(selection),
    config.andThen((config) => checkNames("config", Object.keys(config), instances)),
    required.andThen((names) => checkNames("required", names, instances)),
    all(planned),
    sorted,
  ]).andThen(() => sorted)
}

/** What every instance is planned of. */
interface Sources {
  readonly adapters: readonly AnyAdapter[]
  readonly config: Readonly<Record<string, unknown>>
  readonly env: Environment
  readonly instances: readonly SelectedInstance[]
}

async function planInstance(instance: SelectedInstance, from: Sources): Promise<Checked<PlannedInstance>> {
  const { adapters, config: configs, env, instances } = from
  const { name, service } = instance
  const read = await readConfig(instance, configs[name])
  if (read.isErr()) return err(read.error)
  const { config, document, issues } = read.value
  const row = serviceNamed(service)
  if (document?.instead !== undefined) {
    const { definition, path } = document.instead
    const planned = { ...instance, definition, options: {}, sources: {}, chosenBy: path, parts: [] }
    const resolved = resolveNeeds(instance, [row], instances).map((needs) => ({ ...planned, needs }))
    return unless(issues, resolved)
  }
  const candidates = adapters.filter((adapter) => adapter.service === service)
  const variables = (await row?.environment?.())?.(env)
  const asked = { name, service, config, named: document?.adapter, suggested: variables?.adapter, env, candidates }
  const choice = await loadChoice(chooseAdapter(asked), name)
  const isChosen = instance.isNamed || configs[name] !== undefined || choice.unwrapOr(undefined)?.chosenBy !== "default"
  const beneath = isChosen ? (variables?.options ?? []) : unchosenOptions(row)
  const parts = await Promise.all((document?.parts ?? []).map((part) => loadPart(part, candidates)))
  const definitions = [choice, ...parts].flatMap((one) => (one.isOk() ? [one.value.definition] : []))
  const decided = {
    chosen: choice.andThen((choice) => planChosen(choice, read.value, beneath, name)),
    parts: all(parts.map((part) => part.andThen(planPart))),
    needs: resolveNeeds(instance, [row, ...definitions], instances),
  }
  return unless(
    [
      ...issues,
      ...(isChosen ? (variables?.issues ?? []) : []),
      ...(document?.issues ?? []),
      ...saidTwice(config, document, name),
    ],
    combined(decided).map(({ chosen, needs, parts }) => ({
      ...instance,
      ...chosen,
      needs,
      parts,
      ...(document && { document }),
    })),
  )
}

/** Of a service that is there because nothing said otherwise. */
function unchosenOptions(row: ServiceDefinition | undefined): DocumentOption[] {
  const options = Object.entries(row?.unchosen ?? {})
  return options.map(([key, value]) => ({ key, value, source: "default", given: false, optional: true }))
}

interface LoadedChoice extends Choice {
  readonly definition: AnyAdapterDefinition
}

interface LoadedPart extends DocumentPart {
  readonly definition: AnyAdapterDefinition
}

async function loadChoice(choice: Checked<Choice>, name: string): Promise<Checked<LoadedChoice>> {
  if (choice.isErr()) return err(choice.error)
  const { chosen, chosenBy } = choice.value
  const loaded = await loadAdapter(chosen, adapterPath(name, chosenBy))
  return loaded.map((definition) => ({ ...choice.value, definition }))
}

async function loadPart(part: DocumentPart, candidates: readonly AnyAdapter[]): Promise<Checked<LoadedPart>> {
  const { name, path } = part.adapter
  const chosen = candidates.find((candidate) => candidate.name === name)
  if (chosen === undefined) {
    const names = candidates.map((candidate) => candidate.name)
    return refuse(path, unknownName("adapter", name, names))
  }
  return (await loadAdapter(chosen, path)).map((definition) => ({ ...part, definition }))
}

function planChosen(
  { chosenBy, definition, url, urlPath }: LoadedChoice,
  { config, document, issues }: ReadConfig,
  beneath: readonly DocumentOption[],
  name: string,
): Checked<PlannedAdapter & { readonly chosenBy: string; readonly url?: string }> {
  return planAdapter(definition, {
    document: [...beneath, ...(document?.options ?? [])],
    url,
    urlPath,
    explicit: config.options ?? {},
    explicitPath: `config.${shownName(name)}.options`,
    adapterPath: adapterPath(name, chosenBy),
    incomplete: issues.length > 0,
  }).andThen((adapter) =>
    unless(document?.check(adapter) ?? [], ok({ ...adapter, chosenBy, ...(url !== undefined && { url }) })),
  )
}

function planPart({ definition, name, options, path }: LoadedPart): Checked<PlannedPart> {
  return planAdapter(definition, { document: options, explicitPath: path, adapterPath: path }).map((planned) => ({
    ...planned,
    name,
  }))
}

/** Options that both the document and `options` give. */
function saidTwice({ options }: InstanceConfig, document: DocumentPlan | undefined, name: string): Issue[] {
  return (document?.options ?? [])
    .filter(({ given, key }) => given && options?.[key] !== undefined)
    .map(({ key, source }) => ({
      path: source,
      message: `must be said once; config.${shownName(name)}.options.${key} says it too`,
    }))
}
