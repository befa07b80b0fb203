import type { RecordedSpan, SpanHandle } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, receivedSpan, type TracingClient, type TracingWorld } from "../clause.ts"
import { making, nothing } from "../ways.ts"

type Status = RecordedSpan["status"]
type Case = readonly [what: string, use: (span: SpanHandle) => unknown, want: Status]

/** Each way to make a span gives it this status. */
async function become(t: Checks, tracing: TracingClient, world: TracingWorld, cases: readonly Case[]): Promise<void> {
  for (const [what, use, want] of cases) {
    for (const [way, make] of making) {
      const name = `${way} ${what}`
      await make(tracing, name, {}, use)
      const { code, message } = (await receivedSpan(tracing, world, name)).status
      t.equal({ code, ...(message !== undefined && { message }) }, want, `${way}: the status after ${what}`)
    }
  }
}

/** Words that are no status, as callers that know another library give them. */
const OTHER_WORDS: readonly unknown[] = [
  "unset",
  "UNSET",
  "OK",
  "Error",
  "failed",
  "",
  undefined,
  null,
  0,
  1,
  2,
  {},
  ["ok"],
]

/** TRACING-STATUS. */
export const statusClauses = [
  clause("TRACING-STATUS-01", {
    why: "A status that nobody set says that somebody looked.",
    fix: "Begin with unset, and leave it where nothing is set.",
    async check(t, tracing, world) {
      await become(t, tracing, world, [
        ["nothing", nothing, { code: "unset" }],
        ["an attribute", (span) => span.setAttribute("http.response.status_code", 500), { code: "unset" }],
        ["an event", (span) => span.addEvent("failed"), { code: "unset" }],
      ])
    },
  }),
  clause("TRACING-STATUS-02", {
    why: "The first message is often the least: retry 3 of 3 failed comes later.",
    fix: "Replace the status and its message by each error, until it is ok.",
    async check(t, tracing, world) {
      await become(t, tracing, world, [
        ["error", (span) => span.setStatus("error"), { code: "error" }],
        [
          "error with a message",
          (span) => span.setStatus("error", "Grüße, 世界"),
          { code: "error", message: "Grüße, 世界" },
        ],
        [
          "error twice",
          (span) => span.setStatus("error", "first").setStatus("error", "second"),
          { code: "error", message: "second" },
        ],
        [
          "error and then one with a message",
          (span) => span.setStatus("error").setStatus("error", "later"),
          { code: "error", message: "later" },
        ],
      ])
    },
  }),
  clause("TRACING-STATUS-03", {
    why: "Whoever says that all is well knows more than the library that saw a 404.",
    fix: "Ignore each status that comes after ok, and let ok replace an error.",
    async check(t, tracing, world) {
      await become(t, tracing, world, [
        ["ok", (span) => span.setStatus("ok"), { code: "ok" }],
        ["ok and then error", (span) => span.setStatus("ok").setStatus("error", "late"), { code: "ok" }],
        ["error and then ok", (span) => span.setStatus("error", "early").setStatus("ok"), { code: "ok" }],
        [
          "ok between errors",
          (span) => span.setStatus("error", "early").setStatus("ok").setStatus("error", "late").setStatus("ok"),
          { code: "ok" },
        ],
      ])
      const thrown = new Error("thrown")
      const { error } = await t.outcome(
        () =>
          tracing.withSpan("ok and then thrown", {}, (span) => {
            span.setStatus("ok")
            throw thrown
          }),
        "withSpan",
      )
      t.ok(error === thrown, "withSpan rejects with another value")
      t.equal((await receivedSpan(tracing, world, "ok and then thrown")).status.code, "ok", "ok and then thrown")
    },
  }),
  clause("TRACING-STATUS-04", {
    why: "A span that is well and has a message is shown as failed.",
    fix: "Take the message with error alone, and drop it when the status becomes ok.",
    async check(t, tracing, world) {
      await become(t, tracing, world, [
        ["ok with a message", (span) => span.setStatus("ok", "all is well"), { code: "ok" }],
        [
          "error with a message and then ok",
          (span) => span.setStatus("error", "early").setStatus("ok"),
          { code: "ok" },
        ],
        [
          "error, and ok with a message",
          (span) => span.setStatus("error", "early").setStatus("ok", "all is well"),
          { code: "ok" },
        ],
      ])
    },
  }),
  clause("TRACING-STATUS-05", {
    why: "A word of another library would clear an error, or be a status that receivers do not know.",
    fix: "Compare with ok and error, and do nothing for all else.",
    async check(t, tracing, world) {
      for (const word of OTHER_WORDS) {
        const say = (span: SpanHandle) => span.setStatus(word as "ok", "of another word")
        const what = `${typeof word} ${JSON.stringify(word)}`
        await become(t, tracing, world, [
          [what, say, { code: "unset" }],
          [`ok and then ${what}`, (span) => say(span.setStatus("ok")), { code: "ok" }],
          [
            `error and then ${what}`,
            (span) => say(span.setStatus("error", "kept")),
            { code: "error", message: "kept" },
          ],
          [`${what} and then ok`, (span) => say(span).setStatus("ok"), { code: "ok" }],
        ])
      }
    },
  }),
  clause("TRACING-STATUS-06", {
    why: "The message of an error may hold a whole answer, and a batch has a limit.",
    fix: "Cut it at 4,096 characters.",
    async check(t, tracing, world) {
      const fits = "x".repeat(4096)
      await become(t, tracing, world, [
        ["a message that fits", (span) => span.setStatus("error", fits), { code: "error", message: fits }],
        ["a long message", (span) => span.setStatus("error", `${fits}more`), { code: "error", message: fits }],
        ["a very long message", (span) => span.setStatus("error", fits.repeat(100)), { code: "error", message: fits }],
      ])
    },
  }),
]
