import { type FoundationClauseId, foundationSentences } from "../../../contracts/foundation/clauses.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { Checks } from "../../engine/checks.ts"
import { type Clause, type ContractProbes, clausesFor } from "../../engine/clause.ts"
import type { Faults } from "../../engine/subject.ts"
import { availableCalls, reachingCalls, type SharedClient, shownBy } from "../clause.ts"

const DOWN = ["unreachable", "silent"] as const satisfies readonly (keyof Faults)[]

export function faultClauses<Client extends SharedClient>(probes: ContractProbes<Client>): Clause<Client, never>[] {
  const clause = clausesFor<Client, never, FoundationClauseId>(foundationSentences)
  return [
    clause("FAULT-01", {
      why: "A failure that looks like absence makes callers overwrite, refill or give up what is there.",
      fix: "Let connection errors reject with UNAVAILABLE; answer undefined or false only on the store's own word.",
      uses: ["faults"],
      async check(t, client, world) {
        await probes.populate(client)
        await world.faults.unreachable()
        await allReject(t, client, probes)
      },
    }),
    clause("FAULT-02", {
      why: "A call that hangs holds its request, and then every request.",
      fix: "Bound each command with a deadline of its own.",
      uses: ["faults"],
      async check(t, client, world) {
        await probes.populate(client)
        await world.faults.silent()
        await allReject(t, client, probes)
      },
    }),
    clause("FAULT-03", {
      why: "Nobody restarts a program because its store was away for a moment.",
      fix: "Reconnect by yourself, with pauses, for as long as the client is open.",
      uses: ["faults"],
      async check(t, client, world) {
        await probes.snapshot(client)
        for (const fault of DOWN) {
          await world.faults[fault]()
          const calls = Array.from({ length: 10 }, () =>
            t.outcome(() => probes.snapshot(client), `a call while ${fault}`),
          )
          const each = availableCalls(client, probes.calls).map(([name, call]) =>
            t.outcome(() => call(client), `${name} while ${fault}`),
          )
          await Promise.all([...calls, ...each])
          await world.faults.heal()
          await t.eventually(() => works(client, probes), `works again after ${fault}`)
          for (const [name, call] of availableCalls(client, probes.calls)) {
            const answered = async () => {
              const { error } = await t.outcome(() => call(client), name)
              return error === undefined || codeOf(error) === "UNSUPPORTED"
            }
            await t.eventually(answered, `${name} works again after ${fault}`)
          }
        }
      },
    }),
    clause("FAULT-04", {
      why: "The caller has moved on: a write from the past overwrites what came after it.",
      fix: "Wait for the connection before sending; keep no queue of commands for later.",
      uses: ["faults"],
      async check(t, client, world) {
        const before = await probes.snapshot(client)
        await world.faults.unreachable()
        const { error } = await t.outcome(() => probes.populate(client), "a write")
        const refused = (error as { code?: unknown } | undefined)?.code === "UNAVAILABLE"
        await world.faults.heal()
        await t.eventually(() => works(client, probes), "works again")
        if (!refused) return
        const changed = async () => JSON.stringify(await probes.snapshot(client)) !== JSON.stringify(before)
        await t.never(changed, "the refused write was applied")
        await probes.populate(client)
        const calls = reachingCalls(client, probes)
        const stored = JSON.stringify(await probes.snapshot(client))
        await world.faults.unreachable()
        const codes = await Promise.all(
          calls.map(async ([name, call]) => codeOf((await t.outcome(() => call(client), name)).error)),
        )
        await world.faults.heal()
        await t.eventually(() => works(client, probes), "works again after all calls")
        // A call that was refused in another way may have been applied.
        if (!codes.every((code) => code === "UNAVAILABLE" || code === "UNSUPPORTED")) return
        const differs = async () => JSON.stringify(await probes.snapshot(client)) !== stored
        await t.never(differs, "a call that was refused is applied")
      },
    }),
    clause("FAULT-05", {
      why: "Traffic goes where health says that it can be served.",
      fix: "Ask the store itself on each check, within a bound of a second, and remember no earlier answer.",
      uses: ["faults"],
      methods: ["healthCheck"],
      async check(t, client, world) {
        await probes.snapshot(client)
        const status = async () => {
          const { error, value } = await t.outcome(() => client.healthCheck(), "healthCheck")
          return error === undefined ? (value as PluginHealthStatus | undefined)?.status : "rejected"
        }
        let usual: string | undefined
        const settled = async () => {
          usual = await status()
          return usual !== "unhealthy"
        }
        await t.eventually(settled, "healthy before any fault")
        for (const fault of DOWN) {
          await world.faults[fault]()
          t.equal(await status(), "unhealthy", `status while ${fault}`)
          await world.faults.heal()
          await t.eventually(async () => (await status()) === usual, `${usual} again after ${fault}`)
        }
      },
    }),
    clause("FAULT-06", {
      why: "A shutdown must not wait for what is broken.",
      fix: "Bound the farewell to the store, then drop the connection.",
      uses: ["faults"],
      methods: ["close"],
      async check(t, _client, world) {
        for (const fault of DOWN) {
          const client = await world.connect()
          // Where a store cannot be shared this is the client of the first round, closed.
          await t.outcome(() => probes.snapshot(client), "a call before")
          await world.faults[fault]()
          const running = t.outcome(() => probes.snapshot(client), "a call under way")
          const { error } = await t.outcome(() => client.close(), `close while ${fault}`)
          t.equal(error, undefined, `close while ${fault}`)
          await running
          await world.faults.heal()
        }
      },
    }),
    clause("FAULT-07", {
      why: "They are logged, and shown on status pages.",
      fix: "Show an address as user:***@host, and keep the library's own error in `cause`.",
      uses: ["faults"],
      async check(t, client, world) {
        await probes.snapshot(client)
        const value = `secret-${world.random.word(16)}`
        for (const fault of DOWN) {
          await world.faults[fault]()
          const { error } = await t.outcome(() => probes.storeSecret(client, value), "a call")
          const asked = typeof client.healthCheck === "function"
          const health = asked ? await t.outcome(() => client.healthCheck(), "healthCheck") : undefined
          const shown = shownBy(error) + shownBy(health?.value)
          for (const secret of world.secrets) t.ok(!shown.includes(secret), `a credential is shown while ${fault}`)
          t.ok(!shown.includes(value), `the value of the call is shown while ${fault}`)
          t.ok(probes.quiet === true || error !== undefined, "the call did not fail")
          await world.faults.heal()
          await t.eventually(() => works(client, probes), `works again after ${fault}`)
        }
      },
    }),
    clause("FAULT-08", {
      why: "A scrape that hangs takes the metrics of the whole process with it.",
      fix: "Bound what metrics ask of the store, or leave it out.",
      uses: ["faults"],
      methods: ["getMetrics"],
      async check(t, client, world) {
        await probes.snapshot(client)
        for (const fault of DOWN) {
          await world.faults[fault]()
          await t.settles(client.getMetrics(), `getMetrics while ${fault}`)
          await world.faults.heal()
        }
      },
    }),
    clause("FAULT-09", {
      why: "Whoever retries by that word gives up at once.",
      fix: "Make errors with ServiceError, which knows it by the code.",
      uses: ["faults"],
      async check(t, client, world) {
        await probes.snapshot(client)
        for (const fault of DOWN) {
          await world.faults[fault]()
          const { error } = await t.outcome(() => probes.snapshot(client), `a call while ${fault}`)
          t.equal((error as { retryable?: unknown } | undefined)?.retryable, true, `retryable while ${fault}`)
          const each = availableCalls(client, probes.calls).map(async ([name, call]) => {
            const { error: failure } = await t.outcome(() => call(client), `${name} while ${fault}`)
            if (failure === undefined || codeOf(failure) === "UNSUPPORTED") return
            t.equal((failure as { retryable?: unknown }).retryable, true, `retryable of ${name} while ${fault}`)
          })
          await Promise.all(each)
          await world.faults.heal()
          await t.eventually(() => works(client, probes), `works again after ${fault}`)
        }
      },
    }),
  ]
}

/** Each operation that the client offers rejects as one does whose store is away. */
async function allReject<Client extends SharedClient>(
  t: Checks,
  client: Client,
  probes: ContractProbes<Client>,
): Promise<void> {
  const rejected = reachingCalls(client, probes).map(([name, call]) =>
    t.rejects(() => call(client), ["UNAVAILABLE", "TIMEOUT", "UNSUPPORTED"], name),
  )
  await Promise.all(rejected)
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code
}

async function works<Client>(client: Client, probes: ContractProbes<Client>): Promise<boolean> {
  try {
    await probes.snapshot(client)
    return true
  } catch {
    return false
  }
}
