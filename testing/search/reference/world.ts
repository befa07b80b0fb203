import type { SearchCapabilities, SearchImplementation } from "../../../contracts/search/search.ts"
import { defineSubject } from "../../define-subject.ts"
import type { Subject } from "../../engine/subject.ts"
import { referenceWorld } from "../../foundation/reference-world.ts"
import type { ReferenceSearch } from "./reference-search.ts"
import { SearchStore } from "./store.ts"

/**
 * A subject of the reference search, or of a class that changes a line of it: a mutant or an oddity. Its world offers
 * everything that a world can offer.
 */
export function referenceSubject(
  name: string,
  Implementation: typeof ReferenceSearch,
): Subject<SearchImplementation, SearchCapabilities> {
  return defineSubject({
    service: "search",
    name,
    open: (options) => referenceWorld(Implementation, new SearchStore(), options),
  })
}
