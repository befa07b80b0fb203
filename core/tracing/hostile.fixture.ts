import fc from "fast-check"

export const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
export const SPAN = "00f067aa0ba902b7"

function throwing(): never {
  throw new Error("A member that throws.")
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function circular(): unknown {
  const object: Record<string, unknown> = { list: [] }
  object["self"] = object
  return object
}

const PLAIN = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true }),
  fc.array(fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.bigInt())),
)

const ODD: readonly (() => unknown)[] = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, 2 ** 63, -(2 ** 63), 1e300, -1, 10n ** 40n].map((value) => () => value),
  ...["\ud800", "x".repeat(5000), Symbol("a"), () => 1, new Date(Number.NaN), new Date(-5000)].map(
    (value) => () => value,
  ),
  () => new Error("e", { cause: new Error("c") }),
  () => new Array(2),
  circular,
  revoked,
  () => ({ toString: throwing, valueOf: throwing, toJSON: throwing }),
  () => Object.defineProperty({ ok: 1 }, "bad", { get: throwing, enumerable: true }),
  () => new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getOwnPropertyDescriptor: throwing }),
  () => new Proxy([], { get: throwing, has: throwing, ownKeys: throwing, getOwnPropertyDescriptor: throwing }),
]

/** Makes whatever a caller can hand over: some of it must not be touched by who generates it. */
export const hostile: fc.Arbitrary<() => unknown> = fc.oneof(
  PLAIN.map((value) => () => value),
  fc.constantFrom(...ODD),
)
