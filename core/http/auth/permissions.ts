/**
 * Whether one of the permissions includes another: the same, `*`, `cache.*` for all of a service, or `*.read` for
 * reading in all of them.
 */
export function includesPermission(granted: readonly string[], permission: string): boolean {
  return granted.some((one) => one === "*" || one === permission || covers(one, permission))
}

function covers(wildcard: string, permission: string): boolean {
  if (wildcard.endsWith(".*")) return permission.startsWith(wildcard.slice(0, -1))
  return wildcard.startsWith("*.") && permission.endsWith(wildcard.slice(1))
}
