import { findServer } from "./find.ts"
import { type RedisOptions, type RedisServer, startRedis } from "./redis.ts"

/** Why tests that need the server do not run, in the words that the test report shows. */
export const VALKEY_MISSING = "valkey-server is not installed (bash .ci/servers installs it)"

/** As `.ci/servers` names it: the version is part of the name. */
const NAME = "valkey-server-9.1.2.post2"

/** Path of valkey-server: VALKEY_SERVER, or the cache folder. */
export function findValkey(): string | undefined {
  return findServer(NAME, "VALKEY_SERVER")
}

/** As `startRedis`, with Valkey. This build has no TLS. */
export async function startValkey(options: Omit<RedisOptions, "file" | "tls"> = {}): Promise<RedisServer> {
  const file = findValkey()
  if (file === undefined) throw new Error(`${VALKEY_MISSING}.`)
  return startRedis({ ...options, file })
}
