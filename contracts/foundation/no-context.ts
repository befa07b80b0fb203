/** Of Node.js, Deno, Bun and workers that have it; elsewhere there are no async contexts. */
const hooks = globalThis.process?.getBuiltinModule?.("node:async_hooks")

/**
 * Runs what outlives the call that it comes of, such as a timer, a worker or a connection, in nobody's async context: a
 * span that is active there would be the parent of whatever comes later.
 *
 * It is the context in which this module was loaded, so that must not be inside a span.
 */
export const inNoContext: <T>(fn: () => T) => T = hooks?.AsyncLocalStorage.snapshot() ?? ((fn) => fn())
