import type { ErrorCode } from "../../contracts/foundation/errors.ts"
import type { Checks } from "../engine/checks.ts"
import {
  callsOf,
  type FamilyProbes,
  findsOf,
  forAll,
  listsOf,
  pathsOf,
  plainStore,
  readsOf,
  remove,
  removesOf,
  storesOf,
} from "./roles.ts"

/** A method that does not work may refuse in its own way: its interface may not be declared. */
const REFUSED: readonly ErrorCode[] = ["INVALID_ARGUMENT", "UNSUPPORTED"]

/** Each name holds its own value, whichever method stored it and whichever reads it, and can be removed. */
export async function eachHoldsItsOwn<Client, Capabilities>(
  t: Checks,
  client: Client,
  probes: FamilyProbes<Client, Capabilities>,
  given: readonly string[],
): Promise<void> {
  const names = [...new Set(given)]
  const [plainest] = Object.keys(probes.stores)
  const lists = await listsOf(client, probes)
  const removing = callsOf(client, probes.removes).length > 0
  const removeAll = () => forAll(names, (name) => remove(client, probes, name))
  const keepAll = () => forAll(names, (name, number) => plainStore(client, probes)(client, name, probes.sample(number)))
  for (const [method, find] of await findsOf(client, probes)) {
    for (const name of names) {
      const shown = JSON.stringify(name)
      t.equal(await find(client, name), false, `${method} of ${shown} before it is stored`)
      await plainStore(client, probes)(client, name, probes.sample(0))
      t.equal(await find(client, name), true, `${method} of ${shown} that ${plainest} stored`)
    }
    await removeAll()
  }
  for (const { by, read, store } of await pathsOf(client, probes)) {
    await forAll(names, (name, number) => store(client, name, probes.sample(number)))
    for (const [method, list] of lists) {
      const listed = new Set(await list(client))
      for (const name of names) t.ok(listed.has(name), `${method} lacks ${JSON.stringify(name)} (${by})`)
    }
    const found = await forAll(names, (name) => read(client, name))
    for (const [number, value] of found.entries()) {
      t.equal(value, probes.sample(number), `${by} of ${JSON.stringify(names[number])}`)
    }
    await removeAll()
    for (const [method, list] of removing ? lists : []) {
      const listed = new Set(await list(client))
      for (const name of names)
        t.ok(!listed.has(name), `${method} has ${JSON.stringify(name)}, which was removed (${by})`)
    }
  }
  for (const [method, take] of await removesOf(client, probes)) {
    await keepAll()
    const found = await forAll(names, (name) => take(client, name))
    for (const [number, answer] of found.entries()) {
      t.ok(Boolean(answer), `${method} of ${JSON.stringify(names[number])} found nothing`)
    }
  }
}

/** Each method refuses each name, and nothing is stored. */
export async function areRefused<Client, Capabilities>(
  t: Checks,
  client: Client,
  probes: FamilyProbes<Client, Capabilities>,
  names: readonly unknown[],
): Promise<void> {
  const [reads, removes] = [await readsOf(client, probes), await removesOf(client, probes)]
  const working = new Set([...(await storesOf(client, probes)), ...reads, ...removes].map(([method]) => method))
  for (const [method] of await findsOf(client, probes)) working.add(method)
  const before = await probes.size?.(client)
  const areAllRefused = async (method: string, call: (name: string) => Promise<unknown>) => {
    const code = working.has(method) ? "INVALID_ARGUMENT" : REFUSED
    for (const name of names as readonly string[]) await t.rejects(() => call(name), code, method)
  }
  for (const [method, store] of callsOf(client, probes.stores)) {
    await areAllRefused(method, (name) => store(client, name, probes.sample(1)))
  }
  const { finds, reads: readers, removes: removers, renews, counts } = probes
  for (const [method, call] of [readers, finds, removers].flatMap((role) =>
    callsOf<[string], Client, unknown>(client, role),
  )) {
    await areAllRefused(method, (name) => call(client, name))
  }
  // By so much, or for so many seconds.
  for (const [method, call] of [renews, counts].flatMap((role) =>
    callsOf<[string, number], Client, unknown>(client, role),
  )) {
    await areAllRefused(method, (name) => call(client, name, 60))
  }
  t.equal(await probes.size?.(client), before, "how many are stored afterwards")
}
