import { type FoundationClauseId, foundationSentences } from "../../../contracts/foundation/clauses.ts"
import type { Checks } from "../../engine/checks.ts"
import { type Clause, type ContractProbes, clausesFor } from "../../engine/clause.ts"
import { openedSince, openResources } from "../../engine/resources.ts"
import { availableCalls, type SharedClient } from "../clause.ts"

export function closeClauses<Client extends SharedClient>(probes: ContractProbes<Client>): Clause<Client, never>[] {
  const clause = clausesFor<Client, never, FoundationClauseId>(foundationSentences)
  return [
    clause("CLOSE-01", {
      why: "Shutdown code runs from several places.",
      fix: "Keep the promise of the first close and return it to later callers.",
      methods: ["close"],
      async check(t, client) {
        await probes.snapshot(client)
        const closing = [client.close(), client.close()]
        for (const answer of closing) t.equal(typeof answer?.then, "function", "close gives a promise: its then")
        await t.settles(Promise.allSettled(closing), "two at once")
        const both = await Promise.allSettled(closing)
        t.equal(
          both.map(({ status }) => status),
          ["fulfilled", "fulfilled"],
          "two at once",
        )
        const { error } = await t.outcome(() => client.close(), "a third close")
        t.equal(error, undefined, "a third close")
      },
    }),
    clause("CLOSE-02", {
      why: "A closed client that answers hides a bug, or opens connections nobody closes.",
      fix: "Check a closed flag first in every method, and reject with ServiceError CLOSED.",
      methods: ["close"],
      async check(t, client, world) {
        const { shared } = world.capabilities as { shared?: boolean }
        // Of another service, so that nothing is stored yet that the refused calls would store.
        const used = shared ? await world.neighbour() : client
        const unsupported = new Set<string>()
        for (const [name, call] of availableCalls(used, probes.calls)) {
          const { error } = await t.outcome(() => call(used), name)
          if ((error as { code?: unknown } | undefined)?.code === "UNSUPPORTED") unsupported.add(name)
        }
        const calls = availableCalls(client, probes.calls).filter(([name]) => !unsupported.has(name))
        await probes.snapshot(client)
        const other = shared ? await world.connect() : undefined
        if (other) await probes.populate(other)
        await world.converge()
        await client.close()
        const before = other && (await probes.snapshot(other))
        for (const [name, call] of calls) {
          await t.rejects(() => call(client), "CLOSED", `${name} after close`)
          if (other) t.equal(await probes.snapshot(other), before, `what another client sees after the refused ${name}`)
        }
        if (used === client) return
        await used.close()
        for (const [name, call] of calls)
          await t.rejects(() => call(used), "CLOSED", `${name}, used before, after close`)
      },
    }),
    clause("CLOSE-03", {
      why: "A caller that waits for ever keeps its request, and the process, alive.",
      fix: "Wait for what runs, or reject it, before close resolves.",
      methods: ["close"],
      async check(t, client) {
        const running = Array.from({ length: 20 }, () => probes.snapshot(client))
        const calls = availableCalls(client, probes.calls).map(async ([, call]) => call(client))
        const closing = client.close()
        await t.settles(Promise.allSettled([...running, ...calls]), "calls under way")
        await t.settles(closing, "close")
        await closing
      },
    }),
    clause("CLOSE-04", {
      why: "It is how TypeScript releases what a block opened.",
      fix: "Implement [Symbol.asyncDispose]() as a call of close().",
      methods: ["close"],
      async check(t, client) {
        await probes.snapshot(client)
        t.equal(typeof client[Symbol.asyncDispose], "function", "[Symbol.asyncDispose]")
        await client[Symbol.asyncDispose]()
        await isClosed(t, client, probes)
        const [closed, disposed] = [
          await t.outcome(() => client.close(), "close afterwards"),
          await t.outcome(() => client[Symbol.asyncDispose](), "once more"),
        ]
        t.ok(disposed.error === undefined || closed.error !== undefined, "disposing once more rejects")
      },
    }),
    clause("CLOSE-05", {
      why: "Parts of one process close at different times.",
      fix: "Close only what this instance opened.",
      methods: ["close"],
      needs: ["shared"],
      async check(t, first, world) {
        const second = await world.connect()
        await probes.populate(first)
        await world.converge()
        const before = await probes.snapshot(second)
        await first.close()
        t.equal(await probes.snapshot(second), before, "the other client")
        for (const [name, call] of availableCalls(second, probes.calls)) {
          const { error } = await t.outcome(() => call(second), name)
          const code = (error as { code?: unknown } | undefined)?.code
          t.ok(error === undefined || code === "UNSUPPORTED", `${name} of the other client failed`)
        }
        const { error } = await t.outcome(async () => probes.snapshot(await world.connect()), "a new client")
        t.equal(error, undefined, "a new client")
      },
    }),
    clause("CLOSE-06", {
      why: "A start that fails half-way closes what it never used.",
      fix: "Let close work when nothing was opened yet.",
      methods: ["close"],
      async check(t, client) {
        const { error } = await t.outcome(() => client.close(), "close before use")
        t.equal(error, undefined)
        await isClosed(t, client, probes)
      },
    }),
    clause("CLOSE-07", {
      why: "A program that has closed its services ends.",
      fix: "Clear timers, destroy sockets, and stop attempts to reconnect.",
      methods: ["close"],
      async check(t, first, world) {
        // What clients of one store share is opened by the first.
        await probes.populate(first)
        await probes.snapshot(first)
        const before = openResources()
        // Several, since what else runs in the process opens and ends timers too.
        const clients = [await world.connect(), await world.connect(), await world.connect()]
        for (const client of clients) {
          await probes.populate(client)
          await probes.snapshot(client)
        }
        for (const client of clients) await client.close()
        await t.eventually(() => openedSince(before).length === 0, "everything opened is released")
      },
    }),
  ]
}

/** Each operation rejects CLOSED; all but the first may be one that the client does not support. One that is quiet answers. */
async function isClosed<Client extends SharedClient>(
  t: Checks,
  client: Client,
  probes: ContractProbes<Client>,
): Promise<void> {
  for (const [index, [name, call]] of availableCalls(client, probes.calls).entries()) {
    if (probes.quiet) t.equal((await t.outcome(() => call(client), name)).error, undefined, `${name} afterwards`)
    else await t.rejects(() => call(client), index === 0 ? "CLOSED" : ["CLOSED", "UNSUPPORTED"], `${name} afterwards`)
  }
  if (probes.quiet && typeof client.healthCheck === "function") {
    t.equal((await client.healthCheck()).status, "unhealthy", "health afterwards")
  }
}
