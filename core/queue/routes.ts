/** The routes of the requirement document over a queue. */
import * as z from "zod/mini"
import type { Queue } from "../../contracts/queue/queue.ts"
import { json } from "../foundation/http/json.ts"
import { defineRoute, type Route } from "../foundation/http/route.ts"
import { publishTask, taskSchema } from "./task/task.ts"

const count = (description: string) => z.int().check(z.minimum(0), z.describe(description))

const queueStats = z.strictObject({
  waiting: count("Messages that are due."),
  delayed: count("Messages that are not due yet: delayed, or between two attempts."),
  active: count("Messages that a handler has."),
  completed: count("Completed messages that are kept."),
  dead: count("Messages whose last attempt failed."),
  paused: z.boolean().check(z.describe("Whether nothing is delivered until the queue is resumed.")),
})

const params = z.strictObject({
  name: z.string().check(z.describe("The name of the queue. Queues are there by being used: any name will do.")),
})

/** A task without what the path and the queue say. What the schema of ids cannot say in JSON, publishTask refuses. */
const taskBody = z.extend(z.omit(taskSchema, { queue: true, attempts: true, status: true }), {
  id: z
    .string()
    .check(z.minLength(1), z.describe("The caller's: a task with the id of an earlier one is that one, for 24 hours.")),
})

export const queueRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/api/v1/queues",
    operationId: "listQueues",
    summary: "Lists the queues that have messages, schedules, a subscription or a definition.",
    permission: "queue.read",
    answers: {
      200: {
        description: "The queues, in the order of their names.",
        schema: z.strictObject({ queues: z.array(z.strictObject({ name: z.string() })) }),
      },
    },
    errors: [501],
    handle: async (queue: Queue) => ({ queues: (await queue.listQueues()).map((name) => ({ name })) }),
  }),
  defineRoute({
    method: "GET",
    path: "/api/v1/queues/:name/stats",
    operationId: "getQueueStats",
    summary: "Counts the messages of a queue by their state.",
    permission: "queue.read",
    params,
    answers: {
      200: { description: "The counts; all are 0 for a queue that nobody has used.", schema: queueStats },
    },
    errors: [501],
    handle: (queue: Queue, { params: { name } }) => queue.getQueueStats(name),
  }),
  defineRoute({
    method: "POST",
    path: "/api/v1/queues/:name/tasks",
    operationId: "publishTask",
    summary: "Publishes a task. One with the id of an earlier task is that task, so a request may be repeated.",
    permission: "queue.write",
    params,
    body: taskBody,
    answers: {
      202: {
        description: "The queue has the task, and hands it to a handler when it is due.",
        schema: z.strictObject({
          id: z.string().check(z.describe("The id of the message, by which getTask and cancel of the queue know it.")),
          queue: z.string().check(z.describe("The queue that has it.")),
        }),
      },
    },
    errors: [501],
    handle: async (queue: Queue, { body, params: { name } }) => {
      const id = await publishTask(queue, { ...body, queue: name })
      return json({ id, queue: name }, 202)
    },
  }),
]
