import { bytesOf } from "./byte-size.ts"
import type { EndpointOptions } from "./endpoint.ts"

export interface LimitOptions {
  /** Bytes of JSON that a request may have, such as `512kb`. 413 beyond it. Default `10mb`. */
  bodyLimit?: string | undefined
  /** Bytes of a body that its route reads itself, such as an upload: `5gb`. Default: `bodyLimit`. */
  uploadLimit?: string | undefined
  /** How long the answer to a request may take, in ms. 504 after it. Default 30,000. */
  requestTimeout?: number | undefined
}

export type Limits = Pick<EndpointOptions, "maxBodyBytes" | "maxUploadBytes" | "timeoutMs">

/** Limits whose form was checked. */
export function limitsOf({
  bodyLimit = "10mb",
  requestTimeout = 30_000,
  uploadLimit = bodyLimit,
}: LimitOptions): Limits {
  return { maxBodyBytes: sizeOf(bodyLimit), maxUploadBytes: sizeOf(uploadLimit), timeoutMs: requestTimeout }
}

function sizeOf(text: string): number {
  return bytesOf(text) as number
}
