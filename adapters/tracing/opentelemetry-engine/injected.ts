/** Seconds and nanoseconds: a number would be read as a time of the process where it is small. */
export type HrTime = [seconds: number, nanoseconds: number]

/** Values as the API declares them: lists that it could change, and does not. */
export type SentAttributes = Record<string, string | number | boolean | string[] | number[] | boolean[]>

export interface OtelSpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly isRemote?: boolean | undefined
  readonly traceState?: { serialize(): string } | undefined
}

/** What is used of a span of `@opentelemetry/api`, of whatever version. */
export interface OtelApiSpan {
  spanContext(): OtelSpanContext
  setAttribute(key: string, value: SentAttributes[string]): unknown
  setAttributes(attributes: SentAttributes): unknown
  addEvent(name: string, attributes?: SentAttributes, time?: HrTime): unknown
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  updateName(name: string): unknown
  end(time?: HrTime): void
  /** Of a span of the SDK. */
  readonly events?: { attributes?: object | undefined }[]
  readonly links?: { attributes?: object | undefined }[]
}

export interface OtelTracer {
  startSpan(name: string, options?: object, context?: object): OtelApiSpan
}

export interface OtelProvider {
  getTracer(name: string): OtelTracer
}

/** Where contexts are kept: a manager of our own, or `api.context`. */
export interface Contexts {
  active(): object
  with<T>(context: object, fn: () => T): T
}

interface OtelBaggage {
  getAllEntries(): [string, { readonly value: string }][]
}

/** What is used of `@opentelemetry/api`. */
export interface OtelApi {
  readonly ROOT_CONTEXT: object
  readonly context: Contexts
  readonly trace: {
    getSpan(context: object): OtelApiSpan | undefined
    setSpan(context: object, span: OtelApiSpan): object
    wrapSpanContext(context: OtelSpanContext): OtelApiSpan
  }
  readonly propagation: {
    getBaggage(context: object): OtelBaggage | undefined
    setBaggage(context: object, baggage: OtelBaggage): object
    deleteBaggage(context: object): object
    createBaggage(entries?: Record<string, { value: string }>): OtelBaggage
  }
  createTraceState(text: string): { serialize(): string }
}

type Callable = (...args: never) => unknown

/** `@opentelemetry/api` of whatever version 1. */
interface InjectedApi {
  readonly ROOT_CONTEXT: object
  readonly context: Contexts
  readonly trace: Readonly<Record<keyof OtelApi["trace"], Callable>>
  readonly propagation: Readonly<Record<keyof OtelApi["propagation"], Callable>>
  readonly createTraceState: Callable
}

/** What the application uses of OpenTelemetry itself. */
export interface InjectedOtel {
  /** `import * as api from "@opentelemetry/api"`: contexts are read and made active by it. */
  api: InjectedApi
  /** Makes the spans, and exports them. Default: one of this adapter. */
  provider?: OtelProvider | undefined
  /** Default: `api.context`. */
  contextManager?: Contexts | undefined
}
