/**
 * Cache: values under string keys, with an optional time to live. Contract version 1.
 *
 * Implement `ICacheService`, and any optional interface you can do natively; `asCache` from `@objectos/sdk` makes
 * the full `Cache` of it, and `cacheContract` from `@objectos/sdk/testing` proves it. Each sentence below that ends
 * with an id is the clause of that id in the harness.
 *
 * Reads and writes
 * - get of a stored key resolves the value that set stored. [CACHE-RW-01]
 * - A second set of a key replaces the value of the first. [CACHE-RW-02]
 * - get of a key that was never set resolves undefined. [CACHE-RW-03]
 * - has tells stored keys from absent ones. [CACHE-RW-04]
 * - Simultaneous calls on different keys each do their own work. [CACHE-RW-05]
 * - A client of a shared store reads what another client stored. [CACHE-RW-06]
 * - Each method gives a promise of what its signature says: set and clear undefined, delete and has booleans, stats numbers. [CACHE-RW-07]
 * - Of simultaneous sets of one key one value stays, whole. [CACHE-RW-08]
 * - A client sees what another client changed, whatever it has read, missed or deleted itself before. [CACHE-RW-09]
 * - A read that is called after a set has resolved sees it, also while an earlier read is under way. [CACHE-RW-10]
 * - delete of a stored key removes it and resolves true. [CACHE-DEL-01]
 * - delete of an absent key, or a second delete, resolves false. [CACHE-DEL-02]
 * - delete removes exactly its key and no key that resembles it. [CACHE-DEL-03]
 * - A key can be set again after its delete. [CACHE-DEL-04]
 * - Of simultaneous deletes of one key one resolves true. [CACHE-DEL-05]
 * - clear removes every key from get, has and keyCount. [CACHE-CLEAR-01]
 * - clear of an empty cache resolves, also twice. [CACHE-CLEAR-02]
 * - clear removes any number of keys. [CACHE-CLEAR-03]
 * - clear leaves the keys of other caches in a shared store alone. [CACHE-CLEAR-04]
 * - clear among simultaneous sets leaves each key whole or absent, and keyCount agrees. [CACHE-CLEAR-05]
 *
 * Keys: non-empty strings of at most `maxKeyBytes` UTF-8 bytes (512) without a lone surrogate.
 * - Keys that differ only in case are different keys. [CACHE-KEY-01]
 * - White space in a key counts, at its ends too. [CACHE-KEY-02]
 * - Keys outside ASCII keep every code point: composed and decomposed forms differ. [CACHE-KEY-03]
 * - Punctuation and control characters in a key are kept: separators, quotes, line ends, NUL. [CACHE-KEY-04]
 * - A key with characters of patterns, such as * ? [ ] _ and %, matches only itself. [CACHE-KEY-05]
 * - Percent-encoded text in a key is not decoded. [CACHE-KEY-06]
 * - Names of object members, such as __proto__ and constructor, are ordinary keys. [CACHE-KEY-07]
 * - Keys are compared up to their last byte, at the longest length too. [CACHE-KEY-08]
 * - A key longer than the limit rejects INVALID_ARGUMENT. [CACHE-KEY-09]
 * - An empty key rejects INVALID_ARGUMENT. [CACHE-KEY-10]
 * - A key that is not a string rejects INVALID_ARGUMENT. [CACHE-KEY-11]
 * - A key with a lone surrogate rejects INVALID_ARGUMENT. [CACHE-KEY-12]
 * - Caches side by side in a shared store have keys of their own: no call reaches across. [CACHE-KEY-13]
 *
 * Values: plain data (`contracts/foundation/plain-data.ts`), kept exactly and by value.
 * - null, false, 0, empty strings, arrays and objects are values: they hit. [CACHE-VAL-01]
 * - set of undefined rejects INVALID_ARGUMENT and keeps the old value. [CACHE-VAL-02]
 * - Functions and symbols reject INVALID_ARGUMENT, nested ones too. [CACHE-VAL-03]
 * - Instances of classes reject INVALID_ARGUMENT. [CACHE-VAL-04]
 * - Circular values reject INVALID_ARGUMENT. [CACHE-VAL-05]
 * - Numbers come back exactly: -0, NaN, infinities, fractions and large integers. [CACHE-VAL-06]
 * - Strings come back exactly, whatever they contain and however long they are. [CACHE-VAL-07]
 * - Strings that look like encoded data stay strings. [CACHE-VAL-08]
 * - Nested objects and arrays come back with every member, 100 levels deep. [CACHE-VAL-09]
 * - Date, BigInt, Map and Set come back as what they were, in their order, nested too. [CACHE-VAL-10]
 * - Uint8Array comes back with the same bytes, a view into a larger buffer with its own; Buffer counts as one. [CACHE-VAL-11]
 * - Objects with a member called __proto__ come back unchanged and pollute nothing. [CACHE-VAL-12]
 * - Objects that resemble an encoding of other types come back unchanged. [CACHE-VAL-13]
 * - A value over maxValueBytes rejects LIMIT_EXCEEDED, and keeps the old value and every other. [CACHE-VAL-14]
 * - An object that is referred to twice is no circle: it comes back in both places. [CACHE-VAL-15]
 * - Objects without a prototype come back with every member. [CACHE-VAL-16]
 * - What is refused as a member is refused as a key of a Map and as a member of a Set, circles too. [CACHE-VAL-17]
 * - Changing an object once set was called, even before it resolves, does not change what is stored. [CACHE-ISO-01]
 * - Changing what get gave does not change what is stored. [CACHE-ISO-02]
 * - Dates, Maps, Sets and bytes are copied as well. [CACHE-ISO-03]
 * - Two reads of a key give two copies, also at the same time, in batches and by several clients. [CACHE-ISO-04]
 * - Copies are copies in a cache of any size, also those of entries from before it grew. [CACHE-ISO-05]
 *
 * Time to live: seconds, fractions allowed, rounded up to whole milliseconds; without one the adapter's `defaultTtl`
 * holds (none = never).
 * - An entry is readable until its ttl has passed. [CACHE-TTL-01]
 * - From then on get and has answer as if it had never been set. [CACHE-TTL-02]
 * - A set without ttl removes an earlier ttl. [CACHE-TTL-03]
 * - A set with a ttl replaces an earlier one, shorter, longer or the same anew. [CACHE-TTL-04]
 * - A ttl that is not a number above 0 and up to 10 years rejects INVALID_ARGUMENT and keeps the old value. [CACHE-TTL-05]
 * - A ttl of Infinity never expires. [CACHE-TTL-06]
 * - Reading does not extend a ttl. [CACHE-TTL-07]
 * - delete of an expired key resolves false. [CACHE-TTL-08]
 * - keyCount does not count expired entries. [CACHE-TTL-09]
 * - A set of an expired key stores anew. [CACHE-TTL-10]
 * - A long ttl, 10 years included, does not expire early. [CACHE-TTL-11]
 * - The ttl is in seconds, and fractions of a second count. [CACHE-TTL-12]
 * - A correction of the wall clock neither ends an entry nor revives one. [CACHE-TTL-13]
 * - The ttl of an entry that was deleted or cleared does not act on what is set afterwards. [CACHE-TTL-14]
 * - A set that is refused leaves the ttl of the old value as it was. [CACHE-TTL-15]
 * - Among many entries each expires at its own time, whatever becomes of the others. [CACHE-TTL-16]
 *
 * Statistics
 * - hits and misses count the keys asked for by get. [CACHE-STAT-01]
 * - Only get and getMany count: has, keys and writes are neither hit nor miss. [CACHE-STAT-02]
 * - keyCount is the number of live keys, each once. [CACHE-STAT-03]
 * - clear keeps hits and misses. [CACHE-STAT-04]
 * - Each instance counts its own hits and misses. [CACHE-STAT-05]
 * - A read that is refused counts as neither hit nor miss. [CACHE-STAT-06]
 * - Simultaneous reads are all counted. [CACHE-STAT-07]
 * - A read while the store is away counts as neither hit nor miss. [CACHE-STAT-08]
 *
 * Batch (`batch`)
 * - getMany resolves a Map of the keys found; keys not found are absent from it. [CACHE-BATCH-01]
 * - A key asked for twice is found, and counted, once. [CACHE-BATCH-02]
 * - Empty batches resolve and do nothing. [CACHE-BATCH-03]
 * - Batches of 10,000 keys work. [CACHE-BATCH-04]
 * - setMany stores each entry, with the ttl when one is given. [CACHE-BATCH-05]
 * - The last of several entries with one key wins. [CACHE-BATCH-06]
 * - setMany takes any iterable. [CACHE-BATCH-07]
 * - A batch refuses what single calls refuse, before the first write. [CACHE-BATCH-08]
 * - deleteMany removes the keys and resolves how many there were. [CACHE-BATCH-09]
 * - getMany and setMany copy values as get and set do. [CACHE-BATCH-10]
 * - getMany does not find expired entries. [CACHE-BATCH-11]
 * - getMany and deleteMany refuse keys that get and delete refuse, and delete nothing then. [CACHE-BATCH-12]
 * - What is no array of keys, or no iterable of entries, rejects INVALID_ARGUMENT before any change. [CACHE-BATCH-13]
 *
 * Atomic (`atomic`): changes of one key that no other client can come between.
 * - setIfAbsent stores the value of an absent key and resolves true. [CACHE-ATOMIC-01]
 * - setIfAbsent of a stored key resolves false and changes neither its value nor its ttl. [CACHE-ATOMIC-02]
 * - Of simultaneous setIfAbsent calls for a key, from any number of clients, exactly one stores. [CACHE-ATOMIC-03]
 * - An expired key is absent to setIfAbsent. [CACHE-ATOMIC-04]
 * - What setIfAbsent stores has the ttl that it was given. [CACHE-ATOMIC-05]
 * - take resolves the value of a stored key and removes the key. [CACHE-ATOMIC-06]
 * - take of an absent or expired key resolves undefined. [CACHE-ATOMIC-07]
 * - Of simultaneous take calls for a key, from any number of clients, exactly one gets the value. [CACHE-ATOMIC-08]
 * - touch gives a stored key a new ttl, shorter, longer or Infinity, and resolves true. [CACHE-ATOMIC-09]
 * - touch keeps the value, also one that is set at the same time. [CACHE-ATOMIC-10]
 * - touch of an absent or expired key resolves false and stores nothing. [CACHE-ATOMIC-11]
 * - touch without a ttl rejects INVALID_ARGUMENT and changes nothing. [CACHE-ATOMIC-12]
 * - ttl resolves the seconds that a stored key has left. [CACHE-ATOMIC-13]
 * - ttl of a key that never expires resolves Infinity. [CACHE-ATOMIC-14]
 * - ttl of an absent or expired key resolves undefined. [CACHE-ATOMIC-15]
 * - increment of an absent key counts from 0, and each call resolves the new number. [CACHE-ATOMIC-16]
 * - increment adds 1, or any safe integer given: negative ones and 0 too. [CACHE-ATOMIC-17]
 * - Simultaneous increments of a key, from any number of clients, are all counted. [CACHE-ATOMIC-18]
 * - increment of a stored key keeps its ttl, also when it is given one. [CACHE-ATOMIC-19]
 * - A key that increment makes has the ttl that it was given. [CACHE-ATOMIC-20]
 * - increment of an expired key counts from 0. [CACHE-ATOMIC-21]
 * - increment counts on from an integer that set stored, and get reads the number. [CACHE-ATOMIC-22]
 * - increment of a value that is not a safe integer rejects PRECONDITION_FAILED and changes nothing. [CACHE-ATOMIC-23]
 * - increment beyond the safe integers rejects PRECONDITION_FAILED and changes nothing. [CACHE-ATOMIC-24]
 * - increment by what is not a safe integer rejects INVALID_ARGUMENT and changes nothing. [CACHE-ATOMIC-25]
 * - The atomic methods refuse keys, values and ttls as get and set do, before any change. [CACHE-ATOMIC-26]
 * - setIfAbsent and fill copy values as set does. [CACHE-ATOMIC-27]
 * - No atomic method counts as hit or miss. [CACHE-ATOMIC-28]
 * - The atomic methods act on what other clients of a shared store did before. [CACHE-ATOMIC-29]
 *
 * Leases (part of `atomic`): one caller loads the value of an absent key, and no change during the load is lost.
 * - lease of an absent key resolves a token, a string that is not empty. [CACHE-LEASE-01]
 * - lease of a stored key resolves undefined. [CACHE-LEASE-02]
 * - lease of a leased key resolves undefined. [CACHE-LEASE-03]
 * - Of simultaneous lease calls for a key, from any number of clients, exactly one gets a token. [CACHE-LEASE-04]
 * - An expired key can be leased. [CACHE-LEASE-05]
 * - A leased key is still absent to every other method. [CACHE-LEASE-06]
 * - A lease holds for its milliseconds, and ends by itself. [CACHE-LEASE-07]
 * - A lease that does not last a finite number of milliseconds above 0 rejects INVALID_ARGUMENT. [CACHE-LEASE-08]
 * - fill with the token of a lease that holds stores the value and resolves true. [CACHE-LEASE-09]
 * - What fill stores has the ttl that it was given. [CACHE-LEASE-10]
 * - fill ends its lease: a second one resolves false and changes nothing. [CACHE-LEASE-11]
 * - fill with a token that no lease of the key has resolves false and changes nothing. [CACHE-LEASE-12]
 * - fill after the end of its lease resolves false, also while the next lease holds. [CACHE-LEASE-13]
 * - fill with a token that is not a string rejects INVALID_ARGUMENT. [CACHE-LEASE-14]
 * - A refused fill leaves its lease as it was. [CACHE-LEASE-15]
 * - set, setIfAbsent and increment of a leased key, by any client, void its lease. [CACHE-LEASE-16]
 * - delete of a leased key, by any client, resolves false and voids its lease. [CACHE-LEASE-17]
 * - setMany and deleteMany, by any client, void the leases of their keys. [CACHE-LEASE-18]
 * - clear, by any client, voids every lease. [CACHE-LEASE-19]
 * - setTagged, by any client, voids the lease of its key. [CACHE-LEASE-20]
 * - invalidateTags, by any client, voids every lease, whatever the tags. [CACHE-LEASE-21]
 * - Reads, refused calls and changes of other keys leave a lease alone. [CACHE-LEASE-22]
 * - Caches side by side in a shared store have leases of their own. [CACHE-LEASE-23]
 * - What fill stored does not outlast a set, delete or clear that ran at the same time. [CACHE-LEASE-24]
 * - Leases of any number of keys hold at the same time. [CACHE-LEASE-25]
 *
 * Tags (`tags`): non-empty strings of at most 512 UTF-8 bytes without a lone surrogate.
 * - setTagged stores as set does, with the ttl when one is given. [CACHE-TAG-01]
 * - invalidateTags removes every entry that has at least one of the tags. [CACHE-TAG-02]
 * - invalidateTags leaves all other entries alone. [CACHE-TAG-03]
 * - To every method an invalidated entry is gone. [CACHE-TAG-04]
 * - Tags are compared exactly, whatever characters they have. [CACHE-TAG-05]
 * - set and setMany of a tagged key drop its tags. [CACHE-TAG-06]
 * - setTagged replaces the tags of its key. [CACHE-TAG-07]
 * - touch and increment keep the tags of a key. [CACHE-TAG-08]
 * - The tags of a key that was removed are forgotten. [CACHE-TAG-09]
 * - The tags of an expired entry are forgotten. [CACHE-TAG-10]
 * - What is tagged after invalidateTags stays until the next one. [CACHE-TAG-11]
 * - invalidateTags removes any number of entries, and takes any number of tags. [CACHE-TAG-12]
 * - invalidateTags removes what any client of a shared store tagged. [CACHE-TAG-13]
 * - Caches side by side in a shared store have tags of their own. [CACHE-TAG-14]
 * - What is tagged while its tag is invalidated goes with the next invalidation at the latest. [CACHE-TAG-15]
 * - fill with tags stores as setTagged does. [CACHE-TAG-16]
 * - What fill tagged does not outlast an invalidateTags of its tag that ran at the same time. [CACHE-TAG-17]
 * - invalidateTags of a tag that no entry has resolves, and of no tags does nothing. [CACHE-TAG-18]
 * - setTagged with no tags stores an entry that has none. [CACHE-TAG-19]
 * - A tag that is given twice counts once. [CACHE-TAG-20]
 * - What is not a tag, or not an array of tags, rejects INVALID_ARGUMENT before any change. [CACHE-TAG-21]
 * - More than 128 tags of an entry reject LIMIT_EXCEEDED before any change. [CACHE-TAG-22]
 * - setTagged refuses keys, values and ttls as set does, before any change. [CACHE-TAG-23]
 * - setTagged copies the value and the tags. [CACHE-TAG-24]
 *
 * Scan (`scan`)
 * - keys yields each live key exactly once, as it was set. [CACHE-SCAN-01]
 * - With a prefix, keys yields the keys that begin with it, taken literally. [CACHE-SCAN-02]
 * - keys yields more keys than any page holds. [CACHE-SCAN-03]
 * - keys does not yield expired or deleted keys. [CACHE-SCAN-04]
 * - Leaving a loop over keys early leaves the cache usable. [CACHE-SCAN-05]
 * - A walk during which other keys come and go yields each key that stays once. [CACHE-SCAN-06]
 * - A prefix that is not a string rejects INVALID_ARGUMENT. [CACHE-SCAN-07]
 * - keys yields what another client of a shared store stored. [CACHE-SCAN-08]
 * - Simultaneous walks over the keys each yield every key. [CACHE-SCAN-09]
 * - A key that is set again during a walk is yielded at most once. [CACHE-SCAN-10]
 * - A walk under way when close() is called settles. [CACHE-SCAN-11]
 *
 * Optional interfaces
 * - Without batch, its methods are absent or reject UNSUPPORTED. [CACHE-CAP-01]
 * - Without atomic, its methods are absent or reject UNSUPPORTED. [CACHE-CAP-02]
 * - Without tags, its methods are absent or reject UNSUPPORTED. [CACHE-CAP-03]
 * - Without scan, its methods are absent or reject UNSUPPORTED. [CACHE-CAP-04]
 * - Declared capabilities have the types and ranges of CacheCapabilities: keys of 64 bytes and values of 4,096 at least. [CACHE-CAP-05]
 * - Declared capabilities stay what they are, in use and after close. [CACHE-CAP-06]
 *
 * Failing stores (beside `contracts/foundation/errors.ts`)
 * - An answer that comes late answers no other call. [CACHE-FAULT-01]
 * - A read whose answer is cut rejects: it gives no part of a value, and no miss. [CACHE-FAULT-02]
 * - A write whose answer is lost leaves the old or the new value, whole. [CACHE-FAULT-03]
 * - Bytes that no cache wrote reject CORRUPT, and leave other keys alone. [CACHE-FAULT-04]
 * - Entries outlive a restart of a durable store, and so do their ttls. [CACHE-FAULT-05]
 * - What a client stored before its process was killed is there for other clients. [CACHE-FAULT-06]
 * - A client that is killed while it writes leaves each key with its old or its new value, whole. [CACHE-FAULT-07]
 * - While the store cannot be reached, no read is answered from what the client has read or written before. [CACHE-FAULT-08]
 * - A write that is rejected UNAVAILABLE is not applied, whichever method it was and whatever befell the store. [CACHE-FAULT-09]
 * - A write whose answer is lost has its ttl, or is not there. [CACHE-FAULT-10]
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"
import type { ICacheAtomic, ICacheBatch, ICacheGrace, ICacheScan, ICacheTags } from "./optional-interfaces.ts"

export type * from "./optional-interfaces.ts"

export interface CacheStats {
  /** Keys found by get and getMany since this instance was made. */
  hits: number
  /** Keys not found by get and getMany. */
  misses: number
  /** Live keys. */
  keyCount: number
  /** Bytes, where the adapter knows. */
  memoryUsage?: number
}

