/** The catalogue of each service: what proves its contract. The self-proof, the pages and the package check loop over them. */
import { cacheCatalogue } from "./cache/catalogue.ts"
import type { Catalogue } from "./engine/self-proof.ts"
import { queueCatalogue } from "./queue/catalogue.ts"
import { searchCatalogue } from "./search/catalogue.ts"
import { storageCatalogue } from "./storage/catalogue.ts"
import { tracingCatalogue } from "./tracing/catalogue.ts"

/** A catalogue whose classes are not looked at. */
export type AnyCatalogue = Catalogue<unknown, unknown, unknown, object>

export const catalogues: readonly AnyCatalogue[] = [
  cacheCatalogue as unknown as AnyCatalogue,
  queueCatalogue as unknown as AnyCatalogue,
  searchCatalogue as unknown as AnyCatalogue,
  storageCatalogue as unknown as AnyCatalogue,
  tracingCatalogue as unknown as AnyCatalogue,
]
