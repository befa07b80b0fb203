import type { GivenAttributes } from "../../../contracts/tracing/span.ts"
import type { LayerCall } from "../../foundation/layers.ts"
import { databaseOf } from "./systems.ts"

/** Which attributes the calls of one service have. */
export interface CallAttributes {
  /** Of every call. */
  readonly common: GivenAttributes
  /** Whether keys are told. */
  readonly keys: boolean
}

export function commonAttributes(service: string, adapter: string): GivenAttributes {
  const database = databaseOf(adapter)
  return {
    "objectos.service": service,
    "objectos.adapter": adapter,
    ...(service === "queue" && { "messaging.system": adapter }),
    ...(service !== "queue" && database !== undefined && { "db.system.name": database }),
  }
}

/**
 * What is told of a call: where it goes, by names of which there are few. Keys, ids, values and text of users are not
 * among them.
 */
export function attributesOf(service: string, { common, keys }: CallAttributes, call: LayerCall): GivenAttributes {
  return {
    ...common,
    ...(common["db.system.name"] !== undefined && { "db.operation.name": call.method }),
    ...placeOf(service, call),
    ...(keys && keyOf(service, call)),
  }
}

/** A method of what a call resolved, such as `get.bytes`, has no arguments that say where. */
function isOfHandle(method: string): boolean {
  return method.includes(".")
}

function placeOf(service: string, { args, method }: LayerCall): GivenAttributes {
  if (isOfHandle(method)) return {}
  switch (service) {
    case "queue":
      return queueAttributes(method, nameIn(args[0], "name"))
    case "search":
      return { "db.collection.name": nameIn(args[0], "object") ?? nameIn(args[0], "name") }
    case "storage":
      return { "objectos.storage.bucket": nameIn(args[0], "bucket") }
    default:
      return {}
  }
}

export function isPublish(method: string): boolean {
  return method === "publish" || method === "publishMany"
}

function queueAttributes(method: string, queue: string | undefined): GivenAttributes {
  return {
    "messaging.destination.name": queue,
    "messaging.operation.name": method,
    ...(isPublish(method) && { "messaging.operation.type": "send" }),
  }
}

/** A name, or an object that has it as a member. */
function nameIn(given: unknown, member: string): string | undefined {
  if (typeof given === "string") return given
  if (typeof given !== "object" || given === null) return undefined
  const named = (given as Readonly<Record<string, unknown>>)[member]
  return typeof named === "string" ? named : undefined
}

/** The one key that a call is about; calls about several have none. */
function keyOf(service: string, { args, method }: LayerCall): GivenAttributes {
  if (isOfHandle(method) || service === "queue") return {}
  const key = service === "cache" ? args[0] : args[1]
  return typeof key === "string" ? { "objectos.key": key } : {}
}
