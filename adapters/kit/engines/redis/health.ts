import type { ServiceError } from "../../../../contracts/foundation/errors.ts"
import { notWritable } from "../../not-writable.ts"
import type { RedisCommands } from "./commands.ts"
import type { RedisConnection } from "./connection.ts"
import { isRefusal, replyOf } from "./errors.ts"

/** Milliseconds after which nothing of a check is left. */
const KEPT_MS = 1000

/** Keys that are tried, at most, to find one for each server of a cluster. */
const TRIED = 1000

/**
 * Resolves once each server that holds keys has stored a value under `key`, or in a cluster under `key` with a tag that
 * leads there: one command each, and two where it is refused.
 *
 * @throws ServiceError with the reason "not-writable" where reads work and writes do not.
 */
export async function proveWrites(connection: RedisConnection, redis: RedisCommands, key: string): Promise<void> {
  // It tells the servers of a cluster, and reaches those of which no key is found.
  if (connection.cluster) await redis.ping()
  await Promise.all(keysOf(connection, key).map((each) => proveWrite(connection, redis, each)))
}

/** A key for each server. */
function keysOf(connection: RedisConnection, key: string): string[] {
  if (!connection.cluster) return [key]
  const missing = new Set(connection.servers)
  const keys: string[] = []
  for (let tag = 0; tag < TRIED && missing.size > 0; tag++) {
    const tagged = `${key}:{${tag}}`
    const server = connection.serverOf(tagged)
    if (server !== undefined && missing.delete(server)) keys.push(tagged)
  }
  return keys
}

async function proveWrite(connection: RedisConnection, redis: RedisCommands, key: string): Promise<void> {
  try {
    await redis.set(key, "", KEPT_MS)
  } catch (error) {
    if (!isRefusal(error)) throw error
    await redis.get(key)
    const mapped = connection.mapError(error)
    throw notWritable(mapped.code, `${whyNot(error, mapped)}: ${connection.address}.`, error)
  }
}

/** What is wrong, and what to do. */
function whyNot(error: unknown, { code }: ServiceError): string {
  const reply = replyOf(error) ?? code
  return `The server answers reads and refuses writes (${reply}); ${REMEDIES[reply] ?? "look at its log"}`
}

const REMEDIES: Readonly<Record<string, string>> = {
  MISCONF: "make room on its disk, and look at its log",
  NOPERM: "allow its user to write every key that begins with keyPrefix",
  NOREPLICAS: "bring its replicas back, or lower min-replicas-to-write",
  OOM: "raise its maxmemory, or store less",
  READONLY: "connect to the primary of this replica",
}
