import type { Checks } from "../engine/checks.ts"
import { show } from "../engine/show.ts"

/** What came of a call: its value, or the very value that it threw or rejected with, which may be undefined. */
export type Ending = { readonly gave: unknown } | { readonly threw: unknown } | { readonly rejected: unknown }

/** How a call ends, awaited. */
export async function endingOf(t: Checks, call: () => unknown, what: string): Promise<Ending> {
  let given: unknown
  try {
    given = call()
  } catch (error) {
    return { threw: error }
  }
  const ending = Promise.resolve(given).then(
    (gave): Ending => ({ gave }),
    (rejected: unknown): Ending => ({ rejected }),
  )
  await t.settles(ending, what)
  return ending
}

/** What a call gives that must not throw. */
export function quietly<T>(t: Checks, call: () => T, what: string): T | undefined {
  let given: { readonly value: T } | undefined
  let thrown: unknown
  try {
    given = { value: call() }
  } catch (error) {
    thrown = error
  }
  t.ok(given !== undefined, `${what}: threw ${safeShow(thrown)}`)
  return given?.value
}

function safeShow(value: unknown): string {
  try {
    return show(value)
  } catch {
    return "what cannot be shown"
  }
}
