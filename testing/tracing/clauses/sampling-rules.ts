import type { SamplingRule, TraceSamplingConfig } from "../../../contracts/tracing/tracing.ts"
import { clause } from "../clause.ts"
import { MOST, parentOf } from "../trace-ids.ts"
import { isSampled, sampling } from "./sampling.ts"

const RATIOS = [0, 0.1, 0.5, 0.9, 1] as const
/** A fair draw is off by more once in 370 times: so often it is drawn. */
const DRAWS = 3

/** The words around which a ratio decides, and the ends. */
function wordsAround(ratio: number): number[] {
  const bound = Math.floor(ratio * MOST)
  const words = [0, 1, bound - 1, bound, bound + 1, 0x7fffffff, 0x80000000, MOST - 1, MOST]
  return words.filter((word) => word >= 0 && word <= MOST)
}

/** TRACING-SAMPLE: ratios, rules and conditions. */
export const samplingRulesClauses = [
  clause("TRACING-SAMPLE-03", {
    why: "Services that decide by themselves must decide alike, or no trace is whole.",
    fix: "Join the four words of the trace id by XOR, as an unsigned number, and compare it with the bound.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      for (const type of ["trace_id_ratio", "probability"] as const) {
        for (const ratio of RATIOS) {
          const tracing = await sampling(world, { type, ratio })
          const bound = Math.floor(ratio * MOST)
          for (const word of wordsAround(ratio)) {
            for (const flag of [true, false]) {
              const parent = parentOf(word, world.random, flag)
              const what = `${type} ${ratio}, of ${parent.traceId}, whose parent is ${flag ? "sampled" : "left out"}`
              const want = ratio === 1 || word < bound
              t.equal(isSampled(tracing, "span", { parent }), want, what)
              const options = { parent, kind: "server", attributes: { tier: "gold" } } as const
              t.equal(isSampled(tracing, "another", options), want, `${what}, with another name and attributes`)
            }
          }
        }
      }
    },
  }),
  clause("TRACING-SAMPLE-04", {
    why: "A tenth that is a twentieth hides half of the errors, and one that is a fifth costs twice as much.",
    fix: "Draw each digit of a trace id at random: the decision is made of all of them.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const draws = world.many * 2
      for (const traceIdGenerator of ["random", "uuid"] as const) {
        for (const ratio of [0.1, 0.5]) {
          const tracing = await world.configuration.create({
            ...world.configuration.valid,
            traceIdGenerator,
            sampling: { type: "trace_id_ratio", ratio },
          })
          const off = 3 * Math.sqrt(draws * ratio * (1 - ratio))
          const counts: number[] = []
          const offBy = () => Math.min(...counts.map((count) => Math.abs(count - draws * ratio)))
          // What is off by twice as much is off by no chance.
          while (counts.length < DRAWS && (counts.length === 0 || (offBy() > off && offBy() < off * 2))) {
            let sampled = 0
            for (let draw = 0; draw < draws; draw++) if (isSampled(tracing)) sampled++
            counts.push(sampled)
          }
          const what = `${counts.join(", ")} of ${draws} traces are sampled by ${ratio}, with ids by ${traceIdGenerator}`
          t.ok(offBy() <= off, `${what}, want ${draws * ratio} with ${Math.round(off)} more or less`)
        }
      }
    },
  }),
  clause("TRACING-SAMPLE-07", {
    why: "Health checks are most of the traffic, and rules are there to leave them out, and to keep what matters.",
    fix: "Try the rules in their order, name and attributes together, and then the type.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const keep = "record_and_sample" as const
      const rules: SamplingRule[] = [
        { name: "exact", match: { spanName: "GET /ready" }, decision: "drop" },
        { name: "gold checks", match: { spanName: "GET /health*", attributes: { tier: "gold" } }, decision: keep },
        { name: "checks", match: { spanName: "GET /health*" }, decision: "drop" },
        { name: "middle", match: { spanName: "* /a.b/*/end" }, decision: "drop" },
        { name: "twice", match: { spanName: "aa*aa" }, decision: "drop" },
        { name: "attributes", match: { attributes: { quiet: true, size: 3 } }, decision: "drop" },
        { name: "late", match: { spanName: "GET /ready" }, decision: keep },
      ]
      const spans: [name: string, attributes: Record<string, unknown>, want: boolean][] = [
        ["GET /ready", {}, false],
        ["GET /ready/", {}, true],
        ["/GET /ready", {}, true],
        ["get /ready", {}, true],
        ["GET /health", {}, false],
        ["GET /health/live", {}, false],
        ["GET /health\n/live", {}, false],
        ["POST /health", {}, true],
        ["GET /health/live", { tier: "gold" }, true],
        ["GET /health/live", { tier: "silver" }, false],
        ["GET /a.b/c/end", {}, false],
        ["GET /a.b/c/d/end", {}, false],
        ["GET /aXb/c/end", {}, true],
        ["GET /a.b/end", {}, true],
        ["aaaa", {}, false],
        ["aa and aa", {}, false],
        ["aaa", {}, true],
        ["any", { quiet: true, size: 3 }, false],
        ["any", { quiet: true, size: 3, more: 1 }, false],
        ["any", { quiet: true }, true],
        ["any", { quiet: "true", size: 3 }, true],
        ["any", { quiet: true, size: 4 }, true],
        ["any", {}, true],
      ]
      const tracing = await sampling(world, { type: "always_on", rules })
      for (const [name, attributes, want] of spans) {
        const what = `${JSON.stringify(name)} with ${JSON.stringify(attributes)}`
        t.equal(isSampled(tracing, name, { attributes }), want, `whether ${what} is sampled`)
      }
      const span = tracing.startSpan("any").setAttributes({ quiet: true, size: 3 })
      span.end()
      t.ok(span.context.sampled, "attributes of after the start have decided")
      const off = await sampling(world, { type: "always_off", rules: [{ name: "all", decision: keep }] })
      t.ok(isSampled(off), "a rule without a match does not fit, or does not go before the type")
      const other = { name: "other", match: { service: "another service than this one" }, decision: "drop" as const }
      t.ok(isSampled(await sampling(world, { rules: [other] })), "a rule for another service fits")
    },
  }),
  clause("TRACING-SAMPLE-08", {
    why: "A tenth of the health checks is asked for, and nine tenths must not come back by another way.",
    fix: "Decide by the trace id, as a ratio does, and drop what is left out without asking the type.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      for (const rate of RATIOS) {
        for (const decision of ["record_and_sample", "record_only", "drop"] as const) {
          const rules: SamplingRule[] = [
            { name: "some", match: { spanName: "some" }, decision, rate },
            { name: "rest", match: { spanName: "some" }, decision: "record_and_sample" },
          ]
          const tracing = await sampling(world, { type: "always_on", rules })
          for (const word of wordsAround(rate)) {
            const parent = parentOf(word, world.random)
            const want = decision === "record_and_sample" && (rate === 1 || word < Math.floor(rate * MOST))
            t.equal(isSampled(tracing, "some", { parent }), want, `${decision} at ${rate}, of ${parent.traceId}`)
            t.ok(isSampled(tracing, "other", { parent }), `a span that the rule does not fit, of ${parent.traceId}`)
          }
        }
      }
    },
  }),
  clause("TRACING-SAMPLE-09", {
    why: "Each kind of request has its own part, and one that nobody thought of must not flood the receiver.",
    fix: "Take the first member whose condition the attributes of the start fulfil, and leave out the rest.",
    uses: ["configuration"],
    needs: ["configurable"],
    async check(t, _client, world) {
      const config: TraceSamplingConfig = {
        type: "composite",
        composite: [
          { strategy: "always_off", condition: { route: "/health" } },
          { strategy: "always_on", condition: { tier: "gold", paid: true } },
          { strategy: "trace_id_ratio", ratio: 0.5, condition: { tier: "free" } },
          { strategy: "probability", ratio: 0, condition: { tier: "gold" } },
        ],
      }
      const tracing = await sampling(world, config)
      const [low, high] = [0x7ffffff0, 0x80000010]
      const spans: [attributes: Record<string, unknown>, word: number, want: boolean][] = [
        [{}, low, false],
        [{ tier: "silver" }, low, false],
        [{ route: "/health" }, low, false],
        [{ route: "/health", tier: "gold", paid: true }, low, false],
        [{ tier: "gold", paid: true }, high, true],
        [{ tier: "gold", paid: true, route: "/" }, high, true],
        [{ tier: "gold" }, low, false],
        [{ tier: "gold", paid: "true" }, low, false],
        [{ tier: "free" }, low, true],
        [{ tier: "free" }, high, false],
        [{ tier: "free", paid: true }, low, true],
      ]
      for (const [attributes, word, want] of spans) {
        const parent = parentOf(word, world.random)
        const what = `a span with ${JSON.stringify(attributes)}, of ${parent.traceId}`
        t.equal(isSampled(tracing, "span", { parent, attributes }), want, what)
      }
      const rest: TraceSamplingConfig = {
        type: "composite",
        composite: [{ strategy: "always_off", condition: { route: "/health" } }, { strategy: "always_on" }],
      }
      const all = await sampling(world, rest)
      t.ok(isSampled(all, "span", { attributes: { tier: "silver" } }), "a member without a condition does not fit")
      t.ok(!isSampled(all, "span", { attributes: { route: "/health" } }), "a later member has decided")
    },
  }),
]
