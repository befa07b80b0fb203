import type { TraceContext } from "../../../contracts/tracing/tracing.ts"
import { injectedBy } from "../carrying.ts"
import { clause, configured, type TracingClient } from "../clause.ts"
import { OTHER, placeOf, REMOTE, traceparentOf } from "../contexts.ts"

/** The pairs of a header, as they stand there. */
function pairsOf(header: string | undefined): string[] {
  return header === undefined ? [] : header.split(",").map((pair) => pair.trim())
}

/** TRACING-CONF: the keys of TracingConfig on what is read from carriers and written to them. */
export const propagationClauses = [
  clause("TRACING-CONF-05", {
    why: "A name decides what may leave; a value with a comma must not bring along what may not.",
    fix: "Write the allowed members alone, each with encodeURIComponent.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const allowedKeys = ["tenant", "user name", "empty", "absent", "__proto__"]
      const tracing = await configured(world, { propagation: { baggage: { allowedKeys } } })
      const baggage = Object.fromEntries([
        ["tenant", "acme, secret=1; a=b \u00e9 100%"],
        ["user name", "Zo\u00eb"],
        ["empty", ""],
        ["__proto__", "own"],
        ["email", "zoe@example.com"],
        ["Tenant", "other"],
      ])
      const want = [
        "__proto__=own",
        "empty=",
        "tenant=acme%2C%20secret%3D1%3B%20a%3Db%20%C3%A9%20100%25",
        "user%20name=Zo%C3%AB",
      ]
      const { Tenant: _Tenant, email: _email, ...allowed } = baggage
      const given = injectedBy(tracing, { ...REMOTE, baggage })
      t.equal(pairsOf(given["baggage"]).toSorted(), want, "the header of a context that is given")
      t.equal(tracing.extract(given)?.baggage, allowed, "what is read of it")
      await tracing.withSpan("request", { parent: { ...REMOTE, baggage } }, () => {
        const carrier: Record<string, string> = {}
        tracing.inject(carrier)
        t.equal(pairsOf(carrier["baggage"]).toSorted(), want, "the header of the active span")
      })
      t.equal(injectedBy(tracing, REMOTE)["baggage"], undefined, "the header of a context without baggage")
      const inherited = { ...REMOTE, baggage: Object.create({ tenant: "inherited" }) }
      t.equal(injectedBy(tracing, inherited)["baggage"], undefined, "the header of baggage that is inherited")
    },
  }),
  clause("TRACING-CONF-06", {
    why: "A mesh that speaks B3 loses each trace at the services that do not.",
    fix: "Read and write b3 as {trace id}-{span id}-{0 or 1}, or as X-B3-TraceId, X-B3-SpanId and X-B3-Sampled.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const { spanId, traceId } = REMOTE
      const [short, unsampled] = [traceId.slice(16), { ...REMOTE, sampled: false }]
      const padded = { ...REMOTE, traceId: short.padStart(32, "0") }
      const one = await configured(world, { propagation: { formats: ["b3"] } })
      t.equal(injectedBy(one, REMOTE), { b3: `${traceId}-${spanId}-1` }, "one header")
      t.equal(injectedBy(one, unsampled), { b3: `${traceId}-${spanId}-0` }, "one header, not sampled")
      const headers: [b3: string, want: TraceContext | undefined][] = [
        [`${traceId}-${spanId}-1`, REMOTE],
        [`${traceId}-${spanId}-0`, unsampled],
        [`${traceId}-${spanId}-d`, REMOTE],
        [`${traceId}-${spanId}`, REMOTE],
        [`${traceId}-${spanId}-1-${OTHER.spanId}`, REMOTE],
        [`${short}-${spanId}-1`, padded],
        ["0", undefined],
        [`${"0".repeat(32)}-${spanId}-1`, undefined],
        [`${traceId}-${"0".repeat(16)}-1`, undefined],
        [`${traceId.slice(1)}-${spanId}-1`, undefined],
        [`${traceId}-${spanId}-7`, undefined],
        [`${traceId}-${spanId}-1-x`, undefined],
        ["garbage", undefined],
      ]
      for (const [b3, want] of headers) {
        t.equal(placeOf(one.extract({ b3 })), placeOf(want), `the header b3: ${b3}`)
        t.equal(placeOf(one.extract({ B3: ` ${b3} ` })), placeOf(want), `the header B3, in blanks: ${b3}`)
      }
      const several = await configured(world, { propagation: { formats: ["b3_multi"] } })
      const written = injectedBy(several, REMOTE)
      const lower = Object.fromEntries(Object.entries(written).map(([name, value]) => [name.toLowerCase(), value]))
      const parts = { "x-b3-traceid": traceId, "x-b3-spanid": spanId }
      t.equal(lower, { ...parts, "x-b3-sampled": "1" }, "several headers")
      const carriers: [what: string, carrier: Record<string, string>, want: TraceContext | undefined][] = [
        ["written", written, REMOTE],
        ["not sampled", injectedBy(several, unsampled), unsampled],
        ["of other cases", { "X-B3-TraceId": traceId, "X-B3-SPANID": spanId, "X-b3-sampled": "0" }, unsampled],
        ["without a decision", parts, REMOTE],
        ["with the flag of debugging", { ...parts, "x-b3-flags": "1" }, REMOTE],
        ["with a short trace id", { ...parts, "x-b3-traceid": short }, padded],
        ["without a span id", { "x-b3-traceid": traceId }, undefined],
        ["with a trace id of zeros", { ...parts, "x-b3-traceid": "0".repeat(32) }, undefined],
        ["with a decision that is none", { ...parts, "x-b3-sampled": "maybe" }, undefined],
      ]
      for (const [what, carrier, want] of carriers) {
        t.equal(placeOf(several.extract(carrier)), placeOf(want), `several headers ${what}`)
      }
      t.equal(several.extract({ traceparent: traceparentOf(REMOTE) }), undefined, "a format that is not configured")
    },
  }),
  clause("TRACING-CONF-07", {
    why: "While services move from one format to another, each of them must be understood.",
    fix: "Try the formats in their order until one gives a context, and write all of them.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const b3 = `${OTHER.traceId}-${OTHER.spanId}-1`
      const traceparent = traceparentOf(REMOTE)
      const multi = { "x-b3-traceid": OTHER.traceId, "x-b3-spanid": OTHER.spanId, "x-b3-sampled": "1" }
      const orders = [
        [["b3", "w3c"], OTHER],
        [["w3c", "b3"], REMOTE],
        [["w3c", "b3", "b3_multi"], REMOTE],
        [["b3_multi", "w3c"], OTHER],
      ] as const
      for (const [formats, first] of orders) {
        const tracing = await configured(world, { propagation: { formats } })
        const what = `with ${formats.join(", ")}`
        t.equal(placeOf(tracing.extract({ b3, ...multi, traceparent })), placeOf(first), `a carrier of all ${what}`)
        t.equal(placeOf(tracing.extract({ traceparent })), placeOf(REMOTE), `a carrier of w3c ${what}`)
        t.equal(placeOf(tracing.extract({ b3: "garbage", traceparent })), placeOf(REMOTE), `a malformed b3 ${what}`)
        const other = placeOf(tracing.extract({ b3, ...multi, traceparent: "garbage" }))
        t.equal(other, placeOf(OTHER), `a malformed traceparent ${what}`)
        const names = Object.keys(injectedBy(tracing, REMOTE)).map((name) => name.toLowerCase())
        const headers = { w3c: "traceparent", b3: "b3", b3_multi: "x-b3-traceid" } as const
        for (const format of formats) t.ok(names.includes(headers[format]), `${format} is not written ${what}`)
      }
    },
  }),
  clause("TRACING-CONF-08", {
    why: "Who faces the public may not want its ids, nor tell it ours.",
    fix: "Do nothing in inject and extract where they are switched off.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const carrier = { traceparent: traceparentOf(REMOTE) }
      const silent = await configured(world, { propagation: { inject: false } })
      t.equal(injectedBy(silent, REMOTE), {}, "what is injected of a context that is given, where inject is false")
      await silent.withSpan("request", {}, () => {
        const empty: Record<string, string> = {}
        silent.inject(empty)
        t.equal(empty, {}, "what is injected of the active span, where inject is false")
      })
      t.equal(placeOf(silent.extract(carrier)), placeOf(REMOTE), "what is extracted where inject is false")
      const deaf = await configured(world, { propagation: { extract: false } })
      t.equal(deaf.extract(carrier), undefined, "what is extracted where extract is false")
      t.equal(injectedBy(deaf, REMOTE), carrier, "what is injected where extract is false")
    },
  }),
  clause("TRACING-CONF-10", {
    why: "Who switches baggage off wants none of it, whoever sends it.",
    fix: "Neither read nor write the header of baggage where it is not enabled.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const baggage = { enabled: false, allowedKeys: ["tenant"] }
      const tracing = await configured(world, { propagation: { baggage } })
      const read = tracing.extract({ traceparent: traceparentOf(REMOTE), tracestate: "a=1", baggage: "tenant=acme" })
      t.equal(placeOf(read), placeOf(REMOTE), "the context")
      t.equal(read?.traceState, "a=1", "the trace state")
      t.equal(read?.baggage, undefined, "the baggage that is read")
      const written = injectedBy(tracing, { ...REMOTE, baggage: { tenant: "acme" } })
      t.equal(written, { traceparent: traceparentOf(REMOTE) }, "what is written")
    },
  }),
  clause("TRACING-CONF-11", {
    why: "A header that is too long is cut somewhere on its way, or costs the request.",
    fix: "Write as many pairs as there may be, and leave out those that do not fit.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const names = Array.from({ length: 200 }, (_, index) => `n${index}`)
      const all = Object.fromEntries(names.map((name) => [name, "x"]))
      const many = await configured(world, { propagation: { baggage: { allowedKeys: names } } })
      t.equal(pairsOf(injectedBy(many, { ...REMOTE, baggage: all })["baggage"]).length, 180, "pairs of 200")
      const allowedKeys = ["long", "a", "b", "c"]
      const wide = await configured(world, { propagation: { baggage: { allowedKeys } } })
      const header = (tracing: TracingClient, baggage: Record<string, string>) =>
        pairsOf(injectedBy(tracing, { ...REMOTE, baggage })["baggage"]).toSorted()
      const long = "x".repeat(4091)
      t.equal(header(wide, { a: "1", long }), ["a=1", `long=${long}`], "a pair of 4,096 characters")
      t.equal(header(wide, { a: "1", long: `${long}x` }), ["a=1"], "beside a pair of 4,097 characters")
      const half = "x".repeat(4090)
      const written = injectedBy(wide, { ...REMOTE, baggage: { a: half, b: half, c: half } })["baggage"] ?? ""
      t.equal([written.length, pairsOf(written).length], [8185, 2], "characters and pairs of 3 of 4,092 characters")
      const narrow = await configured(world, { propagation: { baggage: { allowedKeys, maxSize: 12 } } })
      t.equal(header(narrow, { a: "1234", b: "123" }), ["a=1234", "b=123"], "12 characters, within as many")
      t.equal(header(narrow, { a: "1234", b: "1234" }), ["a=1234"], "13 characters, within 12")
      t.equal(header(narrow, { a: "\u00e9\u00e9" }), [], "two characters that are encoded in 12, with their name")
    },
  }),
]
