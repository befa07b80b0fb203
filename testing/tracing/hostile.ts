/** Arguments that no caller should hand over, and that some do. */

function throwing(): never {
  throw new Error("a caller's own error")
}

/** A proxy whose every trap throws. */
function trap(target: object): object {
  const traps: ProxyHandler<object> = {
    get: throwing,
    has: throwing,
    ownKeys: throwing,
    getPrototypeOf: throwing,
    getOwnPropertyDescriptor: throwing,
  }
  return new Proxy(target, traps)
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

export function circular(): Record<string, unknown> {
  const value: Record<string, unknown> = { name: "circle" }
  value["self"] = value
  return value
}

/** New ones for each clause, so that none of it sees what another one did. */
export function hostileValues(): readonly (readonly [what: string, value: unknown])[] {
  return [
    ["undefined", undefined],
    ["null", null],
    ["NaN", Number.NaN],
    ["-1", -1],
    ["1e300", 1e300],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["a BigInt", 2n ** 70n],
    ["true", true],
    ["an empty text", ""],
    ["half a character", "\ud800"],
    ["a symbol", Symbol("hostile")],
    ["a function", () => "text"],
    ["a date that is none", new Date(Number.NaN)],
    ["an empty list", []],
    ["a list with a hole", new Array(3)],
    ["a list of several kinds", [1, "two", null]],
    ["a circle", circular()],
    ["an object without a prototype", Object.create(null)],
    ["a toString that throws", { toString: throwing }],
    ["a toJSON that throws", { toJSON: throwing }],
    ["a toPrimitive that gives an object", { [Symbol.toPrimitive]: () => ({}) }],
    [
      "getters that throw",
      Object.defineProperties(
        {},
        Object.fromEntries(
          ["traceId", "parent", "kind", "links", "name", "message", "stack", "cause", "traceparent"].map((name) => [
            name,
            { enumerable: true, get: throwing },
          ]),
        ),
      ),
    ],
    ["a proxy that throws", trap({})],
    ["a list that throws", trap([])],
    ["a function that throws when it is looked at", trap(() => undefined)],
    ["a proxy that was revoked", revoked()],
  ]
}

/** Options of a span that cannot be read, or not all of them. */
export function unreadableOptions(): readonly (readonly [what: string, options: unknown])[] {
  const members = ["kind", "parent", "attributes", "links", "startTime"]
  const getters = members.map((name) => {
    const options = Object.defineProperty({}, name, { enumerable: true, get: throwing })
    return [`a getter of ${name} that throws`, options] as const
  })
  return [
    ...getters,
    ["undefined", undefined],
    ["null", null],
    ["a number", 42],
    ["a symbol", Symbol("hostile")],
    ["a proxy that throws", trap({})],
    ["a proxy that was revoked", revoked()],
    ["attributes that throw", { attributes: trap({}) }],
    ["links that throw", { links: trap([]) }],
    ["a link that throws", { links: [trap({})] }],
    ["a parent that throws", { parent: trap({}) }],
  ]
}
