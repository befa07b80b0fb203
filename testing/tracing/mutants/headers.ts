import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"

/** Reads a traceparent by another pattern. */
function byPattern(why: string, pattern: RegExp, source?: string) {
  return seam.readTraceparent(
    why,
    ({ self }, text) => {
      const [, version = "", traceId = "", spanId = "", flags = "", more] = pattern.exec(text) ?? []
      if (!self.isVersion(version, more) || !self.isTraceId(traceId) || !self.isSpanId(spanId)) return undefined
      return { traceId, spanId, sampled: self.isSampled(flags) }
    },
    source,
  )
}

export const headersMutants = mutants({
  "TRACING-CARRIER-05": {
    "zero-trace-id-is-read": seam.isTraceId("All requests with a broken header are one trace.", (_, id) =>
      /^[\da-f]{32}$/.test(String(id)),
    ),
    "zero-span-id-is-read": seam.isSpanId("Traces hang below a span that there is not.", (_, id) =>
      /^[\da-f]{16}$/.test(String(id)),
    ),
    "version-ff-is-read": seam.isVersion(
      "A header that must be ignored is read.",
      (_, version, more) => version !== "00" || more === undefined,
    ),
    "upper-case-is-read": seam.readTraceparent("One trace has two ids.", ({ next }, text) => next(text.toLowerCase())),
    "more-after-version-00-is-read": seam.isVersion(
      "A broken header is read in part.",
      (_, version) => version !== "ff",
    ),
    "any-length-is-read": byPattern(
      "An id that was cut is filled up, and is that of another trace.",
      /^([\da-f]{2})-([\da-f]{32})[\da-f]*-([\da-f]{16})[\da-f]*-([\da-f]{2})(-.*)?$/,
    ),
    "pattern-has-no-beginning": byPattern(
      "A log line that has a header in it is one.",
      /([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/,
    ),
    "pattern-has-no-end": byPattern(
      "A header with rubbish at its end is read.",
      /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?/,
    ),
    "flags-may-be-missing": byPattern(
      "A header that was cut counts as not sampled.",
      /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-?([\da-f]{2})?(-.*)?$/,
    ),
    "lines-are-read-apart": byPattern(
      "Headers that were smuggled into others are read.",
      /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/m,
    ),
  },
  "TRACING-CARRIER-06": {
    "version-00-alone": seam.isVersion(
      "Traces end at each service that is newer.",
      (_, version, more) => version === "00" && more === undefined,
    ),
    "later-versions-say-no-more": seam.isVersion(
      "Traces end at the next version.",
      (_, version, more) => version !== "ff" && more === undefined,
    ),
    "versions-of-digits-alone": seam.isVersion(
      "Traces end at version 0a.",
      ({ next }, version, more) => /^\d\d$/.test(version) && next(version, more),
    ),
    "four-parts-exactly": seam.readTraceparent("A later header has more parts, and is none.", ({ next }, text) =>
      text.split("-").length === 4 ? next(text) : undefined,
    ),
  },
  "TRACING-CARRIER-07": {
    "first-value-counts": seam.soleValueIn(
      "A header that was forged goes before the proxy's.",
      ({ self }, carrier, name) => self.valuesIn(carrier, name)[0]?.trim(),
      "@opentelemetry/core 2.12.1: of a list of traceparents the first one is taken",
    ),
    "last-value-counts": seam.soleValueIn("Who adds a header chooses the trace.", ({ self }, carrier, name) =>
      self
        .valuesIn(carrier, name)
        .flatMap((value) => value.split(","))
        .at(-1)
        ?.trim(),
    ),
    "joined-values-are-malformed": seam.soleValueIn(
      "A proxy that doubles a header ends all traces.",
      ({ self }, carrier, name) => {
        const values = new Set(self.valuesIn(carrier, name).map((value) => value.trim()))
        return values.size === 1 ? [...values][0] : undefined
      },
      "@opentelemetry/core 2.12.1: a traceparent that Node has joined with a comma is none",
    ),
    "several-are-none": seam.soleValueIn(
      "A proxy that doubles a header ends all traces.",
      ({ self }, carrier, name) => {
        const values = self.valuesIn(carrier, name).flatMap((value) => value.split(","))
        return values.length === 1 ? values[0]?.trim() : undefined
      },
    ),
    "malformed-ones-do-not-count": seam.soleValueIn("Who adds rubbish is not noticed.", ({ self }, carrier, name) => {
      const values = self.valuesIn(carrier, name).flatMap((value) => value.split(","))
      const good = new Set(
        values.map((value) => value.trim()).filter((value) => value.length >= 55 || name !== "traceparent"),
      )
      return good.size === 1 ? [...good][0] : undefined
    }),
    "first-name-counts": seam.valuesIn(
      "Of two names that differ in case one is not seen.",
      ({ self }, carrier, name) => {
        const key = Object.keys(carrier).find((each) => self.isHeader(each, name)) ?? ""
        return [carrier[key]].flat().filter((value) => typeof value === "string")
      },
    ),
    "compares-the-trace-ids": seam.soleValueIn("A parent that was forged is taken.", ({ self }, carrier, name) => {
      const values = self.valuesIn(carrier, name).flatMap((value) => value.split(",").map((each) => each.trim()))
      return new Set(values.map((value) => value.slice(0, 35))).size === 1 ? values[0] : undefined
    }),
  },
  "TRACING-CARRIER-08": {
    "one-malformed-member-costs-all": seam.readTraceState(
      "All vendors lose what one did wrong.",
      ({ next, self }, text) => {
        const parts = text.split(",").map((part) => part.trim())
        const isRight = parts.every((part) => part === "" || self.isStateMember(part.split("=", 1)[0] ?? "", part))
        return isRight ? next(text) : undefined
      },
    ),
    "members-are-not-looked-at": seam.isStateMember(
      "A header that is malformed is refused by the next service.",
      (_, __, member) => member !== "",
    ),
    "names-in-upper-case-are-kept": seam.isStateMember("A strict reader drops the header.", ({ next }, key, member) =>
      next(key.toLowerCase(), member),
    ),
    "values-are-not-looked-at": seam.isStateMember(
      "Control characters get into headers.",
      ({ next, self: _ }, key, member) => next(key, `${key}=x`) && member.length > key.length + 1,
    ),
    "names-of-tenants-are-none": seam.isStateMember(
      "A vendor with tenants is left out.",
      ({ next }, key, member) => !key.includes("@") && next(key, member),
    ),
    "values-of-letters-alone": seam.isStateMember(
      "A vendor that writes JSON is left out.",
      ({ next }, key, member) => next(key, member) && /^[\w ]*$/.test(member.slice(key.length + 1)),
    ),
    "first-header-counts": seam.withRest(
      "Of a header that comes twice the second is lost.",
      ({ next, self }, ids, format, carrier) => {
        const [first = ""] = self.valuesIn(carrier, "tracestate")
        return next(ids, format, { ...carrier, tracestate: first })
      },
    ),
    "malformed-tracestate-costs-the-trace": seam.readContext(
      "A vendor's mistake ends the trace.",
      ({ next, self }, carrier) => {
        const context = next(carrier)
        const isGiven = self.valuesIn(carrier, "tracestate").some((value) => value.trim() !== "")
        return isGiven && context?.traceState === undefined ? undefined : context
      },
    ),
  },
  "TRACING-CARRIER-09": {
    "no-limit-of-members": seam.leadingMembers("A proxy refuses the header.", (_, members) => {
      const kept = [...members]
      while (kept.join(",").length > 512) kept.pop()
      return kept.join(",")
    }),
    "no-limit-of-characters": seam.leadingMembers(
      "A header grows with each hop, until a proxy refuses the request.",
      (_, members) => members.slice(0, 32).join(","),
    ),
    "too-long-is-dropped-whole": seam.leadingMembers(
      "One vendor that writes much takes the header from all.",
      (_, members) => (members.join(",").length > 512 ? "" : members.slice(0, 32).join(",")),
      "@opentelemetry/api 1.9.1: createTraceState of more than 512 characters gives an empty one",
    ),
    "last-members-are-kept": seam.leadingMembers("The newest members are lost first.", (_, members) => {
      const kept = members.slice(-32)
      while (kept.join(",").length > 512) kept.shift()
      return kept.join(",")
    }),
    "skips-what-does-not-fit": seam.leadingMembers("Members change places with each hop.", (_, members) => {
      const kept: string[] = []
      for (const member of members.slice(0, 32)) {
        if ([...kept, member].join(",").length <= 512) kept.push(member)
      }
      return kept.join(",")
    }),
    "cut-at-512": seam.leadingMembers("A value that was cut is another value.", (_, members) =>
      members.slice(0, 32).join(",").slice(0, 512),
    ),
    "commas-do-not-count": seam.leadingMembers("A strict reader drops the header.", (_, members) => {
      const kept = members.slice(0, 32)
      while (kept.join("").length > 512) kept.pop()
      return kept.join(",")
    }),
    "first-value-of-a-name": seam.readTraceState("A vendor reads what it had replaced.", ({ next }, text) => {
      const seen = new Set<string>()
      const parts = text.split(",").filter((part) => {
        const [key = ""] = part.split("=", 1)
        const isNew = !seen.has(key)
        seen.add(key)
        return isNew
      })
      return next(parts.join(","))
    }),
    "both-values-of-a-name": seam.readTraceState("A strict reader drops the header.", ({ self }, text) => {
      const parts = text.split(",").map((part) => part.trim())
      return (
        self.leadingMembers(parts.filter((part) => self.isStateMember(part.split("=", 1)[0] ?? "", part))) || undefined
      )
    }),
    "last-value-in-the-first-place": seam.readTraceState("Who wrote last does not stand first.", ({ self }, text) => {
      const members = new Map<string, string>()
      for (const part of text.split(",").map((each) => each.trim())) {
        const [key = ""] = part.split("=", 1)
        if (self.isStateMember(key, part)) members.set(key, part)
      }
      return self.leadingMembers([...members.values()]) || undefined
    }),
    "written-as-it-was-given": seam.inject(
      "A member that was read is cut, and one that was made here is not.",
      ({ next }, carrier, context) => {
        next(carrier, context)
        if (context?.traceState !== undefined && carrier["traceparent"]) carrier["tracestate"] = context.traceState
      },
    ),
  },
  "TRACING-CARRIER-11": {
    "one-malformed-pair-costs-all": seam.readBaggage(
      "A tenant is not known for want of another name.",
      ({ next, self }, text) => {
        const parts = text.split(",").map((part) => (part.split(";", 1)[0] ?? "").trim())
        return parts.every((part) => self.readPair(part) !== undefined) ? next(text) : undefined
      },
    ),
    "malformed-percent-is-kept": seam.decode("A value is read that was never written.", ({ next }, text) => {
      try {
        return next(text)
      } catch {
        return text
      }
    }),
    "malformed-percent-throws": seam.readPair(
      "One byte of a header costs the request its trace.",
      ({ next, self }, pair) => {
        self.decode(pair)
        return next(pair)
      },
    ),
    "not-decoded": seam.decode("A name with an accent is another one behind each service.", (_, text) => text),
    "decoded-twice": seam.decode("A percent sign in a value becomes another character.", ({ next }, text) =>
      next(next(text)),
    ),
    "plus-is-a-blank": seam.decode("A plus sign becomes a blank.", ({ next }, text) => next(text.replaceAll("+", " "))),
    "empty-values-are-left-out": seam.readPair(
      "Who is said to have no tenant is said nothing of.",
      ({ next }, pair) => (pair.endsWith("=") ? undefined : next(pair)),
      "@opentelemetry/core 2.12.1: a pair without a value is written and not read",
    ),
    "values-end-at-an-equals-sign": seam.readPair("A token that ends with = is cut.", ({ next }, pair) =>
      next(pair.split("=").slice(0, 2).join("=")),
    ),
    "properties-are-part-of-the-value": seam.readBaggage(
      "A value has what belongs to the header.",
      ({ self }, text) => {
        const pairs = text.split(",").flatMap((part) => {
          const at = part.indexOf("=")
          return at < 1 ? [] : [[part.slice(0, at).trim(), self.decode(part.slice(at + 1).trim())]]
        })
        return Object.fromEntries(pairs)
      },
    ),
    "members-are-assigned": seam.readBaggage(
      "A pair of the name __proto__ is lost, or does harm.",
      ({ next }, text) => {
        const read = next(text)
        if (read === undefined) return undefined
        const assigned: Record<string, string> = {}
        for (const [key, value] of Object.entries(read)) assigned[key] = value
        return assigned
      },
      "@opentelemetry/core 2.12.1: a pair of the name __proto__ is lost",
    ),
    "first-header-of-baggage-counts": seam.withRest(
      "Of a header that comes twice the second is lost.",
      ({ next, self }, ids, format, carrier) => {
        const [first = ""] = self.valuesIn(carrier, "baggage")
        return next(ids, format, { ...carrier, baggage: first })
      },
    ),
  },
  "TRACING-CARRIER-12": {
    "no-limit-of-pairs": subclass(
      "A header of thousands of pairs is held for each request.",
      class extends ReferenceTracing {
        override readBaggage(text: string): Record<string, string> | undefined {
          const parts = text.split(",").map((part) => part.trim())
          const pairs = parts.flatMap((part) => [this.readPair(part) ?? []]).filter((pair) => pair.length === 2)
          return text.length > 8192 ? super.readBaggage(text) : Object.fromEntries(pairs)
        }
      },
    ),
    "no-limit-of-characters-of-baggage": seam.readBaggage(
      "A header of a megabyte is held for each request.",
      ({ self }, text) => {
        const pairs = text
          .split(",")
          .slice(0, 180)
          .flatMap((part) => [self.readPair(part.trim()) ?? []])
        return Object.fromEntries(pairs.filter((pair) => pair.length === 2))
      },
    ),
    "pairs-of-any-length": seam.readPair("One pair fills the header.", ({ next }, pair) => {
      if (pair.length <= 4096) return next(pair)
      const at = pair.indexOf("=")
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
    "pairs-of-4095": seam.readPair("A pair that may be is left out.", ({ next }, pair) =>
      pair.length >= 4096 ? undefined : next(pair),
    ),
    "too-much-costs-all": seam.readBaggage(
      "A service that writes too much takes the tenant from all.",
      ({ next }, text) => (text.length > 8192 || text.split(",").length > 180 ? undefined : next(text)),
    ),
    "last-pairs-are-kept": seam.readBaggage(
      "Which pairs are read depends on those that come later.",
      ({ next }, text) => next(text.split(",").slice(-180).join(",")),
    ),
  },
})
