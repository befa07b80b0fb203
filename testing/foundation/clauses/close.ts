import { type Clause, type ContractProbes, clausesFor } from "../../engine/clause.ts"
import { openedSince, openResources } from "../../engine/resources.ts"
import { availableCalls, type SharedClient } from "../clause.ts"

export function closeClauses<Client extends SharedClient>(probes: ContractProbes<Client>): Clause<Client, never>[] {
  const clause = clausesFor<Client, never>("close")
  return [
    clause({
      id: "CLOSE-01",
      level: "MUST",
      text: "close() resolves, and resolves again when called again, also concurrently.",
      why: "Shutdown code runs from several places.",
      fix: "Keep the promise of the first close and return it to later callers.",
      methods: ["close"],
      async check(t, world) {
        const client = await world.connect()
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
    clause({
      id: "CLOSE-02",
      level: "MUST",
      text: "After close() each operation rejects with CLOSED and does nothing.",
      why: "A closed client that answers hides a bug, or opens connections nobody closes.",
      fix: "Check a closed flag first in every method, and reject with ServiceError CLOSED.",
      methods: ["close"],
      async check(t, world) {
        const client = await world.connect()
        const unsupported = new Set<string>()
        for (const [name, call] of availableCalls(client, probes.calls)) {
          const { error } = await t.outcome(() => call(client), name)
          if ((error as { code?: unknown } | undefined)?.code === "UNSUPPORTED") unsupported.add(name)
        }
        const { shared } = world.capabilities as { shared?: boolean }
        const other = shared ? await world.connect() : undefined
        if (other) await probes.populate(other)
        await world.settle()
        await client.close()
        const before = other && (await probes.snapshot(other))
        for (const [name, call] of availableCalls(client, probes.calls)) {
          if (unsupported.has(name)) continue
          await t.rejects(() => call(client), "CLOSED", `${name} after close`)
          if (other) t.equal(await probes.snapshot(other), before, `what another client sees after the refused ${name}`)
        }
      },
    }),
    clause({
      id: "CLOSE-03",
      level: "MUST",
      text: "Operations under way when close() is called settle.",
      why: "A caller that waits for ever keeps its request, and the process, alive.",
      fix: "Wait for what runs, or reject it, before close resolves.",
      methods: ["close"],
      async check(t, world) {
        const client = await world.connect()
        const running = Array.from({ length: 20 }, () => probes.snapshot(client))
        const calls = availableCalls(client, probes.calls).map(async ([, call]) => call(client))
        const closing = client.close()
        await t.settles(Promise.allSettled([...running, ...calls]), "calls under way")
        await t.settles(closing, "close")
        await closing
      },
    }),
    clause({
      id: "CLOSE-04",
      level: "MUST",
      text: "`await using` closes: [Symbol.asyncDispose]() does what close() does.",
      why: "It is how TypeScript releases what a block opened.",
      fix: "Implement [Symbol.asyncDispose]() as a call of close().",
      methods: ["close"],
      async check(t, world) {
        const client = await world.connect()
        await probes.snapshot(client)
        t.equal(typeof client[Symbol.asyncDispose], "function", "[Symbol.asyncDispose]")
        await client[Symbol.asyncDispose]()
        const [name, call] = availableCalls(client, probes.calls)[0] ?? ["no operation", () => undefined]
        await t.rejects(() => call(client), "CLOSED", `${name} afterwards`)
        const [closed, disposed] = [
          await t.outcome(() => client.close(), "close afterwards"),
          await t.outcome(() => client[Symbol.asyncDispose](), "once more"),
        ]
        t.ok(disposed.error === undefined || closed.error !== undefined, "disposing once more rejects")
      },
    }),
    clause({
      id: "CLOSE-05",
      level: "MUST",
      text: "Closing one client leaves other clients of the same store working, and lets new ones be made.",
      why: "Parts of one process close at different times.",
      fix: "Close only what this instance opened.",
      methods: ["close"],
      needs: ["shared"],
      async check(t, world) {
        const [first, second] = [await world.connect(), await world.connect()]
        await probes.populate(first)
        await world.settle()
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
    clause({
      id: "CLOSE-06",
      level: "MUST",
      text: "A service closed before its first use closes without an error, and is closed.",
      why: "A start that fails half-way closes what it never used.",
      fix: "Let close work when nothing was opened yet.",
      methods: ["close"],
      async check(t, world) {
        const client = await world.connect()
        const { error } = await t.outcome(() => client.close(), "close before use")
        t.equal(error, undefined)
        const [name, call] = availableCalls(client, probes.calls)[0] ?? ["no operation", () => undefined]
        await t.rejects(() => call(client), "CLOSED", `${name} afterwards`)
      },
    }),
    clause({
      id: "CLOSE-07",
      level: "MUST",
      text: "close() releases sockets and timers: nothing of the service keeps the process alive.",
      why: "A program that has closed its services ends.",
      fix: "Clear timers, destroy sockets, and stop attempts to reconnect.",
      methods: ["close"],
      async check(t, world) {
        // What clients of one store share is opened by the first.
        const first = await world.connect()
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
