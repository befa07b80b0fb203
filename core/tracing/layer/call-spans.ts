import type { GivenAttributes, SpanKind, SpanOptions } from "../../../contracts/tracing/span.ts"
import type { LayerCall } from "../../foundation/layers.ts"
import { databaseOf } from "./systems.ts"

export interface CallSpansOptions {
  readonly service: string
  readonly adapter: string
  /** Of calls that publish nothing. */
  readonly kind: SpanKind
  /** Whether keys are told. */
  readonly keys: boolean
}

/** How the span of a call begins. */
export interface CallSpan {
  readonly name: string
  readonly options: SpanOptions
}

/** What the spans of a method have alike. */
interface MethodSpan extends CallSpan {
  /** Whether its arguments say where it goes: those of a method of what a call resolved, such as `get.bytes`, do not. */
  readonly hasPlace: boolean
}

/**
 * What is told of calls: where they go, by names of which there are few. Keys, ids, values and text of users are not
 * among them. Most is the same for each call of a method, and made once.
 */
export class CallSpans {
  /** Attributes of every call. */
  readonly common: GivenAttributes
  readonly #options: CallSpansOptions
  readonly #ofMethods = new Map<string, MethodSpan>()

  constructor(options: CallSpansOptions) {
    this.common = commonAttributes(options)
    this.#options = options
  }

  of({ args, method }: LayerCall): CallSpan {
    const ofMethod = this.#ofMethod(method)
    if (!ofMethod.hasPlace) return ofMethod
    const { keys, service } = this.#options
    const place = placeOf(service, args)
    const key = keys ? keyOf(service, args) : undefined
    if (place === undefined && key === undefined) return ofMethod
    const { name, options } = ofMethod
    return { name, options: { kind: options.kind, attributes: { ...options.attributes, ...place, ...key } } }
  }

  #ofMethod(method: string): MethodSpan {
    const known = this.#ofMethods.get(method)
    if (known !== undefined) return known
    const { kind, service } = this.#options
    const options: SpanOptions = {
      kind: service === "queue" && isPublish(method) ? "producer" : kind,
      attributes: Object.freeze({ ...this.common, ...operationOf(service, this.common, method) }),
    }
    const made = { name: `${service}.${method}`, options: Object.freeze(options), hasPlace: !isOfHandle(method) }
    this.#ofMethods.set(method, made)
    return made
  }
}

function commonAttributes({ adapter, service }: CallSpansOptions): GivenAttributes {
  const database = databaseOf(adapter)
  return {
    "objectos.service": service,
    "objectos.adapter": adapter,
    ...(service === "queue" && { "messaging.system": adapter }),
    ...(service !== "queue" && database !== undefined && { "db.system.name": database }),
  }
}

function operationOf(service: string, common: GivenAttributes, method: string): GivenAttributes {
  if (common["db.system.name"] !== undefined) return { "db.operation.name": method }
  if (service !== "queue" || isOfHandle(method)) return {}
  return { "messaging.operation.name": method, ...(isPublish(method) && { "messaging.operation.type": "send" }) }
}

function isOfHandle(method: string): boolean {
  return method.includes(".")
}

function isPublish(method: string): boolean {
  return method === "publish" || method === "publishMany"
}

function placeOf(service: string, [first]: readonly unknown[]): GivenAttributes | undefined {
  switch (service) {
    case "queue":
      return { "messaging.destination.name": nameIn(first, "name") }
    case "search":
      return { "db.collection.name": nameIn(first, "object") ?? nameIn(first, "name") }
    case "storage":
      return { "objectos.storage.bucket": nameIn(first, "bucket") }
  }
  return undefined
}

/** A name, or an object that has it as a member. */
function nameIn(given: unknown, member: string): string | undefined {
  if (typeof given === "string") return given
  if (typeof given !== "object" || given === null) return undefined
  const named = (given as Readonly<Record<string, unknown>>)[member]
  return typeof named === "string" ? named : undefined
}

/** The one key that a call is about; calls about several have none. */
function keyOf(service: string, args: readonly unknown[]): GivenAttributes | undefined {
  if (service === "queue") return undefined
  const key = service === "cache" ? args[0] : args[1]
  return typeof key === "string" ? { "objectos.key": key } : undefined
}