/** Seed signature (requirement document, section 7.1): a class with these six methods is a cache. */
export interface ICacheService {
  get<T = unknown>(key: string): Promise<T | undefined>
  /** @param ttl Seconds, fractions allowed. Omitted: the adapter's default; `Infinity`: never expires. */
  set<T = unknown>(key: string, value: T, ttl?: number): Promise<void>
  /** @returns Whether the key was there. */
  delete(key: string): Promise<boolean>
  has(key: string): Promise<boolean>
  /** Removes this cache's keys, and no others, from the store. */
  clear(): Promise<void>
  stats(): Promise<CacheStats>
}

/** What an implementer writes: the base, and any of the optional interfaces. */
export type CacheImplementation = ICacheService &
  Partial<ICacheBatch & ICacheAtomic & ICacheTags & ICacheScan & ICacheGrace & IHealthCheckable & IClosable>

export interface CacheCapabilities {
  readonly batch: boolean
  readonly atomic: boolean
  readonly tags: boolean
  readonly scan: boolean
  /** Several instances can hold one store: another process sees what this one stored. */
  readonly shared: boolean
  /** Entries outlive the process. */
  readonly durable: boolean
  /** The smallest step in which a ttl acts. */
  readonly ttlResolutionMs: number
  /** At least 64. */
  readonly maxKeyBytes: number
  /** Bytes of a value as the adapter stores it. At least 4,096. */
  readonly maxValueBytes: number
  /** How old an answer may be; 0 = never stale. */
  readonly maxStalenessMs: number
  /** What goes first when the cache is full. `server`: the store decides. */
  readonly eviction: "lru" | "lfu" | "fifo" | "none" | "server"
}

