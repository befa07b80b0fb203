import type { Pin } from "../engine/self-proof.ts"

/** The points that the contract decides where tracings differ, and the clauses that hold each. */
export const tracingPins: readonly Pin[] = [
  {
    point: "ids",
    rule: "32 and 16 lower-case hex digits, never all zero; each span id is new, and uuid has the digits of one",
    clauses: ["TRACING-SPAN-01", "TRACING-CONF-09"],
  },
  {
    point: "parents",
    rule: "the given one before the active one; null is a new trace; one that is malformed is none, and never the active one",
    clauses: [
      "TRACING-SPAN-02",
      "TRACING-SPAN-03",
      "TRACING-SPAN-04",
      "TRACING-SPAN-05",
      "TRACING-SPAN-06",
      "TRACING-SPAN-16",
    ],
    elsewhere: "which span is active in streams, timers and servers, on each Node: adapters/tracing/contexts.test.ts",
  },
  {
    point: "times",
    rule: "epoch milliseconds of the adapter's clock, also small ones; no time is now; an end before the start is the start",
    clauses: ["TRACING-SPAN-08", "TRACING-SPAN-09", "TRACING-SPAN-10", "TRACING-SPAN-11"],
  },
  {
    point: "ended spans",
    rule: "nothing changes them, and calls can still be chained; a second end is neither counted nor sent",
    clauses: ["TRACING-SPAN-12", "TRACING-SPAN-13", "TRACING-SPAN-17"],
  },
  {
    point: "names",
    rule: "text of 256 characters at most, of whatever is given; an empty one is unnamed",
    clauses: ["TRACING-SPAN-07", "TRACING-SPAN-14", "TRACING-SPAN-15"],
  },
  {
    point: "values of attributes",
    rule: "text, booleans, finite numbers, lists of one of these; NaN, infinities, BigInts and integers of 64 bits as text; all else is dropped and counted",
    clauses: [
      "TRACING-ATTR-01",
      "TRACING-ATTR-02",
      "TRACING-ATTR-03",
      "TRACING-ATTR-04",
      "TRACING-ATTR-09",
      "TRACING-ATTR-12",
    ],
  },
  {
    point: "names of attributes",
    rule: "not empty; those of object members are ordinary; the last value of a name counts",
    clauses: ["TRACING-ATTR-05", "TRACING-ATTR-06", "TRACING-ATTR-10"],
  },
  {
    point: "limits",
    rule: "the first 128 attributes, the last 128 events and links, exact counts of the rest; text of 4,096 characters; 0 keeps none",
    clauses: [
      "TRACING-ATTR-07",
      "TRACING-ATTR-08",
      "TRACING-EVENT-02",
      "TRACING-LINK-02",
      "TRACING-STATUS-06",
      "TRACING-CONF-03",
      "TRACING-CONF-04",
    ],
  },
  {
    point: "copies",
    rule: "a span is what was said at its time: changing what was handed over, or read, changes nothing",
    clauses: ["TRACING-ATTR-11", "TRACING-READ-04"],
  },
  {
    point: "exceptions",
    rule: "the type is the name of the error and not its code; up to five causes in the stack; whatever can be thrown; the status stays",
    clauses: ["TRACING-EVENT-"],
  },
  {
    point: "links",
    rule: "contexts and attributes in their order; one that is malformed is left out and costs no other",
    clauses: ["TRACING-LINK-"],
  },
  {
    point: "status",
    rule: "ok is final, error may be set again, unset never overrides, and error alone has a message",
    clauses: ["TRACING-STATUS-"],
  },
  {
    point: "the active span",
    rule: "withSpan and run by AsyncLocalStorage; startSpan makes none active; the error of the callback is thrown as it is",
    clauses: ["TRACING-ACTIVE-"],
  },
  {
    point: "headers",
    rule: "names have no case; several values count where all are equal; later versions may say more; malformed members of the trace state go, others stay",
    clauses: ["TRACING-CARRIER-", "TRACING-CONF-06", "TRACING-CONF-07", "TRACING-CONF-08"],
  },
  {
    point: "baggage",
    rule: "read within 180 pairs, 4,096 and 8,192 characters; only what is allowed by name leaves",
    clauses: [
      "TRACING-CARRIER-11",
      "TRACING-CARRIER-12",
      "TRACING-CARRIER-13",
      "TRACING-CONF-05",
      "TRACING-CONF-10",
      "TRACING-CONF-11",
    ],
  },
  {
    point: "counts",
    rule: "started = ended + open; ended = exported + dropped + pending + left out; exported is what the receiver took",
    clauses: ["TRACING-STATS-", "TRACING-FAULT-05"],
  },
  {
    point: "flush and close",
    rule: "resolve always, within their time and 250 ms; leftovers are counted as dropped; after close every method answers",
    clauses: ["TRACING-FLUSH-", "TRACING-FAULT-"],
  },
  {
    point: "the host",
    rule: "no method throws, and no value that a span is given costs another span",
    clauses: ["TRACING-QUIET-"],
  },
  {
    point: "sampling",
    rule: "a ratio is the exclusive or of the four words of the trace id, below the ratio of 4,294,967,295: other languages decide differently, so services of several must be parent_based",
    clauses: ["TRACING-SAMPLE-"],
  },
  {
    point: "configuration",
    rule: "each key acts or is refused; where it is not enabled nothing is recorded, and contexts pass through",
    clauses: ["TRACING-CONF-01", "TRACING-CONF-02", "TRACING-CONF-10", "TRACING-CONF-11", "TRACING-CONF-12"],
  },
  {
    point: "reading",
    rule: "spans in the order of their ends; forgetting them leaves the counts; without the capability nothing is given",
    clauses: ["TRACING-READ-", "TRACING-CAP-"],
  },
]
