import { ERROR_CODES, ServiceError } from "../../../contracts/foundation/errors.ts"
import { type Clause, type ContractProbes, clausesFor } from "../../engine/clause.ts"
import { availableCalls, type SharedClient, shownBy } from "../clause.ts"

export function errorClauses<Client extends SharedClient>(probes: ContractProbes<Client>): Clause<Client, never>[] {
  const clause = clausesFor<Client, never>("error")
  return [
    clause({
      id: "ERROR-01",
      level: "MUST",
      text: "An operation that fails rejects with a ServiceError whose code is in the closed list.",
      why: "Callers decide by code: retry, tell the user, give up.",
      fix: "Reject with ServiceError from @objectos/sdk/contracts; wrap the errors of libraries, with the original as cause.",
      async check(t, world) {
        const client = await world.connect()
        let refused = 0
        for (const [name, call] of availableCalls(client, probes.badCalls)) {
          const { error } = await t.outcome(() => call(client), name)
          // What must be refused is the business of other clauses.
          if (error === undefined) continue
          refused++
          t.ok(ServiceError.is(error), `${name} rejected with something that is not a ServiceError`)
          if (!ServiceError.is(error)) continue
          t.ok(ERROR_CODES.includes(error.code), `${name} rejected with an unknown code`)
          t.equal(
            error.retryable,
            ["RATE_LIMITED", "TIMEOUT", "UNAVAILABLE"].includes(error.code),
            `${name}: retryable`,
          )
        }
        t.ok(refused > 0, "no call with a bad argument was refused")
      },
    }),
    clause({
      id: "ERROR-02",
      level: "MUST",
      text: "No method throws synchronously: bad arguments reject too.",
      why: "A caller that handles rejections does not see what is thrown before the promise.",
      fix: "Make methods async, or turn what a check throws into a rejected promise.",
      async check(t, world) {
        const client = await world.connect()
        for (const [name, call] of availableCalls(client, probes.badCalls)) {
          const { threw } = await t.outcome(() => call(client), name)
          t.equal(threw, false, `${name} threw synchronously`)
        }
      },
    }),
    clause({
      id: "ERROR-03",
      level: "MUST",
      text: "An error carries no stored value and no credential in its message, details or JSON.",
      why: "Errors end up in logs.",
      fix: "Name the path and the kind of what is wrong, never the value.",
      async check(t, world) {
        const client = await world.connect()
        const secret = `secret-${world.random.word(16)}`
        let refused = 0
        const look = async (call: () => unknown) => {
          const { error } = await t.outcome(call, "a refused call")
          if (error === undefined) return
          // What a missing method throws is no refusal.
          if (ServiceError.is(error)) refused++
          const shown = shownBy(error)
          t.ok(!shown.includes(secret), "the error shows the value that was refused")
          for (const credential of world.secrets) t.ok(!shown.includes(credential), "the error shows a credential")
        }
        for (const call of probes.refusedWithSecret) await look(() => call(client, secret))
        for (const [, call] of availableCalls(client, probes.badCalls)) await look(() => call(client))
        if (typeof client.close === "function") {
          await client.close()
          await look(() => probes.storeSecret(client, secret))
        }
        t.ok(refused > 0, "no call with a bad value was refused")
      },
    }),
  ]
}