export interface GetOrSetOptions {
  /** Seconds, as in `set`. */
  ttl?: number | undefined
  /** Tags of the entry, as in `setTagged`. Needs `tags`. */
  tags?: readonly string[] | undefined
  /**
   * Seconds after its ttl that a value may still be served, when the factory throws or is slower than
   * `softTimeoutMs`. Needs a ttl and `scan`.
   */
  grace?: number | undefined
  /** How long to wait for the factory where a stale value is at hand; the load then goes on by itself. Needs grace. */
  softTimeoutMs?: number | undefined
  /** How long to wait for the factory at all: then TIMEOUT. The load goes on by itself and is cached. */
  hardTimeoutMs?: number | undefined
  /**
   * In a shared store: how long the other processes wait for this one's load before one of them loads too. A load
   * that takes longer is returned and not cached. Default 30,000.
   */
  leaseMs?: number | undefined
  /** Ends this caller's wait with ABORTED; the factory is aborted when its last caller has gone. */
  signal?: AbortSignal | undefined
}

/** What every `Cache` can do, built from the base interface. */
export interface CacheFeatures {
  /**
   * The cached value, or the factory's, which is then cached.
   *
   * However many callers ask for one key at one time, the factory runs once: in this process, and with `atomic` in
   * all processes of a shared store. When it throws, each caller gets that error, nothing is cached, and the next call
   * runs it again. `undefined` is returned and not cached. A value whose key is set, deleted, cleared or invalidated
   * while the factory runs is returned and not cached; without `atomic`, what other clients do is not seen. A value
   * that the store is not there to take is returned all the same.
   *
   * Rejects with what the factory throws; TIMEOUT and ABORTED as the options say; with what `get` rejects with.
   *
   * @example
   * const user = await cache.getOrSet("user:1", () => loadUser(1), { ttl: 60, grace: 600, softTimeoutMs: 200 })
   */
  getOrSet<T>(
    key: string,
    factory: (context: { signal: AbortSignal }) => T | Promise<T>,
    options?: GetOrSetOptions,
  ): Promise<T>
  /**
   * A part of this cache as a cache of its own: same store, same connection, same bounds, and keys and tags that no
   * other part meets, nor this cache itself. Parts can have parts.
   *
   * clear and keyCount are those of the part, and need `scan`; the clear of the whole takes its parts along. A name
   * costs its length and at least 4 bytes of `maxKeyBytes`. close ends the part alone.
   *
   * @throws ServiceError INVALID_ARGUMENT for a name that is empty, not a string, or leaves no room for keys.
   * @example
   * const tenant = cache.namespace("tenant-1")
   * await tenant.set("user:1", user)
   * await tenant.clear()
   */
  namespace(name: string): Cache
  /** Ends a lease that will not be filled, so that the next caller need not wait for its end. Needs `atomic`. */
  release(key: string, lease: string): Promise<void>
}

