import type { Pin } from "../engine/self-proof.ts"

/** The points that the contract decides where queues differ, and the clauses that hold each. */
export const queuePins: readonly Pin[] = [
  {
    point: "delivery",
    rule: "at least once, to one of the competing consumers; publish resolves when the store has the message, runs no handler and waits for none; what is published before a subscribe waits; a second subscribe of a queue by one instance: ALREADY_EXISTS",
    clauses: ["QUEUE-PUB-", "QUEUE-SUB-"],
  },
  {
    point: "payload",
    rule: "JSON data, copied at publish; undefined is null; over the limit: LIMIT_EXCEEDED; not JSON: INVALID_ARGUMENT",
    clauses: ["QUEUE-DATA-"],
  },
  { point: "names", rule: "exact, of any character, up to 256 bytes", clauses: ["QUEUE-NAME-"] },
  {
    point: "options",
    rule: "strict: what is unknown or out of range is refused, and nothing is published",
    clauses: ["QUEUE-ARG-"],
  },
  {
    point: "order and priority",
    rule: "first in, first out within a queue and a priority, at a concurrency of 1 and while nothing fails, delayed messages of one instant too; a lower number goes strictly first; retries, returns and replays keep the priority",
    clauses: ["QUEUE-ORDER-", "QUEUE-PRIO-", "QUEUE-DEAD-05"],
  },
  {
    point: "delay",
    rule: "never early, also where it is longer than any timer; late by 250 ms at most; negative, NaN and over 10 years: INVALID_ARGUMENT",
    clauses: ["QUEUE-DELAY-", "QUEUE-ARG-01"],
  },
  {
    point: "attempts",
    rule: "count deliveries whose handler was called and that were not given back, crashes and ticks included; after maxAttempts the message is dead; a delivery that was lost on its way costs none; replay begins anew",
    clauses: [
      "QUEUE-RETRY-01",
      "QUEUE-RETRY-02",
      "QUEUE-RETRY-03",
      "QUEUE-CTX-02",
      "QUEUE-CRASH-02",
      "QUEUE-FAULT-04",
      "QUEUE-SCHED-04",
      "QUEUE-DEAD-03",
    ],
  },
  {
    point: "backoff",
    rule: "before delivery n + 1: fixed d, linear d * n, exponential d * m^(n - 1), no longer than maxDelayMs; by default exponential from 1 s by 2, up to 60 s; jitter only shortens",
    clauses: [
      "QUEUE-RETRY-04",
      "QUEUE-RETRY-05",
      "QUEUE-RETRY-06",
      "QUEUE-RETRY-07",
      "QUEUE-RETRY-08",
      "QUEUE-RETRY-09",
      "QUEUE-RETRY-11",
    ],
  },
  {
    point: "crash",
    rule: "the message of a lost worker is delivered again within twice its visibility timeout, at the cost of an attempt; what was completed is not; what loses its worker each time is dead",
    clauses: ["QUEUE-CRASH-01", "QUEUE-CRASH-02", "QUEUE-CRASH-03", "QUEUE-CRASH-04", "QUEUE-CRASH-06"],
  },
  {
    point: "long work",
    rule: "a handler that runs keeps its message, by itself; one whose message was taken for lost has its signal aborted and its result discarded",
    clauses: ["QUEUE-CRASH-05", "QUEUE-CTX-10"],
    elsewhere: "the message that comes back to a process whose older run still goes on: tests of the adapters",
  },
  {
    point: "timeout",
    rule: "timeoutMs aborts the signal and fails the attempt; the slot is free when the handler settles, or 5 s later; what it then gives is discarded",
    clauses: ["QUEUE-CTX-05", "QUEUE-CTX-06", "QUEUE-CTX-07", "QUEUE-CTX-08"],
  },
  {
    point: "outcome of a handler",
    rule: "what is not JSON data, or larger than a payload may be, completes without a result; whatever is thrown fails the attempt at once; retryLater and dead hold whatever the handler then does",
    clauses: [
      "QUEUE-RETRY-10",
      "QUEUE-RETRY-13",
      "QUEUE-RETRY-14",
      "QUEUE-CTX-03",
      "QUEUE-CTX-04",
      "QUEUE-MGMT-08",
      "QUEUE-MGMT-22",
    ],
  },
  {
    point: "dead letters",
    rule: "one record for each death, with payload, last error and all failed attempts; replay keeps the id and resets the attempts",
    clauses: ["QUEUE-DEAD-", "QUEUE-MGMT-21"],
  },
  {
    point: "idempotency",
    rule: "one message for each queue and key within the window, whoever publishes at one time; the first payload stays; the key outlives completion and death, and is freed by cancel and purge; an id makes no second message either, also where its record was dropped",
    clauses: ["QUEUE-IDEM-"],
  },
  {
    point: "cancel",
    rule: "true for what waits or is delayed, in one step; everything else is false and left as it is",
    clauses: ["QUEUE-MGMT-11", "QUEUE-MGMT-12"],
  },
  {
    point: "size and purge",
    rule: "count and remove what waits and what is delayed, of any priority; what runs, subscriptions, dead messages and schedules stay",
    clauses: ["QUEUE-SIZE-", "QUEUE-PURGE-", "QUEUE-SCHED-10"],
    elsewhere: "that a purge does not hold up other callers: tests of the adapters",
  },
  {
    point: "rate limit",
    rule: "a fixed window that opens with its first start; every delivery takes a place; one limit for a queue, other numbers: PRECONDITION_FAILED",
    clauses: ["QUEUE-RATE-"],
  },
  {
    point: "groups",
    rule: "one at a time in the order of publish, unless more are allowed; groups take turns; a busy one holds up no other",
    clauses: ["QUEUE-GROUP-"],
  },
  {
    point: "pause",
    rule: "accepts and delivers nothing, finishes what runs; as durable as the queue",
    clauses: ["QUEUE-MGMT-13", "QUEUE-MGMT-14", "QUEUE-MGMT-15", "QUEUE-FAULT-07"],
  },
  {
    point: "cron",
    rule: "five or six fields, counted; names with @, H and what never comes are refused; UTC by default; both fields of days are a union; a local time that does not exist comes later by the gap, one that exists twice comes the first time",
    clauses: ["QUEUE-SCHED-02", "QUEUE-SCHED-03", "QUEUE-SCHED-12"],
    elsewhere: "every zone and expression: tests of core/foundation/schedule",
  },
  {
    point: "schedules",
    rule: "one by name; the same definition again changes nothing, and a tick that was missed comes once; each tick once over all instances; the next tick is no message; the first one of everyMs comes at once, also after a change",
    clauses: ["QUEUE-SCHED-"],
  },
  {
    point: "close",
    rule: "takes nothing new at once, waits for handlers, which may still publish; what waits is delivered elsewhere, what has finished is not",
    clauses: ["QUEUE-CLOSE-", "CLOSE-", "FAULT-06"],
    elsewhere: "handlers that outlast shutdownTimeoutMs, an option: tests of the adapters",
  },
  {
    point: "store down",
    rule: "publish rejects within its deadline: UNAVAILABLE was surely not stored, TIMEOUT tells the id of what may be; with that id, or its key, it is the same message; subscriptions go on within 5 s of the store's return",
    clauses: ["FAULT-", "QUEUE-FAULT-01", "QUEUE-FAULT-02", "QUEUE-FAULT-05", "QUEUE-FAULT-09"],
  },
  {
    point: "lost answers",
    rule: "a completion whose answer is lost is completed, once; a delivery that never arrived comes again",
    clauses: ["QUEUE-FAULT-03", "QUEUE-FAULT-04"],
  },
  {
    point: "durability",
    rule: "where it is declared, messages with delay and priority, dead ones, schedules and pauses outlive a restart",
    clauses: ["QUEUE-FAULT-06", "QUEUE-FAULT-07", "QUEUE-FAULT-08"],
  },
  {
    point: "statistics",
    rule: "the counts of a queue add up to all that it has; waiting has every priority",
    clauses: ["QUEUE-MGMT-04", "QUEUE-MGMT-05"],
    elsewhere: "what is no longer kept, an option: tests of the adapters",
  },
  {
    point: "capabilities",
    rule: "data, the same in every instance; false = absent or UNSUPPORTED before any effect, true = its clauses pass",
    clauses: ["QUEUE-CAP-"],
    elsewhere: "that instances agree is watched by the engine",
  },
  {
    point: "errors",
    rule: "ServiceError of the closed list, no payload and no credential in it",
    clauses: ["ERROR-", "FAULT-07"],
  },
  {
    point: "health",
    rule: "never rejects, changes nothing, tells of the store itself, shows no credential; without any use yet and after close too",
    clauses: ["HEALTH-", "FAULT-05"],
  },
  {
    point: "configuration",
    rule: "strict, all problems at once with their paths, no values shown, nothing opened before the first call",
    clauses: ["CONFIG-"],
  },
]
