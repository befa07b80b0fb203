/** Act 1: what the conformance harness says of a naive cache, and of a real one. */
import { access } from "node:fs/promises"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { ServiceError } from "@objectos/sdk"
import { createMemoryCache } from "@objectos/sdk/adapters/cache/memory"
import type { CacheImplementation } from "@objectos/sdk/contracts"
import {
  type ConformanceReport,
  cacheContract,
  defineSubject,
  describeResult,
  runContract,
} from "@objectos/sdk/testing"

const memory = defineSubject({
  service: "cache",
  name: "memory",
  open: ({ clock }) => {
    const cache = createMemoryCache({}, { clock })
    return { connect: () => cache, advance: (ms) => clock.advance(ms) }
  },
})

/** Proves the first cache class that a file exports. */
export async function proveFile(file: string): Promise<ConformanceReport> {
  const Cache = await cacheClassOf(file)
  const subject = defineSubject({
    service: "cache",
    name: Cache.name,
    open: () => {
      const cache = new Cache()
      return { connect: () => cache }
    },
  })
  return print(await runContract(cacheContract, subject))
}

export async function proveMemory(): Promise<ConformanceReport> {
  return print(await runContract(cacheContract, memory))
}

type CacheClass = new () => CacheImplementation

async function cacheClassOf(file: string): Promise<CacheClass> {
  const path = resolve(file)
  await access(path).catch(() => {
    throw new ServiceError("NOT_FOUND", `There is no file ${file}.`)
  })
  const module = await import(pathToFileURL(path).href).catch((error) => {
    throw new ServiceError(
      "INVALID_ARGUMENT",
      `The file ${file} cannot be loaded. ${String(error.message).split("\n")[0]}.`,
    )
  })
  const found = Object.values(module).find(isCacheClass)
  if (found === undefined) throw new ServiceError("INVALID_ARGUMENT", `${file} exports no class with get and set.`)
  return found
}

function isCacheClass(value: unknown): value is CacheClass {
  return typeof value === "function" && "get" in Object(value.prototype) && "set" in Object(value.prototype)
}

function print(report: ConformanceReport): ConformanceReport {
  for (const result of report.results) {
    if (result.status !== "failed") continue
    console.log(`  ✗ ${describeResult(result, report.seed)}`)
    console.log(`    → ${result.fix}`)
  }
  const { clauses, failed, passed, skipped } = report.totals
  console.log(
    `  ${report.subject.name}: ${passed} of ${clauses} clauses passed, ${failed} failed, ${skipped} do not apply, ` +
      `in ${Math.round(report.durationMs)} ms`,
  )
  return report
}
