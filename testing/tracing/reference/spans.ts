import type {
  GivenAttributes,
  SpanAttributes,
  SpanHandle,
  SpanOptions,
  TraceContext,
} from "../../../contracts/tracing/tracing.ts"
import { type HeldSpan, ReferenceSending } from "./sending.ts"

const MAX_CAUSES = 5
/** Of each of the stacks of an exception, so that all of them fit into an attribute. */
const MAX_STACK_LENGTH = 600

/** What the methods of a span do. */
export abstract class ReferenceSpans extends ReferenceSending {
  attribute(held: HeldSpan, key: string, value: unknown): void {
    if (this.isRunning(held)) this.setOne(held.attributes, key, value)
  }

  manyAttributes(held: HeldSpan, given: GivenAttributes): void {
    if (this.isRunning(held)) this.setMany(held.attributes, given)
  }

  event(held: HeldSpan, name: unknown, given?: GivenAttributes): void {
    if (!this.isRunning(held)) return
    const attributes = this.recordOf(this.attributesOf(given))
    held.events.push({ name: this.nameOf(name), time: this.clock.now(), attributes })
    held.droppedEvents += this.keepLast(held.events, this.config.spanLimits.maxEvents)
  }

  /** @returns How many had to go. */
  keepLast(list: unknown[], max: number): number {
    return list.splice(0, Math.max(0, list.length - max)).length
  }

  exception(held: HeldSpan, error: unknown): void {
    this.event(held, "exception", this.exceptionOf(error))
  }

  exceptionOf(error: unknown): SpanAttributes {
    const [message, stack] = [this.messageIn(error), this.stackOf(error)]
    return {
      "exception.type": this.typeIn(error),
      ...(message !== "" && { "exception.message": message }),
      ...(stack !== "" && { "exception.stacktrace": stack }),
    }
  }

  typeIn(error: unknown): string {
    return this.memberOf(error, "name") || (error === null ? "null" : typeof error)
  }

  messageIn(error: unknown): string {
    const isObject = typeof error === "object" && error !== null
    return isObject ? this.memberOf(error, "message") : this.textOf(error, Number.POSITIVE_INFINITY, "")
  }

  /** The text of a member, which may be a getter that throws. */
  memberOf(error: unknown, name: string): string {
    try {
      const value = (error as Readonly<Record<string, unknown>>)[name]
      return typeof value === "string" ? value : ""
    } catch {
      return ""
    }
  }

  stackOf(error: unknown): string {
    const stacks = this.causesOf(error).map((each) => {
      return this.cutText(this.memberOf(each, "stack") || this.titleOf(each), MAX_STACK_LENGTH)
    })
    return this.memberOf(error, "stack") === "" && stacks.length < 2 ? "" : stacks.join("\nCaused by: ")
  }

  titleOf(error: unknown): string {
    return [this.typeIn(error), this.messageIn(error)].filter((part) => part !== "").join(": ")
  }

  /** An error, and what caused it. */
  causesOf(error: unknown): unknown[] {
    const chain = [error]
    try {
      for (let cause = this.causeOf(error); cause !== undefined; cause = this.causeOf(cause)) {
        if (cause === null || chain.length > MAX_CAUSES) break
        chain.push(cause)
      }
    } catch {
      // The rest cannot be read.
    }
    return chain
  }

  causeOf(error: unknown): unknown {
    return (error as { cause?: unknown } | null)?.cause
  }

  status(held: HeldSpan, code: unknown, message: unknown): void {
    if (!this.isRunning(held) || this.isFinal(held)) return
    if (code === "ok") held.status = this.okStatus(message)
    if (code === "error") held.status = this.errorStatus(message)
  }

  isFinal({ status }: HeldSpan): boolean {
    return status.code === "ok"
  }

  okStatus(_message: unknown): HeldSpan["status"] {
    return { code: "ok" }
  }

  errorStatus(given: unknown): HeldSpan["status"] {
    const message = this.messageOf(given)
    return { code: "error", ...(message !== undefined && { message }) }
  }

