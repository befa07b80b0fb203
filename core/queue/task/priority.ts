import * as z from "zod/mini"
import { QUEUE_DEFAULTS } from "../../../contracts/queue/arguments.ts"
import type { PublishOptions } from "../../../contracts/queue/queue.ts"

/** Priorities as the requirement document (SPEC-005) names them; a lower number goes first. */
export const TASK_PRIORITY_VALUES = { critical: 0, high: 1, normal: 2, low: 3, background: 4 } as const
export type TaskPriority = keyof typeof TASK_PRIORITY_VALUES

const TASK_PRIORITIES = Object.keys(TASK_PRIORITY_VALUES) as TaskPriority[]

export const prioritySchema = z._default(z.enum(TASK_PRIORITIES), "normal")

/** Left out where it is the default of every queue, which one without priorities takes too. */
export function priorityOption(priority: TaskPriority): Pick<PublishOptions, "priority"> {
  const value = TASK_PRIORITY_VALUES[priority]
  return value === QUEUE_DEFAULTS.priority ? {} : { priority: value }
}

/** The name of a number: every one above that of `background` is as low. */
export function priorityName(value: number): TaskPriority {
  return TASK_PRIORITIES[value] ?? "background"
}
