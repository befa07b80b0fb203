import { capabilityFamily, nameFamily, sentencesOf } from "../foundation/families.ts"

const WORDS = { names: "queue names", services: "queues" }

/** The rules of a queue by the id of their clause, version 1. */
export const queueSentences = {
  // Publishing and delivering
  "QUEUE-PUB-01": "A message that was published is delivered with its id, queue, type and data, and attempts of 1.",
  "QUEUE-PUB-02": "publish resolves an id that no other message has.",
  "QUEUE-PUB-03": "Ids are 26 characters of 0-9 and A-Z, and sort in the order in which a client published.",
  "QUEUE-PUB-04": "publish never runs a handler before it has resolved, and never waits for one.",
  "QUEUE-PUB-05": "Messages published before a subscribe wait for it.",
  "QUEUE-PUB-06": "A message is delivered in its own queue and in no other.",
  "QUEUE-PUB-07": "The timestamp of a message is the time of its publish, in epoch milliseconds, on every delivery.",
  "QUEUE-PUB-08": "metadata reaches the handler unchanged, on every delivery.",
  "QUEUE-PUB-09": "A handler can publish, to its own queue too.",
  "QUEUE-PUB-10": "Any number of messages published at once are all delivered, each once.",
  "QUEUE-PUB-11": "A message that one client published is delivered to the handler of another.",
  "QUEUE-PUB-12": "Of several subscribed clients of one queue, one gets each message.",

  // Subscribing
  "QUEUE-SUB-01": "A second subscribe of a queue by one client rejects ALREADY_EXISTS, and the first goes on.",
  "QUEUE-SUB-02": "unsubscribe waits for running handlers.",
  "QUEUE-SUB-03": "After unsubscribe nothing is delivered; what waits stays, and a later subscribe gets it.",
  "QUEUE-SUB-04": "unsubscribe of a queue without a subscription resolves.",
  "QUEUE-SUB-05": "At most `concurrency` handlers of a subscription run at one time, and so many do.",
  "QUEUE-SUB-06": "Without concurrency handlers run one after the other.",
  "QUEUE-SUB-07": "Subscriptions of different queues by one client work side by side.",

  // Payloads: JSON data of at most `maxPayloadBytes` bytes.
  "QUEUE-DATA-01":
    "JSON data arrives as it was published: null, false, 0, empty and long text, nested 100 levels deep.",
  "QUEUE-DATA-02": "A payload of undefined arrives as null, and a member that is undefined is absent.",
  "QUEUE-DATA-03":
    "A payload that JSON has no form for rejects INVALID_ARGUMENT and publishes nothing: functions, symbols, BigInt, NaN, infinities, instances, cycles.",
  "QUEUE-DATA-04": "A payload over maxPayloadBytes rejects LIMIT_EXCEEDED and publishes nothing.",
  "QUEUE-DATA-05": "Changing an object once it was handed to publish, even before it resolves, changes no message.",
  "QUEUE-DATA-06": "A change that a handler makes to its message reaches no later delivery.",
  "QUEUE-DATA-07": "Text arrives exactly, whatever characters it has, and also where it looks like JSON.",
  "QUEUE-DATA-08": "Objects with members called __proto__ and constructor arrive unchanged and pollute nothing.",

  // Names of queues: non-empty strings of at most 256 UTF-8 bytes without a lone surrogate.
  ...sentencesOf(nameFamily, "QUEUE-NAME", WORDS),

  // Options
  "QUEUE-ARG-01": "A delay that is negative, no number, or over 10 years rejects INVALID_ARGUMENT.",
  "QUEUE-ARG-02": "A priority that is no whole number from 0 to 1,000 rejects INVALID_ARGUMENT.",
  "QUEUE-ARG-03": "maxAttempts that is no whole number of 1 or more rejects INVALID_ARGUMENT.",
  "QUEUE-ARG-04": "A backoff with an unknown type, or numbers out of range, rejects INVALID_ARGUMENT.",
  "QUEUE-ARG-05": "metadata that holds anything but text rejects INVALID_ARGUMENT.",
  "QUEUE-ARG-06": "An option that is not known rejects INVALID_ARGUMENT, in publish and in subscribe.",
  "QUEUE-ARG-07": "A handler that is no function, and a concurrency of 0, reject INVALID_ARGUMENT.",
  "QUEUE-ARG-08": "A publish that is refused leaves the queue as it was.",
  "QUEUE-ARG-09": "An id that no queue gives rejects INVALID_ARGUMENT in publish.",
  "QUEUE-ARG-10": "A timeoutMs or visibilityTimeoutMs that is not above 0 rejects INVALID_ARGUMENT.",

  // Order (order: "fifo") and priorities (`priorities`)
  "QUEUE-ORDER-01":
    "Messages are handled in the order of their publish, at a concurrency of 1 and while nothing fails.",
  "QUEUE-ORDER-02": "Delayed messages that are due at one instant are handled in the order of their publish.",
  "QUEUE-ORDER-03":
    "A delayed message takes its place when it is due: behind those that were published until then, and before later ones.",
  "QUEUE-PRIO-01": "A message of a lower priority number is handled before those of higher ones.",
  "QUEUE-PRIO-02": "Within a priority, messages are handled in the order of their publish.",
  "QUEUE-PRIO-03": "Without one a message has priority 2.",
  "QUEUE-PRIO-04": "A message keeps its priority when it is delivered again.",
  "QUEUE-PRIO-05": "A delayed message has its priority when it is due.",

  // Delay
  "QUEUE-DELAY-01": "A delayed message is not delivered before its delay is over.",
  "QUEUE-DELAY-02": "It is delivered when its delay is over.",
  "QUEUE-DELAY-03": "A message with a shorter delay that is published later is delivered earlier.",
  "QUEUE-DELAY-04": "A delay longer than any timer lasts, 10 years included, does not end early.",
  "QUEUE-DELAY-05": "A delayed message holds up no other.",

  // Attempts and back-off
  "QUEUE-RETRY-01": "A message whose handler throws or rejects is delivered again, with attempts that count up.",
  "QUEUE-RETRY-02": "After maxAttempts deliveries that failed it is delivered no more.",
  "QUEUE-RETRY-03": "Without maxAttempts there are 3.",
  "QUEUE-RETRY-04": "A fixed backoff waits the same time before each further delivery.",
  "QUEUE-RETRY-05": "A linear backoff waits once, twice, three times its delay.",
  "QUEUE-RETRY-06": "An exponential backoff waits its delay times 1, multiplier, multiplier squared; multiplier is 2.",
  "QUEUE-RETRY-07": "No wait is longer than maxDelayMs, which is 60 s.",
  "QUEUE-RETRY-08": "Without a backoff waits are exponential from 1 s.",
  "QUEUE-RETRY-09": "jitter shortens waits, by its share at most, and never makes them longer.",
  "QUEUE-RETRY-10": "Whatever a handler throws fails the attempt: null, undefined, text, numbers, errors of any name.",
  "QUEUE-RETRY-11": "A message that waits for its next attempt holds up no other.",
  "QUEUE-RETRY-12": "A message is the same on every delivery: id, type, data and timestamp.",
  "QUEUE-RETRY-13": "A message that was handled is not delivered again.",
  "QUEUE-RETRY-14": "A handler that returns what is not JSON data has handled its message.",

  // What a handler can say
  "QUEUE-CTX-01": "context.maxAttempts is how many deliveries the message has.",
  "QUEUE-CTX-02":
    "retryLater gives the message back: it is delivered again after that time, and the delivery does not count.",
  "QUEUE-CTX-03": "retryLater holds although the handler then throws.",
  "QUEUE-CTX-04": "dead ends the message at once, whatever attempts it has left and the handler then does.",
  "QUEUE-CTX-05": "An attempt that takes longer than timeoutMs fails, and its signal aborts.",
  "QUEUE-CTX-06": "A result that comes when the time is over is discarded: the message is delivered again.",
  "QUEUE-CTX-07": "A handler that ignores its signal holds its slot for at most 5 s more.",
  "QUEUE-CTX-08": "The timeoutMs of a message goes before that of the subscription.",
  "QUEUE-CTX-09": "extend, progress and retryLater refuse numbers out of range with INVALID_ARGUMENT.",
  "QUEUE-CTX-10": "The signal does not abort while the attempt goes on.",

  // Idempotency
  "QUEUE-IDEM-01":
    "A second publish with an idempotencyKey gives the first id and publishes nothing: the first payload stays.",
  "QUEUE-IDEM-02": "Of simultaneous publishes with one idempotencyKey, by any number of clients, one makes a message.",
  "QUEUE-IDEM-03": "Queues have idempotency keys of their own.",
  "QUEUE-IDEM-04": "A key holds after its message was handled.",
  "QUEUE-IDEM-05": "When its window is over a key can make a message again.",
  "QUEUE-IDEM-06": "purge and cancel free the keys of what they remove.",
  "QUEUE-IDEM-07": "The key of a message that died holds until its window is over.",
  "QUEUE-IDEM-08":
    "A second publish with an id that the queue gave is the same message, whatever key and payload it has.",
  "QUEUE-IDEM-09": "publishMany minds keys as publish does, also within one call.",
  "QUEUE-IDEM-10": "Keys that differ in any character are different keys.",
  "QUEUE-IDEM-11":
    "A publish with the id of a message whose record was dropped makes no second message: it gives the id for ten minutes after the message's end, and later the id, or TIMEOUT with an unknown outcome.",

  // Size and purge
  "QUEUE-SIZE-01":
    "getQueueSize counts what waits and what is delayed, of any priority, and neither what runs nor what is done.",
  "QUEUE-SIZE-02": "getQueueSize of a queue that nobody has used is 0.",
  "QUEUE-PURGE-01": "purge removes what waits and what is delayed, and resolves how many messages that were.",
  "QUEUE-PURGE-02": "purge leaves running messages, subscriptions and other queues alone.",
  "QUEUE-PURGE-03": "A queue works on after a purge.",
  "QUEUE-PURGE-04": "purge removes any number of messages.",
  "QUEUE-PURGE-05": "purge removes messages that wait for another attempt.",

  // Management (`management`)
  "QUEUE-MGMT-01": "publishMany publishes each item with its options and resolves their ids, in order.",
  "QUEUE-MGMT-02": "publishMany refuses what publish refuses, before it publishes anything.",
  "QUEUE-MGMT-03": "publishMany takes 10,000 items, and none.",
  "QUEUE-MGMT-04": "getQueueStats counts messages by their state, and its counts add up to all of them.",
  "QUEUE-MGMT-05": "getQueueStats of a queue that nobody has used is all zeros.",
  "QUEUE-MGMT-06": "getTask tells what was published, and undefined of an id that the queue does not have.",
  "QUEUE-MGMT-07":
    "The status that getTask tells follows the message: pending, queued, processing, failed, timeout, completed, dead.",
  "QUEUE-MGMT-08":
    "getTask tells the result of a completed message, where it is JSON data of at most maxPayloadBytes bytes.",
  "QUEUE-MGMT-09": "getTask tells each attempt that failed, with its number, reason, error and times.",
  "QUEUE-MGMT-10": "getTask tells the progress that the handler said last.",
  "QUEUE-MGMT-11": "cancel removes a message that waits or is delayed, and resolves true.",
  "QUEUE-MGMT-12": "cancel of what is missing, runs, is completed or dead resolves false and changes nothing.",
  "QUEUE-MGMT-13": "A paused queue accepts messages and delivers none, to any client.",
  "QUEUE-MGMT-14": "pause lets running handlers go on, and leaves other queues alone.",
  "QUEUE-MGMT-15": "After resume what waited is delivered, in order.",
  "QUEUE-MGMT-16": "whenIdle resolves when nothing is due and nothing runs; what is delayed is not waited for.",
  "QUEUE-MGMT-17": "whenIdle rejects TIMEOUT after timeoutMs.",
  "QUEUE-MGMT-18": "listQueues lists each queue that has messages or a subscription once, in the order of code points.",
  "QUEUE-MGMT-19": "defineQueue sets the attempts, backoff and concurrency of what says nothing itself.",
  "QUEUE-MGMT-20": "Ids of one queue tell nothing in another.",
  "QUEUE-MGMT-21": "The deadLetterQueue that a queue defines gets one copy of each message that dies.",
  "QUEUE-MGMT-22": "A message whose handler returns more than maxPayloadBytes bytes is completed, without a result.",

  // Dead letters (`deadLetters`)
  "QUEUE-DEAD-01": "A message that died is listed once, with its payload, last error, reason and failed attempts.",
  "QUEUE-DEAD-02": "listFailed lists those that died first first, in pages that leave out and repeat nothing.",
  "QUEUE-DEAD-03": "replay delivers a dead message again with its id and all its attempts, and it is dead no more.",
  "QUEUE-DEAD-04": "replay of what is not dead rejects NOT_FOUND and changes nothing.",
  "QUEUE-DEAD-05": "A replayed message keeps its priority.",
  "QUEUE-DEAD-06": "replayAll replays every dead message of the queue and resolves how many.",
  "QUEUE-DEAD-07": "purgeFailed drops what is dead, and nothing else, and resolves how many messages that were.",
  "QUEUE-DEAD-08": "A message that dies again after a replay is listed once.",
  "QUEUE-DEAD-09": "A message that context.dead ended is listed with that reason.",
  "QUEUE-DEAD-10": "The dead of one queue are not those of another.",
  "QUEUE-DEAD-11":
    "A cursor that listFailed did not give rejects INVALID_ARGUMENT, also in a queue that nobody has used.",

  // Rate limit (`rateLimit`): a window that opens with its first start.
  "QUEUE-RATE-01": "At most `max` messages start in a window, and the others when the next one opens.",
  "QUEUE-RATE-02": "Further deliveries of a message take a place too.",
  "QUEUE-RATE-03": "All subscriptions of a queue share one limit.",
  "QUEUE-RATE-04": "A second subscription with other numbers rejects PRECONDITION_FAILED.",
  "QUEUE-RATE-05": "A window opens with its first start: after a pause a whole one is there.",

  // Groups (`groups`)
  "QUEUE-GROUP-01": "Messages of one group run one at a time, at any concurrency; groupConcurrency allows more.",
  "QUEUE-GROUP-02": "Groups take turns: a group of many messages does not keep one of few waiting.",
  "QUEUE-GROUP-03": "Messages of a group are handled in the order of their publish.",
  "QUEUE-GROUP-04": "A busy group holds up no message of another, nor one without a group.",

  // Schedules (`schedules`)
  "QUEUE-SCHED-01": "The first tick of everyMs comes at once, and the others at that distance.",
  "QUEUE-SCHED-02": "A cron schedule has its ticks at its times, in UTC where no time zone is given.",
  "QUEUE-SCHED-03": "A time zone moves the ticks of a cron schedule, summer time included.",
  "QUEUE-SCHED-04":
    "A tick has the data of its schedule, and is a message like any other: it has attempts and can fail.",
  "QUEUE-SCHED-05": "schedule of a name that is there replaces its schedule and its data.",
  "QUEUE-SCHED-06": "schedule with the same definition changes nothing: a tick that is due still comes, once.",
  "QUEUE-SCHED-07": "Ticks that nobody was there to take come once, not one by one.",
  "QUEUE-SCHED-08": "unschedule ends a schedule and resolves true, and false where there is none.",
  "QUEUE-SCHED-09": "listSchedules tells each schedule of the queue, in the order of names.",
  "QUEUE-SCHED-10": "The next tick is no message: it is not counted, and purge leaves the schedule alone.",
  "QUEUE-SCHED-11": "A tick comes once, whatever number of clients has made the same schedule.",
  "QUEUE-SCHED-12":
    "A cron text with another count of fields, a name with @, H, or no time that ever comes rejects INVALID_ARGUMENT, and so does a time zone that does not exist.",
  "QUEUE-SCHED-13": "everyMs that is no whole number of 1 or more rejects INVALID_ARGUMENT.",
  "QUEUE-SCHED-14": "Schedules of one name in two queues are two schedules.",
  "QUEUE-SCHED-15": "A changed everyMs has its first tick at once.",
  "QUEUE-SCHED-16": "Each tick has the metadata of its schedule, as it was given last.",

  // Lost workers (beside `contracts/foundation/clauses.ts`)
  "QUEUE-CRASH-01": "A message whose worker was killed is delivered again within twice its visibilityTimeoutMs.",
  "QUEUE-CRASH-02": "A delivery whose worker was killed counts as an attempt.",
  "QUEUE-CRASH-03": "A message whose every worker is killed is dead after maxAttempts, and those behind it go on.",
  "QUEUE-CRASH-04":
    "Of many messages in flight none is lost when their worker is killed, and none that was handled comes again.",
  "QUEUE-CRASH-05": "A handler that takes longer than visibilityTimeoutMs keeps its message.",
  "QUEUE-CRASH-06": "A message that a client published before its process was killed is delivered.",

  // Closing
  "QUEUE-CLOSE-01": "close waits for running handlers, and starts none.",
  "QUEUE-CLOSE-02": "A handler that finishes while close waits for it can still publish.",
  "QUEUE-CLOSE-03": "A message that waits when a client closes is delivered to another client.",
  "QUEUE-CLOSE-04": "A message whose handler has finished when close resolves is not delivered again.",

  // Optional interfaces
  "QUEUE-CAP-01": capabilityFamily.without("management"),
  "QUEUE-CAP-02": capabilityFamily.without("deadLetters"),
  "QUEUE-CAP-03": capabilityFamily.without("schedules"),
  "QUEUE-CAP-04": capabilityFamily.ranges,
  "QUEUE-CAP-05": capabilityFamily.stable,
  "QUEUE-CAP-06": "Without priorities, publish with a priority rejects UNSUPPORTED.",
  "QUEUE-CAP-07": "Without groups, publish with a groupKey rejects UNSUPPORTED.",
  "QUEUE-CAP-08": "Without rateLimit, subscribe with a rate limit rejects UNSUPPORTED.",

  // Failing stores (beside `contracts/foundation/clauses.ts`)
  "QUEUE-FAULT-01": "A publish whose answer is lost makes one message at most, and its id or error tells which.",
  "QUEUE-FAULT-02": "A publish that rejects UNAVAILABLE makes no message, also later.",
  "QUEUE-FAULT-03": "A message whose completion lost its answer is not delivered again.",
  "QUEUE-FAULT-04": "A delivery that is lost on its way to the worker costs no attempt.",
  "QUEUE-FAULT-05": "Subscriptions go on by themselves within 5 s of the store's return.",
  "QUEUE-FAULT-06": "Messages outlive a restart of a durable store, with their delay and their priority.",
  "QUEUE-FAULT-07": "A pause outlives a restart of a durable store.",
  "QUEUE-FAULT-08": "Dead messages and schedules outlive a restart of a durable store.",
  "QUEUE-FAULT-09": "Publishing again with the id of an error whose outcome is unknown makes one message in all.",
} as const

export type QueueClauseId = keyof typeof queueSentences
