import type { ClientOptions } from "@elastic/elasticsearch"
import type { InjectedElasticsearchClient } from "./injected.ts"
import { loadClient } from "./library.ts"
import type { ParsedOptions } from "./options.ts"

const DEFAULT_NODE = "http://localhost:9200"

/** The client, made when it is first needed. */
export class Connection {
  readonly #options: ParsedOptions
  #opened: Promise<InjectedElasticsearchClient> | undefined

  constructor(options: ParsedOptions) {
    this.#options = options
  }

  /** @throws ServiceError INVALID_CONFIG where the package is not installed. */
  open(): Promise<InjectedElasticsearchClient> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  /** A client that the application made stays open. */
  async close(): Promise<void> {
    if (this.#options.client !== undefined) return
    await (await this.#opened?.catch(() => undefined))?.close()
  }

  async #open(): Promise<InjectedElasticsearchClient> {
    const { client } = this.#options
    if (client !== undefined) return client
    const { Client } = await loadClient()
    return new Client(clientOptions(this.#options))
  }
}

function clientOptions({
  apiKey,
  ca,
  caFingerprint,
  nodes,
  password,
  timeoutMs,
  username,
}: ParsedOptions): ClientOptions {
  return {
    nodes: nodes ?? [DEFAULT_NODE],
    maxRetries: 0,
    // Later than our own deadline, so that of two errors ours is told.
    requestTimeout: timeoutMs + 1000,
    ...(apiKey !== undefined && { auth: { apiKey } }),
    ...(username !== undefined && password !== undefined && { auth: { username, password } }),
    ...(ca !== undefined && { tls: { ca } }),
    ...(caFingerprint !== undefined && { caFingerprint }),
  }
}
