/** A Client of `@elastic/elasticsearch` that the application made, as far as this adapter uses it. */
export interface InjectedElasticsearchClient {
  readonly transport: {
    request(params: TransportParams, options: TransportOptions): Promise<unknown>
  }
  close(): Promise<void>
}

interface TransportParams {
  method: string
  path: string
  querystring?: Readonly<Record<string, string | number | boolean>>
  /** JSON. */
  body?: string
  /** Lines of JSON. */
  bulkBody?: string
}

interface TransportOptions {
  signal: AbortSignal
  maxRetries: number
  headers: Record<string, string>
}
