import { err, ok } from "neverthrow"
import { shownName } from "../../contracts/foundation/shown.ts"
import { unknownOption } from "../../contracts/foundation/text.ts"
import { type DocumentPlan, INSTANCE_KEYS, type InstanceConfig } from "../foundation/document.ts"
import { serviceNamed } from "../service-list.ts"
import { type Checked, type Issue, issuesOf } from "./issues.ts"
import { readObject, readString, type SelectedInstance } from "./select.ts"

export interface ReadConfig {
  /** What can be used of it. */
  readonly config: InstanceConfig
  readonly document: DocumentPlan | undefined
  /** What keeps no adapter from being chosen. */
  readonly issues: readonly Issue[]
}

/** What is said of an instance; the issues alone where nothing tells which adapter was meant. */
export async function readConfig({ name, service }: SelectedInstance, given: unknown): Promise<Checked<ReadConfig>> {
  const path = `config.${shownName(name)}`
  const read = readObject(path, given)
  if (read.isErr()) return err(read.error)
  const said = Object.entries(read.value).filter(([, value]) => value !== undefined)
  const own = said.filter(([key]) => isInstanceKey(key))
  const rest = said.filter(([key]) => !isInstanceKey(key))
  const wrong = own.flatMap(([key, value]) => wrongType(path, key, value))
  const usable = own.filter(([key, value]) => wrongType(path, key, value).length === 0)
  const config: InstanceConfig = Object.fromEntries(usable)
  const { document, unknown } = await readRest(service, rest, path)
  if (document.isErr()) return err([...wrong, ...document.error])
  const issues = [...wrong, ...unknown]
  const lost = ["adapter", "url"].filter((key) => wrong.some((issue) => issue.path === `${path}.${key}`))
  const isNamed = config.adapter !== undefined || document.value?.adapter !== undefined
  if (lost.includes("adapter") || (lost.includes("url") && !isNamed)) return err(issues)
  return ok({ config, document: document.value, issues })
}

/** What is said besides the keys of every instance: a document, or what nobody knows. */
async function readRest(service: string, rest: readonly [key: string, value: unknown][], path: string) {
  const none = { document: ok<DocumentPlan | undefined, Issue[]>(undefined), unknown: [] }
  if (rest.length === 0) return none
  const document = await serviceNamed(service)?.document?.()
  const { keys = [] } = document ?? {}
  if (document && rest.some(([key]) => keys.includes(key))) {
    return { ...none, document: document.read(Object.fromEntries(rest), path) }
  }
  const message = unknownOption([...INSTANCE_KEYS, ...keys])
  return { ...none, unknown: rest.map(([key]) => ({ path: `${path}.${shownName(key)}`, message })) }
}

function isInstanceKey(key: string): boolean {
  return INSTANCE_KEYS.some((known) => known === key)
}

function wrongType(path: string, key: string, value: unknown): readonly Issue[] {
  const at = `${path}.${key}`
  return issuesOf(key === "options" ? readObject(at, value) : readString(at, value))
}
