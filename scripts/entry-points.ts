/**
 * Writes `exports` of package.json from the folder tree: the layers, one entry a service, one an adapter, the harness.
 *
 *     npm run entry-points
 */
import { join } from "node:path"
import { writeEntryPoints } from "./entry-points/entry-points.ts"

writeEntryPoints(join(import.meta.dirname, ".."))
