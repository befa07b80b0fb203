import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { loadClient, type Sdk } from "./library.ts"
import { isPathStyle, type ParsedOptions, presetOf } from "./options.ts"

export interface OpenConnection {
  readonly s3: Sdk
  readonly client: S3Client
}

/** Objects that nobody reads hold a socket each until they are given up, and keep no other call from its own. */
const MAX_SOCKETS = 1024

const CLOCKS_AGREE_MS = 60_000

/** The client of the SDK, made when it is first needed. */
export class S3Connection {
  readonly #options: ParsedOptions
  #opened: Promise<OpenConnection> | undefined
  #client: S3Client | undefined

  constructor(options: ParsedOptions) {
    this.#options = options
  }

  /** @throws ServiceError INVALID_CONFIG where the package is not installed, or the client cannot be used. */
  open(): Promise<OpenConnection> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  /**
   * How far the server's clock is before ours, as the SDK learned from its answers. Milliseconds. Those tell whole seconds,
   * some of them of a second ago, so that a small difference is none.
   */
  get clockOffset(): number {
    const offset = this.#client?.config.systemClockOffset ?? 0
    return Math.abs(offset) < CLOCKS_AGREE_MS ? 0 : offset
  }

  /** A client that the application made stays open. */
  close(): void {
    if (this.#options.client === undefined) this.#client?.destroy()
  }

  async #open(): Promise<OpenConnection> {
    const s3 = await loadClient()
    const injected = this.#options.client as unknown as S3Client | undefined
    if (injected !== undefined) await refuseUnfit(injected)
    this.#client = injected ?? new s3.S3Client(clientConfig(this.#options))
    return { s3, client: this.#client }
  }
}

function clientConfig(options: ParsedOptions): S3ClientConfig {
  const { accessKeyId, endpoint, region, secretAccessKey, sessionToken } = options
  const preset = presetOf(options)
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS }
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...((region !== undefined || endpoint !== undefined) && { region: region ?? "us-east-1" }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
    forcePathStyle: options.forcePathStyle ?? isPathStyle(endpoint, preset),
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { httpAgent: agent, httpsAgent: agent },
  }
}

/** What cannot be set for a single command. */
async function refuseUnfit({ config }: S3Client): Promise<void> {
  const modes = [await config.requestChecksumCalculation(), await config.responseChecksumValidation()]
  if (modes.every((mode) => mode === "WHEN_REQUIRED")) return
  throw new ServiceError(
    "INVALID_CONFIG",
    "The client must be made with requestChecksumCalculation and responseChecksumValidation WHEN_REQUIRED.",
    { details: { issues: [{ path: "client", message: "must have both checksum modes WHEN_REQUIRED" }] } },
  )
}
