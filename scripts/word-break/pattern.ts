/** A regular expression over named sets of characters. */
export type Pattern =
  | { readonly kind: "one"; readonly set: string }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly part: Pattern }

/** One character of a set. */
export const one = (set: string): Pattern => ({ kind: "one", set })
export const sequence = (...parts: Pattern[]): Pattern => ({ kind: "sequence", parts })
export const choice = (...parts: Pattern[]): Pattern => ({ kind: "choice", parts })
export const optional = (part: Pattern): Pattern => choice(part, sequence())
/** Any number of times, also none. */
export const repeat = (part: Pattern): Pattern => ({ kind: "repeat", part })
/** Once or more often. */
export const some = (part: Pattern): Pattern => sequence(part, repeat(part))
/** Patterns, one or more, each but the first after a separator. */
export const separated = (part: Pattern, separator: Pattern): Pattern =>
  sequence(part, repeat(sequence(separator, part)))
