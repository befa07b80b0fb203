/** Options with a signal of their own: Node.js warns of more than ten listeners on one, which many calls may share. */
export function withOwnSignal<Options extends { readonly signal?: AbortSignal | undefined }>(
  options: Options,
): Options {
  return options.signal === undefined ? options : { ...options, signal: AbortSignal.any([options.signal]) }
}
