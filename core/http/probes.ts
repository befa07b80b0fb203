const PROBES: ReadonlySet<string> = new Set(["/livez", "/readyz", "/startupz"])

/** Whether a path is one that an orchestrator asks: it is answered for everybody, and while the server is drained. */
export function isProbe(path: string): boolean {
  return PROBES.has(path)
}
