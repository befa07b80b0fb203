/**
 * Capabilities are data: what an adapter can do, as booleans, limits or facts.
 *
 * - Declared false: the methods of that name's interface are absent or reject UNSUPPORTED before any side effect.
 * - Declared true: the clauses of that interface pass.
 * - A number is a limit that holds; going over it rejects LIMIT_EXCEEDED or INVALID_ARGUMENT, nothing is cut.
 */
export type Capabilities = Readonly<Record<string, boolean | number | string | readonly string[]>>

/** A limit that the adapter does not set. */
export const NO_LIMIT: number = Number.MAX_SAFE_INTEGER