  rename(held: HeldSpan, name: unknown): void {
    if (this.isRunning(held)) held.name = this.nameOf(name)
  }

  finish(held: HeldSpan, endTime?: unknown): void {
    if (!this.isRunning(held)) return
    held.endTime = this.endOf(held, this.timeOf(endTime) ?? this.clock.now())
    this.ended(held)
  }

  endOf({ startTime }: HeldSpan, time: number): number {
    return Math.max(startTime, time)
  }

  isRunning({ endTime }: HeldSpan): boolean {
    return endTime === undefined
  }

  /** A span that has begun, of options that can be read. */
  newSpan(name: unknown, options: SpanOptions): HeldSpan {
    const parent = this.parentOf(options)
    const attributes = this.attributesOf(options.attributes)
    const links = this.linksOf(options.links)
    const held = {
      ...{ context: this.contextFor(parent, name, this.recordOf(attributes)), parentSpanId: parent?.spanId },
      ...{ kind: this.kindOf(options.kind), name: this.nameOf(name), attributes, links, events: [] },
      startTime: this.timeOf(options.startTime) ?? this.clock.now(),
      status: { code: "unset" as const },
      ...{ endTime: undefined, droppedEvents: 0, droppedLinks: 0 },
    }
    held.droppedLinks = this.keepLast(links, this.config.spanLimits.maxLinks)
    return held
  }

  /** Undefined where it begins a new trace. */
  parentOf({ parent }: SpanOptions): TraceContext | undefined {
    return parent === undefined ? this.activeContext() : this.contextOf(parent)
  }

  contextFor(parent: TraceContext | undefined, name: unknown, attributes: SpanAttributes): TraceContext {
    const traceId = parent?.traceId ?? this.newTraceId()
    const decision = this.decide({ parent, traceId, name: this.nameOf(name), attributes })
    const ids = { traceId, spanId: this.newSpanId(), sampled: decision === "record_and_sample" }
    return { ...ids, ...this.inherited(parent) }
  }

  inherited({ baggage, traceState }: Partial<TraceContext> = {}): Partial<TraceContext> {
    return { ...(traceState !== undefined && { traceState }), ...(baggage !== undefined && { baggage }) }
  }

  newTraceId(): string {
    if (this.config.traceIdGenerator === "uuid") return crypto.randomUUID().replaceAll("-", "")
    return this.randomDigits(16)
  }

  newSpanId(): string {
    return this.randomDigits(8)
  }

  randomDigits(bytes: number): string {
    const digits = Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex")
    return /^0+$/.test(digits) ? this.randomDigits(bytes) : digits
  }

  abstract activeContext(): TraceContext | undefined

  handleOf(held: HeldSpan): SpanHandle {
    return new ReferenceHandle(this, held)
  }
}

class ReferenceHandle implements SpanHandle {
  readonly context: TraceContext
  readonly #tracing: ReferenceSpans
  readonly #held: HeldSpan

  constructor(tracing: ReferenceSpans, held: HeldSpan) {
    this.context = held.context
    this.#tracing = tracing
    this.#held = held
  }

  setAttribute(key: string, value: unknown): this {
    this.#tracing.attribute(this.#held, key, value)
    return this
  }

  setAttributes(attributes: GivenAttributes): this {
    this.#tracing.manyAttributes(this.#held, attributes)
    return this
  }

  addEvent(name: string, attributes?: GivenAttributes): this {
    this.#tracing.event(this.#held, name, attributes)
    return this
  }

  recordException(error: unknown): this {
    this.#tracing.exception(this.#held, error)
    return this
  }

  setStatus(status: "ok" | "error", message?: string): this {
    this.#tracing.status(this.#held, status, message)
    return this
  }

  updateName(name: string): this {
    this.#tracing.rename(this.#held, name)
    return this
  }

  end(endTime?: number): void {
    this.#tracing.finish(this.#held, endTime)
  }
}
