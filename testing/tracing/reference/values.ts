import type {
  GivenAttributes,
  SpanAttributes,
  SpanAttributeValue,
  SpanKind,
  TraceContext,
} from "../../../contracts/tracing/tracing.ts"
import { ReferenceConfigured } from "./configured.ts"

const MAX_NAME_LENGTH = 256
const MAX_MESSAGE_LENGTH = 4096
const INT_64 = 2 ** 63
/** The year 2200. */
const LAST_MS = 7_258_118_400_000
const KINDS: readonly unknown[] = ["internal", "server", "client", "producer", "consumer"] satisfies SpanKind[]

/** Attributes as they are collected: the first so many names. */
export interface HeldAttributes {
  readonly values: Map<string, SpanAttributeValue>
  dropped: number
}

export interface HeldLink {
  readonly context: TraceContext
  readonly attributes: SpanAttributes
}

/** Every value that a caller may give becomes one that receivers take, or none. */
export abstract class ReferenceValues extends ReferenceConfigured {
  /** Text of whatever was given; the fallback where it has none. */
  textOf(value: unknown, maxLength: number, fallback: string): string {
    try {
      const text = String(value ?? "")
      return text === "" ? fallback : this.cutText(text, maxLength)
    } catch {
      return fallback
    }
  }

  cutText(text: string, maxLength: number): string {
    return text.slice(0, maxLength)
  }

  nameOf(name: unknown): string {
    return this.textOf(name, MAX_NAME_LENGTH, "unnamed")
  }

  messageOf(message: unknown): string | undefined {
    return this.textOf(message, MAX_MESSAGE_LENGTH, "") || undefined
  }

  kindOf(kind: unknown): SpanKind {
    return KINDS.includes(kind) ? (kind as SpanKind) : "internal"
  }

  /** Epoch milliseconds that are a time; else undefined. */
  timeOf(ms: unknown): number | undefined {
    return typeof ms === "number" && ms >= 0 && ms < LAST_MS ? ms : undefined
  }

  attributeOf(value: unknown): SpanAttributeValue | undefined {
    if (typeof value === "string" || typeof value === "boolean") return value
    if (typeof value === "number") return this.numberOf(value)
    if (typeof value === "bigint") return String(value)
    return this.quietly(() => (Array.isArray(value) ? this.listOf(value) : undefined), undefined)
  }

  /** What a call gives, or where it throws the fallback. */
  quietly<T>(call: () => T, fallback: T): T {
    try {
      return call()
    } catch {
      return fallback
    }
  }

  numberOf(number: number): number | string {
    if (!Number.isFinite(number)) return this.textOfNumber(number)
    return Number.isInteger(number) && Math.abs(number) >= INT_64 ? this.textOfNumber(number) : number
  }

  textOfNumber(number: number): string {
    return Number.isInteger(number) ? String(BigInt(number)) : String(number)
  }

  /** Of one kind, the same after the numbers that become text. */
  listOf(list: readonly unknown[]): SpanAttributeValue | undefined {
    const items = Array.from(list)
    const [first] = items
    if (!this.isOneKind(items)) return undefined
    if (typeof first === "bigint") return items.map(String)
    if (typeof first !== "number") return items as string[] | boolean[]
    const numbers = items as number[]
    const isSafe = numbers.every((number) => typeof this.numberOf(number) === "number")
    return isSafe ? numbers : numbers.map((number) => this.textOfNumber(number))
  }

  isOneKind(items: readonly unknown[]): boolean {
    const [first = ""] = items
    return (
      ["string", "boolean", "number", "bigint"].includes(typeof first) &&
      items.every((item) => typeof item === typeof first)
    )
  }

  cutValue(value: SpanAttributeValue, maxLength: number): SpanAttributeValue {
    if (typeof value === "string") return this.cutText(value, maxLength)
    if (!Array.isArray(value) || typeof value[0] !== "string") return value
    return (value as readonly string[]).map((text) => this.cutText(text, maxLength))
  }

  newAttributes(): HeldAttributes {
    return { values: new Map(), dropped: 0 }
  }

  setOne(held: HeldAttributes, key: unknown, given: unknown): void {
    const value = this.isKey(key) ? this.attributeOf(given) : undefined
    if (value === undefined || !this.hasRoom(held, key as string)) this.dropAttribute(held)
    else held.values.set(key as string, this.cutValue(value, this.config.spanLimits.maxAttributeValueLength))
  }

  isKey(key: unknown): boolean {
    return typeof key === "string" && key !== ""
  }

  hasRoom({ values }: HeldAttributes, key: string): boolean {
    return values.has(key) || values.size < this.config.spanLimits.maxAttributes
  }

  dropAttribute(held: HeldAttributes): void {
    held.dropped++
  }

  setMany(held: HeldAttributes, given: unknown): void {
    if (given === undefined || given === null) return
    for (const key of this.keysOf(held, given)) {
      try {
        this.setOne(held, key, (given as GivenAttributes)[key])
      } catch {
        this.dropAttribute(held)
      }
    }
  }

  keysOf(held: HeldAttributes, given: unknown): string[] {
    try {
      if (typeof given === "object") return Object.keys(given as object)
    } catch {
      // It has none that can be read.
    }
    this.dropAttribute(held)
    return []
  }

  attributesOf(given: unknown): HeldAttributes {
    const held = this.newAttributes()
    this.setMany(held, given)
    return held
  }

  recordOf({ values }: HeldAttributes): SpanAttributes {
    return Object.fromEntries([...values].map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]))
  }

  /** By value, where it is well formed. */
  contextOf(given: unknown): TraceContext | undefined {
    try {
      const { baggage, sampled, spanId, traceId, traceState } = given as TraceContext
      if (!this.isTraceId(traceId) || !this.isSpanId(spanId)) return undefined
      const state = typeof traceState === "string" ? this.readTraceState(traceState) : undefined
      const pairs = this.baggageOf(baggage)
      return {
        ...{ traceId, spanId, sampled: sampled === true },
        ...(state !== undefined && { traceState: state }),
        ...(pairs !== undefined && { baggage: pairs }),
      }
    } catch {
      return undefined
    }
  }

  baggageOf(given: unknown): Readonly<Record<string, string>> | undefined {
    if (typeof given !== "object" || given === null) return undefined
    const pairs = Object.entries(given).filter(([, value]) => typeof value === "string")
    return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
  }

  isTraceId(id: unknown): boolean {
    return typeof id === "string" && /^[\da-f]{32}$/.test(id) && !/^0+$/.test(id)
  }

  isSpanId(id: unknown): boolean {
    return typeof id === "string" && /^[\da-f]{16}$/.test(id) && !/^0+$/.test(id)
  }

  linksOf(given: unknown): HeldLink[] {
    const links = this.quietly(() => (Array.isArray(given) ? Array.from(given) : []), [])
    return links.flatMap((link) => this.linkOf(link) ?? [])
  }

  linkOf(given: unknown): HeldLink | undefined {
    try {
      const { attributes, context } = given as HeldLink
      const held = this.contextOf(context)
      return held && { context: held, attributes: this.recordOf(this.attributesOf(attributes)) }
    } catch {
      return undefined
    }
  }

  abstract readTraceState(text: string): string | undefined
}
