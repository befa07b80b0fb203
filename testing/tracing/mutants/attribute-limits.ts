import type { SpanAttributes } from "../../../contracts/tracing/tracing.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"
import type { HeldAttributes } from "../reference/values.ts"

export const attributeLimitsMutants = mutants({
  "TRACING-ATTR-07": {
    "no-limit": seam.hasRoom(
      "A counter in a name fills the memory.",
      () => true,
      "deno #34787: a span took attributes without bound",
    ),
    "last-ones-kept": seam.setOne("What was known at the start is gone.", ({ next }, held, key, value) => {
      next(held, key, value)
      if (held.values.size < 128 || held.values.has(key as string)) return
      const [oldest = ""] = held.values.keys()
      held.values.delete(oldest)
      next(held, key, value)
    }),
    "one-too-many": seam.hasRoom("129 are kept.", ({ next }, held, key) => next(held, key) || held.values.size === 128),
    "one-too-few": seam.hasRoom("127 are kept.", ({ next }, held, key) =>
      held.values.size === 127 && !held.values.has(key) ? false : next(held, key),
    ),
    "full-is-fixed": seam.hasRoom(
      "A status cannot be corrected where much is told.",
      ({ next }, held, key) => held.values.size < 128 && next(held, key),
    ),
    "too-many-not-counted": seam.hasRoom(
      "Nobody learns that something is missing.",
      ({ next }, held, key) => {
        if (next(held, key)) return true
        held.dropped--
        return false
      },
      "opentelemetry-js #3576: until then no span told how much it had dropped",
    ),
    "none-of-too-many": seam.attributesOf("A span with much to tell tells nothing.", ({ next, self }, given) => {
      const held = next(given)
      return held.dropped > 2 && held.values.size === 128 ? { ...self.newAttributes(), dropped: held.dropped } : held
    }),
    "attributes-of-events-without-limit": subclass(
      "A counter in a name of an event fills the memory.",
      class extends ReferenceTracing {
        override event(...[held, name, given = {}]: Parameters<ReferenceTracing["event"]>): void {
          super.event(held, name, given)
          const last = held.events.at(-1)
          if (last !== undefined && Object.keys(given).length > 128) {
            held.events[held.events.length - 1] = { ...last, attributes: { ...given } as SpanAttributes }
          }
        }
      },
      "opentelemetry-js #3649: the limits of attributes of events and links were read, and did nothing",
    ),
    "attributes-of-links-without-limit": seam.linkOf(
      "A counter in a name of a link fills the memory.",
      ({ next }, given) => {
        const link = next(given)
        const { attributes = {} } = (given ?? {}) as { attributes?: SpanAttributes }
        return link && Object.keys(attributes).length > 128 ? { ...link, attributes: { ...attributes } } : link
      },
      "opentelemetry-js #6479: attributes of events and links accumulated without bound",
    ),
  },
  "TRACING-ATTR-08": {
    "text-of-any-length": seam.cutValue("One body makes a batch that is refused.", (_, value) => value),
    "lists-not-cut": seam.cutValue(
      "A list of bodies makes a batch that is refused.",
      ({ next }, value, max) => (Array.isArray(value) ? value : next(value, max)),
      "opentelemetry-go #7955: the limit of values was not applied to the members of every list",
    ),
    "lists-cut-as-a-whole": seam.cutValue("A list of many short texts is cut.", ({ next }, value, max) => {
      if (!Array.isArray(value) || typeof value[0] !== "string") return next(value, max)
      return (value as readonly string[]).map((text) => text.slice(0, Math.floor(max / value.length)))
    }),
    "cut-at-128": seam.cutValue(
      "A query is cut in its middle.",
      ({ next }, value, max) => next(value, Math.min(max, 128)),
      "opentelemetry-js #934: the exporter cut values at 128 bytes",
    ),
    "long-text-dropped": seam.setOne("A query that is long is not there.", ({ next, self }, held, key, value) => {
      if (typeof value === "string" && value.length > 4096) self.dropAttribute(held)
      else next(held, key, value)
    }),
    "cut-with-dots": seam.cutText("A text is longer than it may be.", ({ next }, text, max) =>
      text.length > max ? `${text.slice(0, max)}...` : next(text, max),
    ),
    "cut-from-the-front": seam.cutText("The beginning of a query is missing.", (_, text, max) => text.slice(-max)),
    "events-not-cut": subclass(
      "A body in an event makes a batch that is refused.",
      class extends ReferenceTracing {
        override event(...[held, name, given]: Parameters<ReferenceTracing["event"]>): void {
          super.event(held, name, given)
          const last = held.events.at(-1)
          const { long } = (given ?? {}) as { long?: string }
          if (last !== undefined && long !== undefined) {
            held.events[held.events.length - 1] = { ...last, attributes: { ...last.attributes, long } }
          }
        }
      },
      "opentelemetry-js #6479: text of attributes of events and links was not cut",
    ),
  },
  "TRACING-ATTR-11": {
    "lists-by-reference": seam.setOne(
      "A list that is used again changes what was told.",
      ({ next }, held, key, value) => {
        next(held, key, value)
        const isKept = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")
        if (isKept && held.values.has(key as string)) held.values.set(key as string, value as string[])
      },
      "opentelemetry-python #713: attributes were shared between spans, and could be changed",
    ),
    "attributes-of-the-start-by-reference": subclass(
      "A span tells of the next call.",
      class extends ReferenceTracing {
        readonly #given = new WeakMap<HeldAttributes, object>()
        override attributesOf(given: unknown): HeldAttributes {
          const held = super.attributesOf(given)
          if (typeof given === "object" && given !== null) this.#given.set(held, given)
          return held
        }
        override recordOf(held: HeldAttributes): SpanAttributes {
          const now = this.#given.get(held)
          if (now !== undefined) this.setMany(held, now)
          return super.recordOf(held)
        }
      },
    ),
    "links-by-reference": seam.linkOf("A link points to the next message.", ({ next }, given) => {
      const link = next(given)
      return link && { ...link, context: (given as { context: typeof link.context }).context }
    }),
    "parent-by-reference": seam.contextOf("A span changes its trace.", ({ next }, given) => {
      const context = next(given)
      return context && { ...context, ...(context.baggage && { baggage: (given as typeof context).baggage ?? {} }) }
    }),
    "attributes-of-links-by-reference": seam.linkOf("A link tells of the next message.", ({ next }, given) => {
      const link = next(given)
      const { attributes } = (given ?? {}) as { attributes?: SpanAttributes }
      return link && { ...link, attributes: attributes ?? {} }
    }),
  },
})
