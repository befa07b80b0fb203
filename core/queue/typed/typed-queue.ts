import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { shownName } from "../../../contracts/foundation/shown.ts"
import type { InputOf, OutputOf, StandardSchema } from "../../../contracts/foundation/standard-schema.ts"
import { publishItemsIssue, queuePayloadIssue } from "../../../contracts/queue/arguments.ts"
import type { QueueHandler, QueueMessage, TaskContext } from "../../../contracts/queue/message.ts"
import type { PublishOptions, Queue, SubscribeOptions } from "../../../contracts/queue/queue.ts"
import { issuesText, type Validated, validate } from "./validate.ts"

export interface TypedQueueOptions {
  /** Of messages whose options say none. */
  type?: string | undefined
}

/** One queue, or one type of its messages, whose payloads fit a schema. */
export interface TypedQueue<Input, Output> {
  readonly name: string
  /**
   * Publishes the data as it is given, and not what the schema makes of it, which is for handlers. INVALID_ARGUMENT
   * where it does not fit; `details.issues` lists each path. The rest is as in `Queue`.
   */
  publish(data: Input, options?: PublishOptions): Promise<string>
  /** As `publish`, of many; nothing is published where one does not fit. */
  publishMany(items: readonly { data: Input; options?: PublishOptions | undefined }[]): Promise<string[]>
  /** Hands out what the schema gives. A message that does not fit is dead at once, with the reason, and can be replayed. */
  subscribe(handler: QueueHandler<Output>, options?: SubscribeOptions): Promise<void>
  unsubscribe(): Promise<void>
  /** A handler for `createWorker` that minds the schema as those of `subscribe` do. */
  handler(handler: QueueHandler<Output>): QueueHandler<Input>
}

/**
 * A queue whose payloads fit a schema, when they are published and when they are handled. Schemas of zod, valibot,
 * arktype and whatever else keeps Standard Schema fit, async ones too.
 *
 * @example
 * const mails = typedQueue(queue, "mail", z.object({ to: z.email() }))
 * await mails.subscribe(({ data }) => send(data.to))
 * await mails.publish({ to: "ada@example.org" })
 */
export function typedQueue<Schema extends StandardSchema>(
  queue: Queue,
  name: string,
  schema: Schema,
  options: TypedQueueOptions = {},
): TypedQueue<InputOf<Schema>, OutputOf<Schema>> {
  type Input = InputOf<Schema>
  type Output = OutputOf<Schema>
  // What is no object is refused by the queue.
  const withType = (given: PublishOptions | undefined): PublishOptions | undefined => {
    const isObject = given === undefined || (typeof given === "object" && given !== null)
    return options.type === undefined || !isObject ? given : { ...given, type: given?.type ?? options.type }
  }
  const handlerOf = (handler: QueueHandler<Output>) => checkedHandler<Input, Output>(name, schema, handler)
  return {
    name,
    async publish(data, given) {
      return queue.publish(name, await fitting(name, schema, data, "data"), withType(given))
    },
    async publishMany(items) {
      const wrong = publishItemsIssue(items)
      if (wrong !== undefined) throw refusal(wrong, undefined, "publishMany")
      const checked = items.map(async ({ data, options: given }, index) => ({
        data: await fitting(name, schema, data, `items.${index}.data`),
        options: withType(given),
      }))
      return queue.publishMany(name, await Promise.all(checked))
    },
    // What is no function is refused by the queue.
    subscribe: (handler, given) =>
      queue.subscribe(name, typeof handler === "function" ? handlerOf(handler) : handler, given),
    unsubscribe: () => queue.unsubscribe(name),
    handler: handlerOf,
  }
}

/** A copy of data that fits: nobody changes it while an async schema looks at it. */
async function fitting(name: string, schema: StandardSchema, data: unknown, path: string): Promise<unknown> {
  const wrong = queuePayloadIssue(data)
  if (wrong !== undefined) throw refusal(wrong)
  const copy: unknown = data === undefined ? null : JSON.parse(JSON.stringify(data))
  const { issues } = await checked(schema, copy)
  if (issues === undefined) return copy
  const placed = issues.map((issue) => ({ ...issue, path: issue.path.replace("data", path) }))
  throw refusal(
    `A payload of ${shownName(name)} must fit its schema; got something else. ${issuesText(placed)}.`,
    placed,
  )
}

function checkedHandler<Input, Output>(
  name: string,
  schema: StandardSchema<unknown, unknown>,
  handler: QueueHandler<Output>,
): QueueHandler<Input> {
  return async (message: QueueMessage<Input>, context: TaskContext) => {
    const result = await checked(schema, message.data)
    if (result.issues === undefined) return handler({ ...message, data: result.value as Output }, context)
    context.dead(`The payload must fit the schema of ${shownName(name)}. ${issuesText(result.issues)}.`)
    return undefined
  }
}

/** A schema that throws says nothing about the data. */
async function checked(schema: StandardSchema, data: unknown): Promise<Validated<unknown>> {
  try {
    return await validate(schema, data)
  } catch (cause) {
    throw new ServiceError("INTERNAL", "The schema failed; see cause.", { service: "queue", cause })
  }
}

function refusal(message: string, issues?: readonly object[], operation = "publish"): ServiceError {
  return new ServiceError("INVALID_ARGUMENT", message, {
    service: "queue",
    operation,
    ...(issues !== undefined && { details: { issues } }),
  })
}
