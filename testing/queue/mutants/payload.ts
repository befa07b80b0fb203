import { begunLate, onlyIn, subclass } from "../../engine/seams.ts"
import { cutBelow, isPlainObject, jsonForm, mapDeep, withoutCircles } from "../../families/mutants/plain.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"

const emptyToNull = seam.copyIn(
  "An empty text arrives as null.",
  ({ next }, data) => next(data === "" ? null : data),
  "Oracle: an empty text is NULL",
)

const textParsed = seam.copyOut(
  "The text null arrives as null, and a postcode as a number.",
  ({ next }, json) =>
    mapDeep(next(json), (member) => {
      if (typeof member !== "string") return member
      try {
        return JSON.parse(member)
      } catch {
        return member
      }
    }),
  "unstorage #268: the stored text null comes back as null, since every text is parsed",
)

const isDate = (text: unknown) => typeof text === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)

export const payloadMutants = mutants({
  "QUEUE-DATA-01": {
    "empty-text-becomes-null": emptyToNull,
    "empty-text-becomes-null-in-batches": onlyIn(ReferenceQueue, "publishMany", emptyToNull),
    "deep-members-cut": seam.copyIn("Data below a depth is lost.", ({ next }, data) => next(cutBelow(data, 32))),
    "long-text-cut": seam.copyIn(
      "Long texts lose their end in silence.",
      ({ next }, data) => next(typeof data === "string" ? data.slice(0, 65_535) : data),
      "MySQL, not in strict mode: a text that is longer than its column is cut in silence",
    ),
  },
  "QUEUE-DATA-02": {
    "no-payload-becomes-an-object": seam.copyIn(
      "A message without a payload arrives with one.",
      ({ next }, data) => next(data === undefined ? {} : data),
      "BullMQ 6: a job without data arrives with {}",
    ),
    "no-payload-refused": seam.payloadIssue("A signal without data cannot be sent.", ({ next }, data) =>
      data === undefined ? "A payload must be given." : next(data),
    ),
    "undefined-members-become-null": seam.copyIn("A member that was not set is set to null.", (_, data) =>
      JSON.stringify(data ?? null, (_name, member) => (member === undefined ? null : member)),
    ),
  },
  "QUEUE-DATA-03": {
    "functions-dropped": seam.payloadIssue(
      "A payload arrives with fewer members than it had.",
      ({ next }, data) => next(mapDeep(data, (member) => (typeof member === "function" ? null : member))),
      "BullMQ: what JSON has no form for is dropped in silence",
    ),
    "numbers-become-null": seam.payloadIssue(
      "NaN and the infinities arrive as null.",
      ({ next }, data) => next(mapDeep(data, (member) => (typeof member === "number" ? 0 : member))),
      "BullMQ: data is what JSON.stringify makes of it",
    ),
    "instances-become-their-json": seam.payloadIssue(
      "A date arrives as text, and a Map empty.",
      ({ next }, data) =>
        next(
          mapDeep(data, (member) => {
            const form = member instanceof Date ? member.toISOString() : jsonForm(member)
            return typeof form === "object" && form !== null && !Array.isArray(form) ? { ...form } : form
          }),
        ),
      "BullMQ: data is what JSON.stringify makes of it",
    ),
    "circles-cut": seam.payloadIssue("A payload that refers to itself arrives in part.", ({ next }, data) =>
      next(withoutCircles(data, [])),
    ),
    "refused-after-it-was-stored": seam.publish(
      "A publish fails, and its handler runs.",
      async ({ next, self }, queue, data, options) => {
        if (self.payloadIssue(data) !== undefined) self.add(queue, String(data), options)
        return next(queue, data, options)
      },
    ),
  },
  "QUEUE-DATA-04": {
    "size-not-checked": seam.checkSize(
      "One huge message slows the store down for everybody.",
      () => {},
      "BullMQ: data of any size is stored, up to the 512 MB of a Redis string",
    ),
    "size-in-characters": seam.sizeOf("A text of twice the limit is sent to the store.", (_, json) => json.length),
    "size-before-escapes": seam.checkSize(
      "A text of line ends is twice as large as it was counted.",
      ({ next }, data) => next(typeof data === "string" ? data.replaceAll("\n", "x") : data),
    ),
    "oversized-text-cut": seam.checkPublish(
      "The end of a document is lost in silence.",
      ({ next }, queue, data, options) => next(queue, typeof data === "string" ? "" : data, options),
    ),
    "limit-itself-refused": seam.sizeOf(
      "A payload that is just small enough is refused.",
      ({ next }, json) => next(json) + 1,
    ),
  },
  "QUEUE-DATA-05": {
    "payload-encoded-late": begunLate(
      ReferenceQueue,
      "publish",
      "The next request changes the message of the one before.",
    ),
    "items-encoded-late": begunLate(ReferenceQueue, "publishMany", "A change of an item after the call is published."),
    "payload-kept-as-it-is": subclass(
      "A handler is given the object that the publisher works on.",
      class extends ReferenceQueue {
        readonly #given = new Map<string, unknown>()
        override copyIn(data: unknown): string {
          const json = super.copyIn(data)
          this.#given.set(json, data)
          return json
        }
        override copyOut(json: string): unknown {
          return this.#given.get(json) ?? super.copyOut(json)
        }
      },
      "@objectstack/service-queue 16.1, memory: handlers are given the object that was published",
    ),
    "metadata-kept-as-it-is": seam.withDefaults(
      "A trace context that is used again changes messages that wait.",
      ({ next }, queue, options) => ({ ...next(queue, options), metadata: options.metadata }),
    ),
  },
  "QUEUE-DATA-06": {
    "message-decoded-once": subclass(
      "The second attempt is given what the first one made of the data.",
      class extends ReferenceQueue {
        readonly #decoded = new Map<string, unknown>()
        override copyOut(json: string): unknown {
          if (!this.#decoded.has(json)) this.#decoded.set(json, super.copyOut(json))
          return this.#decoded.get(json)
        }
      },
    ),
    "metadata-handed-out": seam.messageOf(
      "The second attempt is given what the first one made of the metadata.",
      ({ next }, held) => ({ ...next(held), metadata: (held.options.metadata ?? {}) as Record<string, string> }),
    ),
  },
  "QUEUE-DATA-07": {
    "text-parsed-as-json": textParsed,
    "dates-revived": seam.copyOut("A text that looks like a time arrives as a Date.", ({ next }, json) =>
      mapDeep(next(json), (member) => (isDate(member) ? new Date(String(member)) : member)),
    ),
    "text-trimmed": seam.copyIn("White space at the ends of a text is lost.", ({ next }, data) =>
      next(typeof data === "string" ? data.trim() : data),
    ),
    "text-ends-at-nul": seam.copyIn(
      "A text loses what follows a NUL.",
      ({ next }, data) => next(typeof data === "string" ? data.split("\0", 1)[0] : data),
      "PostgreSQL: text and jsonb have no NUL, so that adapters cut or drop it",
    ),
    "broken-text-mended": seam.copyIn("Two tokens that differ in a lone surrogate become one.", ({ next }, data) =>
      next(typeof data === "string" ? data.toWellFormed() : data),
    ),
    "text-parsed-as-json-in-batches": onlyIn(
      ReferenceQueue,
      "publishMany",
      seam.copyIn("Text that was published with others arrives as what it looks like.", ({ next }, data) => {
        try {
          return next(typeof data === "string" ? JSON.parse(data) : data)
        } catch {
          return next(data)
        }
      }),
    ),
  },
  "QUEUE-DATA-08": {
    "members-copied-by-assignment": seam.copyOut(
      "A member called __proto__ is lost, and what the object inherits is the sender's.",
      ({ next }, json) =>
        mapDeep(next(json), (member) => {
          if (!isPlainObject(member)) return member
          const copy: Record<string, unknown> = {}
          for (const [name, value] of Object.entries(member)) copy[name] = value
          return copy
        }),
      "lodash.merge, CVE-2018-16487: a member called __proto__ was assigned as any other",
    ),
    "suspicious-payloads-refused": seam.payloadIssue(
      "A payload of a user whose field is called constructor cannot be published.",
      ({ next }, data) => {
        const isSuspicious = () => /"(__proto__|constructor)":/.test(JSON.stringify(data ?? null))
        return next(data) ?? (isSuspicious() ? "A payload must not have members of these names." : undefined)
      },
      "secure-json-parse, @hapi/bourne: an object with such members is refused",
    ),
  },
})
