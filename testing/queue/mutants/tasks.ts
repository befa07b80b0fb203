import { jsonIssue } from "../../../contracts/queue/json.ts"
import { mutants, seam } from "../mutant.ts"

export const tasksMutants = mutants({
  "QUEUE-MGMT-06": {
    "task-without-type": seam.recordOf("A page cannot tell mails from invoices.", ({ next }, message) => {
      const { type: _, ...task } = next(message)
      return task
    }),
    "task-of-missing-is-null": seam.getTask(
      "A caller that looks for undefined takes a message for there.",
      async ({ next }, queue, id) => (await next(queue, id)) ?? (null as never),
    ),
    "task-of-missing-not-found": seam.getTask(
      "A page that shows a message fails when the message is gone.",
      async ({ next, self }, queue, id) =>
        (await next(queue, id)) ?? self.refuse("NOT_FOUND", "There is no such message."),
    ),
    "task-has-data-as-text": seam.recordOf("A page shows a payload with escapes.", ({ next }, message) => ({
      ...next(message),
      data: message.json,
    })),
    "task-due-at-publish": seam.recordOf("A page says of what is delayed that it is late.", ({ next }, message) => {
      const task = next(message)
      return task.dueAt === undefined ? task : { ...task, dueAt: task.timestamp }
    }),
    "task-has-defaults": seam.recordOf("A page says three attempts of what has five.", ({ next }, message) => ({
      ...next(message),
      maxAttempts: 3,
    })),
  },
  "QUEUE-MGMT-07": {
    "failed-shown-as-pending": seam.statusOf(
      "What failed looks as if it had never been tried.",
      ({ next }, message) => {
        const status = next(message)
        return status === "failed" ? "pending" : status
      },
    ),
    "timeout-shown-as-failed": seam.statusOf("Nobody sees that a receiver is slow.", ({ next }, message) => {
      const status = next(message)
      return status === "timeout" ? "failed" : status
    }),
    "dead-shown-as-failed": seam.statusOf("Somebody waits for an attempt that never comes.", ({ next }, message) => {
      const status = next(message)
      return status === "dead" ? "failed" : status
    }),
    "delayed-shown-as-queued": seam.statusOf("What is due tomorrow looks stuck.", ({ next }, message) => {
      const status = next(message)
      return status === "pending" ? "queued" : status
    }),
    "running-shown-as-queued": seam.statusOf("What is worked at looks as if nobody did.", ({ next }, message) => {
      const status = next(message)
      return status === "processing" ? "queued" : status
    }),
  },
  "QUEUE-MGMT-08": {
    "falsy-result-lost": seam.resultOf("A sum of 0 looks as if there were none.", ({ next }, value) =>
      value ? next(value) : undefined,
    ),
    "result-as-text-of-text": seam.resultOf("A caller must parse what it gets.", ({ next }, value) => {
      const json = next(value)
      return json === undefined ? undefined : JSON.stringify(json)
    }),
    "result-not-kept": seam.resultOf("Nobody learns what came of the work.", () => undefined),
    "undefined-result-is-null": seam.complete(
      "A handler that gives nothing seems to give null.",
      ({ next }, message, value) => next(message, value ?? null),
    ),
  },
  "QUEUE-MGMT-22": {
    "result-of-any-size": seam.resultOf(
      "Handlers that return whole files fill the store.",
      (_, value) => (jsonIssue(value, "result") === undefined ? JSON.stringify(value) : undefined),
      "BullMQ 6: a result of any size is stored, up to the 512 MB of a Redis string",
    ),
    "result-size-in-characters": seam.resultOf("A result of twice the limit is stored.", ({ next, self }, value) => {
      const isText = typeof value === "string" && value.length < self.capabilities.maxPayloadBytes - 2
      return isText ? JSON.stringify(value) : next(value)
    }),
    "large-result-cut": seam.resultOf("The end of a report is lost in silence.", ({ next, self }, value) =>
      next(typeof value === "string" ? value.slice(0, self.capabilities.maxPayloadBytes - 2) : value),
    ),
    "large-result-fails": seam.complete(
      "A mail is sent three times, since what its handler returned is too large.",
      ({ next, self }, message, value) => {
        const isKept = value === undefined || self.resultOf(value) !== undefined
        if (isKept) next(message, value)
        else self.fail(message.queue, message, "error", { message: "The result is too large." })
      },
    ),
    "largest-result-not-kept": seam.resultOf("A result that is just small enough is lost.", ({ next, self }, value) =>
      JSON.stringify(value ?? null).length < self.capabilities.maxPayloadBytes ? next(value) : undefined,
    ),
  },
  "QUEUE-MGMT-09": {
    "last-failure-alone": seam.failureOf(
      "What happened first, and why, is not to be found.",
      ({ next }, message, reason, error) => {
        message.failures = []
        return next(message, reason, error)
      },
    ),
    "failure-without-code": seam.errorOf("A page cannot count errors by their kind.", ({ next }, thrown) => ({
      message: next(thrown).message,
    })),
    "failures-count-from-zero": seam.failureOf(
      "The second attempt is called the first.",
      ({ next }, message, reason, error) => {
        const failure = next(message, reason, error)
        return { ...failure, attempt: failure.attempt - 1 }
      },
    ),
    "timeout-told-as-error": seam.failureOf("Nobody sees that a receiver is slow.", ({ next }, message, _, error) =>
      next(message, "error", error),
    ),
    "failure-started-at-publish": seam.failureOf(
      "An attempt seems to have taken as long as its message waited.",
      ({ next }, message, reason, error) => ({ ...next(message, reason, error), startedAt: message.timestamp }),
    ),
    "failure-in-one-instant": seam.fail(
      "An attempt that took a minute seems to have taken no time.",
      ({ next, self }, queue, message, reason, error) => {
        message.startedAt = self.clock.now()
        next(queue, message, reason, error)
      },
    ),
  },
  "QUEUE-MGMT-10": {
    "progress-keeps-the-most": seam.contextOf(
      "Work that starts its second part seems to stand still.",
      ({ next }, message, running) => {
        const context = next(message, running)
        return { ...context, progress: (value) => context.progress(Math.max(value, message.progress ?? value)) }
      },
    ),
    "progress-in-whole-percent": seam.contextOf("A long task seems to stand still.", ({ next }, message, running) => {
      const context = next(message, running)
      return { ...context, progress: (value) => context.progress(Math.floor(value)) }
    }),
    "progress-told-at-the-end": seam.recordOf("Work seems to stand still until it is done.", ({ next }, message) => {
      const { progress, ...task } = next(message)
      return { ...task, ...(message.state !== "active" && progress !== undefined && { progress }) }
    }),
    "progress-lost-at-the-end": seam.complete(
      "Work that is done seems never to have begun.",
      ({ next }, message, value) => {
        next(message, value)
        message.progress = undefined
      },
    ),
  },
  "QUEUE-MGMT-11": {
    "cancel-of-delayed-is-false": seam.cancel(
      "What is due tomorrow cannot be called off.",
      async ({ next, self }, queue, id) => {
        const message = self.queueOf(queue).messages.get(id)
        return message?.state === "delayed" && message.attempts === 0 ? self.reply(false) : next(queue, id)
      },
    ),
    "cancel-marks-message": seam.cancel("What was called off is done.", async ({ next, self }, queue, id) => {
      const held = self.queueOf(queue)
      const message = held.messages.get(id)
      const done = await next(queue, id)
      if (done && message !== undefined) {
        const { idempotencyKey: _, ...options } = message.options
        held.messages.set(`cancelled ${id}`, { ...message, id: `cancelled ${id}`, options })
        self.wake(queue)
      }
      return done
    }),
    "cancel-of-further-attempts-is-false": seam.cancel(
      "What fails again and again cannot be called off.",
      async ({ next, self }, queue, id) => {
        const message = self.queueOf(queue).messages.get(id)
        return message?.state === "delayed" && message.attempts > 0 ? self.reply(false) : next(queue, id)
      },
    ),
    "cancel-tells-nothing": seam.cancel("A caller cannot tell whether it was in time.", async ({ next }, queue, id) => {
      await next(queue, id)
      return false
    }),
  },
  "QUEUE-MGMT-12": {
    "cancel-of-missing-is-true": seam.cancel(
      "A caller is told that a message was called off that is long done.",
      async ({ next, self }, queue, id) => {
        const isThere = self.queueOf(queue).messages.has(id)
        return (await next(queue, id)) || !isThere
      },
      "BullMQ 6.7.0: remove gives 1 for an id that is missing",
    ),
    "cancel-removes-completed": seam.cancel(
      "The result of what is done is lost.",
      async ({ next, self }, queue, id) => {
        const { messages } = self.queueOf(queue)
        const isDone = messages.get(id)?.state === "completed"
        return (await next(queue, id)) || (isDone && messages.delete(id))
      },
      "BullMQ 6.7.0: remove deletes what is completed",
    ),
    "cancel-removes-dead": seam.cancel(
      "What died is not to be found by those who can mend it.",
      async ({ next, self }, queue, id) => {
        const { messages } = self.queueOf(queue)
        if (messages.get(id)?.state === "dead") messages.delete(id)
        return next(queue, id)
      },
    ),
    "cancel-aborts-running": seam.cancel(
      "Work is thrown away half done, and the caller is told that it goes on.",
      async ({ next, self }, queue, id) => {
        const message = self.queueOf(queue).messages.get(id)
        const running = message && self.subscriptions.get(queue)?.running.get(message)
        if (running !== undefined) self.abort(running)
        return next(queue, id)
      },
    ),
    "cancel-removes-running": seam.cancel(
      "A caller is told that what is being sent was called off.",
      async ({ next, self }, queue, id) => {
        const { messages } = self.queueOf(queue)
        const runs = messages.get(id)?.state === "active"
        return (await next(queue, id)) || (runs && messages.delete(id))
      },
    ),
  },
})
