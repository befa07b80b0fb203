import type { TraceContext } from "../../../contracts/tracing/tracing.ts"
import { ReferenceValues } from "./values.ts"

export type Carrier = Readonly<Record<string, string | readonly string[] | undefined>>
type Ids = Pick<TraceContext, "traceId" | "spanId" | "sampled">

/** Contexts in headers, both ways. */
export abstract class ReferenceCarriers extends ReferenceValues {
  /** Every value of a header, whatever the case of its name. */
  valuesIn(carrier: Carrier, name: string): string[] {
    const keys = Object.keys(carrier).filter((key) => this.isHeader(key, name))
    return keys.flatMap((key) => [carrier[key]].flat().filter((value) => typeof value === "string"))
  }

  isHeader(key: string, name: string): boolean {
    return key.toLowerCase() === name
  }

  /** Of a header that must be there once; several count where all are equal. */
  soleValueIn(carrier: Carrier, name: string): string | undefined {
    const values = this.valuesIn(carrier, name).flatMap((value) => value.split(","))
    const trimmed = new Set(values.map((value) => this.trim(value)))
    return trimmed.size === 1 ? [...trimmed][0] : undefined
  }

  trim(value: string): string {
    return value.trim()
  }

  readContext(carrier: Carrier): TraceContext | undefined {
    for (const format of this.config.propagation.formats) {
      const ids = this.readFormat(format, carrier)
      if (ids !== undefined) return this.withRest(ids, format, carrier)
    }
    return undefined
  }

  readFormat(format: string, carrier: Carrier): Ids | undefined {
    if (format === "w3c") return this.readTraceparent(this.soleValueIn(carrier, "traceparent") ?? "")
    if (format === "b3") return this.readB3(this.soleValueIn(carrier, "b3") ?? "")
    return this.readB3Multi(carrier)
  }

  withRest(ids: Ids, format: string, carrier: Carrier): TraceContext {
    const state = format === "w3c" ? this.readTraceState(this.valuesIn(carrier, "tracestate").join(",")) : undefined
    const isRead = this.config.propagation.baggage.enabled
    const baggage = isRead ? this.readBaggage(this.valuesIn(carrier, "baggage").join(",")) : undefined
    return { ...ids, ...(state !== undefined && { traceState: state }), ...(baggage !== undefined && { baggage }) }
  }

  readTraceparent(text: string): Ids | undefined {
    const parts = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(text)
    if (parts === null) return undefined
    const [, version = "", traceId = "", spanId = "", flags = "", more] = parts
    if (!this.isVersion(version, more) || !this.isTraceId(traceId) || !this.isSpanId(spanId)) return undefined
    return { traceId, spanId, sampled: this.isSampled(flags) }
  }

  isVersion(version: string, more: string | undefined): boolean {
    return version !== "ff" && (version !== "00" || more === undefined)
  }

  isSampled(flags: string): boolean {
    return Number.parseInt(flags, 16) % 2 === 1
  }

  readB3(text: string): Ids | undefined {
    const [traceId, spanId, sampled = "", parent, more] = text.toLowerCase().split("-")
    const isWhole = more === undefined && (parent === undefined || this.isSpanId(parent))
    return isWhole ? this.idsOfB3(traceId, spanId, sampled) : undefined
  }

  readB3Multi(carrier: Carrier): Ids | undefined {
    const of = (name: string) => this.soleValueIn(carrier, `x-b3-${name}`)?.toLowerCase()
    return this.idsOfB3(of("traceid"), of("spanid"), of("flags") === "1" ? "d" : (of("sampled") ?? ""))
  }

  /** Ids of traces may have 64 bits. Without a word on it a trace is sampled. */
  idsOfB3(traceId = "", spanId = "", sampled: string): Ids | undefined {
    const whole = traceId.length === 16 ? `${"0".repeat(16)}${traceId}` : traceId
    const isKnown = ["1", "true", "d", "", "0", "false"].includes(sampled)
    if (!this.isTraceId(whole) || !this.isSpanId(spanId) || !isKnown) return undefined
    return { traceId: whole, spanId, sampled: sampled !== "0" && sampled !== "false" }
  }

