import { type FoundationClauseId, foundationSentences } from "../../../contracts/foundation/clauses.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { Checks } from "../../engine/checks.ts"
import { type Clause, type ContractProbes, clausesFor } from "../../engine/clause.ts"
import { show } from "../../engine/show.ts"
import { availableCalls, type SharedClient } from "../clause.ts"

export function healthClauses<Client extends SharedClient>(probes: ContractProbes<Client>): Clause<Client, never>[] {
  const clause = clausesFor<Client, never, FoundationClauseId>(foundationSentences)
  return [
    clause("HEALTH-01", {
      why: "A health endpoint that throws tells nothing about the other services.",
      fix: "Catch everything in healthCheck and answer unhealthy with the reason.",
      methods: ["healthCheck", "close"],
      async check(t, client) {
        await resolvesStatus(t, client, "before use")
        await probes.snapshot(client)
        await resolvesStatus(t, client, "in use")
        await client.close()
        await resolvesStatus(t, client, "after close")
      },
    }),
    clause("HEALTH-02", {
      why: "Dashboards and load balancers read these two fields.",
      fix: "Return { status, latency } with one of the three words and the measured time.",
      methods: ["healthCheck"],
      async check(t, client) {
        await probes.snapshot(client)
        await hasFields(t, client, "in use")
        if (typeof client.close !== "function") return
        await client.close()
        await hasFields(t, client, "after close")
      },
    }),
    clause("HEALTH-03", {
      why: "An instance that reports otherwise gets no traffic.",
      fix: "Report healthy when the dependency answered; degraded and unhealthy are for faults.",
      methods: ["healthCheck"],
      async check(t, client) {
        const { value } = await t.outcome(() => client.healthCheck(), "healthCheck before use")
        const { status = "healthy" } = (value ?? {}) as Partial<PluginHealthStatus>
        t.equal(status, "healthy", "before use")
        await probes.snapshot(client)
        t.equal((await client.healthCheck()).status, "healthy", "in use")
      },
    }),
    clause("HEALTH-04", {
      why: "It answers no call any more.",
      fix: "Remember that close was called and answer unhealthy from then on.",
      methods: ["healthCheck", "close"],
      async check(t, client) {
        await probes.snapshot(client)
        await client.close()
        const { value } = await t.outcome(() => client.healthCheck(), "healthCheck")
        const { status = "unhealthy" } = (value ?? {}) as Partial<PluginHealthStatus>
        t.equal(status, "unhealthy")
      },
    }),
    clause("HEALTH-05", {
      why: "It runs every few seconds, for ever.",
      fix: "Ask the dependency with a command that has no effect, and leave counters alone.",
      methods: ["healthCheck"],
      async check(t, client) {
        // So that there is something to be changed.
        for (const [name, call] of availableCalls(client, probes.calls)) await t.outcome(() => call(client), name)
        const before = await probes.snapshot(client)
        for (let round = 0; round < 3; round++) await client.healthCheck()
        t.equal(await probes.snapshot(client), before, "after healthCheck")
        if (typeof client.getMetrics !== "function") return
        for (let round = 0; round < 3; round++) await client.getMetrics()
        t.equal(await probes.snapshot(client), before, "after getMetrics")
      },
    }),
    clause("HEALTH-06", {
      why: "Collectors refuse a whole scrape for one value that is none.",
      fix: "Return numbers only, and leave out what is not known.",
      methods: ["getMetrics"],
      async check(t, client) {
        await probes.snapshot(client)
        const metrics: unknown = await client.getMetrics()
        const plain = typeof metrics === "object" && metrics !== null && !(Symbol.iterator in metrics)
        t.ok(plain, "not an object of names and numbers")
        for (const [name, value] of Object.entries(metrics ?? {})) {
          t.ok(typeof value === "number" && Number.isFinite(value), `${name} is ${show(value)}`)
        }
      },
    }),
    clause("HEALTH-07", {
      why: "Several probes ask at once.",
      fix: "Keep the state of a check in the call, or share one check between callers.",
      methods: ["healthCheck"],
      async check(t, client) {
        await probes.snapshot(client)
        const { status } = await client.healthCheck()
        const checks = Array.from({ length: 10 }, () => client.healthCheck())
        await t.settles(Promise.all(checks), "10 health checks")
        for (const check of await Promise.all(checks)) t.equal(check?.status, status, "one of 10 at once")
      },
    }),
    clause("HEALTH-08", {
      why: "They are sent to dashboards.",
      fix: "Put numbers and short text into details; show an address as user:***@host.",
      methods: ["healthCheck"],
      async check(t, client, world) {
        await probes.snapshot(client)
        const { details, message } = await client.healthCheck()
        let text = "{}"
        try {
          text = JSON.stringify({ message, details }) ?? "{}"
        } catch {
          t.ok(false, "the details cannot be turned into JSON")
        }
        t.equal((JSON.parse(text) as { details?: unknown }).details, details, "details after JSON")
        if (typeof client.getMetrics === "function") text += JSON.stringify(await client.getMetrics())
        for (const credential of world.secrets) t.ok(!text.includes(credential), "a credential is shown")
      },
    }),
  ]
}

/** The fields of a status; whether there is one is the business of another clause. */
async function hasFields(t: Checks, client: SharedClient, when: string): Promise<void> {
  const start = performance.now()
  const { value, error } = await t.outcome(() => client.healthCheck(), `healthCheck ${when}`)
  if (error !== undefined) return
  const { status, latency, message, details } = (value ?? {}) as Partial<PluginHealthStatus>
  t.ok(["healthy", "degraded", "unhealthy"].includes(status as string), `status ${when} is ${String(status)}`)
  t.ok(typeof latency === "number" && latency >= 0, `latency ${when} is ${String(latency)}`)
  const most = performance.now() - start + 1000
  t.ok((latency as number) <= most, `latency ${when} is ${latency}, and the check took less than ${Math.ceil(most)} ms`)
  t.ok(message === undefined || typeof message === "string", `message ${when} is ${String(message)}`)
  const object = typeof details === "object" && details !== null
  t.ok(details === undefined || object, `details ${when} is ${String(details)}`)
}

async function resolvesStatus(t: Checks, client: SharedClient, when: string): Promise<void> {
  const { value, error } = await t.outcome(() => client.healthCheck(), `healthCheck ${when}`)
  t.equal(error, undefined, `healthCheck ${when} failed`)
  t.ok(typeof (value as PluginHealthStatus | undefined)?.status === "string", `healthCheck ${when} gave no status`)
}
