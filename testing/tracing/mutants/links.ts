import type { TraceContext } from "../../../contracts/tracing/tracing.ts"
import { changed } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"
import type { HeldLink } from "../reference/values.ts"

export const linksMutants = mutants({
  "TRACING-LINK-01": {
    "links-left-out": seam.linksOf(
      "A message cannot be found from its batch.",
      () => [],
      "opentelemetry-js 0.223, exporter-zipkin: links are left out, since Zipkin has none",
    ),
    "first-link-alone": seam.linksOf("A batch is found from its first message alone.", ({ next }, given) =>
      next(given).slice(0, 1),
    ),
    "attributes-of-links-left-out": seam.linkOf("A link does not say which message it is.", ({ next }, given) => {
      const link = next(given)
      return link && { ...link, attributes: {} }
    }),
    "trace-state-of-links-left-out": seam.linkOf("A vendor loses its place.", ({ next }, given) => {
      const link = next(given)
      if (link === undefined) return undefined
      const { traceState: _, ...context } = link.context
      return { ...link, context }
    }),
    "links-are-parents": seam.parentOf(
      "A span of a batch stands in the trace of its first message.",
      ({ next, self }, options) => next(options) ?? self.contextOf(options.links?.[0]?.context),
    ),
    "one-link-for-each-span": seam.linksOf("The second time is not told.", ({ next }, given) => {
      const links = next(given)
      const first = (link: HeldLink) => links.findIndex(({ context }) => context.spanId === link.context.spanId)
      return links.filter((link, index) => first(link) === index)
    }),
    "links-in-the-trace-of-the-span": seam.newSpan("A link leads nowhere.", ({ next }, name, options) => {
      const held = next(name, options)
      const { traceId } = held.context
      return { ...held, links: held.links.map((link) => ({ ...link, context: { ...link.context, traceId } })) }
    }),
    "newest-link-first": seam.linksOf("A batch is told backwards.", ({ next }, given) => next(given).toReversed()),
    "links-not-sampled": seam.linkOf("A link says that its trace was not recorded.", ({ next }, given) => {
      const link = next(given)
      return link && { ...link, context: { ...link.context, sampled: false } }
    }),
    "attributes-of-the-span-from-links": seam.newSpan(
      "A span says what a message said.",
      ({ next, self }, name, options) => {
        const held = next(name, options)
        for (const { attributes } of held.links) self.setMany(held.attributes, attributes)
        return held
      },
    ),
  },
  "TRACING-LINK-02": {
    "first-links-kept": changed(
      ReferenceTracing,
      "The newest messages of a batch cannot be found.",
      { linksOf: ({ next }, given) => next(given).slice(0, 128) },
      "deno #34891: links above the limit are dropped, and the first ones kept",
    ),
    "links-without-bound": seam.newSpan(
      "A batch of ten thousand makes a span that is refused.",
      ({ next, self }, name, options) => {
        const held = next(name, options)
        const links = self.linksOf(options.links)
        return { ...held, links, droppedLinks: 0 }
      },
      "opentelemetry-js #6479: linkCountLimit was not enforced, and links accumulated without bound",
    ),
    "dropped-links-not-counted": seam.newSpan(
      "Nobody learns that a batch was larger.",
      ({ next }, name, options) => ({ ...next(name, options), droppedLinks: 0 }),
      "opentelemetry-js #3576: links that are dropped were not counted",
    ),
    "links-counted-as-events": seam.spanOf("Events seem to be missing.", ({ next }, held) => {
      const span = next(held)
      const { attributes, events, links } = span.dropped
      return { ...span, dropped: { attributes, events: events + links, links: 0 } }
    }),
    "no-links-of-a-large-batch": seam.linksOf("A large batch has no links at all.", ({ next }, given) => {
      const links = next(given)
      return links.length > 256 ? [] : links
    }),
    "all-links-counted": seam.newSpan("More seem to be missing than were.", ({ next }, name, options) => {
      const held = next(name, options)
      return held.droppedLinks > 0 ? { ...held, droppedLinks: options.links?.length ?? 0 } : held
    }),
  },
  "TRACING-LINK-03": {
    "one-bad-link-costs-all": seam.linksOf(
      "One message without a header costs the links to all others.",
      ({ next, self }, given) => {
        const links = next(given)
        return Array.isArray(given) && given.some((link) => self.linkOf(link) === undefined) ? [] : links
      },
    ),
    "links-end-at-a-bad-one": seam.linksOf(
      "What stands behind a message without a header is lost.",
      ({ next, self }, given) => {
        if (!Array.isArray(given)) return next(given)
        const bad = given.findIndex((link) => self.linkOf(link) === undefined)
        return next(bad < 0 ? given : given.slice(0, bad))
      },
    ),
    "malformed-links-kept": seam.linkOf(
      "A link that leads nowhere is shown.",
      ({ next }, given) => {
        const { context } = (typeof given === "object" && given !== null ? given : {}) as { context?: TraceContext }
        const isContext = typeof context === "object" && typeof context.traceId === "string"
        return next(given) ?? (isContext ? { context, attributes: {} } : undefined)
      },
      "opentelemetry-specification #2176: whether a link to an invalid context is kept was left open, and differs",
    ),
    "bad-links-of-zeros": seam.linkOf("A link leads to no trace.", ({ next }, given) => {
      const none = { traceId: "0".repeat(32), spanId: "0".repeat(16), sampled: false }
      return next(given) ?? { context: none, attributes: {} }
    }),
    "attributes-go-to-the-link-before": seam.linksOf(
      "A link says what another message said.",
      ({ next, self }, given) => {
        const links: HeldLink[] = []
        for (const each of Array.isArray(given) ? given : []) {
          const link = self.linkOf(each)
          const { attributes = {} } = (self.linkOf({ context: ANY, attributes: attributesIn(each) }) ?? {}) as HeldLink
          const last = links.at(-1)
          if (link !== undefined) links.push(link)
          else if (last !== undefined) {
            links[links.length - 1] = { ...last, attributes: { ...last.attributes, ...attributes } }
          }
        }
        return Array.isArray(given) ? links : next(given)
      },
      "deno #34891: attributes of a link whose context is invalid went to the link before it",
    ),
    "unreadable-link-costs-the-options": changed(
      ReferenceTracing,
      "One message costs the span all that was known of it.",
      {
        linksOf: ({ next }, given) => {
          for (const link of Array.isArray(given) ? given : []) void link?.context
          return next(given)
        },
      },
    ),
    "no-list-is-one-link": seam.linksOf("A mistake in one place is a link in another.", ({ next }, given) =>
      next(Array.isArray(given) || given === undefined ? given : [given]),
    ),
  },
})

const ANY: TraceContext = { traceId: "1".repeat(32), spanId: "1".repeat(16), sampled: true }

function attributesIn(link: unknown): unknown {
  try {
    return (link as { attributes?: unknown } | undefined)?.attributes
  } catch {
    return undefined
  }
}
