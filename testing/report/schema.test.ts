import { readFileSync } from "node:fs"
import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, it } from "vitest"
import { cacheContract } from "../cache/contract.ts"
import { ReferenceCache } from "../cache/reference/reference-cache.ts"
import { referenceSubject } from "../cache/reference/world.ts"
import { runContract } from "../engine/run.ts"
import { cacheMutants } from "../mutants.ts"

const schema = JSON.parse(readFileSync(new URL("report.schema.json", import.meta.url), "utf8"))
const validate = new Ajv2020().compile(schema)

function issuesOf(report: unknown): unknown {
  return validate(JSON.parse(JSON.stringify(report))) ? [] : validate.errors
}

describe("the schema of reports", () => {
  it("describes a report in which everything passed, was filtered out or did not apply", async () => {
    const subject = referenceSubject("reference", ReferenceCache)
    expect(issuesOf(await runContract(cacheContract, subject))).toEqual([])
    expect(issuesOf(await runContract(cacheContract, subject, { filter: "CACHE-RW" }))).toEqual([])
  })

  it("describes failures, exemptions and subjects that cannot run", async () => {
    const broken = cacheMutants.find(({ id }) => id === "overwrite-ignored")?.implementation ?? ReferenceCache
    const subject = referenceSubject("broken", broken)
    const exempt = { "CACHE-RW-02": { reason: "known" } }
    expect(issuesOf(await runContract(cacheContract, { ...subject, exempt }))).toEqual([])
    expect(issuesOf(await runContract(cacheContract, { ...subject, available: () => "no server" }))).toEqual([])
  })

  it("refuses what is no report", () => {
    expect(issuesOf({})).not.toEqual([])
  })
})
