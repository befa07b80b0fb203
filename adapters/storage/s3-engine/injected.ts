/** An S3Client that the application made, as far as options look at it. */
export interface InjectedS3Client {
  readonly config: { readonly endpoint?: unknown }
  send(command: never): Promise<unknown>
}
