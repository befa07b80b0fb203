import { type SearchCapabilities, searchMethods } from "../../../contracts/search/search.ts"
import type { SearchReferenceOptions } from "./documents.ts"
import { ReferenceSearch } from "./reference-search.ts"

/** The reference search that declares something else. */
export function referenceThatDeclares(change: Partial<SearchCapabilities>): typeof ReferenceSearch {
  return class extends ReferenceSearch {
    constructor(options: SearchReferenceOptions) {
      super(options)
      this.capabilities = { ...this.capabilities, ...change }
    }
  }
}

/** The reference search without some capabilities: it declares so, refuses them, and their methods are not there. */
export function referenceWithout(...absent: readonly (keyof SearchCapabilities)[]): typeof ReferenceSearch {
  const declared = Object.fromEntries(absent.map((name) => [name, name === "analyzers" ? [] : false]))
  const Without = class extends referenceThatDeclares(declared) {}
  for (const [name, method] of Object.entries(searchMethods)) {
    if (!("capability" in method) || !absent.includes(method.capability)) continue
    Object.defineProperty(Without.prototype, name, { value: undefined, writable: true })
  }
  return Without
}
