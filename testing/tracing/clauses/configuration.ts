import type { TraceContext, TracingConfig } from "../../../contracts/tracing/tracing.ts"
import { injectedBy } from "../carrying.ts"
import { clause, configured, receivedOf, receivedSpan } from "../clause.ts"
import { OTHER, placeOf, REMOTE, traceparentOf } from "../contexts.ts"

const DEFAULTS: Readonly<Record<string, unknown>> = {
  name: "objectos",
  enabled: true,
  sampling: { type: "always_on", rules: [] },
  propagation: {
    formats: ["w3c"],
    extract: true,
    inject: true,
    baggage: { enabled: true, maxSize: 8192, allowedKeys: [] },
  },
  spanLimits: { maxAttributes: 128, maxEvents: 128, maxLinks: 128, maxAttributeValueLength: 4096 },
  traceIdGenerator: "random",
}

/** All that an object holds, its nested members too. */
function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return
  for (const member of Object.values(value)) spoil(member)
  if (Object.isFrozen(value)) return
  if (Array.isArray(value)) value.push("spoilt")
  else for (const name of Object.keys(value)) Reflect.set(value, name, "spoilt")
}

function ofSampling(sampling: object): object {
  return { sampling }
}

/** Configurations that cannot act. */
const unusable: readonly (readonly [what: string, config: object])[] = [
  ...[-0.1, 1.1, Number.NaN, "0.5", null, Number.POSITIVE_INFINITY].flatMap((ratio) => [
    [`the ratio ${ratio}`, ofSampling({ type: "trace_id_ratio", ratio })] as const,
    [`the probability ${ratio}`, ofSampling({ type: "probability", ratio })] as const,
    [`the ratio ${ratio} of a root`, ofSampling({ type: "parent_based", parentBased: { rootRatio: ratio } })] as const,
    [
      `the ratio ${ratio} of a member`,
      ofSampling({ type: "composite", composite: [{ strategy: "trace_id_ratio", ratio }] }),
    ] as const,
    [`the rate ${ratio} of a rule`, ofSampling({ rules: [{ name: "a", decision: "drop", rate: ratio }] })] as const,
  ]),
  ...[0, -1, Number.NaN, "5"].map(
    (rateLimit) => [`the rate ${rateLimit}`, ofSampling({ type: "rate_limiting", rateLimit })] as const,
  ),
  ["a strategy that there is not", ofSampling({ type: "sometimes" })],
  ["a strategy in upper case", ofSampling({ type: "ALWAYS_ON" })],
  ["a root that there is not", ofSampling({ type: "parent_based", parentBased: { root: "sometimes" } })],
  ["a member that there is not", ofSampling({ type: "composite", composite: [{ strategy: "sometimes" }] })],
  ["no member", ofSampling({ type: "composite", composite: [] })],
  ["a decision that there is not", ofSampling({ rules: [{ name: "a", decision: "keep" }] })],
  ["a key of sampling that there is not", ofSampling({ rato: 0.1 })],
  ["a format that there is not", { propagation: { formats: ["w3c", "jaeger"] } }],
  ["no format", { propagation: { formats: [] } }],
  ["a switch that is text", { propagation: { extract: "false" } }],
  ["a key of propagation that there is not", { propagation: { format: ["w3c"] } }],
  ["a size of baggage of 0", { propagation: { baggage: { maxSize: 0 } } }],
  ["a size of baggage of 1.5", { propagation: { baggage: { maxSize: 1.5 } } }],
  ["a list of names that is text", { propagation: { baggage: { allowedKeys: "tenant" } } }],
  ...["maxAttributes", "maxEvents", "maxLinks", "maxAttributeValueLength"].flatMap((name) =>
    [-1, 1.5, Number.NaN, "128"].map((limit) => [`${name} ${limit}`, { spanLimits: { [name]: limit } }] as const),
  ),
  ["a limit of text of 0", { spanLimits: { maxAttributeValueLength: 0 } }],
  ["a key of limits that there is not", { spanLimits: { maxSpans: 1 } }],
  ["ids that there are not", { traceIdGenerator: "counter" }],
  ["enabled that is text", { enabled: "false" }],
  ["a name in upper case", { name: "Shop" }],
  ["a name of 65 characters", { name: "a".repeat(65) }],
]

