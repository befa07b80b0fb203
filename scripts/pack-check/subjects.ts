/** What a user of the harness writes: a cache of their own, the subjects, and tests for the runner at hand. */

/** The smallest honest cache, in plain JavaScript. */
const MAP_CACHE = `
export class MapCache {
  entries = new Map()
  hits = 0
  misses = 0
  async get(key) {
    const entry = this.live(key)
    entry === undefined ? this.misses++ : this.hits++
    return structuredClone(entry?.value)
  }
  async set(key, value, ttl) {
    const expiresAt = ttl === undefined ? Infinity : Date.now() + ttl * 1000
    this.entries.set(key, { value: structuredClone(value), expiresAt })
  }
  async delete(key) {
    return this.live(key) !== undefined && this.entries.delete(key)
  }
  async has(key) {
    return this.live(key) !== undefined
  }
  async clear() {
    this.entries.clear()
  }
  async stats() {
    for (const key of [...this.entries.keys()]) this.live(key)
    return { hits: this.hits, misses: this.misses, keyCount: this.entries.size }
  }
  live(key) {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.expiresAt > Date.now()) return entry
    this.entries.delete(key)
    return undefined
  }
}

/** Counts what has expired and was not read since. */
export class CountingCache extends MapCache {
  async stats() {
    return { hits: this.hits, misses: this.misses, keyCount: this.entries.size }
  }
}
`

/** The clause that CountingCache breaks. */
export const BROKEN_CLAUSE = "CACHE-TTL-09"

const SUBJECTS = `
import { asCache } from "@objectos/sdk"
import { defineSubject } from "@objectos/sdk/testing"
import { CountingCache, MapCache } from "./map-cache.mjs"

const open = (Class) => () => {
  const cache = asCache(new Class())
  return { connect: () => cache }
}
const available = () => "there is no server"
export const subjects = [
  defineSubject({ service: "cache", name: "right", open: open(MapCache) }),
  defineSubject({ service: "cache", name: "wrong", open: open(CountingCache) }),
  defineSubject({ service: "cache", name: "away", open: open(MapCache), available }),
]
`

export const SEED = 4711

const PROVE = `
import { writeFileSync } from "node:fs"
import { cacheContract, runContract } from "@objectos/sdk/testing"
import { subjects } from "./subjects.mjs"

const reports = []
for (const subject of subjects) reports.push(await runContract(cacheContract, subject, { seed: ${SEED} }))
writeFileSync("reports.json", JSON.stringify(reports))
`

/** `describe`, `it` and `afterAll` stand above it. */
const TESTS = `
import { writeFileSync } from "node:fs"
import { bindContract, cacheContract } from "@objectos/sdk/testing"
import { subjects } from "./subjects.mjs"

const bound = subjects.map((subject) => bindContract({ describe, it }, cacheContract, subject))
afterAll(async () => {
  writeFileSync("reports.json", JSON.stringify(await Promise.all(bound.map(({ report }) => report()))))
})
`

const TYPED_TESTS = `
import { createMemoryCache } from "@objectos/sdk/adapters/cache/memory"
import { bindContract, cacheContract, defineSubject } from "@objectos/sdk/testing"

const subject = defineSubject({ service: "cache", name: "memory", open: () => ({ connect: () => createMemoryCache() }) })
const { report } = bindContract({ describe, it }, cacheContract, subject)
afterAll(async () => {
  if ((await report()).totals.failed > 0) throw new Error("failed")
})
`

/** Proves the subjects without a runner, into reports.json. */
export const PROVE_FILES: Readonly<Record<string, string>> = {
  "map-cache.mjs": MAP_CACHE,
  "subjects.mjs": SUBJECTS,
  "prove.mjs": PROVE,
}

/** Proves the subjects under a runner, into reports.json. The functions that it gives are imported by `imports`. */
export const testFiles = (imports: string): Record<string, string> => ({
  "map-cache.mjs": MAP_CACHE,
  "subjects.mjs": SUBJECTS,
  "cache.test.mjs": `${imports}\n${TESTS}`,
})

export const typedTest = (imports: string): string => `${imports}\n${TYPED_TESTS}`

/** A command line's configuration for a Map as people write one first. */
export const MAP_CONFIG = `
import { defineSubject } from "@objectos/sdk/testing"

class MapCache {
  entries = new Map()
  async get(key) { return this.entries.get(key) }
  async set(key, value) { this.entries.set(key, value) }
  async delete(key) { return this.entries.delete(key) }
  async has(key) { return this.entries.has(key) }
  async clear() { this.entries.clear() }
  async stats() { return { hits: 0, misses: 0, keyCount: this.entries.size } }
}

const open = () => {
  const cache = new MapCache()
  return { connect: () => cache }
}
export const subjects = [defineSubject({ service: "cache", name: "map", open })]
`
