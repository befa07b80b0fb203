import { SECRET } from "./rules.ts"

/** Values that fit nowhere, or hardly anywhere; each text in them is the secret. */
export const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  true,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0,
  0.5,
  1e12,
  10n,
  "",
  SECRET,
  `${SECRET} \u0000 \ud800`,
  `../${SECRET}`,
  SECRET.repeat(2000),
  [],
  [SECRET],
  [7],
  [""],
  [`${SECRET}\ud800`],
  [SECRET.repeat(100)],
  Array.from({ length: 200 }, (_, index) => `${SECRET}-${index}`),
  {},
  { "": SECRET },
  { secret: SECRET },
  { list: [Symbol(SECRET)] },
  { [Symbol("s")]: SECRET },
  new (class Foreign {
    secret = SECRET
  })(),
  new Map([[SECRET, () => SECRET]]),
  new Set([Symbol(SECRET)]),
  circular(),
  Symbol(SECRET),
  () => SECRET,
]

function circular(): unknown {
  const one: Record<string, unknown> = { secret: SECRET }
  one["self"] = one
  return one
}

/** `good` with something hostile in the place of each part of it, at any depth, and with a part that nobody knows. */
export function* spoiled(good: unknown, path = ""): Generator<{ readonly at: string; readonly value: unknown }> {
  for (const value of HOSTILE) yield { at: path === "" ? "itself" : path, value }
  if (typeof good !== "object" || good === null) return
  const rebuild = (change: Record<string, unknown>) =>
    Array.isArray(good) ? Object.values({ ...good, ...change }) : { ...good, ...change }
  for (const [key, part] of Object.entries(good)) {
    for (const { at, value } of spoiled(part, `${path === "" ? "" : `${path}.`}${key}`)) {
      yield { at, value: rebuild({ [key]: value }) }
    }
  }
  if (!Array.isArray(good)) yield { at: `${path} unknown`, value: { ...good, colour: SECRET } }
}
