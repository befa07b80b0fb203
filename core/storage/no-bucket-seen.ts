import type { PluginHealthStatus } from "../../contracts/foundation/health.ts"

/** The health of a storage whose credentials were taken, and may list no buckets. */
export const NO_BUCKET_SEEN: PluginHealthStatus = {
  status: "healthy",
  latency: 0,
  message:
    "No bucket was looked at, since the credentials may not list buckets; set defaultBucket to have one checked.",
}
