import type { ErrorCode } from "../../contracts/foundation/errors.ts"
import { typeName } from "../../contracts/foundation/text.ts"
import type { Checks } from "../engine/checks.ts"
import { callsOf, type FamilyProbes, forAll, pathsOf, plainRead, plainStore, remove, storesOf } from "./roles.ts"

/** Limits above this are believed: trying them would take too much memory. */
export const LARGEST_TRIED_BYTES = 16 * 1024 * 1024

/** The same bytes in a Buffer, where the runtime has them. */
export function bufferOf(bytes: Uint8Array): Uint8Array {
  const { Buffer } = globalThis as { Buffer?: { from(bytes: Uint8Array): Uint8Array } }
  return Buffer?.from(bytes) ?? bytes
}

/** What clauses check of values over the methods of a service. */
export interface ValueChecks<Client> {
  /** Each value comes back, whichever method stored it and whichever reads it. */
  comeBack(t: Checks, client: Client, values: readonly unknown[]): Promise<void>
  /** Each method that stores refuses each value, over an old value and under a fresh name, and nothing changes. */
  areRefused(t: Checks, client: Client, values: readonly unknown[], code?: ErrorCode): Promise<void>
}

export function valueChecksOf<Client, Capabilities>(probes: FamilyProbes<Client, Capabilities>): ValueChecks<Client> {
  return {
    async comeBack(t, client, values) {
      for (const { by, read, store } of await pathsOf(client, probes)) {
        await forAll(values, (value, index) => store(client, `value-${index}`, value))
        const found = await forAll(values, (_, index) => read(client, `value-${index}`))
        for (const [index, value] of values.entries()) t.equal(found[index], value, by)
        await forAll(values, (_, index) => remove(client, probes, `value-${index}`))
      }
    },
    async areRefused(t, client, values, code = "INVALID_ARGUMENT") {
      const old = probes.sample(0)
      await plainStore(client, probes)(client, "old", old, 3600)
      for (const [method, store] of await storesOf(client, probes)) {
        await forAll(values, async (value, index) => {
          const fresh = `${method}-${index}`
          const what = `${method} of ${typeName(value)}`
          await t.rejects(() => store(client, "old", value), code, `${what} over an old value`)
          await t.rejects(() => store(client, fresh, value), code, `${what} under a fresh name`)
          await isAbsent(t, client, probes, fresh, `after ${what}`)
        })
        t.equal(await plainRead(client, probes)(client, "old"), old, `the old value after ${method}`)
      }
    },
  }
}

async function isAbsent<Client, Capabilities>(
  t: Checks,
  client: Client,
  probes: FamilyProbes<Client, Capabilities>,
  name: string,
  when: string,
): Promise<void> {
  t.equal(await plainRead(client, probes)(client, name), undefined, `the fresh name ${when}`)
  for (const [method, find] of callsOf(client, probes.finds)) {
    t.equal(await find(client, name), false, `${method} of the fresh name ${when}`)
  }
}