/** The cache that users hold: one type, whatever adapter was chosen. Missing optional methods reject UNSUPPORTED. */
export interface Cache
  extends ICacheService,
    ICacheBatch,
    ICacheAtomic,
    ICacheTags,
    ICacheScan,
    ICacheGrace,
    CacheFeatures,
    IHealthCheckable,
    IClosable {
  readonly capabilities: CacheCapabilities
}

const read = { kind: "read", idempotent: true } as const
const write = { kind: "write", idempotent: true } as const
const notFound = () => undefined

export const cacheMethods = {
  get: { ...read, miss: notFound },
  set: write,
  delete: write,
  has: { ...read, miss: () => false },
  clear: write,
  stats: read,
  getMany: { ...read, capability: "batch", miss: () => new Map() },
  setMany: { ...write, capability: "batch" },
  deleteMany: { ...write, capability: "batch" },
  setIfAbsent: { ...write, idempotent: false, capability: "atomic" },
  increment: { ...write, idempotent: false, capability: "atomic" },
  take: { ...write, idempotent: false, capability: "atomic" },
  touch: { ...write, capability: "atomic" },
  ttl: { ...read, capability: "atomic", miss: notFound },
  lease: { ...write, idempotent: false, capability: "atomic" },
  fill: { ...write, idempotent: false, capability: "atomic" },
  setTagged: { ...write, capability: "tags" },
  invalidateTags: { ...write, capability: "tags" },
  keys: { kind: "stream", idempotent: true, capability: "scan" },
  setWithGrace: { ...write, idempotent: false },
  getStale: { ...read, miss: notFound },
  release: write,
  getOrSet: { kind: "composite", idempotent: false },
  namespace: { kind: "part", idempotent: true },
} as const satisfies MethodTable<Omit<Cache, keyof IHealthCheckable | keyof IClosable | "capabilities">>
