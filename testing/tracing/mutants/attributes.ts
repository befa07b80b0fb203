import type { GivenAttributes, SpanAttributes, SpanAttributeValue } from "../../../contracts/tracing/tracing.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"
import type { HeldAttributes } from "../reference/values.ts"

export const attributesMutants = mutants({
  "TRACING-ATTR-01": {
    "numbers-as-text": seam.numberOf(
      "No sum and no range can be asked for.",
      (_, number) => String(number),
      "lumigo-io/opentelemetry-js-distro #123: numbers and booleans of attributes are turned into text",
    ),
    "integers-of-32-bits": seam.numberOf(
      "A size of 3 GB is negative.",
      ({ next }, number) => (Number.isInteger(number) ? number | 0 : next(number)),
      "opentelemetry-dotnet #1931: an integer of 64 bits was handled as one of 32",
    ),
    "fractions-cut-off": seam.numberOf("A ratio is 0.", ({ next }, number) => next(Math.trunc(number))),
    "integers-above-53-bits-as-text": seam.numberOf("An id is a number today and text tomorrow.", ({ next }, number) =>
      Number.isInteger(number) && !Number.isSafeInteger(number) ? String(number) : next(number),
    ),
    "text-trimmed": seam.attributeOf("A key that ends with a blank cannot be found.", ({ next }, value) =>
      next(typeof value === "string" ? value.trim() : value),
    ),
    "text-of-digits-is-a-number": seam.attributeOf("The id 007 is 7.", ({ next }, value) =>
      next(typeof value === "string" && value !== "" && String(Number(value)) === value ? Number(value) : value),
    ),
    "lists-joined": seam.listOf("A list of one and a text are the same.", ({ next }, list) => next(list)?.toString()),
    "lists-without-doubles": seam.listOf("Two retries of one kind are one.", ({ next }, list) =>
      next([...new Set(list)]),
    ),
    "empty-lists-dropped": seam.listOf("A search for nothing found nothing to say.", ({ next }, list) =>
      list.length === 0 ? undefined : next(list),
    ),
    "false-and-zero-are-nothing": seam.attributeOf("What is off is not told.", ({ next }, value) =>
      value === false || value === 0 || value === "" ? undefined : next(value),
    ),
  },
  "TRACING-ATTR-02": {
    "nan-is-sent": seam.numberOf(
      "One NaN costs the whole batch.",
      ({ next }, number) => (Number.isNaN(number) ? number : next(number)),
      "vercel/ai #6546: a NaN is serialised as doubleValue: null, and the collector drops the batch",
    ),
    "infinity-is-the-largest-number": seam.numberOf("A chart has no scale any more.", ({ next }, number) =>
      number === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : next(number),
    ),
    "not-finite-is-left-out": seam.attributeOf(
      "A ratio that could not be computed looks like one that was not asked for.",
      ({ next }, value) => (typeof value === "number" && !Number.isFinite(value) ? undefined : next(value)),
      "vercel/ai #13468: numbers that are not finite are left out of spans",
    ),
    "lists-not-looked-into": seam.listOf("A NaN in a list costs the batch.", ({ next }, list) =>
      list.every((item) => typeof item === "number") ? ([...list] as number[]) : next(list),
    ),
    "null-in-lists": seam.listOf("A receiver that knows no null refuses the list.", ({ next }, list) => {
      const numbers = list as readonly number[]
      if (list.some((item) => typeof item !== "number") || numbers.every(Number.isFinite)) return next(list)
      return numbers.map((number) => (Number.isFinite(number) ? number : null)) as unknown as SpanAttributeValue
    }),
    "list-of-text-and-numbers": seam.listOf("A receiver refuses a list of several kinds.", ({ next, self }, list) => {
      const numbers = list as readonly number[]
      if (list.some((item) => typeof item !== "number")) return next(list)
      return numbers.map((number) => self.numberOf(number)) as SpanAttributeValue
    }),
    "infinities-without-sign": seam.textOfNumber("The smallest is the largest.", ({ next }, number) =>
      next(number === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : number),
    ),
  },
  "TRACING-ATTR-03": {
    "integers-wrap": seam.numberOf(
      "An id is negative, and another one.",
      ({ next }, number) =>
        Number.isInteger(number) && Math.abs(number) >= 2 ** 63
          ? Number(BigInt.asIntN(64, BigInt(number)))
          : next(number),
      "opentelemetry-cpp #4090: an integer above 63 bits was narrowed to a negative one",
    ),
    "large-integers-are-sent": seam.numberOf(
      "The collector refuses the batch for one integer.",
      ({ next }, number) => (Number.isInteger(number) ? number : next(number)),
      "pydantic/logfire-js #305: an integer of more than 64 bits is sent as intValue",
    ),
    "digits-rounded": seam.textOfNumber(
      "The text is not the number, but the shortest one near it.",
      (_, number) => String(number),
      "pydantic/logfire-js #305: String(2 ** 64) is 18446744073709552000",
    ),
    "bigint-dropped": seam.attributeOf(
      "An id of a database is not there.",
      ({ next }, value) => (typeof value === "bigint" ? undefined : next(value)),
      "opentelemetry-js #3912: a BigInt is no value of an attribute",
    ),
    "bigint-as-number": seam.attributeOf("The last digits of an id are zeros.", ({ next }, value) =>
      next(typeof value === "bigint" ? Number(value) : value),
    ),
    "bigint-with-its-letter": seam.attributeOf("An id has an n behind it.", ({ next }, value) =>
      typeof value === "bigint" ? `${value}n` : next(value),
    ),
    "smallest-of-64-bits-is-sent": seam.numberOf(
      "A number that fits is text, or one that does not is sent.",
      ({ next }, number) => (number === -(2 ** 63) ? number : next(number)),
      "posthog-js #4583: -(2 ** 63) as intValue is answered with 400",
    ),
    "lists-of-bigints-dropped": seam.listOf("A list of ids is not there.", ({ next }, list) =>
      typeof list[0] === "bigint" ? undefined : next(list),
    ),
  },
  "TRACING-ATTR-04": {
    "objects-as-json": seam.attributeOf(
      "A user's record is in the trace, with all that is secret in it.",
      ({ next }, value) =>
        typeof value === "object" && value !== null && !Array.isArray(value) ? JSON.stringify(value) : next(value),
      "opentelemetry-js 3.1: objects are values of attributes, which 2.12 refuses",
    ),
    "everything-has-text": seam.attributeOf(
      "Attributes are full of [object Object].",
      ({ next }, value) => next(value) ?? String(value),
    ),
    "null-is-sent": seam.attributeOf(
      "One null costs the whole batch.",
      ({ next }, value) => (value === null ? (null as unknown as SpanAttributeValue) : next(value)),
      "opentelemetry-js #1650: null as a value is undefined behaviour",
    ),
    "dropped-not-counted": seam.dropAttribute(
      "Nobody learns that something is missing.",
      () => {},
      "opentelemetry-js #3576: until then no span told how much it had dropped",
    ),
    "undefined-not-counted": seam.setOne("Nobody learns that something is missing.", ({ next }, held, key, value) => {
      if (value !== undefined) next(held, key, value)
    }),
    "lists-of-several-kinds-taken": seam.setOne(
      "A receiver refuses a list of several kinds.",
      ({ next }, held, key, value) => {
        if (Array.isArray(value) && value.includes("a") && value.includes(1)) held.values.set(key as string, value)
        else next(held, key, value)
      },
    ),
    "nulls-in-lists-taken": seam.isOneKind(
      "A receiver refuses a list with a null in it.",
      ({ next }, items) => next(items.filter((item) => item !== null && item !== undefined)),
      "opentelemetry-js 2.12: null and undefined in a list are taken",
    ),
    "dates-as-text": seam.attributeOf("A date is text here, and missing in another service.", ({ next }, value) =>
      value instanceof Date ? value.toISOString() : next(value),
    ),
    "one-formless-costs-all": seam.setMany(
      "One null costs all that was known of a request.",
      ({ next, self }, held, given) => {
        if (Object.values(given ?? {}).some((value) => value === null)) self.dropAttribute(held)
        else next(held, given)
      },
    ),
    "counted-twice": seam.dropAttribute("Twice as much seems to be missing.", ({ next }, held) => {
      next(held)
      next(held)
    }),
  },
  "TRACING-ATTR-05": {
    "empty-names-taken": seam.isKey("A receiver refuses the span.", (_, key) => typeof key === "string"),
    "empty-names-not-counted": seam.setOne("Nobody learns of it.", ({ next }, held, key, value) => {
      if (key !== "") next(held, key, value)
    }),
    "names-turned-into-text": seam.isKey(
      "Attributes are called undefined and null.",
      (_, key) => key !== "" && (typeof key !== "object" || key === null),
    ),
    "names-that-are-missing-not-counted": seam.attribute("Nobody learns of it.", ({ next }, held, key, value) => {
      if (key !== undefined && key !== null) next(held, key, value)
    }),
  },
  "TRACING-ATTR-06": {
    "first-value-wins": seam.setOne("A status stays the guess of the start.", ({ next }, held, key, value) => {
      if (!held.values.has(key as string)) next(held, key, value)
    }),
    "values-of-the-start-are-fixed": seam.newSpan(
      "What was given at the start cannot be corrected.",
      ({ next }, name, options) => {
        const held = next(name, options)
        const { values } = held.attributes
        const fixed = new Set(values.keys())
        const set = values.set.bind(values)
        values.set = (key, value) => (fixed.has(key) ? values : set(key, value))
        return held
      },
    ),
    "set-attributes-replaces-all": seam.manyAttributes(
      "Attributes of before are gone.",
      ({ next, self }, held, given) => {
        if (self.isRunning(held)) held.attributes.values.clear()
        next(held, given)
      },
      "opentelemetry-go-instrumentation #592: SetAttributes called again wipes what was set before",
    ),
    "kind-is-fixed": seam.setOne("A number that becomes text stays the number.", ({ next }, held, key, value) => {
      const before = held.values.get(key as string)
      if (before === undefined || typeof before === typeof value) next(held, key, value)
    }),
    "replaced-is-dropped": seam.setOne(
      "A span seems to lack what it has.",
      ({ next, self }, held, key, value) => {
        if (held.values.has(key as string)) self.dropAttribute(held)
        next(held, key, value)
      },
      "opentelemetry-js #6479: a name that is set again was counted as dropped",
    ),
  },
  "TRACING-ATTR-09": {
    "getter-takes-all": seam.setMany("One lazy member costs all attributes.", ({ self }, held, given) => {
      try {
        for (const [key, value] of Object.entries((given ?? {}) as object)) self.setOne(held, key, value)
      } catch {
        self.dropAttribute(held)
      }
    }),
    "rest-behind-a-getter-lost": seam.setMany("What stands behind a lazy member is lost.", ({ self }, held, given) => {
      try {
        for (const key of Object.keys(given ?? {})) self.setOne(held, key, (given as GivenAttributes)[key])
      } catch {
        self.dropAttribute(held)
      }
    }),
    "getters-not-read": seam.setMany(
      "What is computed when it is asked for is never there.",
      ({ next, self }, held, given) => {
        const members = Object.entries(Object.getOwnPropertyDescriptors((given ?? {}) as object))
        for (const [, { get }] of members) if (get !== undefined) self.dropAttribute(held)
        next(
          held,
          Object.fromEntries(members.flatMap(([key, { get, value }]) => (get === undefined ? [[key, value]] : []))),
        )
      },
    ),
    "failure-not-counted": seam.setMany("Nobody learns that a member failed.", ({ self }, held, given) => {
      for (const key of Object.keys(given ?? {})) {
        try {
          self.setOne(held, key, (given as GivenAttributes)[key])
        } catch {
          // It is not there.
        }
      }
    }),
    "failure-costs-the-span": changed(
      ReferenceTracing,
      "One lazy member costs the attributes of the start.",
      {
        attributesOf({ next, self }, given) {
          try {
            return next({ ...(given as object) })
          } catch {
            const none = self.newAttributes()
            self.dropAttribute(none)
            return none
          }
        },
      },
      "opentelemetry-js 2.12: a getter that throws among attributes reaches the host",
    ),
  },
  "TRACING-ATTR-10": {
    "kept-in-an-object": seam.recordOf(
      "An attribute of that name is lost.",
      (_, { values }) => {
        const record: Record<string, SpanAttributeValue> = {}
        for (const [key, value] of values) record[key] = value
        return record
      },
      "hexclave #1290: Object.assign of a user's attributes sets the prototype by __proto__",
    ),
    "known-by-the-prototype": seam.hasRoom(
      "A name that every object has is taken for one that is full.",
      ({ next }, held, key) => (key in {} ? false : next(held, key)),
    ),
    "names-of-objects-refused": seam.isKey(
      "A user called constructor has no trace.",
      ({ next }, key) => next(key) && key !== "constructor" && key !== "__proto__" && key !== "prototype",
    ),
    "lists-set-the-prototype": seam.recordOf("A list becomes the prototype of the attributes.", ({ next }, held) => {
      const record = next(held)
      const list = held.values.get("__proto__")
      if (!Array.isArray(list)) return record
      const { ["__proto__"]: _, ...rest } = record
      return Object.setPrototypeOf(rest, list) as SpanAttributes
    }),
  },
  "TRACING-ATTR-12": {
    "start-takes-what-it-is-given": seam.newSpan(
      "What was refused at the end is sent from the start.",
      ({ next }, name, options) => {
        const held = next(name, options)
        const { attributes } = options
        if (attributes === undefined) return held
        for (const [key, value] of Object.entries(attributes)) {
          if (typeof value === "string" && key !== "") held.attributes.values.set(key, value)
        }
        return held
      },
    ),
    "one-by-one-takes-bigints-as-numbers": seam.attribute(
      "The same line means something else here.",
      ({ next }, held, key, value) => next(held, key, typeof value === "bigint" ? Number(value) : value),
    ),
    "start-counts-no-drops": seam.newSpan("A span seems whole that is not.", ({ next }, name, options) => {
      const held = next(name, options)
      held.attributes.dropped = 0
      return held
    }),
    "events-unchecked": subclass(
      "A NaN in an event costs the batch.",
      class extends ReferenceTracing {
        override event(...[held, name, given = {}]: Parameters<ReferenceTracing["event"]>): void {
          super.event(held, name, {})
          const last = held.events.at(-1)
          if (last !== undefined) held.events[held.events.length - 1] = { ...last, attributes: numbersOf(this, given) }
        }
      },
      "opentelemetry-js #6479: values of events and links were not cut",
    ),
    "links-unchecked": seam.linkOf("A null in a link costs the batch.", ({ next }, given) => {
      const link = next(given)
      const { attributes = {} } = (given ?? {}) as { attributes?: GivenAttributes }
      const large = Object.entries(attributes).filter(([, value]) => typeof value === "number")
      return link && { ...link, attributes: { ...link.attributes, ...(Object.fromEntries(large) as SpanAttributes) } }
    }),
    "set-attributes-passes-empty-names": seam.manyAttributes(
      "A receiver refuses the span.",
      ({ next, self }, held, given) => {
        next(held, given)
        const value = self.attributeOf(given[""])
        if (self.isRunning(held) && value !== undefined) held.attributes.values.set("", value)
      },
    ),
  },
})

/** Attributes that are sent as they are given, where they can be. */
function numbersOf(self: ReferenceTracing, given: GivenAttributes): SpanAttributes {
  const held: HeldAttributes = self.attributesOf(given)
  for (const [key, value] of Object.entries(given)) if (typeof value === "number") held.values.set(key, value)
  return self.recordOf(held)
}
