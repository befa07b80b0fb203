/** Adapters that work in this process, or on its disk: nothing is asked over a network. */
const EMBEDDED: ReadonlySet<string> = new Set(["memory", "lru-cache", "minisearch", "filesystem"])

/** The values of `db.system.name`, of adapters that have one. */
const DATABASES: Readonly<Record<string, string>> = { redis: "redis", elasticsearch: "elasticsearch" }

/**
 * Whether calls go over a network. Those of the adapters above do not, nor do those of a service that says it is not
 * `shared`.
 */
export function isRemote(adapter: string, service: object): boolean {
  const { capabilities } = service as { capabilities?: { shared?: unknown } }
  return !EMBEDDED.has(adapter) && capabilities?.shared !== false
}

export function databaseOf(adapter: string): string | undefined {
  return Object.hasOwn(DATABASES, adapter) ? DATABASES[adapter] : undefined
}
