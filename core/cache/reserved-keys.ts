import { typeName, utf8Length } from "../../contracts/foundation/text.ts"

/**
 * Keys that begin with U+0000 are reserved for what a cache keeps beside its entries. A user's key that begins with it
 * is stored behind a mark of its own, so that no key of a user ever is, or looks like, a reserved one.
 *
 *     user:1                   an entry
 *     U+0000 = U+0000 x        the entry of the user's key U+0000 x
 *     U+0000 ~ user:1          the stale entry beside it
 *     U+0000 8:tenant-1:user:1 the entry user:1 of the namespace tenant-1
 */
export const RESERVED_PREFIX = "\u0000"
const ESCAPED = "\u0000="
const STALE = "\u0000~"

/** A user's key as it is stored. */
export function storedKey(key: string): string {
  return key.charCodeAt(0) === 0 ? ESCAPED + key : key
}

/** The user's key of a stored one, or undefined for a reserved key. */
export function userKey(stored: string): string | undefined {
  if (stored.charCodeAt(0) !== 0) return stored
  return stored.startsWith(ESCAPED) ? stored.slice(ESCAPED.length) : undefined
}

/** Where the stale entry of a user's key is. */
export function staleKey(key: string): string {
  return STALE + key
}

export function isStaleKey(stored: string): boolean {
  return stored.startsWith(STALE)
}

/** Begins every stored key of a namespace. The length in front keeps one namespace from beginning another. */
export function namespacePrefix(name: string): string {
  return `${RESERVED_PREFIX}${name.length}:${name}:`
}

/** What is wrong with the name of a namespace, or undefined. */
export function namespaceIssue(name: unknown, maxKeyBytes: number): string | undefined {
  if (typeof name !== "string") return `The name of a namespace must be a string; got ${typeName(name)}.`
  if (name === "") return "The name of a namespace must not be empty."
  if (!name.isWellFormed()) return "The name of a namespace must not have a lone surrogate."
  const bytes = utf8Length(namespacePrefix(name))
  if (bytes < maxKeyBytes) return undefined
  const most = maxKeyBytes - 1 - (bytes - utf8Length(name))
  return `The name of a namespace must have at most ${most} bytes, to leave room for a key; got ${utf8Length(name)}.`
}