  /** The leading members that are well formed; of a name that comes twice the last value, first. */
  readTraceState(text: string): string | undefined {
    let members: [key: string, member: string][] = []
    for (const part of text.split(",")) {
      const member = part.trim()
      const [key = ""] = member.split("=", 1)
      if (!this.isStateMember(key, member)) continue
      const isAgain = members.some(([other]) => other === key)
      const others = members.filter(([other]) => other !== key)
      members = isAgain ? [[key, member], ...others] : [...others, [key, member]]
    }
    return this.leadingMembers(members.map(([, member]) => member)) || undefined
  }

  isStateMember(key: string, member: string): boolean {
    const value = member.slice(key.length + 1)
    const isKey =
      /^[a-z][\d_a-z*/-]{0,255}$/.test(key) || /^[\da-z][\d_a-z*/-]{0,240}@[a-z][\d_a-z*/-]{0,13}$/.test(key)
    return isKey && /^[\x20-\x7e]{0,255}[\x21-\x7e]$/.test(value) && !/[,=]/.test(value)
  }

  leadingMembers(members: readonly string[]): string {
    const kept = members.slice(0, 32)
    while (kept.join(",").length > 512) kept.pop()
    return kept.join(",")
  }

  readBaggage(text: string): Record<string, string> | undefined {
    const pairs: [string, string][] = []
    let length = -1
    for (const part of text.split(",")) {
      const [pair = ""] = part.split(";", 1)
      length += pair.trim().length + 1
      if (pairs.length === 180 || length > 8192) break
      const read = this.readPair(pair.trim())
      if (read !== undefined) pairs.push(read)
    }
    return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
  }

  readPair(pair: string): [key: string, value: string] | undefined {
    const at = pair.indexOf("=")
    const [key, value] = [pair.slice(0, Math.max(0, at)).trim(), pair.slice(at + 1).trim()]
    const isValue = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)
    if (pair.length > 4096 || !/^[\w!#$%&'*+.^`|~-]+$/.test(key) || !isValue) return undefined
    try {
      return [this.decode(key), this.decode(value)]
    } catch {
      return undefined
    }
  }

  decode(text: string): string {
    return decodeURIComponent(text)
  }

  writeContext(carrier: Record<string, string>, context: TraceContext): void {
    const headers = this.config.propagation.formats.flatMap((format) => this.headersOf(format, context))
    for (const [name, value] of [...headers, ...this.baggageHeader(context)]) carrier[name] = value
  }

  headersOf(format: string, context: TraceContext): [name: string, value: string][] {
    const { sampled, spanId, traceId, traceState } = context
    const bit = this.flagOf(sampled)
    if (format === "b3") return [["b3", `${traceId}-${spanId}-${bit}`]]
    if (format === "w3c") {
      const parent: [string, string] = ["traceparent", `00-${traceId}-${spanId}-0${bit}`]
      return traceState === undefined ? [parent] : [parent, ["tracestate", traceState]]
    }
    return [
      ["x-b3-traceid", traceId],
      ["x-b3-spanid", spanId],
      ["x-b3-sampled", bit],
    ]
  }

  flagOf(sampled: boolean): string {
    return sampled ? "1" : "0"
  }

  baggageHeader({ baggage = {} }: TraceContext): [name: string, value: string][] {
    const { allowedKeys, enabled, maxSize } = this.config.propagation.baggage
    const allowed = enabled ? allowedKeys.filter((key) => Object.hasOwn(baggage, key)) : []
    const kept: string[] = []
    for (const key of allowed) {
      const pair = this.writePair(key, baggage[key] as string)
      const isShort = pair !== undefined && pair.length <= 4096 && kept.length < 180
      if (isShort && [...kept, pair].join(",").length <= maxSize) kept.push(pair)
    }
    return kept.length === 0 ? [] : [["baggage", kept.join(",")]]
  }

  writePair(key: string, value: string): string | undefined {
    try {
      return `${this.encode(key)}=${this.encode(value)}`
    } catch {
      return undefined
    }
  }

  encode(text: string): string {
    return encodeURIComponent(text)
  }
}
