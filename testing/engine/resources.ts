/** Kinds of open resources that keep a process alive, and what users call them. */
export const RESOURCE_NAMES: Readonly<Record<string, string>> = {
  Timeout: "timer",
  TCPSocketWrap: "socket",
  TCPServerWrap: "server",
  PipeWrap: "pipe",
  UDPWrap: "UDP socket",
  ProcessWrap: "child process",
  FSEventWrap: "file watcher",
  MessagePort: "worker or message port",
}

/** How many of each kind are open now; empty where the runtime does not tell. */
export type Resources = ReadonlyMap<string, number>

export function openResources(): Resources {
  const { process } = globalThis as { process?: { getActiveResourcesInfo?(): string[] } }
  const counts = new Map<string, number>()
  for (const kind of process?.getActiveResourcesInfo?.() ?? []) {
    if (kind in RESOURCE_NAMES) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** Kinds of which more are open than there were. */
export function openedSince(before: Resources): string[] {
  return [...openResources()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind)
}
