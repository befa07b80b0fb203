import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"
import type { HeldSpan } from "../reference/sending.ts"

export const statusMutants = mutants({
  "TRACING-STATUS-01": {
    "ok-unless-told": seam.finish(
      "Every span says that somebody looked.",
      ({ next }, held, endTime) => {
        if (held.status.code === "unset") held.status = { code: "ok" }
        next(held, endTime)
      },
      "opentelemetry-specification #1067: the default status was ok",
    ),
    "failed-by-attributes": seam.attribute(
      "A 404 that was expected is shown as failed.",
      ({ next }, held, key, value) => {
        next(held, key, value)
        if (key.endsWith("status_code") && Number(value) >= 400) held.status = { code: "error" }
      },
      "sentry-javascript #11169: attributes of HTTP decided over the status that was set",
    ),
    "failed-by-events": seam.event("A word in a log makes a request fail.", ({ next }, held, name, given) => {
      next(held, name, given)
      if (/fail/.test(String(name))) held.status = { code: "error" }
    }),
    "unset-with-a-message": seam.spanOf("A span that is well has a message.", ({ next }, held) => {
      const span = next(held)
      return span.status.code === "unset" ? { ...span, status: { code: "unset", message: "unset" } } : span
    }),
  },
  "TRACING-STATUS-02": {
    "first-error-stays": seam.status("Why it failed at last is not told.", ({ next }, held, code, message) => {
      if (held.status.code !== "error" || code !== "error") next(held, code, message)
    }),
    "messages-left-out": seam.errorStatus("It failed, and nobody knows why.", () => ({ code: "error" })),
    "error-needs-a-message": seam.status("A span that failed is shown as well.", ({ next }, held, code, message) => {
      if (code !== "error" || message !== undefined) next(held, code, message)
    }),
    "messages-joined": seam.errorStatus("A message grows with each retry.", ({ next }, given) => {
      const { message } = next(given)
      return { code: "error", ...(message !== undefined && { message: `${message}; ${message}` }) }
    }),
    "message-of-its-own": seam.errorStatus(
      "What was not said is told as unknown.",
      ({ next }, given) => ({ message: "unknown_error", ...next(given) }),
      "sentry-javascript #11169: the message of an error was replaced by unknown_error",
    ),
    "first-message-stays": seam.status(
      "A message of before stands for what came later.",
      ({ next }, held, code, message) => {
        const { message: before } = held.status
        next(held, code, code === "error" ? (before ?? message) : message)
      },
    ),
  },
  "TRACING-STATUS-03": {
    "error-after-ok": seam.isFinal(
      "What was said to be well is shown as failed.",
      () => false,
      "opentelemetry-js #6455: error overwrites ok",
    ),
    "error-is-final-too": seam.isFinal(
      "A failure that was made good stays one.",
      (_, { status }) => status.code !== "unset",
    ),
    "thrown-goes-before-ok": seam.failed(
      "What was said to be well is shown as failed.",
      ({ next, self }, held, error) => {
        next(held, error)
        held.status = self.errorStatus(self.messageIn(error))
      },
      "opentelemetry-specification #1584: instrumentations set error over the ok of the application",
    ),
    "ok-ignored": seam.okStatus("What was said to be well is open.", () => ({ code: "unset" })),
    "ok-needs-a-clean-span": seam.status("A failure that was made good stays one.", ({ next }, held, code, message) => {
      if (code !== "ok" || held.status.message === undefined) next(held, code, message)
    }),
  },
  "TRACING-STATUS-04": {
    "ok-with-a-message": seam.okStatus(
      "A span that is well is shown with a warning.",
      ({ self }, given) => {
        const message = self.messageOf(given)
        return { code: "ok", ...(message !== undefined && { message }) }
      },
      "opentelemetry-js #6455: the message of ok is kept",
    ),
    "message-of-before-stays": seam.status(
      "A span that is well shows an error.",
      ({ next }, held, code, message) => {
        const { message: before } = held.status
        next(held, code, message)
        if (held.status.code === "ok" && before !== undefined) held.status = { code: "ok", message: before }
      },
      "opentelemetry-java #6797: a description is not ignored where the status is no error",
    ),
    "ok-with-an-empty-message": seam.okStatus("Two forms of ok are two for whoever compares.", () => ({
      code: "ok",
      message: "",
    })),
  },
  "TRACING-STATUS-05": {
    "unset-clears": seam.status(
      "A failure is forgotten.",
      ({ next, self }, held, code, message) => {
        if (code === "unset" && !self.isFinal(held)) held.status = { code: "unset" }
        else next(held, code, message)
      },
      "opentelemetry-js #6455: unset overwrites error",
    ),
    "all-else-is-error": seam.status("A word that is misspelt is a failure.", ({ next }, held, code, message) =>
      next(held, code === "ok" ? "ok" : "error", message),
    ),
    "all-else-is-ok": seam.status("A word that is misspelt hides each failure.", ({ next }, held, code, message) =>
      next(held, code === "error" ? "error" : "ok", message),
    ),
    "any-case": seam.status("A word is a status here and none in another service.", ({ next }, held, code, message) =>
      next(held, typeof code === "string" ? code.toLowerCase() : code, message),
    ),
    "codes-of-another-library": seam.status(
      "1 is ok in one place and server in another.",
      ({ next }, held, code, message) => next(held, code === 1 ? "ok" : code === 2 ? "error" : code, message),
    ),
    "other-words-kept": seam.status(
      "A receiver refuses a status that it does not know.",
      ({ next, self }, held, code, message) => {
        if (code === "failed" && !self.isFinal(held)) held.status = { code: "failed" as "error" }
        else next(held, code, message)
      },
    ),
    "lists-of-a-word": seam.status("A list is a word by accident.", ({ next }, held, code, message) =>
      next(held, Array.isArray(code) ? String(code) : code, message),
    ),
    "other-words-make-it-final": subclass(
      "A misspelt word locks the status.",
      class extends ReferenceTracing {
        readonly #locked = new WeakSet<HeldSpan>()
        override status(...[held, code, message]: Parameters<ReferenceTracing["status"]>): void {
          if (code !== "ok" && code !== "error") this.#locked.add(held)
          if (!this.#locked.has(held)) super.status(held, code, message)
        }
      },
    ),
  },
  "TRACING-STATUS-06": {
    "messages-of-any-length": seam.messageOf(
      "One answer in a message makes a batch that is refused.",
      ({ self }, message) => self.textOf(message, Number.POSITIVE_INFINITY, "") || undefined,
      "opentelemetry-js 2.12: limits cut values of attributes, and no messages",
    ),
    "long-messages-left-out": seam.messageOf("A long message is not told at all.", ({ next }, message) =>
      String(message).length > 4096 ? undefined : next(message),
    ),
    "messages-cut-as-names": seam.messageOf("The reason is behind the cut.", ({ next }, message) =>
      next(message)?.slice(0, 256),
    ),
    "messages-cut-with-dots": seam.messageOf("A message is longer than it may be.", ({ next }, message) => {
      const cut = next(message)
      return cut !== undefined && String(message).length > cut.length ? `${cut}...` : cut
    }),
  },
})
