import { serviceError } from "./errors.ts"
import { type ErrorDescription, itemFailure } from "./failures.ts"
import type { Requests } from "./requests.ts"

interface RefreshAnswer {
  readonly _shards: { readonly failed: number; readonly failures?: readonly { readonly reason?: ErrorDescription }[] }
}

/** Searches see all that was written to indexes, or aliases, of these names. Those that are not there are left out. */
export async function refreshIndexes(requests: Requests, names: string, until?: number): Promise<void> {
  const query = { ignore_unavailable: true, allow_no_indices: true }
  const { _shards } = await requests.call<RefreshAnswer>(
    { method: "POST", path: `/${names}/_refresh`, query },
    { kind: "read", until },
  )
  if (_shards.failed === 0) return
  throw serviceError(itemFailure(503, _shards.failures?.[0]?.reason ?? {}), "read")
}
