/** What is used of the library, of a client that the application made as well: who we are, and where GCS is. */
export interface GcsClient {
  readonly apiEndpoint: string
  /** With `useAuthWithCustomEndpoint` false, requests carry no token. */
  readonly customEndpoint: boolean
  readonly useAuthWithCustomEndpoint?: boolean | undefined
  readonly authClient: {
    /** A plain object, or a Headers. */
    getRequestHeaders(url?: string): Promise<object>
    getCredentials(): Promise<{ client_email?: string | undefined }>
    /** The RSA-SHA256 signature in base64. */
    sign(text: string): Promise<string>
  }
  getProjectId(): Promise<string>
}

export function isGcsClient(value: unknown): value is GcsClient {
  const { apiEndpoint, authClient, getProjectId } = (value ?? {}) as Partial<GcsClient>
  const hasAuth = typeof authClient?.getRequestHeaders === "function" && typeof authClient.sign === "function"
  return typeof apiEndpoint === "string" && typeof getProjectId === "function" && hasAuth
}
