import {
  capabilityFamily,
  clientFamily,
  copyFamily,
  dataFamily,
  nameFamily,
  sentencesOf,
} from "../foundation/families.ts"

const WORDS = { names: "keys", services: "caches" }
const CLIENTS = sentencesOf(clientFamily, "CLIENT", WORDS)

/** The ids under which a cache has the rules of clients. */
export const cacheClientIds = {
  "01": "CACHE-RW-05",
  "02": "CACHE-RW-06",
  "03": "CACHE-RW-08",
  "04": "CACHE-RW-09",
  "05": "CACHE-RW-10",
  "06": "CACHE-DEL-05",
} as const

/** The rules of a cache by the id of their clause, version 1. */
export const cacheSentences = {
  // Reads and writes
  "CACHE-RW-01": "get of a stored key resolves the value that set stored.",
  "CACHE-RW-02": "A second set of a key replaces the value of the first.",
  "CACHE-RW-03": "get of a key that was never set resolves undefined.",
  "CACHE-RW-04": "has tells stored keys from absent ones.",
  "CACHE-RW-05": CLIENTS["CLIENT-01"],
  "CACHE-RW-06": CLIENTS["CLIENT-02"],
  "CACHE-RW-07":
    "Each method gives a promise of what its signature says: set and clear undefined, delete and has booleans, stats numbers.",
  "CACHE-RW-08": CLIENTS["CLIENT-03"],
  "CACHE-RW-09": CLIENTS["CLIENT-04"],
  "CACHE-RW-10": CLIENTS["CLIENT-05"],
  "CACHE-DEL-01": "delete of a stored key removes it and resolves true.",
  "CACHE-DEL-02": "delete of an absent key, or a second delete, resolves false.",
  "CACHE-DEL-03": "delete removes exactly its key and no key that resembles it.",
  "CACHE-DEL-04": "A key can be set again after its delete.",
  "CACHE-DEL-05": CLIENTS["CLIENT-06"],
  "CACHE-CLEAR-01": "clear removes every key from get, has and keyCount.",
  "CACHE-CLEAR-02": "clear of an empty cache resolves, also twice.",
  "CACHE-CLEAR-03": "clear removes any number of keys.",
  "CACHE-CLEAR-04": "clear leaves the keys of other caches in a shared store alone.",
  "CACHE-CLEAR-05": "clear among simultaneous sets leaves each key whole or absent, and keyCount agrees.",

  // Keys: non-empty strings of at most `maxKeyBytes` UTF-8 bytes (512) without a lone surrogate.
  ...sentencesOf(nameFamily, "CACHE-KEY", WORDS),

  // Values: plain data (`contracts/foundation/plain-data.ts`), kept exactly and by value.
  ...sentencesOf(dataFamily, "CACHE-VAL", WORDS),
  ...sentencesOf(copyFamily, "CACHE-ISO", WORDS),

  // Time to live: seconds, fractions allowed, rounded up to whole milliseconds; without one the adapter's `defaultTtl`
  // holds (none = never).
  "CACHE-TTL-01": "An entry is readable until its ttl has passed.",
  "CACHE-TTL-02": "From then on get and has answer as if it had never been set.",
  "CACHE-TTL-03": "A set without ttl removes an earlier ttl.",
  "CACHE-TTL-04": "A set with a ttl replaces an earlier one, shorter, longer or the same anew.",
  "CACHE-TTL-05":
    "A ttl that is not a number above 0 and up to 10 years rejects INVALID_ARGUMENT and keeps the old value.",
  "CACHE-TTL-06": "A ttl of Infinity never expires.",
  "CACHE-TTL-07": "Reading does not extend a ttl.",
  "CACHE-TTL-08": "delete of an expired key resolves false.",
  "CACHE-TTL-09": "keyCount does not count expired entries.",
  "CACHE-TTL-10": "A set of an expired key stores anew.",
  "CACHE-TTL-11": "A long ttl, 10 years included, does not expire early.",
  "CACHE-TTL-12": "The ttl is in seconds, and fractions of a second count.",
  "CACHE-TTL-13": "A correction of the wall clock neither ends an entry nor revives one.",
  "CACHE-TTL-14": "The ttl of an entry that was deleted or cleared does not act on what is set afterwards.",
  "CACHE-TTL-15": "A set that is refused leaves the ttl of the old value as it was.",
  "CACHE-TTL-16": "Among many entries each expires at its own time, whatever becomes of the others.",

  // Statistics
  "CACHE-STAT-01": "hits and misses count the keys asked for by get.",
  "CACHE-STAT-02": "Only get and getMany count: has, keys and writes are neither hit nor miss.",
  "CACHE-STAT-03": "keyCount is the number of live keys, each once.",
  "CACHE-STAT-04": "clear keeps hits and misses.",
  "CACHE-STAT-05": "Each instance counts its own hits and misses.",
  "CACHE-STAT-06": "A read that is refused counts as neither hit nor miss.",
  "CACHE-STAT-07": "Simultaneous reads are all counted.",
  "CACHE-STAT-08": "A read while the store is away counts as neither hit nor miss.",

  // Batch (`batch`)
  "CACHE-BATCH-01": "getMany resolves a Map of the keys found; keys not found are absent from it.",
  "CACHE-BATCH-02": "A key asked for twice is found, and counted, once.",
  "CACHE-BATCH-03": "Empty batches resolve and do nothing.",
  "CACHE-BATCH-04": "Batches of 10,000 keys work.",
  "CACHE-BATCH-05": "setMany stores each entry, with the ttl when one is given.",
  "CACHE-BATCH-06": "The last of several entries with one key wins.",
  "CACHE-BATCH-07": "setMany takes any iterable.",
  "CACHE-BATCH-08": "A batch refuses what single calls refuse, before the first write.",
  "CACHE-BATCH-09": "deleteMany removes the keys and resolves how many there were.",
  "CACHE-BATCH-10": "getMany and setMany copy values as get and set do.",
  "CACHE-BATCH-11": "getMany does not find expired entries.",
  "CACHE-BATCH-12": "getMany and deleteMany refuse keys that get and delete refuse, and delete nothing then.",
  "CACHE-BATCH-13":
    "Keys that are no array, and entries that are no iterable, reject INVALID_ARGUMENT before any change.",

  // Atomic (`atomic`): changes of one key that no other client can come between.
  "CACHE-ATOMIC-01": "setIfAbsent stores the value of an absent key and resolves true.",
  "CACHE-ATOMIC-02": "setIfAbsent of a stored key resolves false and changes neither its value nor its ttl.",
  "CACHE-ATOMIC-03": "Of simultaneous setIfAbsent calls for a key, from any number of clients, exactly one stores.",
  "CACHE-ATOMIC-04": "An expired key is absent to setIfAbsent.",
  "CACHE-ATOMIC-05": "A value that setIfAbsent stores has the ttl that it was given.",
  "CACHE-ATOMIC-06": "take resolves the value of a stored key and removes the key.",
  "CACHE-ATOMIC-07": "take of an absent or expired key resolves undefined.",
  "CACHE-ATOMIC-08": "Of simultaneous take calls for a key, from any number of clients, exactly one gets the value.",
  "CACHE-ATOMIC-09": "touch gives a stored key a new ttl, shorter, longer or Infinity, and resolves true.",
  "CACHE-ATOMIC-10": "touch keeps the value, also one that is set at the same time.",
  "CACHE-ATOMIC-11": "touch of an absent or expired key resolves false and stores nothing.",
  "CACHE-ATOMIC-12": "touch without a ttl rejects INVALID_ARGUMENT and changes nothing.",
  "CACHE-ATOMIC-13": "ttl resolves the seconds that a stored key has left.",
  "CACHE-ATOMIC-14": "ttl of a key that never expires resolves Infinity.",
  "CACHE-ATOMIC-15": "ttl of an absent or expired key resolves undefined.",
  "CACHE-ATOMIC-16": "increment of an absent key counts from 0, and each call resolves the new number.",
  "CACHE-ATOMIC-17": "increment adds 1, or any safe integer given: negative ones and 0 too.",
  "CACHE-ATOMIC-18": "Simultaneous increments of a key, from any number of clients, are all counted.",
  "CACHE-ATOMIC-19": "increment of a stored key keeps its ttl, also when it is given one.",
  "CACHE-ATOMIC-20": "A key that increment makes has the ttl that it was given.",
  "CACHE-ATOMIC-21": "increment of an expired key counts from 0.",
  "CACHE-ATOMIC-22": "increment counts on from an integer that set stored, and get reads the number.",
  "CACHE-ATOMIC-23": "increment of a value that is not a safe integer rejects PRECONDITION_FAILED and changes nothing.",
  "CACHE-ATOMIC-24": "increment beyond the safe integers rejects PRECONDITION_FAILED and changes nothing.",
  "CACHE-ATOMIC-25": "increment by what is not a safe integer rejects INVALID_ARGUMENT and changes nothing.",
  "CACHE-ATOMIC-26": "The atomic methods refuse keys, values and ttls as get and set do, before any change.",
  "CACHE-ATOMIC-27": "setIfAbsent and fill copy values as set does.",
  "CACHE-ATOMIC-28": "No atomic method counts as hit or miss.",
  "CACHE-ATOMIC-29": "The atomic methods act on what other clients of a shared store did before.",

  // Leases (part of `atomic`): one caller loads the value of an absent key, and no change during the load is lost.
  "CACHE-LEASE-01": "lease of an absent key resolves a token, a string that is not empty.",
  "CACHE-LEASE-02": "lease of a stored key resolves undefined.",
  "CACHE-LEASE-03": "lease of a leased key resolves undefined.",
  "CACHE-LEASE-04": "Of simultaneous lease calls for a key, from any number of clients, exactly one gets a token.",
  "CACHE-LEASE-05": "An expired key can be leased.",
  "CACHE-LEASE-06": "A leased key is still absent to every other method.",
  "CACHE-LEASE-07": "A lease holds for its milliseconds, and ends by itself.",
  "CACHE-LEASE-08": "A lease that does not last a finite number of milliseconds above 0 rejects INVALID_ARGUMENT.",
  "CACHE-LEASE-09": "fill with the token of a lease that holds stores the value and resolves true.",
  "CACHE-LEASE-10": "A value that fill stores has the ttl that it was given.",
  "CACHE-LEASE-11": "fill ends its lease: a second one resolves false and changes nothing.",
  "CACHE-LEASE-12": "fill with a token that no lease of the key has resolves false and changes nothing.",
  "CACHE-LEASE-13": "fill after the end of its lease resolves false, also while the next lease holds.",
  "CACHE-LEASE-14": "fill with a token that is not a string rejects INVALID_ARGUMENT.",
  "CACHE-LEASE-15": "A refused fill leaves its lease as it was.",
  "CACHE-LEASE-16": "set, setIfAbsent and increment of a leased key, by any client, void its lease.",
  "CACHE-LEASE-17": "delete of a leased key, by any client, resolves false and voids its lease.",
  "CACHE-LEASE-18": "setMany and deleteMany, by any client, void the leases of their keys.",
  "CACHE-LEASE-19": "clear, by any client, voids every lease.",
  "CACHE-LEASE-20": "setTagged, by any client, voids the lease of its key.",
  "CACHE-LEASE-21": "invalidateTags, by any client, voids every lease, whatever the tags.",
  "CACHE-LEASE-22": "Reads, refused calls and changes of other keys leave a lease alone.",
  "CACHE-LEASE-23": "Caches side by side in a shared store have leases of their own.",
  "CACHE-LEASE-24": "A value that fill stored does not outlast a set, delete or clear that ran at the same time.",
  "CACHE-LEASE-25": "Leases of any number of keys hold at the same time.",

  // Tags (`tags`): non-empty strings of at most 512 UTF-8 bytes without a lone surrogate.
  "CACHE-TAG-01": "setTagged stores as set does, with the ttl when one is given.",
  "CACHE-TAG-02": "invalidateTags removes every entry that has at least one of the tags.",
  "CACHE-TAG-03": "invalidateTags leaves all other entries alone.",
  "CACHE-TAG-04": "To every method an invalidated entry is gone.",
  "CACHE-TAG-05": "Tags are compared exactly, whatever characters they have.",
  "CACHE-TAG-06": "set and setMany of a tagged key drop its tags.",
  "CACHE-TAG-07": "setTagged replaces the tags of its key.",
  "CACHE-TAG-08": "touch and increment keep the tags of a key.",
  "CACHE-TAG-09": "The tags of a key that was removed are forgotten.",
  "CACHE-TAG-10": "The tags of an expired entry are forgotten.",
  "CACHE-TAG-11": "An entry that is tagged after invalidateTags stays until the next one.",
  "CACHE-TAG-12": "invalidateTags removes any number of entries, and takes any number of tags.",
  "CACHE-TAG-13": "invalidateTags removes what any client of a shared store tagged.",
  "CACHE-TAG-14": "Caches side by side in a shared store have tags of their own.",
  "CACHE-TAG-15": "An entry that is tagged while its tag is invalidated goes with the next invalidation at the latest.",
  "CACHE-TAG-16": "fill with tags stores as setTagged does.",
  "CACHE-TAG-17": "An entry that fill tagged does not outlast an invalidateTags of its tag that ran at the same time.",
  "CACHE-TAG-18": "invalidateTags of a tag that no entry has resolves, and of no tags does nothing.",
  "CACHE-TAG-19": "setTagged with no tags stores an entry that has none.",
  "CACHE-TAG-20": "A tag that is given twice counts once.",
  "CACHE-TAG-21": "Tags that are no array, or hold anything but tags, reject INVALID_ARGUMENT before any change.",
  "CACHE-TAG-22": "More than 128 tags of an entry reject LIMIT_EXCEEDED before any change.",
  "CACHE-TAG-23": "setTagged refuses keys, values and ttls as set does, before any change.",
  "CACHE-TAG-24": "setTagged copies the value and the tags.",

  // Scan (`scan`)
  "CACHE-SCAN-01": "keys yields each live key exactly once, as it was set.",
  "CACHE-SCAN-02": "With a prefix, keys yields the keys that begin with it, taken literally.",
  "CACHE-SCAN-03": "keys yields more keys than any page holds.",
  "CACHE-SCAN-04": "keys does not yield expired or deleted keys.",
  "CACHE-SCAN-05": "Leaving a loop over keys early leaves the cache usable.",
  "CACHE-SCAN-06": "A walk during which other keys come and go yields each key that stays once.",
  "CACHE-SCAN-07": "A prefix that is not a string rejects INVALID_ARGUMENT.",
  "CACHE-SCAN-08": "keys yields what another client of a shared store stored.",
  "CACHE-SCAN-09": "Simultaneous walks over the keys each yield every key.",
  "CACHE-SCAN-10": "A key that is set again during a walk is yielded at most once.",
  "CACHE-SCAN-11": "A walk under way when close() is called settles.",

  // Optional interfaces
  "CACHE-CAP-01": capabilityFamily.without("batch"),
  "CACHE-CAP-02": capabilityFamily.without("atomic"),
  "CACHE-CAP-03": capabilityFamily.without("tags"),
  "CACHE-CAP-04": capabilityFamily.without("scan"),
  "CACHE-CAP-05":
    "Declared capabilities have the types and ranges of CacheCapabilities: keys of 64 bytes and values of 4,096 at least.",
  "CACHE-CAP-06": capabilityFamily.stable,

  // Failing stores (beside `contracts/foundation/errors.ts`)
  "CACHE-FAULT-01": "An answer that comes late answers no other call.",
  "CACHE-FAULT-02": "A read whose answer is cut rejects: it gives no part of a value, and no miss.",
  "CACHE-FAULT-03": "A write whose answer is lost leaves the old or the new value, whole.",
  "CACHE-FAULT-04": "Bytes that no cache wrote reject CORRUPT, and leave other keys alone.",
  "CACHE-FAULT-05": "Entries outlive a restart of a durable store, and so do their ttls.",
  "CACHE-FAULT-06": "A value that a client stored before its process was killed is there for other clients.",
  "CACHE-FAULT-07": "A client that is killed while it writes leaves each key with its old or its new value, whole.",
  "CACHE-FAULT-08":
    "While the store cannot be reached, no read is answered from what the client has read or written before.",
  "CACHE-FAULT-09":
    "A write that is rejected UNAVAILABLE is not applied, whichever method it was and whatever befell the store.",
  "CACHE-FAULT-10": "A write whose answer is lost has its ttl, or is not there.",
} as const

export type CacheClauseId = keyof typeof cacheSentences
