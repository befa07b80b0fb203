import type { SamplingRule } from "../../../contracts/tracing/tracing.ts"
import { ratioSampler, type SamplingRequest } from "./sampler.ts"

type Match = (request: SamplingRequest) => boolean

/** The decision of a rule where it fits; undefined where it does not. */
export function ruleSampler({ decision, match = {}, rate = 1 }: SamplingRule, service: string) {
  const fits = matchOf(match, service)
  const within = ratioSampler(rate)
  return (request: SamplingRequest) => {
    if (!fits(request)) return undefined
    return within(request) === "drop" ? "drop" : decision
  }
}

function matchOf({ attributes, service, spanName }: NonNullable<SamplingRule["match"]>, own: string): Match {
  if (service !== undefined && service !== own) return () => false
  const hasName = spanName === undefined ? () => true : nameMatch(spanName)
  const hasAttributes = attributesMatch(attributes)
  return (request) => hasName(request) && hasAttributes(request)
}

/** `*` stands for any text. */
function nameMatch(pattern: string): Match {
  const parts = pattern.split("*")
  if (parts.length === 1) return ({ name }) => name === pattern
  const [first = ""] = parts
  const last = parts.at(-1) ?? ""
  const between = parts.slice(1, -1)
  return ({ name }) => {
    if (!name.startsWith(first)) return false
    let at = first.length
    for (const part of between) {
      const found = name.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return name.length - last.length >= at && name.endsWith(last)
  }
}

/** Whether a span starts with these attributes. */
export function attributesMatch(wanted: Readonly<Record<string, unknown>> = {}): Match {
  const pairs = Object.entries(wanted)
  if (pairs.length === 0) return () => true
  return ({ attributes }) => pairs.every(([key, value]) => Object.hasOwn(attributes, key) && attributes[key] === value)
}
