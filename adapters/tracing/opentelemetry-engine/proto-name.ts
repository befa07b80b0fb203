import type { SpanAttributes } from "../../../contracts/tracing/tracing.ts"

const NAME = "__proto__"

interface Owner {
  attributes?: object | undefined
}

/** Puts an attribute of this name back: the SDK copies by assignment, which takes it for the prototype. */
export function keepProtoName(owner: Owner | undefined, given: SpanAttributes): void {
  if (owner === undefined || !Object.hasOwn(given, NAME)) return
  const own = { value: given[NAME], enumerable: true, configurable: true, writable: true }
  owner.attributes = Object.defineProperty({ ...owner.attributes }, NAME, own)
}
