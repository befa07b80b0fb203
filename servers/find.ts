import { accessSync, constants } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"

/**
 * Path of an executable: what the environment variable names, then PATH, then the folder that `.ci/servers` fills.
 *
 * @throws Error when there is none and REQUIRE_SERVERS=1, so that CI never skips in silence.
 */
export function findServer(name: string, variable: string): string | undefined {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache")
  const folders = [...(process.env["PATH"] ?? "").split(delimiter).filter(Boolean), join(cache, "objectos-sdk", "bin")]
  const chosen = process.env[variable]
  const found = (chosen ? [chosen] : folders.map((folder) => join(folder, name))).find(isExecutable)
  if (found === undefined && process.env["REQUIRE_SERVERS"] === "1") {
    throw new Error(`REQUIRE_SERVERS=1, and ${name} is not installed: run bash .ci/servers`)
  }
  return found
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
