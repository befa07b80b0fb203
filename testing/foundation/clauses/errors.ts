import { type FoundationClauseId, foundationSentences } from "../../../contracts/foundation/clauses.ts"
import { ERROR_CODES, ServiceError } from "../../../contracts/foundation/errors.ts"
import { type Clause, type ContractProbes, clausesFor } from "../../engine/clause.ts"
import { availableCalls, type SharedClient, shownBy } from "../clause.ts"

export function errorClauses<Client extends SharedClient>(probes: ContractProbes<Client>): Clause<Client, never>[] {
  const clause = clausesFor<Client, never, FoundationClauseId>(foundationSentences)
  return [
    clause("ERROR-01", {
      why: "Callers decide by code: retry, tell the user, give up.",
      fix: "Reject with ServiceError from @objectos/sdk/contracts; wrap the errors of libraries, with the original as cause.",
      async check(t, client) {
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
    clause("ERROR-02", {
      why: "A caller that handles rejections does not see what is thrown before the promise.",
      fix: "Make methods async, or turn what a check throws into a rejected promise.",
      async check(t, client) {
        for (const [name, call] of availableCalls(client, probes.badCalls)) {
          const { threw } = await t.outcome(() => call(client), name)
          t.equal(threw, false, `${name} threw synchronously`)
        }
      },
    }),
    clause("ERROR-03", {
      why: "Errors end up in logs.",
      fix: "Name the path and the kind of what is wrong, never the value.",
      async check(t, client, world) {
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
          for (const [, call] of availableCalls(client, probes.calls)) await look(() => call(client))
        }
        t.ok(refused > 0, "no call with a bad value was refused")
      },
    }),
  ]
}