/** TRACING-CONF: the keys of TracingConfig act. Those of sampling and propagation have files of their own. */
export const configurationClauses = [
  clause("TRACING-CONF-01", {
    why: "A configuration that is shown must be the one that acts, and must not give away a key of the receiver.",
    fix: "Fill in the defaults, copy what is returned, and leave out headers and credentials.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const { valid } = world.configuration
      const byDefault = (await configured(world, {})).getConfig() as Record<string, unknown>
      for (const [key, value] of Object.entries(DEFAULTS)) {
        if (!(key in valid)) t.equal(byDefault[key], value, `${key} where it is not given`)
      }
      const given = { name: "shop", label: "The shop", traceIdGenerator: "uuid", spanLimits: { maxEvents: 5 } } as const
      const allowedKeys = ["tenant"]
      const tracing = await configured(world, { ...given, propagation: { baggage: { allowedKeys } } })
      const config = tracing.getConfig()
      t.equal([config.name, config.label, config.traceIdGenerator], ["shop", "The shop", "uuid"], "what was given")
      t.equal(
        config.spanLimits,
        { ...(DEFAULTS["spanLimits"] as object), maxEvents: 5 },
        "limits, of which one was given",
      )
      t.equal(config.propagation?.baggage, { enabled: true, maxSize: 8192, allowedKeys: ["tenant"] }, "baggage")
      const before = structuredClone(config)
      spoil(config)
      allowedKeys.push("email")
      t.equal(tracing.getConfig(), before, "the configuration, after what it gave was changed")
      const carrier = injectedBy(tracing, { ...REMOTE, baggage: { tenant: "acme", email: "zoe" } })
      t.equal(carrier["baggage"], "tenant=acme", "the baggage that is written then")
      const shown = JSON.stringify([before, byDefault])
      for (const secret of world.secrets) t.ok(!shown.includes(secret), "the configuration shows a credential")
    },
  }),
  clause("TRACING-CONF-02", {
    why: "Who switches tracing off wants nothing recorded, and must not cut the traces of others.",
    fix: "Give spans that keep nothing and stand where their parent does.",
    uses: ["configuration", "received"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const tracing = await configured(world, { enabled: false })
      const span = tracing.startSpan("off", { attributes: { a: 1 } })
      span.setAttribute("b", 2).addEvent("event").setStatus("error", "no").end()
      t.equal(injectedBy(tracing, span.context), {}, "what is injected of a span without a parent")
      t.equal(await tracing.withSpan("off", {}, async () => "value"), "value", "what withSpan gives")
      const error = new Error("the callback's own")
      const fail = () => Promise.reject(error)
      const caught = await tracing.withSpan("off", {}, fail).catch((thrown: unknown) => thrown)
      t.ok(caught === error, "withSpan rejects with another error than its callback")
      const extracted = tracing.extract({ traceparent: traceparentOf(REMOTE), tracestate: "a=1" })
      t.equal(placeOf(extracted), placeOf(REMOTE), "what is extracted")
      await tracing.run(extracted, async () => {
        const carrier: Record<string, string> = {}
        await tracing.withSpan("off", {}, async (inner) => {
          await Promise.resolve()
          tracing.inject(carrier)
          t.equal(placeOf(inner.context), placeOf(REMOTE), "the context of a span")
        })
        t.equal(carrier, { traceparent: traceparentOf(REMOTE), tracestate: "a=1" }, "what is injected in a span")
      })
      t.equal(placeOf(tracing.startSpan("off", { parent: OTHER }).context), placeOf(OTHER), "a span with a parent")
      t.equal((await receivedOf(tracing, world)).length, 0, "spans that were received")
      const none = { started: 0, ended: 0, exported: 0, dropped: 0, pending: 0, sampledOut: 0 }
      t.equal(tracing.stats(), none, "the counts")
    },
  }),
  clause("TRACING-CONF-03", {
    why: "Receivers refuse spans that are too large, and a limit that does not act is found out there.",
    fix: "Hand the limits to whatever keeps the span, and count what they take away.",
    uses: ["configuration", "received"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const lost: (readonly [limit: number, attributes: number])[] = [
        [0, 7],
        [1, 5],
        [3, 2],
      ]
      for (const [limit, attributesLost] of lost) {
        const limits = { maxAttributes: limit, maxEvents: limit, maxLinks: limit }
        const tracing = await configured(world, { spanLimits: limits })
        const names = ["a", "b", "c", "d", "e"]
        const links = names.map((name) => ({ context: REMOTE, attributes: limit === 0 ? {} : { name } }))
        const span = tracing.startSpan("limited", { links, attributes: { a: 1, b: 2 } })
        for (const name of names) span.setAttribute(name, 1).addEvent(name)
        span.end()
        const { attributes, dropped, events, links: kept } = await receivedSpan(tracing, world, "limited")
        t.equal(Object.keys(attributes).toSorted(), names.slice(0, limit), `attributes within ${limit}`)
        t.equal(
          events.map(({ name }) => name),
          names.slice(5 - limit),
          `events within ${limit}`,
        )
        t.equal(
          kept.map((link) => link.attributes["name"]),
          names.slice(5 - limit),
          `links within ${limit}`,
        )
        const want = { attributes: attributesLost, events: 5 - limit, links: 5 - limit }
        t.equal(dropped, want, `what was dropped within ${limit}`)
      }
    },
  }),
  clause("TRACING-CONF-04", {
    why: "Names that are cut are other names, and text that is not cut fills the receiver.",
    fix: "Cut the values of attributes alone, each text of a list too.",
    uses: ["configuration", "received"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const tracing = await configured(world, { spanLimits: { maxAttributeValueLength: 5 } })
      const attributes = {
        "a.long.name": "0123456789",
        list: ["0123456789", "0123", "01234"],
        short: "0",
        number: 123456789,
      }
      const cut = { "a.long.name": "01234", list: ["01234", "0123", "01234"], short: "0", number: 123456789 }
      const links = [{ context: REMOTE, attributes }]
      tracing
        .startSpan("a long name of a span", { attributes, links })
        .setAttribute("one", "0123456789")
        .addEvent("a long name of an event", attributes)
        .setStatus("error", "a long message of a status")
        .end()
      const span = await receivedSpan(tracing, world, "a long name of a span")
      t.equal(span.attributes, { ...cut, one: "01234" }, "the attributes of a span")
      t.equal(span.events[0]?.name, "a long name of an event", "the name of an event")
      t.equal(span.events[0]?.attributes, cut, "the attributes of an event")
      t.equal(span.links[0]?.attributes, cut, "the attributes of a link")
      t.equal(span.status.message, "a long message of a status", "the message of a status")
    },
  }),
  clause("TRACING-CONF-09", {
    why: "An id with hyphens is refused by everybody, and one that comes twice joins two requests.",
    fix: "Take the hyphens out of a uuid of version 4, or its digits in lower case.",
    uses: ["configuration", "received"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const tracing = await configured(world, { traceIdGenerator: "uuid" })
      const spans = Array.from({ length: 50 }, () => tracing.startSpan("uuid"))
      for (const { context } of spans) {
        t.ok(/^[\da-f]{12}4[\da-f]{3}[89ab][\da-f]{15}$/.test(context.traceId), `the trace id ${context.traceId}`)
        t.ok(/^[\da-f]{16}$/.test(context.spanId), `the span id ${context.spanId}`)
      }
      for (const span of spans) span.end()
      t.equal(new Set(spans.map(({ context }) => context.traceId)).size, 50, "trace ids of 50 spans")
      const received = await receivedOf(tracing, world)
      const ids = (list: readonly { context: TraceContext }[]) => list.map(({ context }) => context.traceId).toSorted()
      t.equal(ids(received), ids(spans), "the trace ids that were received")
    },
  }),
  clause("TRACING-CONF-12", {
    why: "A sampler that takes a word it does not know for none records everything, and somebody pays for it.",
    fix: "Check each key by a schema that knows all of them, and name the path of the one that is wrong.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      for (const [what, config] of unusable) {
        await t.rejects(() => configured(world, config as TracingConfig), "INVALID_CONFIG", what)
      }
    },
  }),
]
