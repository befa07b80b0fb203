import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"
import { aborted } from "../../../core/storage/for-adapters.ts"
import type { GcsClient } from "./client.ts"
import { credentialsError, Late, signerMissing } from "./errors.ts"
import type { ParsedOptions } from "./options.ts"

/** Who we are to the server, as the client of the library knows it. */
export class Access {
  readonly #client: GcsClient
  readonly #options: ParsedOptions
  readonly #clock: Clock

  constructor(client: GcsClient, options: ParsedOptions, clock: Clock) {
    this.#client = client
    this.#options = options
    this.#clock = clock
  }

  get origin(): string {
    return new URL(this.#client.apiEndpoint).origin
  }

  /** An emulator, which asks for no token. */
  get #isAnonymous(): boolean {
    return this.#client.customEndpoint && this.#client.useAuthWithCustomEndpoint !== true
  }

  /** The headers that let a request in. The library keeps a token until shortly before it ends. */
  async headers(waitMs: number, signal?: AbortSignal): Promise<Record<string, string>> {
    if (this.#isAnonymous) return {}
    const ask = () => this.#client.authClient.getRequestHeaders(this.origin)
    const headers = await this.#within(waitMs, ask, signal)
    return Object.fromEntries(new Headers(headers as Record<string, string>))
  }

  /** @throws ServiceError INVALID_CONFIG where nobody knows it. */
  async projectId(waitMs: number): Promise<string> {
    if (this.#options.projectId !== undefined) return this.#options.projectId
    if (this.#isAnonymous && this.#options.client === undefined) throw projectMissing()
    try {
      return await this.#within(waitMs, () => this.#client.getProjectId())
    } catch (error) {
      throw ServiceError.is(error) && error.retryable ? error : projectMissing(error)
    }
  }

  /** Whose signatures `sign` gives. @throws ServiceError PERMISSION_DENIED where nobody signs. */
  async email(waitMs: number): Promise<string> {
    const { client, credentials, keyFilename } = this.#options
    // The library would look for credentials on this machine, which are not those of an emulator.
    if (this.#isAnonymous && (client ?? credentials ?? keyFilename) === undefined) throw signerMissing()
    const { client_email: email } = await this.#within(waitMs, () => this.#client.authClient.getCredentials())
    if (email === undefined) throw signerMissing()
    return email
  }

  /** The RSA-SHA256 signature of a text in hex: by the key, or by Google's IAM where we have none. */
  async sign(text: string, waitMs: number): Promise<string> {
    const signature = await this.#within(waitMs, () => this.#client.authClient.sign(text))
    return Buffer.from(signature, "base64").toString("hex")
  }

  async #within<T>(waitMs: number, ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let stop: (error: unknown) => void = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = reject
    })
    const leaveSignal = onAbort(signal, () => stop(aborted(signal as AbortSignal)))
    const timer = this.#clock.setTimeout(() => stop(new Late()), waitMs)
    try {
      return await Promise.race([ask(), stopped])
    } catch (error) {
      throw credentialsError(error)
    } finally {
      timer.cancel()
      leaveSignal()
    }
  }
}

function projectMissing(cause?: unknown): ServiceError {
  return new ServiceError(
    "INVALID_CONFIG",
    "Buckets are made and listed in a project, and the credentials name none; give projectId.",
    { cause },
  )
}
