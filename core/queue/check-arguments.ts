import {
  definitionIssue,
  idleOptionsIssue,
  messageIdIssue,
  pageIssue,
  publishItemsIssue,
  publishOptionsIssue,
  queueNameIssue,
  queuePayloadIssue,
  scheduleNameIssue,
  scheduleOptionsIssue,
  subscribeIssue,
} from "../../contracts/queue/arguments.ts"
import type { PublishItem } from "../../contracts/queue/optional-interfaces.ts"
import { type QueueCapabilities, queueMethods } from "../../contracts/queue/queue.ts"
import { lackingCapability } from "../foundation/base.ts"
import type { Refusal } from "../foundation/refusal.ts"
import { scheduleIssue } from "./schedule-issue.ts"

type Arguments = readonly unknown[]

/** The arguments as an implementation takes them, or why the call is refused. */
type Check = (args: Arguments, settings: CheckSettings) => Arguments | Refusal

export interface CheckSettings {
  readonly capabilities: QueueCapabilities
  /** Whether the implementation checks payloads of publish. */
  readonly checksPayloads: boolean
}

/** Of methods whose first argument is the name of a queue. */
function ofQueue(check: Check): Check {
  return (args, settings) => queueNameIssue(args[0]) ?? check(args, settings)
}

const withName: Check = ofQueue(([queue]) => [queue])
const withId: Check = ofQueue(([queue, id]) => messageIdIssue(id) ?? [queue, id])

const CHECKS: Readonly<Record<string, Check>> = {
  publish: (args, settings) => {
    const [queue, data, options] = args
    const issue = publishIssue(queue, data, options, settings)
    return issue ?? (data === undefined ? [queue, null, options] : args)
  },
  subscribe: ofQueue(([queue, handler, options]) => subscribeIssue(handler, options) ?? [queue, handler, options]),
  publishMany: ofQueue(([queue, items], { capabilities }) => {
    const refusal = publishItemsIssue(items) ?? lackingOf(items as PublishItem[], capabilities)
    return refusal ?? [queue, (items as PublishItem[]).map(({ data, options }) => ({ data: data ?? null, options }))]
  }),
  defineQueue: ([definition]) => definitionIssue(definition) ?? [definition],
  listQueues: () => [],
  getTask: withId,
  cancel: withId,
  replay: withId,
  whenIdle: ofQueue(([queue, options]) => idleOptionsIssue(options) ?? [queue, options]),
  listFailed: ofQueue(([queue, page]) => pageIssue(page) ?? [queue, page]),
  schedule: ofQueue(([queue, name, schedule, data, options]) => {
    const issue = scheduleNameIssue(name) ?? scheduleIssue(schedule) ?? queuePayloadIssue(data)
    return issue ?? scheduleOptionsIssue(options) ?? [queue, name, schedule, data ?? null, options]
  }),
  unschedule: ofQueue(([queue, name]) => scheduleNameIssue(name) ?? [queue, name]),
}

export function checkArguments(method: string, args: Arguments, settings: CheckSettings): Arguments | Refusal {
  return (CHECKS[method] ?? withName)(args, settings)
}

/** What is wrong with a publish, or undefined. */
export function publishIssue(
  queue: unknown,
  data: unknown,
  options: unknown,
  { checksPayloads }: CheckSettings,
): string | undefined {
  const issue = queueNameIssue(queue) ?? (checksPayloads ? undefined : queuePayloadIssue(data))
  return issue ?? publishOptionsIssue(options)
}

/** Why options of an item need what the adapter does not have. */
function lackingOf(items: readonly PublishItem[], capabilities: QueueCapabilities): Refusal | undefined {
  for (const { options } of items) {
    const lacking = lackingCapability(queueMethods.publish.options, [options], { ...capabilities })
    if (lacking !== undefined) return { code: "UNSUPPORTED", message: `This queue does not offer ${lacking}.` }
  }
  return undefined
}
