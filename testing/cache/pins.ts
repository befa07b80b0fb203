/** What the contract settles where caches differ, and the clauses that hold each point. */

export interface Pin {
  readonly point: string
  readonly rule: string
  /** Ids of clauses, or beginnings of ids that end with a hyphen. */
  readonly clauses: readonly string[]
  /** Where it is proven when not by a clause. */
  readonly elsewhere?: string
}

export const cachePins: readonly Pin[] = [
  {
    point: "absent read",
    rule: "undefined, never null and never an error; has and delete answer false",
    clauses: ["CACHE-RW-03", "CACHE-RW-04", "CACHE-DEL-02"],
  },
  {
    point: "answers",
    rule: "set and clear resolve undefined, delete and has booleans; nothing throws before its promise",
    clauses: ["CACHE-RW-07", "ERROR-02"],
  },
  {
    point: "ttl",
    rule: "seconds, fractions allowed, rounded up to milliseconds; omitted = the adapter's default, Infinity = never; 0, negative, NaN, no number, over 10 years: INVALID_ARGUMENT",
    clauses: ["CACHE-TTL-05", "CACHE-TTL-06", "CACHE-TTL-11", "CACHE-TTL-12"],
    elsewhere: "the default ttl is an option: tests of the adapters",
  },
  {
    point: "expiry",
    rule: "readable strictly before its end, absent from then on, in every method alike; reads do not extend; each set replaces the whole ttl, a refused one leaves it; nothing of an entry outlives it",
    clauses: [
      "CACHE-TTL-01",
      "CACHE-TTL-02",
      "CACHE-TTL-03",
      "CACHE-TTL-04",
      "CACHE-TTL-07",
      "CACHE-TTL-08",
      "CACHE-TTL-09",
      "CACHE-TTL-10",
      "CACHE-TTL-14",
      "CACHE-TTL-15",
      "CACHE-BATCH-05",
      "CACHE-BATCH-11",
      "CACHE-SCAN-04",
    ],
  },
  {
    point: "clock",
    rule: "a monotonic clock, or the store's own: corrections of the wall clock neither end nor revive entries",
    clauses: ["CACHE-TTL-13"],
  },
  {
    point: "keys",
    rule: "non-empty strings of at most maxKeyBytes UTF-8 bytes without lone surrogate; everything else is kept exactly and matches only itself",
    clauses: ["CACHE-KEY-", "CACHE-DEL-03"],
  },
  {
    point: "values",
    rule: "plain data with Date, Map, Set, BigInt, Uint8Array and every number; undefined, functions, symbols, circles and class instances: INVALID_ARGUMENT; over maxValueBytes: LIMIT_EXCEEDED, and the old value stays",
    clauses: ["CACHE-VAL-"],
  },
  { point: "isolation", rule: "by value, in and out, in batches too", clauses: ["CACHE-ISO-", "CACHE-BATCH-10"] },
  {
    point: "delete and clear",
    rule: "delete is true once; an expired key is false; clear removes this cache's keys only, any number of them",
    clauses: ["CACHE-DEL-", "CACHE-CLEAR-", "CACHE-TTL-08"],
  },
  {
    point: "statistics",
    rule: "hits and misses count the distinct keys of get and getMany of this instance; has does not count; clear keeps the counters; keyCount leaves out what has expired",
    clauses: ["CACHE-STAT-", "CACHE-BATCH-02", "CACHE-TTL-09"],
  },
  {
    point: "batch",
    rule: "misses are absent from the Map; duplicates count once; 10,000 keys work; everything is checked before the first write; the last duplicate wins",
    clauses: ["CACHE-BATCH-"],
  },
  {
    point: "scan",
    rule: "each live key once, in no order, literally by prefix; changes during a walk do no harm to the keys that stay",
    clauses: ["CACHE-SCAN-"],
  },
  {
    point: "increment",
    rule: "from 0 when absent; exact under simultaneous calls of several clients; not a safe integer before or after: PRECONDITION_FAILED, unchanged; a ttl holds only for a key that the call makes",
    clauses: [
      "CACHE-ATOMIC-16",
      "CACHE-ATOMIC-17",
      "CACHE-ATOMIC-18",
      "CACHE-ATOMIC-19",
      "CACHE-ATOMIC-20",
      "CACHE-ATOMIC-22",
      "CACHE-ATOMIC-23",
      "CACHE-ATOMIC-24",
    ],
  },
  {
    point: "other atomic methods",
    rule: "setIfAbsent and take have one winner over all clients; touch and ttl see what get would",
    clauses: ["CACHE-ATOMIC-"],
  },
  {
    point: "lease and fill",
    rule: "a token for one caller while the key is absent; every set, delete, clear and invalidateTags voids it, so that no change during a load is lost",
    clauses: ["CACHE-LEASE-"],
  },
  {
    point: "tags",
    rule: "after invalidateTags every method agrees that the tagged entries are gone, and nothing else is; tags of what was overwritten, removed or expired are forgotten",
    clauses: ["CACHE-TAG-"],
  },
  {
    point: "getOrSet",
    rule: "one factory call for all callers, over all processes where the store is shared and atomic; a failing factory fails each of them once; changes during the load keep its value out",
    clauses: ["CACHE-LEASE-"],
    elsewhere: "a feature over any cache: tests of core/cache",
  },
  {
    point: "memory bounds",
    rule: "maxEntries and maxBytes hold after every set; what is larger than the cache is refused; expired entries go first, without reads and without a timer for each",
    clauses: ["CACHE-VAL-14"],
    elsewhere: "options of one adapter: tests of adapters/cache/memory",
  },
  {
    point: "namespaces",
    rule: "never overlap; clear and keyCount of one touch only its own",
    clauses: ["CACHE-CLEAR-04", "CACHE-LEASE-23", "CACHE-TAG-14"],
    elsewhere: "a feature over any cache that runs the whole contract: tests of core/cache",
  },
  {
    point: "simultaneous calls",
    rule: "each does its own work; of several writes of one key one stays, whole; of several deletes one is true",
    clauses: [
      "CACHE-RW-05",
      "CACHE-RW-08",
      "CACHE-RW-10",
      "CACHE-DEL-05",
      "CACHE-CLEAR-05",
      "CACHE-STAT-07",
      "CACHE-SCAN-09",
    ],
  },
  {
    point: "several clients",
    rule: "one store: what one wrote, the others see, within maxStalenessMs, whatever they have read before; caches side by side never meet",
    clauses: ["CACHE-RW-06", "CACHE-RW-09", "CACHE-KEY-13", "CACHE-STAT-05", "CACHE-SCAN-08", "CLOSE-05"],
  },
  {
    point: "store down",
    rule: "reads and writes reject UNAVAILABLE or TIMEOUT within their deadline; nothing refused is applied later; the same client recovers",
    clauses: [
      "FAULT-",
      "CACHE-FAULT-01",
      "CACHE-FAULT-02",
      "CACHE-FAULT-03",
      "CACHE-FAULT-08",
      "CACHE-FAULT-09",
      "CACHE-FAULT-10",
    ],
  },
  { point: "undecodable bytes", rule: "CORRUPT", clauses: ["CACHE-FAULT-04"] },
  {
    point: "durability",
    rule: "where it is declared, entries and their ttls outlive a restart; what was answered outlives its client",
    clauses: ["CACHE-FAULT-05", "CACHE-FAULT-06", "CACHE-FAULT-07"],
  },
  {
    point: "capabilities",
    rule: "data, the same in every instance; false = absent or UNSUPPORTED before any effect, true = its clauses pass",
    clauses: ["CACHE-CAP-"],
    elsewhere: "that instances agree is watched by the engine",
  },
  {
    point: "errors",
    rule: "ServiceError of the closed list, no value and no credential in it",
    clauses: ["ERROR-", "FAULT-07"],
  },
  {
    point: "health",
    rule: "never rejects, changes nothing, tells of the store itself, shows no credential; without any use yet and after close too",
    clauses: ["HEALTH-", "FAULT-05"],
  },
  {
    point: "close",
    rule: "idempotent; settles what runs; later calls reject CLOSED; releases timers and sockets",
    clauses: ["CLOSE-", "FAULT-06"],
  },
  {
    point: "configuration",
    rule: "strict, all problems at once with their paths, no values shown, nothing opened before the first call",
    clauses: ["CONFIG-"],
  },
]
