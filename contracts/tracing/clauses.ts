import { capabilityFamily } from "../foundation/families.ts"

/** The rules of a tracing by the id of their clause, version 1. */
export const tracingSentences = {
  // Spans
  "TRACING-SPAN-01":
    "A span has a trace id of 32 and a span id of 16 lower-case hex digits, neither of them all zero, and each span id is new.",
  "TRACING-SPAN-02": "Without a parent a span begins a new trace where no span is active.",
  "TRACING-SPAN-03": "A span with a parent belongs to its trace, and names its span as the parent.",
  "TRACING-SPAN-04": "A span whose parent is null begins a new trace, also where a span is active.",
  "TRACING-SPAN-05": "The active span is the parent of a span that is given none.",
  "TRACING-SPAN-06": "A parent that is malformed is none: the span begins a new trace, also where a span is active.",
  "TRACING-SPAN-07": "A span is received with its name and its kind, which is internal unless another one is given.",
  "TRACING-SPAN-08":
    "startTime and end take epoch milliseconds, which are kept to the millisecond, also where they are small.",
  "TRACING-SPAN-09": "Without times a span begins when it is started and ends when it is ended.",
  "TRACING-SPAN-10": "A time that is negative, after the year 2199, NaN or no number is ignored: it is now.",
  "TRACING-SPAN-11": "A span that ends before its start ends at its start.",
  "TRACING-SPAN-12": "Nothing that is called after its end changes a span.",
  "TRACING-SPAN-13": "A span that is ended again is counted once, and received once.",
  "TRACING-SPAN-14":
    "A name is text of 256 characters at most: longer ones are cut, other values turned into text, and an empty one is unnamed.",
  "TRACING-SPAN-15": "updateName replaces the name, by the same rules.",
  "TRACING-SPAN-16": "A span has the trace state and the baggage of its parent.",
  "TRACING-SPAN-17": "The methods of a span return it, so that calls can be chained.",

  // Attributes
  "TRACING-ATTR-01": "Texts, booleans, finite numbers and lists of one of these come back exactly.",
  "TRACING-ATTR-02": "NaN and the infinities come back as text, in lists too.",
  "TRACING-ATTR-03": "A BigInt and an integer of 64 bits or more come back as decimal text.",
  "TRACING-ATTR-04": "Values of other kinds, and lists of several kinds, are dropped and counted.",
  "TRACING-ATTR-05": "An attribute without a name is dropped and counted.",
  "TRACING-ATTR-06": "Of several values of one name the last one counts.",
  "TRACING-ATTR-07":
    "The first 128 attributes are kept, and later ones dropped and counted; one that is kept can still be replaced.",
  "TRACING-ATTR-08": "Text of more than 4,096 characters is cut, in lists too.",
  "TRACING-ATTR-09": "A getter that throws costs its own attribute alone.",
  "TRACING-ATTR-10": "Names of object members, such as __proto__ and constructor, are ordinary names.",
  "TRACING-ATTR-11": "Changing what was handed over changes no span.",
  "TRACING-ATTR-12": "Attributes that are given at the start, one by one and together are alike.",

  // Events, exceptions and links
  "TRACING-EVENT-01": "Events come back in their order, with their names, attributes and times within the span.",
  "TRACING-EVENT-02": "The last 128 events are kept, and earlier ones dropped and counted.",
  "TRACING-EVENT-03": "recordException adds an event exception with the type, the message and the stack of an error.",
  "TRACING-EVENT-04": "The stack of an exception names up to five causes.",
  "TRACING-EVENT-05": "Whatever can be thrown can be recorded: null, text, an object whose members throw.",
  "TRACING-EVENT-06": "recordException leaves the status as it is.",
  "TRACING-LINK-01": "Links come back with their contexts and attributes, in their order.",
  "TRACING-LINK-02": "The last 128 links are kept, and earlier ones dropped and counted.",
  "TRACING-LINK-03": "A link without a context that is well formed is left out, and costs no other.",

  // Status
  "TRACING-STATUS-01": "A span has no status until one is set.",
  "TRACING-STATUS-02": "A status of error may have a message, and may be set again.",
  "TRACING-STATUS-03": "A status of ok is final.",
  "TRACING-STATUS-04": "Only an error has a message.",
  "TRACING-STATUS-05": "Other words are ignored.",
  "TRACING-STATUS-06": "A message is cut at 4,096 characters.",

  // The active span
  "TRACING-ACTIVE-01":
    "withSpan runs the callback once, with a span that is active in it, also after awaits and timers, and resolves what it gives.",
  "TRACING-ACTIVE-02": "withSpan ends the span when the callback has settled, and once.",
  "TRACING-ACTIVE-03": "withSpan rejects with the very value that the callback throws or rejects with.",
  "TRACING-ACTIVE-04":
    "withSpan records what its callback throws as an exception, and sets the status error with its message.",
  "TRACING-ACTIVE-05": "Callbacks that run at the same time each have a span of their own.",
  "TRACING-ACTIVE-06": "After withSpan and run the context is active that was active before.",
  "TRACING-ACTIVE-07":
    "run runs the callback where the given context is active, gives what it gives and throws what it throws.",
  "TRACING-ACTIVE-08":
    "run with undefined, or with a context that is malformed, runs the callback where none is active.",
  "TRACING-ACTIVE-09": "startSpan makes no span active.",
  "TRACING-ACTIVE-10": "A context from elsewhere can be active and can be a parent: spans belong to its trace.",

  // Carriers
  "TRACING-CARRIER-01": "inject writes the active span to a carrier, or the context that it is given, as traceparent.",
  "TRACING-CARRIER-02": "inject writes nothing where no context is active, and nothing of a context that is malformed.",
  "TRACING-CARRIER-03": "extract reads what inject wrote, the trace state included.",
  "TRACING-CARRIER-04": "The names in a carrier have no case, and blanks around a value do not count.",
  "TRACING-CARRIER-05": "A traceparent that is malformed is none.",
  "TRACING-CARRIER-06": "A traceparent of a later version may say more than one of version 00.",
  "TRACING-CARRIER-07": "Several values of traceparent count where all are equal, and are none where they differ.",
  "TRACING-CARRIER-08": "Members of a tracestate that are malformed are left out, and no others.",
  "TRACING-CARRIER-09":
    "A tracestate has the 32 leading members at most, within 512 characters; of a name that comes twice the last value counts, and stands first.",
  "TRACING-CARRIER-10": "extract never gives the active context.",
  "TRACING-CARRIER-11": "Baggage is read from a carrier, percent-decoded; a pair that is malformed is left out.",
  "TRACING-CARRIER-12": "Of baggage the first 180 pairs are read, of 4,096 characters each, within 8,192 characters.",
  "TRACING-CARRIER-13": "No baggage is written to a carrier unless the configuration allows its name.",
  "TRACING-CARRIER-14": "A context that is not sampled travels, and says so.",
  "TRACING-CARRIER-15": "A carrier that cannot be read or written is none.",

  // Counts
  "TRACING-STATS-01": "Of the spans that were started all have ended but those that are open.",
  "TRACING-STATS-02": "Of the spans that have ended each is exported, dropped, pending or left out by sampling.",
  "TRACING-STATS-03": "After a flush as many are exported as were received, and none is pending.",
  "TRACING-STATS-04": "Spans that are open at close are dropped.",
  "TRACING-STATS-05": "Spans that are started after close are dropped.",
  "TRACING-STATS-06": "Of thousands of spans that end at once each is exported or dropped, and none is lost.",

  // Flush and close
  "TRACING-FLUSH-01": "When flush resolves, everything that had ended before was received.",
  "TRACING-FLUSH-02": "flush resolves with any timeout, and never rejects.",
  "TRACING-FLUSH-03":
    "After close every method answers, withSpan and run run their callbacks, and nothing more is received.",
  "TRACING-FLUSH-04": "close sends what has ended.",

  // Nothing that a caller does breaks the host
  "TRACING-QUIET-01": "No method throws, whatever it is given beside a callback.",
  "TRACING-QUIET-02": "No method of a span throws, whatever it is given.",
  "TRACING-QUIET-03": "No value that a span can be given costs another span.",
  "TRACING-QUIET-04": "Options that cannot be read do not keep the callback of withSpan from running.",
  "TRACING-QUIET-05": "Very large and circular values cost neither the span nor the host.",

  // Configuration (capability `configurable`)
  "TRACING-CONF-01": "getConfig gives the configuration with its defaults, as data of its own, without a credential.",
  "TRACING-CONF-02": "Where it is not enabled nothing is recorded, callbacks run, and contexts pass through.",
  "TRACING-CONF-03": "Limits of attributes, events and links act, and 0 keeps none.",
  "TRACING-CONF-04": "The limit of text acts on text and on text in lists, and not on names and messages.",
  "TRACING-CONF-05": "Baggage that is allowed by name is written, percent-encoded, and no other.",
  "TRACING-CONF-06": "Formats of B3 are written and read, as one header and as several.",
  "TRACING-CONF-07": "The first of the formats that a carrier has is read, and all of them are written.",
  "TRACING-CONF-08": "Where extract or inject is false it does nothing.",
  "TRACING-CONF-09": "Ids by uuid are ids of a trace, and have the digits of one of version 4.",
  "TRACING-CONF-10": "Baggage that is not enabled is neither read nor written.",
  "TRACING-CONF-11":
    "Of baggage that is allowed 180 pairs are written at most, of 4,096 characters each, within the size of the header.",
  "TRACING-CONF-12":
    "A configuration that cannot act rejects INVALID_CONFIG: ratios outside 0 to 1, limits that are no whole numbers, strategies, decisions, formats and keys that there are not.",

  // Sampling (capability `configurable`)
  "TRACING-SAMPLE-01": "always_off: nothing is received, and all is counted as left out.",
  "TRACING-SAMPLE-02": "A span that is not sampled has a context, which travels, and its children are in its trace.",
  "TRACING-SAMPLE-03":
    "A ratio decides by the trace id alone: the four words of its bits, joined by exclusive or, are less than the ratio of 4,294,967,295, rounded down. A ratio of 1 takes every trace.",
  "TRACING-SAMPLE-04": "A ratio takes its share of random traces, within three standard deviations.",
  "TRACING-SAMPLE-05": "parent_based does what the parent does, and asks its root for a new trace.",
  "TRACING-SAMPLE-06": "rate_limiting samples so many new traces a second, and children as their parents.",
  "TRACING-SAMPLE-07": "The first rule that fits a span by its name and attributes decides, before the type.",
  "TRACING-SAMPLE-08": "The rate of a rule is a ratio: what it leaves out is dropped.",
  "TRACING-SAMPLE-09": "composite: the first whose condition fits decides, and nothing is sampled where none fits.",
  "TRACING-SAMPLE-10": "record_only: nothing is received, and the context says that it is not sampled.",

  // When the receiver fails
  "TRACING-FAULT-01": "While the receiver is away or silent no method is slower, and none fails.",
  "TRACING-FAULT-02": "flush resolves within its timeout and 250 milliseconds while the receiver is away or silent.",
  "TRACING-FAULT-03":
    "close resolves within 5,250 milliseconds while the receiver is away or silent, and counts what is left as dropped.",
  "TRACING-FAULT-04": "Once the receiver is back, spans are received again.",
  "TRACING-FAULT-05": "A span is counted as exported only where the receiver took it.",

  // Spans that can be read (capability `spans`)
  "TRACING-READ-01": "getSpans gives the spans that have ended, in the order of their ends.",
  "TRACING-READ-02": "getSpans by a trace id or a name gives those that have it.",
  "TRACING-READ-03": "clearSpans forgets them, and leaves the stats as they are.",
  "TRACING-READ-04": "Changing a span that was read changes none that is kept.",

  // Capabilities
  "TRACING-CAP-01": "Without spans, its methods are absent, or give nothing.",
  "TRACING-CAP-02": capabilityFamily.ranges,
  "TRACING-CAP-03": capabilityFamily.stable,
} as const

export type TracingClauseId = keyof typeof tracingSentences
