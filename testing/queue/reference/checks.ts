import { utf8Length } from "../../../contracts/foundation/text.ts"
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
} from "../../../contracts/queue/arguments.ts"
import type { PublishItem, Schedule } from "../../../contracts/queue/optional-interfaces.ts"
import type { PublishOptions, QueueCapabilities } from "../../../contracts/queue/queue.ts"
import { ReferenceService } from "../../foundation/reference-service.ts"
import { referenceCronIssue } from "./cron.ts"
import type { QueueStore } from "./store.ts"

/** What the reference queue refuses. */
export abstract class ReferenceChecks extends ReferenceService<QueueStore> {
  override readonly service = "queue"
  abstract readonly capabilities: QueueCapabilities

  checkName(queue: unknown): void {
    this.checkOpen()
    this.refuseIf(this.nameIssue(queue))
  }

  nameIssue(queue: unknown): string | undefined {
    return queueNameIssue(queue)
  }

  checkPublish(queue: unknown, data: unknown, options: unknown): void {
    this.checkOpenToPublish()
    this.refuseIf(this.nameIssue(queue))
    this.refuseIf(this.payloadIssue(data))
    this.refuseIf(this.optionsIssue(options))
    this.checkOffered((options ?? {}) as PublishOptions)
    this.checkSize(data)
  }

  payloadIssue(data: unknown): string | undefined {
    return queuePayloadIssue(data)
  }

  optionsIssue(options: unknown): string | undefined {
    return publishOptionsIssue(options)
  }

  /** A handler that finishes while close waits for it may publish. */
  abstract checkOpenToPublish(): void

  checkOffered({ groupKey, priority }: PublishOptions): void {
    const { groups, priorities } = this.capabilities
    if (priority !== undefined && !priorities) this.refuse("UNSUPPORTED", "This queue does not offer priorities.")
    if (groupKey !== undefined && !groups) this.refuse("UNSUPPORTED", "This queue does not offer groups.")
  }

  checkSize(data: unknown): void {
    const { maxPayloadBytes } = this.capabilities
    if (this.sizeOf(JSON.stringify(data ?? null)) > maxPayloadBytes) {
      this.refuse("LIMIT_EXCEEDED", `A payload has at most ${maxPayloadBytes} bytes.`)
    }
  }

  sizeOf(json: string): number {
    return utf8Length(json)
  }

  checkItems(queue: unknown, items: unknown): void {
    this.checkOpenToPublish()
    this.refuseIf(this.nameIssue(queue))
    this.refuseIf(publishItemsIssue(items))
    for (const { data, options } of items as PublishItem[]) {
      this.checkOffered(options ?? {})
      this.checkSize(data)
    }
  }

  checkSubscribe(queue: unknown, handler: unknown, options: unknown): void {
    this.checkName(queue)
    this.refuseIf(subscribeIssue(handler, options))
    const { rateLimit } = (options ?? {}) as { rateLimit?: unknown }
    if (rateLimit !== undefined && !this.capabilities.rateLimit) {
      this.refuse("UNSUPPORTED", "This queue does not offer rateLimit.")
    }
  }

  checkId(queue: unknown, id: unknown): void {
    this.checkName(queue)
    this.refuseIf(messageIdIssue(id))
  }

  checkDefinition(definition: unknown): void {
    this.checkOpen()
    this.refuseIf(definitionIssue(definition))
  }

  checkPage(queue: unknown, page: unknown): void {
    this.checkName(queue)
    this.refuseIf(pageIssue(page))
  }

  cursorIssue(cursor = "0"): string | undefined {
    return /^\d+$/.test(cursor) ? undefined : "page.cursor must be one that listFailed gave."
  }

  checkIdle(queue: unknown, options: unknown): void {
    this.checkName(queue)
    this.refuseIf(idleOptionsIssue(options))
  }

  checkSchedule(queue: unknown, name: unknown, schedule: unknown, data: unknown, options: unknown): void {
    this.checkScheduleName(queue, name)
    this.refuseIf(this.scheduleIssue(schedule as Schedule))
    this.refuseIf(this.payloadIssue(data))
    this.refuseIf(scheduleOptionsIssue(options))
  }

  checkScheduleName(queue: unknown, name: unknown): void {
    this.checkName(queue)
    this.refuseIf(scheduleNameIssue(name))
  }

  scheduleIssue(schedule: Schedule): string | undefined {
    if (typeof schedule !== "object" || schedule === null) return "A schedule must be an object."
    if ("cron" in schedule) return referenceCronIssue(schedule.cron, schedule.timezone)
    const { everyMs } = schedule
    return Number.isSafeInteger(everyMs) && everyMs >= 1 ? undefined : "everyMs must be a whole number of 1 or more."
  }
}
