import type { Clock } from "../../../contracts/foundation/clock.ts"
import { Access } from "./access.ts"
import { GcsApi } from "./api.ts"
import { Buckets } from "./buckets.ts"
import { Closing } from "./closing.ts"
import { openGcsClient } from "./library.ts"
import type { ParsedOptions } from "./options.ts"
import { Requests } from "./requests.ts"
import { Uploads } from "./uploads.ts"
import { Wire } from "./wire.ts"

/** What the methods of one storage share. */
export interface Engine {
  readonly access: Access
  readonly api: GcsApi
  readonly buckets: Buckets
  readonly uploads: Uploads
  readonly closing: Closing
  readonly clock: Clock
  readonly partBytes: number
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
  readonly maxObjectBytes: number
  close(): Promise<void>
}

export async function openEngine(options: ParsedOptions, clock: Clock, random: () => number): Promise<Engine> {
  const { bucketPrefix, idleTimeoutMs, maxObjectBytes, partBytes, timeoutMs } = options
  const access = new Access(await openGcsClient(options), options, clock)
  const wire = new Wire(access.origin, idleTimeoutMs, clock)
  const requests = new Requests(wire, access, { timeoutMs, idleTimeoutMs }, clock, random)
  const api = new GcsApi(requests, bucketPrefix)
  const closing = new Closing()
  return {
    ...{ access, api, clock, closing, timeoutMs, idleTimeoutMs, maxObjectBytes, partBytes },
    buckets: new Buckets(api, access, timeoutMs),
    uploads: new Uploads({ api, clock, idleTimeoutMs, maxObjectBytes }),
    close: () => wire.close(timeoutMs, closing.begin()),
  }
}
