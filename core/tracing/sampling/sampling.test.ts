import { ROOT_CONTEXT } from "@opentelemetry/api"
import { TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-base"
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { TraceSamplingConfig } from "../../../contracts/tracing/tracing.ts"
import { createTraceIds } from "../ids.ts"
import { rateSampler } from "./rate-sampler.ts"
import { ruleSampler } from "./rules.ts"
import { firstOf, ratioSampler, type SamplingRequest } from "./sampler.ts"
import { samplerOf } from "./sampler-of.ts"

const SPAN = "00f067aa0ba902b7"
/** Its four words are 0x12, 0, 0 and 0. */
const LOW = `00000012${"0".repeat(24)}`
/** Of all bits: by a ratio it is taken last. */
const HIGH = `ffffffff${"0".repeat(24)}`

function request(members: Partial<SamplingRequest> = {}): SamplingRequest {
  return { parent: undefined, traceId: LOW, name: "a", kind: "internal", attributes: {}, ...members }
}

const childOf = (sampled: boolean, traceId = LOW) => request({ parent: { traceId, spanId: SPAN, sampled }, traceId })

function samplerBy(config: TraceSamplingConfig, clock = createManualClock()) {
  return samplerOf(config, { service: "shop", clock })
}

describe("ratioSampler", () => {
  const ids = createTraceIds()
  const TRACES = Array.from({ length: 20_000 }, () => ids.traceId())

  it.each([0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.999, 1])("decides for %d as OpenTelemetry does", (ratio) => {
    const [ours, theirs] = [ratioSampler(ratio), new TraceIdRatioBasedSampler(ratio)]
    const differing = TRACES.filter((traceId) => {
      const isOurs = ours(request({ traceId })) === "record_and_sample"
      return isOurs !== (theirs.shouldSample(ROOT_CONTEXT, traceId).decision === 2)
    })
    expect(differing).toEqual([])
  })

  it.each([0.01, 0.1, 0.5, 0.9])("takes a share of %d, within three standard deviations", (ratio) => {
    const sampler = ratioSampler(ratio)
    // Ids of a fixed sequence: a share that is right is so in each run.
    const traces = Array.from({ length: 20_000 }, (_, at) => mixed(at))
    const taken = traces.filter((traceId) => sampler(request({ traceId })) === "record_and_sample").length
    expect(Math.abs(taken - 20_000 * ratio)).toBeLessThan(3 * Math.sqrt(20_000 * ratio * (1 - ratio)))
  })

  it("takes more traces for a larger ratio, and the same ones", () => {
    const taken = (ratio: number) => TRACES.filter((traceId) => ratioSampler(ratio)(request({ traceId })) !== "drop")
    const [few, many] = [taken(0.1), new Set(taken(0.3))]
    expect(few.every((traceId) => many.has(traceId))).toBe(true)
  })

  it("takes every trace for 1, also the one in four billion that is less than no ratio", () => {
    expect(ratioSampler(1)(request({ traceId: HIGH }))).toBe("record_and_sample")
    expect(new TraceIdRatioBasedSampler(1).shouldSample(ROOT_CONTEXT, HIGH).decision).toBe(2)
  })

  it("takes no trace for 0", () => {
    expect(ratioSampler(0)(request({ traceId: "1".repeat(32) }))).toBe("drop")
  })

  it("decides by the id of the trace alone", () => {
    const sampler = ratioSampler(0.5)
    expect([sampler(childOf(true, HIGH)), sampler(childOf(false, LOW))]).toEqual(["drop", "record_and_sample"])
  })
})

describe("rateSampler", () => {
  function rate(perSecond: number) {
    const clock = createManualClock()
    const sampler = rateSampler(perSecond, clock)
    const taken = (count: number) => {
      return Array.from({ length: count }, () => sampler(request())).filter((decision) => decision !== "drop").length
    }
    return { clock, sampler, taken }
  }

  it("takes so many traces a second", async () => {
    const { clock, taken } = rate(10)
    expect(taken(100)).toBe(10)
    await clock.advance(500)
    expect(taken(100)).toBe(5)
    await clock.advance(99)
    expect(taken(1)).toBe(0)
    await clock.advance(1)
    expect(taken(2)).toBe(1)
  })

  it("takes no more than those of a second after a long silence", async () => {
    const { clock, taken } = rate(10)
    await clock.advance(3_600_000)
    expect(taken(100)).toBe(10)
  })

  it("takes less than one a second too", async () => {
    const { clock, taken } = rate(0.5)
    expect(taken(5)).toBe(1)
    await clock.advance(1999)
    expect(taken(5)).toBe(0)
    await clock.advance(1)
    expect(taken(5)).toBe(1)
  })

  it("takes about the rate while traces come steadily", async () => {
    const { clock, taken } = rate(3)
    let all = 0
    for (let at = 0; at < 1000; at++) {
      all += taken(1)
      await clock.advance(10)
    }
    expect(all).toBeGreaterThanOrEqual(30)
    expect(all).toBeLessThanOrEqual(33)
  })

  it("has a child follow its parent, and cost nothing", () => {
    const { sampler, taken } = rate(1)
    expect(Array.from({ length: 10 }, () => sampler(childOf(true)))).not.toContain("drop")
    expect(sampler(childOf(false))).toBe("drop")
    expect(taken(2)).toBe(1)
  })

  it("does not look at the wall clock", () => {
    const { clock, taken } = rate(1)
    expect(taken(1)).toBe(1)
    clock.adjust(3_600_000)
    expect(taken(1)).toBe(0)
    clock.adjust(-7_200_000)
    expect(taken(1)).toBe(0)
  })
})

describe("ruleSampler", () => {
  const rule = (match?: NonNullable<Parameters<typeof ruleSampler>[0]["match"]>) =>
    ruleSampler({ name: "rule", decision: "record_only", ...(match && { match }) }, "shop")

  it.each([
    ["GET /a", "GET /a", true],
    ["GET /a", "GET /ab", false],
    ["GET *", "GET /a", true],
    ["GET *", "GET ", true],
    ["GET *", "POST /a", false],
    ["*/a", "GET /a", true],
    ["*/a", "GET /a/b", false],
    ["*", "", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "acb", false],
    ["a*b*b", "ab", false],
    ["a**b", "ab", true],
    ["a.c", "abc", false],
    ["(a+)+$", "(a+)+$", true],
    ["", "a", false],
  ])("the name %j fits %j: %j", (spanName, name, fits) => {
    expect(rule({ spanName })(request({ name }))).toBe(fits ? "record_only" : undefined)
  })

  it("reads long names against many stars at once", () => {
    const decide = rule({ spanName: `${"a*".repeat(100)}b` })
    const began = performance.now()
    expect(decide(request({ name: "a".repeat(256) }))).toBeUndefined()
    expect(performance.now() - began).toBeLessThan(50)
  })

  it("fits every span where nothing is asked for", () => {
    expect(rule()(request())).toBe("record_only")
    expect(rule({})(request())).toBe("record_only")
  })

  it("fits spans of its service alone", () => {
    expect(rule({ service: "shop" })(request())).toBe("record_only")
    expect(rule({ service: "other" })(request())).toBeUndefined()
  })

  it("fits spans that start with all of the attributes", () => {
    const decide = rule({ attributes: { a: 1, b: "x" } })
    expect(decide(request({ attributes: { a: 1, b: "x", c: true } }))).toBe("record_only")
    expect(decide(request({ attributes: { a: 1 } }))).toBeUndefined()
    expect(decide(request({ attributes: { a: "1", b: "x" } }))).toBeUndefined()
    expect(rule({ attributes: { toString: undefined } })(request())).toBeUndefined()
  })

  it("fits where all that is asked for fits", () => {
    const decide = rule({ service: "shop", spanName: "a", attributes: { b: 1 } })
    expect(decide(request({ attributes: { b: 1 } }))).toBe("record_only")
    expect(decide(request({ name: "b", attributes: { b: 1 } }))).toBeUndefined()
    expect(decide(request())).toBeUndefined()
  })

  it("drops what its rate leaves out", () => {
    const decide = ruleSampler({ name: "rule", decision: "record_and_sample", rate: 0.5 }, "shop")
    expect(decide(request({ traceId: LOW }))).toBe("record_and_sample")
    expect(decide(request({ traceId: HIGH }))).toBe("drop")
  })
})

describe("firstOf", () => {
  it("takes the first decision, and drops where there is none", () => {
    const [on, none] = [() => "record_and_sample" as const, () => undefined]
    expect(firstOf([none, on, () => "drop"])(request())).toBe("record_and_sample")
    expect(firstOf([none])(request())).toBe("drop")
    expect(firstOf([])(request())).toBe("drop")
  })
})

describe("samplerOf", () => {
  it("samples all by default", () => {
    expect(samplerBy({})(request({ traceId: HIGH }))).toBe("record_and_sample")
  })

  it.each([
    ["always_on", {}, "record_and_sample", "record_and_sample"],
    ["always_off", {}, "drop", "drop"],
    ["trace_id_ratio", { ratio: 0.5 }, "record_and_sample", "drop"],
    ["probability", { ratio: 0.5 }, "record_and_sample", "drop"],
    ["trace_id_ratio", {}, "record_and_sample", "record_and_sample"],
  ] as const)("by %s with %j, of a low and a high trace", (type, more, low, high) => {
    const sampler = samplerBy({ type, ...more })
    expect([sampler(request({ traceId: LOW })), sampler(request({ traceId: HIGH }))]).toEqual([low, high])
  })

  it("limits the rate", () => {
    const sampler = samplerBy({ type: "rate_limiting", rateLimit: 2 })
    expect([1, 2, 3].map(() => sampler(request()))).toEqual(["record_and_sample", "record_and_sample", "drop"])
  })

  it("follows the parent, and asks the root for a new trace", () => {
    const sampler = samplerBy({ type: "parent_based", parentBased: { root: "always_off" } })
    expect([sampler(childOf(true)), sampler(childOf(false)), sampler(request())]).toEqual([
      "record_and_sample",
      "drop",
      "drop",
    ])
  })

  it("takes a tenth of new traces by default of parent_based", () => {
    const sampler = samplerBy({ type: "parent_based" })
    const traceId = (words: string) => `${words}${"0".repeat(24)}`
    expect(sampler(request({ traceId: traceId("19999997") }))).toBe("record_and_sample")
    expect(sampler(request({ traceId: traceId("1999999a") }))).toBe("drop")
  })

  it("decides otherwise than the parent where it is told to", () => {
    const whenParent = { whenParentSampled: "always_off", whenParentNotSampled: "always_on" } as const
    const sampler = samplerBy({ type: "parent_based", parentBased: { root: "always_on", ...whenParent } })
    expect([sampler(childOf(true)), sampler(childOf(false))]).toEqual(["drop", "record_and_sample"])
  })

  it("takes the ratio of the configuration for a parent, and that of the root for a new trace", () => {
    const parentBased = { root: "trace_id_ratio", rootRatio: 0, whenParentSampled: "trace_id_ratio" } as const
    const sampler = samplerBy({ type: "parent_based", ratio: 0.5, parentBased })
    expect([childOf(true, LOW), childOf(true, HIGH), request()].map(sampler)).toEqual([
      "record_and_sample",
      "drop",
      "drop",
    ])
  })

  it("composes: the first whose condition fits decides, and nothing is sampled where none fits", () => {
    const sampler = samplerBy({
      type: "composite",
      composite: [
        { strategy: "always_off", condition: { noise: true } },
        { strategy: "trace_id_ratio", ratio: 0.5, condition: { tenant: "acme" } },
        { strategy: "always_on", condition: { noise: true, tenant: "acme" } },
      ],
    })
    const of = (attributes: SamplingRequest["attributes"], traceId = LOW) => sampler(request({ attributes, traceId }))
    expect(of({ noise: true, tenant: "acme" })).toBe("drop")
    expect(of({ tenant: "acme" })).toBe("record_and_sample")
    expect(of({ tenant: "acme" }, HIGH)).toBe("drop")
    expect(of({})).toBe("drop")
  })

  it("asks the rules first, in their order, and then the type", () => {
    const sampler = samplerBy({
      type: "always_off",
      rules: [
        { name: "health", match: { spanName: "GET /health*" }, decision: "drop" },
        { name: "get", match: { spanName: "GET *" }, decision: "record_and_sample" },
        { name: "quiet", match: { spanName: "quiet" }, decision: "record_only" },
      ],
    })
    const names = ["GET /health/live", "GET /a", "quiet", "POST /a"]
    expect(names.map((name) => sampler(request({ name })))).toEqual([
      "drop",
      "record_and_sample",
      "record_only",
      "drop",
    ])
  })
})

/** An id of a trace whose bits are mixed from a number. */
function mixed(number: number): string {
  return [1, 2, 3, 4]
    .map((word) => {
      let bits = Math.imul(number * 4 + word, 0x9e3779b1)
      bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
      bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
      return ((bits ^ (bits >>> 16)) >>> 0).toString(16).padStart(8, "0")
    })
    .join("")
}
