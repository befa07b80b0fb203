/** The list of built-in adapters; each adapter has an entry point of its own, `@objectos/sdk/adapters/cache/memory`. */
export { builtinAdapters } from "./manifest.ts"
