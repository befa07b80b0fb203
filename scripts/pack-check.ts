/**
 * Checks what users install: packs the build and uses it from empty folders, with nothing beside it.
 *
 *     npm run build && npm run pack:check
 *     npm run pack:check -- --all-bundlers     also builds with Next.js and wrangler
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkBindings, checkTypesOfRunners } from "./pack-check/bindings.ts"
import { checkBundles } from "./pack-check/bundles.ts"
import { checkColdImport } from "./pack-check/cold-import.ts"
import { checkCommandLine } from "./pack-check/command-line.ts"
import { checkErrors } from "./pack-check/errors.ts"
import { checkFrameworks } from "./pack-check/frameworks.ts"
import { checkHttp } from "./pack-check/http.ts"
import { checkInstalls } from "./pack-check/installs.ts"
import { checkLoading } from "./pack-check/loading.ts"
import { Checklist } from "./pack-check/run.ts"
import { runners } from "./pack-check/runners.ts"
import { checkTarball, packTarball } from "./pack-check/tarball.ts"
import { checkTypes } from "./pack-check/types.ts"

const temporary = mkdtempSync(join(tmpdir(), "objectos-pack-"))
const list = new Checklist()
try {
  const tarball = await list.check("npm pack", () => packTarball(temporary))
  if (tarball !== undefined) {
    await checkTarball(list, tarball)
    await checkLoading(list, tarball, join(temporary, "empty"))
    await checkInstalls(list, tarball, join(temporary, "empty"), temporary)
    await checkHttp(list, tarball, join(temporary, "empty"), temporary)
    await checkBundles(list, join(temporary, "empty"), temporary)
    if (process.argv.includes("--all-bundlers")) await checkFrameworks(list, tarball, temporary)
    await checkErrors(list, join(temporary, "empty"))
    await checkTypes(list, join(temporary, "empty"))
    await checkCommandLine(list, join(temporary, "empty"))
    await checkBindings(list, tarball, join(temporary, "empty"), temporary, runners)
    await checkTypesOfRunners(list, temporary, runners)
    await checkColdImport(list, join(temporary, "empty"))
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
list.finish()
